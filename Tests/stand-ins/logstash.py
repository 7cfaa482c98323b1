#!/usr/bin/env python3
"""A STAND-IN for Logstash, for tests and demonstrations only: moves HySDS' states from Redis to Elasticsearch.

    logstash.py -f indexer.conf [--http.host 127.0.0.1] [--http.port 9600] [anything else Logstash takes is ignored]

From the configuration it takes only the addresses: of each `redis` input the host, port, password and key, of the
`elasticsearch` (or `opensearch`) output the hosts, user and password. The filters are not interpreted. What mozart's
filters do is done by hand here: one document for each job (id: payload_id), task, worker and event, and a failed job
moves to the index `job_failed`. Without a `filter` part (metrics), each entry becomes a document of its own in the
index of its list and day. Not done: TLS to Redis, back-pressure, several workers. An entry is taken off its list only
after Elasticsearch has it. `GET /_node` answers on the HTTP port, as Logstash does.
"""

import argparse
import base64
import datetime
import http.client
import json
import re
import signal
import socket
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


def unpacked(data):
    """One MessagePack value."""
    value, end = unpack(data, 0)
    if end != len(data):
        raise ValueError("bytes after the MessagePack value")
    return value


NUMBERS = {0xca: ">f", 0xcb: ">d", 0xcc: ">B", 0xcd: ">H", 0xce: ">I", 0xcf: ">Q", 0xd0: ">b", 0xd1: ">h", 0xd2: ">i", 0xd3: ">q"}
SIZED = {0xc4: (1, "bin"), 0xc5: (2, "bin"), 0xc6: (4, "bin"), 0xd9: (1, "str"), 0xda: (2, "str"), 0xdb: (4, "str"),
         0xdc: (2, "list"), 0xdd: (4, "list"), 0xde: (2, "map"), 0xdf: (4, "map")}


def unpack(data, at):
    head = data[at]
    at += 1
    if head < 0x80:
        return head, at
    if head >= 0xe0:
        return head - 0x100, at
    if head in (0xc0, 0xc2, 0xc3):
        return {0xc0: None, 0xc2: False, 0xc3: True}[head], at
    if head in NUMBERS:
        size = struct.calcsize(NUMBERS[head])
        return struct.unpack(NUMBERS[head], data[at:at + size])[0], at + size
    if head in SIZED:
        width, kind = SIZED[head]
        size = int.from_bytes(data[at:at + width], "big")
        at += width
    elif head < 0x90:
        size, kind = head & 0x0f, "map"
    elif head < 0xa0:
        size, kind = head & 0x0f, "list"
    elif head < 0xc0:
        size, kind = head & 0x1f, "str"
    else:
        raise ValueError(f"MessagePack type {head:#x} is not known here")
    if kind in ("str", "bin"):
        return data[at:at + size].decode("utf-8", "replace"), at + size
    out = []
    for _ in range(size * (2 if kind == "map" else 1)):
        value, at = unpack(data, at)
        out.append(value)
    return (dict(zip(map(str, out[::2]), out[1::2])) if kind == "map" else out), at


class Redis:
    """A connection that speaks as much of Redis' protocol as taking from a list needs."""

    def __init__(self, host, port, password):
        self.socket = socket.create_connection((host, port), timeout=60)
        self.reader = self.socket.makefile("rb")
        if password:
            self.ask("AUTH", password)

    def close(self):
        self.reader.close()
        self.socket.close()

    def ask(self, *words):
        words = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        self.socket.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words))
        return self.answer()

    def answer(self):
        line = self.reader.readline()
        if not line.endswith(b"\r\n"):
            raise OSError("redis hung up")
        kind, text = line[:1], line[1:-2]
        if kind == b"-":
            raise OSError(f"redis: {text.decode()}")
        if kind == b"$":
            return None if text == b"-1" else self.reader.read(int(text) + 2)[:-2]
        if kind == b"*":
            return [self.answer() for _ in range(int(text))]
        return int(text) if kind == b":" else text


class Elasticsearch:
    def __init__(self, hosts, user, password):
        self.hosts = [urlsplit(host if "://" in host else "http://" + host) for host in hosts]
        self.headers = {"Content-Type": "application/x-ndjson"}
        if user:
            self.headers["Authorization"] = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()

    def bulk(self, lines):
        """Send actions; refused documents are said and dropped, as Logstash does, anything else is an OSError."""
        body = "".join(json.dumps(line) + "\n" for line in lines)
        host = self.hosts[0]
        kind = http.client.HTTPSConnection if host.scheme == "https" else http.client.HTTPConnection
        link = kind(host.hostname, host.port or 9200, timeout=60)
        try:
            link.request("POST", host.path.rstrip("/") + "/_bulk", body, self.headers)
            answer = link.getresponse()
            text = answer.read()
        except http.client.HTTPException as error:
            raise OSError(f"elasticsearch: {error!r}")
        finally:
            link.close()
        if answer.status != 200:
            raise OSError(f"elasticsearch: status {answer.status}: {text[:300]!r}")
        for item in json.loads(text)["items"]:
            for result in item.values():
                if result["status"] >= 400 and result["status"] != 404:
                    say(f"dropped {result.get('_id')}: {result.get('error')}")


