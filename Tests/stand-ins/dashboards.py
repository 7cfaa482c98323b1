#!/usr/bin/env python3
"""A STAND-IN for Kibana 7.10.2 and OpenSearch Dashboards 1.x, for tests only. Never for real data.

It speaks the part of the HTTP interface that bringing dashboards in and out uses, in the programs' own JSON forms and
status codes, and keeps what was acknowledged in one file. A request that changes something without the program's own
header (kbn-xsrf, osd-xsrf) is refused, a body above 1 MiB too. What it does not do: show anything, migrate objects.

    dashboards.py [--flavor kibana|opensearch] [--port 5601] [--data /usr/share/kibana/data] [--ready-after SECONDS]
                  [--base-path /metrics] [--config FILE]

--base-path is for a program that expects its base path (`server.rewriteBasePath: true`). --config is taken and passed
over, so that it can be started as Kibana is.
"""

import argparse
import json
import os
import re
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

LARGEST = 1 << 20
TYPES = {"index-pattern", "search", "visualization", "dashboard", "query", "url", "timelion-sheet"}


class Refusal(Exception):
    def __init__(self, status, message):
        super().__init__(message)
        self.status, self.message = status, message

    def body(self):
        words = {400: "Bad Request", 404: "Not Found", 409: "Conflict", 413: "Request Entity Too Large"}
        return {"statusCode": self.status, "error": words.get(self.status, "Error"), "message": self.message}


def missing(kind, name):
    return Refusal(404, f"Saved object [{kind}/{name}] not found")


