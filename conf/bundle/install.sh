#!/bin/bash
# Installs a bundle on a worker outside the cluster. It lies unpacked in HOST_VERDI_HOME/verdi/ops.
set -eu

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
home={{ HOST_VERDI_HOME or '$HOME' }}
work=/data/work

# The worker's own settings.
rm -rf "$home/verdi/etc.new"
cp -rp "$here/etc" "$home/verdi/etc.new"
cp -p "$here/hysds/celeryconfig.py" "$home/verdi/etc.new/"

gpus=0
if command -v nvidia-smi >/dev/null 2>&1; then
  gpus=$(nvidia-smi -L 2>/dev/null | grep -c '^GPU ' || true)
fi
address=$(ip -4 -o route get 192.0.2.1 2>/dev/null | sed -n 's/.* src \([0-9.]*\).*/\1/p')
address=${address:-$(hostname -i | cut -d ' ' -f 1)}

escaped() { printf '%s' "$1" | sed -e 's/[&|\\]/\\&/g'; }
sed -e "s|__IPADDRESS_ETH0__|$(escaped "$address")|g" \
  -e "s|__HYSDS_GPU_AVAILABLE__|$gpus|g" \
  -e "s|__HOST_VERDI_HOME__|$(escaped "$home")|g" \
  -e "s|__HOST_USER__|$(id -un)|g" \
  -e "s|__HOST_UID__|$(id -u)|g" \
  -e "s|__FQDN__|$(escaped "$address")|g" \
  "$home/verdi/etc.new/supervisord.conf.tmpl" >"$home/verdi/etc.new/supervisord.conf"
rm -rf "$home/verdi/etc"
mv "$home/verdi/etc.new" "$home/verdi/etc"

# Credentials, readable by this user only.
umask 077
for name in .netrc .netrc-os .boto .s3cfg .aws; do
  [ -e "$here/creds/$name" ] || continue
  rm -rf "${home:?}/$name"
  cp -r "$here/creds/$name" "$home/$name"
done
umask 022

mkdir -p "$work/jobs" "$work/tasks" "$home/verdi/log" "$home/verdi/run"
if [ -e "$here/beefed-autoindex-open_in_new_win.tbz2" ]; then
  tar -xjf "$here/beefed-autoindex-open_in_new_win.tbz2" -C "$work"
fi
{% if VERDI_PRIMER_IMAGE %}
# The image that the worker runs in.
engine={{ CONTAINER_ENGINE or 'docker' }}
if [ -z "$("$engine" images -q hysds/verdi:{{ VERDI_TAG or 'latest' }})" ]; then
  image=$(mktemp)
  trap 'rm -f "$image"' EXIT
  aws s3 cp --quiet {{ VERDI_PRIMER_IMAGE }} "$image"
  "$engine" load -i "$image"
  "$engine" tag hysds/verdi:{{ VERDI_TAG or 'latest' }} hysds/verdi:latest
fi
{% endif %}
