#!/usr/bin/env python3
"""Submit a job over mozart's REST interface and wait for its end; for demonstrations and end-to-end tests.

    submit_job.py http://localhost:8888 [--queue factotum-job_worker-small] [--command 'echo hello'] [--count 1]

Registers a container, a job specification and its HySDS-IO (the three that HySDS needs to know a job), submits, and
asks for the state until every job is finished. Exit status 0: every job ended as wanted (--expect, job-completed).
1: one did not, or not in time. 2: the service refused something or is not there. Needs Python's standard library only.
"""

import argparse
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

FINAL = ("job-completed", "job-failed", "job-deduped", "job-offline", "job-revoked")


class Refused(Exception):
    pass


def ask(base, path, form=None, patience=0):
    """Call the service; try again for `patience` seconds while it cannot be reached or is starting."""
    until = time.time() + patience
    while True:
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        try:
            with urllib.request.urlopen(urllib.request.Request(base + path, data), timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            text = error.read().decode(errors="replace")[:500]
            if error.code not in (502, 503, 504) or time.time() > until:
                raise Refused(f"{path}: status {error.code}: {text}")
        except (OSError, ValueError) as error:
            if time.time() > until:
                raise Refused(f"{base}{path}: {error}")
        time.sleep(1)


def register(base, options):
    name = f"job-{options.type}"
    container = f"container-{options.type}"
    ask(base, "/container/add", {"name": container, "url": options.container_url, "version": "sample",
                                 "digest": "sha256:" + "0" * 64}, options.patience)
    spec = {"id": name, "container": container, "job-version": "sample", "resource": "jobspec", "command": "/bin/sh -c",
            "required_queues": [options.queue], "params": [{"name": "script", "destination": "positional"}]}
    ask(base, "/job_spec/add", {"spec": json.dumps(spec)})
    wiring = {"id": f"hysds-io-{options.type}", "job-specification": name, "job-version": "sample",
              "resource": "hysds-io-specification", "submission_type": "individual",
              "params": [{"name": "script", "from": "submitter", "type": "text"}]}
    ask(base, "/hysds_io/add", {"spec": json.dumps(wiring)})
    return name


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("url", help="mozart's REST service, such as http://localhost:8888 or https://host/mozart")
    options.add_argument("--queue", default="factotum-job_worker-small")
    options.add_argument("--type", default="sds-sample:v1", help="job type, without `job-`")
    options.add_argument("--command", default="echo hello from $(hostname)")
    options.add_argument("--registered", action="store_true", help="the type is there already: don't register it")
    options.add_argument("--container-url", default="", help="for an engine that wants one")
    options.add_argument("--count", type=int, default=1, help="how many jobs")
    options.add_argument("--priority", type=int, default=5)
    options.add_argument("--timeout", type=float, default=120, help="seconds for all of it")
    options.add_argument("--patience", type=float, default=0, help="seconds to wait for the service itself")
    options.add_argument("--expect", default="job-completed", choices=FINAL)
    options.add_argument("--detach", action="store_true", help="submit, print the ids, and do not wait")
    options.add_argument("--json", action="store_true", help="print the records of the jobs as JSON lines")
    options = options.parse_args()
    base = options.url.rstrip("/") + "/api/v0.1"
    started = time.time()
    say = (lambda *words: print(*words, file=sys.stderr, flush=True)) if options.json else print
    try:
        name = f"job-{options.type}" if options.registered else register(base, options)
        jobs = {}
        for place in range(options.count):
            answer = ask(base, "/job/submit", {
                "type": name, "queue": options.queue, "priority": options.priority, "tags": json.dumps(["sds-sample"]),
                "name": f"{name}-{time.time_ns()}-{place}", "enable_dedup": "false", "username": "sds",
                "params": json.dumps({"script": options.command})})
            jobs[answer["result"]] = None
            say(f"{answer['result']} submitted to {options.queue}")
        if options.detach:
            return 0
        while not all(status in FINAL for status in jobs.values()) and time.time() - started < options.timeout:
            for ident, before in jobs.items():
                if before in FINAL:
                    continue
                try:
                    jobs[ident] = ask(base, "/job/status?id=" + urllib.parse.quote(ident), patience=30)["status"]
                except Refused as refused:
                    if "status 404" not in str(refused):  # not indexed yet
                        raise
                if jobs[ident] != before:
                    say(f"{ident} {jobs[ident]} after {time.time() - started:.1f} s")
            time.sleep(0.5)
        good = 0
        for ident, status in jobs.items():
            record = ask(base, "/job/info?id=" + urllib.parse.quote(ident))["result"] if status in FINAL else {}
            if options.json:
                print(json.dumps(record or {"payload_id": ident, "status": status}), flush=True)
            elif record.get("error"):
                say(f"{ident} {record['error']}")
            good += status == options.expect
        say(f"{good} of {len(jobs)} {options.expect} in {time.time() - started:.1f} s")
        return 0 if good == len(jobs) else 1
    except Refused as refused:
        print(f"error: {refused}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