class Saved:
    """The saved objects and settings, on disk before a change is acknowledged."""

    def __init__(self, folder):
        os.makedirs(folder, exist_ok=True)
        self.path = os.path.join(folder, "saved.json")
        self.lock = threading.RLock()
        self.objects, self.settings = {}, {}
        if os.path.exists(self.path):
            with open(self.path) as file:
                kept = json.load(file)
            self.objects = {(each["type"], each["id"]): each for each in kept["objects"]}
            self.settings = kept["settings"]

    def keep(self):
        with open(self.path + ".new", "w") as file:
            json.dump({"objects": list(self.objects.values()), "settings": self.settings}, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(self.path + ".new", self.path)

    def put(self, body, overwrite):
        allowed = {"type", "id", "attributes", "references", "migrationVersion", "version", "initialNamespaces"}
        for key in body:
            if key not in allowed:
                raise Refusal(400, f"[request body]: [{key}]: definition for this key is missing")
        kind, name = body.get("type"), body.get("id")
        if not isinstance(body.get("attributes"), dict):
            raise Refusal(400, "[request body.attributes]: expected value of type [object]")
        if kind not in TYPES:
            return {"id": name, "type": kind, "error": Refusal(400, f"Unsupported saved object type: '{kind}'").body()}
        if (kind, name) in self.objects and not overwrite:
            return {"id": name, "type": kind, "error": Refusal(409, f"Saved object [{kind}/{name}] conflict").body()}
        self.objects[kind, name] = {
            "id": name, "type": kind, "attributes": body["attributes"], "references": body.get("references", []),
            "migrationVersion": body.get("migrationVersion", {}), "namespaces": ["default"],
            "updated_at": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()), "version": "WzEsMV0="}
        return self.objects[kind, name]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass

    def say(self, status, body, kind="application/json; charset=utf-8"):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def handle_any(self):
        server, parts = self.server, urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            path = parts.path
            if server.base:
                if not path.startswith(server.base + "/"):
                    raise Refusal(404, "Not Found")
                path = path[len(server.base):]
            if time.time() < server.ready_at:
                return self.say(503, b"Kibana server is not ready yet", "text/plain")
            header = {"kibana": "kbn-xsrf", "opensearch": "osd-xsrf"}[server.flavor]
            if self.command != "GET" and header not in self.headers:
                raise Refusal(400, f"Request must contain a {header} header.")
            if len(raw) > LARGEST:
                raise Refusal(413, "Payload content length greater than maximum allowed: 1048576")
            with server.saved.lock:
                self.route(path, parse_qs(parts.query), raw)
        except Refusal as refusal:
            self.say(refusal.status, refusal.body())

    do_GET = do_POST = do_PUT = do_DELETE = handle_any

    def route(self, path, options, raw):
        saved, own = self.server.saved, {"kibana": "kibana", "opensearch": "opensearch-dashboards"}[self.server.flavor]
        try:
            body = json.loads(raw) if raw.strip() else None
        except ValueError:
            raise Refusal(400, "Invalid request payload JSON format")
        overwrite = options.get("overwrite") == ["true"]
        if (self.command, path) == ("GET", "/api/status"):
            return self.say(200, {"name": own, "version": {"number": "7.10.2"}, "status": {"overall": {"state": "green"}}})
        if (self.command, path) == ("POST", "/api/saved_objects/_bulk_get"):
            found = [saved.objects.get((each["type"], each["id"])) or dict(
                each, error=missing(each["type"], each["id"]).body()) for each in body]
            return self.say(200, {"saved_objects": found})
        if (self.command, path) == ("POST", "/api/saved_objects/_bulk_create"):
            made = [saved.put(each, overwrite) for each in body]
            saved.keep()
            return self.say(200, {"saved_objects": made})
        if (self.command, path) == ("POST", "/api/saved_objects/_export"):
            types = set(body.get("type", [])) if isinstance(body.get("type"), list) else {body.get("type")}
            if types - TYPES:
                raise Refusal(400, f"Trying to export non-exportable type(s): {', '.join(sorted(types - TYPES))}")
            lines = [json.dumps(each) for each in saved.objects.values() if each["type"] in types]
            if not body.get("excludeExportDetails"):
                lines.append(json.dumps({"exportedCount": len(lines), "missingRefCount": 0, "missingReferences": []}))
            return self.say(200, "\n".join(lines).encode(), "application/ndjson")
        if (self.command, path) == ("POST", f"/api/{own}/dashboards/import"):
            force = options.get("force") == ["true"]
            keys = ("type", "id", "attributes", "references", "migrationVersion")
            made = [saved.put({key: each[key] for key in keys if key in each}, force) for each in body["objects"]]
            saved.keep()
            return self.say(200, {"objects": made})
        if path == f"/api/{own}/settings" and self.command == "GET":
            return self.say(200, {"settings": {key: {"userValue": value} for key, value in saved.settings.items()}})
        found = re.fullmatch(rf"/api/{own}/settings/([^/]+)", path)
        if found and self.command == "POST":
            if body.get("value") is None:
                saved.settings.pop(found[1], None)
            else:
                saved.settings[found[1]] = body["value"]
            saved.keep()
            return self.say(200, {"settings": {key: {"userValue": value} for key, value in saved.settings.items()}})
        found = re.fullmatch(r"/api/saved_objects/([^/_][^/]*)/([^/]+)", path)
        if found:
            kind, name = unquote(found[1]), unquote(found[2])
            if self.command == "POST":
                made = saved.put(dict(body, type=kind, id=name), overwrite)
                saved.keep()
                return self.say(made["error"]["statusCode"] if "error" in made else 200, made.get("error", made))
            if (kind, name) not in saved.objects:
                raise missing(kind, name)
            if self.command == "GET":
                return self.say(200, saved.objects[kind, name])
            if self.command == "DELETE":
                del saved.objects[kind, name]
                saved.keep()
                return self.say(200, {})
        raise Refusal(404, "Not Found")


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address, saved, flavor="kibana", base="", ready_after=0):
        super().__init__(address, Handler)
        self.saved, self.flavor, self.base, self.ready_at = saved, flavor, base, time.time() + ready_after


def main(arguments=None):
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--flavor", choices=("kibana", "opensearch"), default="kibana")
    options.add_argument("--host", default="0.0.0.0")
    options.add_argument("--port", type=int, default=5601)
    options.add_argument("--data", default="/tmp/dashboards")
    options.add_argument("--ready-after", type=float, default=0)
    options.add_argument("--base-path", default="")
    options.add_argument("--config")
    options = options.parse_args(arguments)
    server = Server((options.host, options.port), Saved(options.data), options.flavor, options.base_path,
                    options.ready_after)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"STAND-IN for {options.flavor} at port {server.server_address[1]}", file=sys.stderr, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