def say(words):
    print(f"logstash stand-in: {words}", flush=True)


def day(event):
    stamp = re.match(r"(\d{4})-(\d\d)-(\d\d)", str(event.get("@timestamp", "")))
    return ".".join(stamp.groups()) if stamp else f"{datetime.datetime.now(datetime.timezone.utc):%Y.%m.%d}"


def actions(key, event, filtered):
    """What an entry of a list becomes in Elasticsearch."""
    event.setdefault("@timestamp", datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
    if not filtered:
        return [{"index": {"_index": f"{key}-{day(event)}"}}, event]
    resource, former = event.get("resource"), None
    if resource in ("worker", "event"):
        ident = event["celery_hostname" if resource == "worker" else "uuid"]
        index = f"{resource}_status-{day(event)}"
        event["id"] = ident
    elif resource == "task":
        ident, index = event["uuid"], event["index"]
        event["id"] = ident
    elif resource == "job":
        info = event["job"]["job_info"]
        ident, index = event["payload_id"], info["index"]
        event["id"] = event["uuid"]
        if event["status"] == "job-failed":
            former, index = index, "job_failed"
            info["index"] = index
    else:
        return []
    out = [{"index": {"_index": index, "_id": ident}}, event]
    if former not in (None, "job_failed"):
        out.append({"delete": {"_index": former, "_id": ident}})
    return out


def settings(text):
    """Addresses from a configuration of Logstash."""
    text = re.sub(r"(?m)^\s*#.*$", "", text)

    def value(block, name):
        found = re.search(rf'\b{name}\s*=>\s*(?:"((?:\\.|[^"])*)"|(\w+)|\[(.*?)\])', block, re.S)
        if not found:
            return None
        if found.group(3) is not None:
            return re.findall(r'"([^"]*)"', found.group(3))
        return found.group(1) if found.group(1) is not None else found.group(2)

    lists = [{"host": value(block, "host") or "127.0.0.1", "port": int(value(block, "port") or 6379),
              "password": value(block, "password"), "key": value(block, "key"), "codec": value(block, "codec") or "json"}
             for block in re.findall(r"\bredis\s*\{(.*?)(?=\bredis\s*\{|\bfilter\s*\{|\boutput\s*\{|\Z)", text, re.S)]
    output = re.search(r"\b(?:elasticsearch|opensearch)\s*\{(.*)", text, re.S)
    if not lists or not output:
        raise SystemExit("logstash stand-in: the configuration names no redis input or no elasticsearch output")
    hosts = value(output.group(1), "hosts")
    hosts = hosts if isinstance(hosts, list) else [hosts or "127.0.0.1:9200"]
    return lists, Elasticsearch(hosts, value(output.group(1), "user"), value(output.group(1), "password")), \
        re.search(r"(?m)^\s*filter\s*\{", text) is not None


def carry(source, target, filtered):
    """Move one list for ever: look at its head, index it, then take it off."""
    redis = None
    while True:
        try:
            redis = Redis(source["host"], source["port"], source["password"])
            say(f"reading list {source['key']} at {source['host']}:{source['port']}")
            while True:
                batch = redis.ask("LRANGE", source["key"], 0, 124)
                if not batch:
                    time.sleep(0.2)
                    continue
                lines = []
                for entry in batch:
                    try:
                        event = unpacked(entry) if source["codec"] == "msgpack" else json.loads(entry)
                        lines += actions(source["key"], event, filtered)
                    except (ValueError, KeyError, TypeError, IndexError, AttributeError, struct.error) as error:
                        say(f"dropped an entry of {source['key']} that it does not understand: {error!r}")
                if lines:
                    target.bulk(lines)
                redis.ask("LTRIM", source["key"], len(batch), -1)
        except OSError as error:
            say(f"{source['key']}: {error}; again in 2 s")
            if redis is not None:
                redis.close()
            time.sleep(2)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"host": socket.gethostname(), "version": "7.10.2", "status": "green", "stand-in": True}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


def main():
    parser = argparse.ArgumentParser(description="stand-in for Logstash; for tests and demonstrations only")
    parser.add_argument("-f", "--path.config", dest="config", required=True)
    parser.add_argument("--http.host", dest="host", default="127.0.0.1")
    parser.add_argument("--http.port", dest="port", type=int, default=9600)
    options, _ = parser.parse_known_args()
    with open(options.config) as file:
        lists, target, filtered = settings(file.read())
    for source in lists:
        threading.Thread(target=carry, args=(source, target, filtered), daemon=True).start()
    ThreadingHTTPServer((options.host, options.port), Handler).serve_forever()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    main()
