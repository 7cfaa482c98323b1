/// What runs in a pod to take files, or to give them: fixed texts, every value an argument or read from stdin.
///
/// The taking script answers one request after the other, each a line and the bytes it announces; the next is sent when
/// the answer is there, so that a `head` that reads ahead (busybox) finds nothing to take. It changes nothing outside
/// its stage folder before `commit`. When its stdin ends without `end` the client died: the stage stays, and the next
/// copy of the same files to the same pod goes on from it; a copy of anything else sweeps it.
package enum CopyScript {
    /// Requests:
    /// - `stat WHERE BYTES`, `hash WHERE BYTES`: about the NUL-separated names that follow, in `target` or `stage`.
    /// - `stage`: makes the stage folder, or takes over one that a dead copy left.
    /// - `tar BYTES`, `tgz BYTES`: unpacks what follows into the stage.
    /// - `pick BYTES`: the name that follows is meant by `prefix WHERE COUNT`, the digest of a file's first bytes,
    ///   `append COUNT`, which adds what follows to a file of the stage, and `rest FROM COUNT`, which gives so many
    ///   bytes of the target's from the one of that number on, filled up with zeros.
    /// - `chmod WHERE MODE BYTES`, `touch WHERE TIME BYTES`: names as above.
    /// - `skip BYTES`: throws away what follows. `has TOOL`: whether there is such a program.
    /// - `list`: two texts for each member, ended by NUL: `TYPE MODE SIZE TIME NAME` and a link's target. Only where
    ///   find and tar are GNU's, which `give` needs.
    /// - `give BYTES`: files of these names, as a tar stream; then it ends with tar's status.
    /// - `commit`: puts what is in the stage into its place and removes the stage.
    /// - `print`: the fingerprint of what is there now.
    /// - `end`: removes the stage and ends.
    ///
    /// Each answer ends with a NUL, a status and a line feed; what a failed request has to say stands before.
    package static let taking = #"""
        : sds-copy
        target=$1 into=$2 name=$3 pod=$4 identity=$5 prints=$6
        umask 077
        LC_ALL=C
        export LC_ALL
        unset CDPATH
        absent=
        for tool in cat chmod head mkdir mv rm tar xargs; do
            command -v "$tool" >/dev/null 2>&1 || absent="$absent $tool"
        done
        sum=
        for tool in openssl sha256sum shasum; do
            [ -n "$sum" ] || { command -v "$tool" >/dev/null 2>&1 && sum=$tool; }
        done
        [ -n "$sum" ] || absent="$absent sha256sum"
        if [ -n "$absent" ]; then
            printf 'missing%s\n' "$absent"
            exit 1
        fi
        # Digests of the files named on stdin, or of stdin itself.
        sums() {
            case $sum in
                openssl) xargs -0 openssl dgst -sha256 -r ;;
                shasum) xargs -0 shasum -a 256 ;;
                *) xargs -0 sha256sum ;;
            esac 2>/dev/null
        }
        digest() {
            case $sum in
                openssl) openssl dgst -sha256 -r ;;
                shasum) shasum -a 256 ;;
                *) sha256sum ;;
            esac
        }
        kindOf() {
            if [ -d "$1" ]; then echo folder
            elif [ -f "$1" ] || [ -L "$1" ]; then echo file
            elif [ -e "$1" ]; then echo other
            else echo absent
            fi
        }
        while [ "${target%/}" != "$target" ] && [ "$target" != / ]; do target=${target%/}; done
        kind=$(kindOf "$target")
        got=no
        case $into/$kind in
            always/folder | always/absent | maybe/folder)
                target=${target%/}/$name got=yes
                kind=$(kindOf "$target")
                ;;
            always/*) kind=other ;;
        esac
        case $kind in
            folder) base=$target ;;
            *) base=${target%/*} base=${base:-/} ;;
        esac
        stage=$base/.sds-copy-$pod-$identity-$$
        # What changes when anything below the target does; without a find that can tell, something that never fits.
        print() {
            place=$target
            [ "$kind" != folder ] || place=$target/.
            {
                find "$place" -printf '%y %m %s %T@ %C@ %i %l\0%p\0' 2>/dev/null || {
                    echo "$$"
                    cat /proc/uptime
                }
            } | digest
        }
        mark=- stats=no
        if [ "$prints" != no ] && [ "$kind" != absent ]; then
            mark=$(print)
            mark=${mark%% *} stats=yes
        elif [ "$(stat -c %F / 2>/dev/null)" = directory ]; then
            stats=yes
        fi
        printf 'ready %s %s %s %s\n' "$kind" "$mark" "$stats" "$got"
        [ "$mark" != "$prints" ] || exit 0
        # All of a request's bytes are read, whatever becomes of the command.
        feed() {
            head -c "$1" | {
                shift
                "$@"
                status=$?
                cat >/dev/null
                exit $status
            }
        }
        at() {
            if [ "$1" = stage ]; then
                cd "$stage/new" 2>/dev/null || cd "$stage" || return
            elif [ "$kind" = folder ]; then
                cd "$target" || return
            else
                cd "$base" || return
            fi
            shift
            "$@"
        }
        lives() {
            line=
            { read -r line <"/proc/$1/cmdline"; } 2>/dev/null
            case $line in
                *sds-copy*) return 0 ;;
                *) return 1 ;;
            esac
        }
        sweep() {
            for old in "$base"/.sds-copy-"$pod"-*; do
                [ -d "$old" ] || continue
                lives "${old##*-}" && continue
                case $old in
                    */.sds-copy-"$pod-$identity"-*)
                        if [ ! -e "$stage" ] && mv "$old" "$stage" 2>/dev/null; then continue; fi
                        ;;
                esac
                rm -rf "$old"
            done
            return 0
        }
        prepare() {
            [ -d "$base" ] || (umask 022 && mkdir -p "$base") || return
            sweep
            if [ -d "$stage" ]; then printf resumed; else mkdir "$stage"; fi
        }
        inflate() {
            gzip -dc | tar -x -p -o -f - -C "$stage"
        }
        # GNU tar reads whole records and no byte more; all others get what is theirs from head.
        unpack() {
            whole=
            if [ "$2" = tgz ]; then
                whole=gzip
            elif [ $(($1 % 65536)) = 0 ]; then
                case $(tar --version 2>/dev/null) in *'GNU tar'*) whole=yes ;; esac
            fi
            if [ "$whole" = gzip ]; then
                trouble=$(feed "$1" inflate 2>&1)
            elif [ -n "$whole" ]; then
                trouble=$(tar -x -p -o -b 128 -f - -C "$stage" 2>&1)
            else
                trouble=$(feed "$1" tar -x -p -o -f - -C "$stage" 2>&1)
            fi
            code=$?
            [ $code != 0 ] || return 0
            # Bytes of the archive may follow: nothing that comes now is a request.
            printf '%s\0%s\n' "$trouble" "$code"
            cat >/dev/null
            case $trouble in
                *[Uu]'nexpected EOF'* | *[Uu]'nexpected end of file'* | *'short read'*) ;;
                *) rm -rf "$stage" ;;
            esac
            exit 1
        }
        move() {
            mv -f -- "$@" </dev/null
        }
        linksAlike() {
            one=$(readlink "$1" 2>/dev/null && printf .) && other=$(readlink "$2" && printf .) && [ "$one" = "$other" ]
        }
        merge() (
            cd "$1" || exit 1
            into=$2
            set --
            for member in * .[!.]* ..?*; do
                if [ -d "./$member" ] && [ ! -L "./$member" ]; then
                    if [ -d "$into/$member" ] && [ ! -L "$into/$member" ]; then
                        merge "./$member" "$into/$member" || exit 1
                        continue
                    fi
                    if [ -e "$into/$member" ] || [ -L "$into/$member" ]; then
                        printf '%s is no folder' "$into/$member"
                        exit 1
                    fi
                elif [ -e "./$member" ] || [ -L "./$member" ]; then
                    if [ -d "$into/$member" ] && [ ! -L "$into/$member" ]; then
                        printf '%s is a folder' "$into/$member"
                        exit 1
                    fi
                    # busybox can't replace a link that leads nowhere; one that is right need not be.
                    if [ -L "./$member" ] && [ -L "$into/$member" ] && linksAlike "./$member" "$into/$member"; then
                        continue
                    fi
                else
                    continue
                fi
                set -- "$@" "./$member"
                if [ $# -ge 200 ]; then
                    move "$@" "$into/" || exit 1
                    set --
                fi
            done
            [ $# = 0 ] || move "$@" "$into/"
        )
        commit() {
            now=$(kindOf "$target")
            if [ "$now" != "$kind" ]; then
                printf '%s was %s when the copy began and is %s now' "$target" "$kind" "$now"
                return 1
            fi
            if [ "$kind" = folder ]; then
                # The dot keeps a line feed at the name's end.
                full=$(cd "$target" && pwd -P && printf .) || return
                merge "$stage/new" "${full%??}" || return
            else
                move "$stage/new" "$target" || return
            fi
            rm -rf "$stage"
            kind=$(kindOf "$target")
        }
        list() {
            case $(tar --version 2>/dev/null) in *'GNU tar'*) ;; *) return 1 ;; esac
            shape='%y %m %s %T@ %p\0%l\0'
            if [ "$kind" = folder ]; then
                find . -printf "$shape"
            else
                find -L "./${target##*/}" -maxdepth 0 -printf "$shape"
            fi 2>/dev/null
        }
        give() {
            follow=
            [ "$kind" = folder ] || follow=-h
            tar -c $follow --null --no-unquote --no-recursion -f - -T -
        }
        append() {
            cat >>"$picked"
        }
        rest() {
            { tail -c "+$1" "$picked"; cat /dev/zero; } | head -c "$2"
        }
        while read -r verb first second third; do
            case $verb in
                stat) feed "$second" at "$first" xargs -0 stat -c '%f %s %Y %n' 2>/dev/null ;;
                hash) feed "$second" at "$first" sums ;;
                stage) prepare 2>&1 ;;
                tar | tgz) unpack "$first" "$verb" ;;
                pick)
                    picked=$(head -c "$first" && echo .)
                    picked=${picked%.}
                    ;;
                prefix) (at "$first" head -c "$second" "$picked") | digest ;;
                append) feed "$first" at stage append 2>&1 ;;
                rest) (at target rest "$first" "$second") ;;
                skip) feed "$first" true ;;
                has) command -v "$first" >/dev/null 2>&1 ;;
                list) (at target list) ;;
                give)
                    feed "$first" at target give
                    exit
                    ;;
                chmod) feed "$third" at "$first" xargs -0 chmod "$second" 2>&1 ;;
                touch) feed "$third" at "$first" xargs -0 touch -c -d "@$second" 2>&1 ;;
                commit) commit 2>&1 ;;
                print) if find / -prune -printf '' 2>/dev/null; then print; fi ;;
                end)
                    rm -rf "$stage"
                    exit 0
                    ;;
                *) exit 1 ;;
            esac
            printf '\0%s\n' "$?"
        done
        exit 1
        """#

    /// Gives a file, or a folder's content, as a tar stream on stdout; all else it has to say goes to stderr.
    package static let giving = #"""
        : sds-copy
        source=$1
        LC_ALL=C
        export LC_ALL
        command -v tar >/dev/null 2>&1 || {
            echo 'missing tar' >&2
            exit 1
        }
        while [ "${source%/}" != "$source" ] && [ "$source" != / ]; do source=${source%/}; done
        if [ -d "$source" ]; then
            tar -c -f - -C "$source" .
            exit $?
        fi
        if [ -f "$source" ]; then
            base=${source%/*}
            [ "$base" != "$source" ] || base=.
            tar -c -h -f - -C "${base:-/}" "./${source##*/}"
            exit $?
        fi
        if [ -e "$source" ] || [ -L "$source" ]; then
            echo 'neither a file nor a folder' >&2
        else
            echo 'no such file or folder' >&2
        fi
        exit 1
        """#

    /// Whether the target is a folder that gets the copy, or the copy itself.
    enum Into: String, Sendable {
        case always, never
        /// If there is such a folder.
        case maybe
    }

    /// - Parameters:
    ///   - name: what the copy is called in a folder that gets it.
    ///   - identity: of what is copied: stages of the same are taken over.
    ///   - prints: whether the target's fingerprint is asked for at once.
    ///   - expected: with this fingerprint there is nothing to do: the script ends.
    static func take(
        _ target: String, into: Into, name: String, pod: String, identity: String, prints: Bool,
        expected: ContentDigest? = nil
    ) -> [String] {
        [
            "sh", "-c", taking, "sds-copy", plain(target), into.rawValue, name, pod, identity,
            prints ? expected.map(\.description) ?? "yes" : "no",
        ]
    }

    static func give(_ source: String) -> [String] {
        ["sh", "-c", giving, "sds-copy", plain(source)]
    }

    /// No program takes it for an option.
    private static func plain(_ path: String) -> String {
        path.hasPrefix("/") ? path : "./" + path
    }
}
