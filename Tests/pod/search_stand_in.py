"""A stand-in for Elasticsearch and OpenSearch with their ways of writing back what they were given."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit


def nested(settings):
    """Settings as Elasticsearch returns them: below `index`, nested, numbers and booleans as strings."""
    result = {}

    def put(value, parts):
        if isinstance(value, dict):
            for key, inner in value.items():
                put(inner, parts + key.split("."))
            return
        parts = parts if parts[0] == "index" else ["index"] + parts
        place = result
        for part in parts[:-1]:
            place = place.setdefault(part, {})
        place[parts[-1]] = value if isinstance(value, list) else json.dumps(value).strip('"')

    put(settings, [])
    return result


class SearchStandIn:
    """`flavor` is one of elasticsearch, oss (no lifecycle plugin), opendistro, opensearch."""

    def __init__(self, flavor="elasticsearch", starting=0, password=None):
        self.flavor, self.starting, self.password = flavor, starting, password
        self.objects, self.indices, self.aliases, self.writes = {}, {}, {}, []
        self.ignored = set()
        self.status = "yellow"
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def answer(self):
                size = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(size)) if size else None
                parts = urlsplit(self.path)
                status, reply = stand_in.reply(self.command, parts.path, parse_qs(parts.query), body, self.headers)
                raw = json.dumps(reply).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            do_GET = do_PUT = do_DELETE = answer

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def reply(self, method, path, query, body, headers):
        if self.starting > 0:
            self.starting -= 1
            return 503, {"error": {"root_cause": [{"reason": "master_not_discovered"}]}, "status": 503}
        if self.password and headers.get("Authorization") != self.password:
            return 401, {"error": "Unauthorized"}
        if method != "GET":
            self.writes.append((method, path))
        parts = [unquote(part) for part in path.strip("/").split("/")]
        if path == "/":
            return 200, {"version": self.version()}
        if parts[:2] == ["_cluster", "health"]:
            return 200, {"status": self.status, "number_of_nodes": 1, "unassigned_shards": 3}
        if parts[0] == "_alias":
            found = {
                index: {"aliases": {parts[1]: {}}} for index in self.aliases.get(parts[1], []) if index in self.indices
            }
            return (200, found) if found else (404, {"error": f"alias [{parts[1]}] missing", "status": 404})
        if parts[0] == "_cat":
            start = parts[2].rstrip("*")
            return 200, [{"index": index} for index in self.indices if index.startswith(start)]
        if parts[0].startswith("_"):
            return self.stored(method, parts, query, body)
        return self.index(method, parts[0], body)

    def version(self):
        number = {"opensearch": "2.11.0", "elasticsearch": "7.9.3"}.get(self.flavor, "7.10.2")
        if self.flavor == "opensearch":
            return {"distribution": "opensearch", "number": number}
        return {"number": number, "build_flavor": "default" if self.flavor == "elasticsearch" else "oss"}

    def stored(self, method, parts, query, body):
        kind, name = "/".join(parts[:-1]), parts[-1]
        lifecycle = {
            "elasticsearch": "_ilm/policy",
            "opendistro": "_opendistro/_ism/policies",
            "opensearch": "_plugins/_ism/policies",
        }
        if kind.endswith(("policy", "policies")) and lifecycle.get(self.flavor) != kind:
            return 400, {"error": f"no handler found for uri [/{kind}/{name}] and method [{method}]"}
        held = self.objects.get((kind, name))
        if method == "PUT":
            if "_ism" in kind and held and query.get("if_seq_no") != [str(held["_seq_no"])]:
                return 409, {"error": {"reason": "version conflict, document already exists"}, "status": 409}
            if (kind, name) not in self.ignored:
                self.objects[kind, name] = self.as_held(kind, name, body, held)
            return 200, {"acknowledged": True}
        if held is None:
            return 404, {}
        if kind == "_index_template":
            return 200, {"index_templates": [{"name": name, "index_template": held}]}
        return 200, held if "_ism" in kind else {name: held}

    def as_held(self, kind, name, body, held):
        body = json.loads(json.dumps(body))
        if kind == "_template":
            if "template" in body:
                body["index_patterns"] = [body.pop("template")]
            body = dict({"order": 0, "mappings": {}, "aliases": {}}, **body)
            body["settings"] = nested(body.get("settings", {}))
        if kind == "_index_template":
            body.setdefault("composed_of", [])
            if "settings" in body.get("template", {}):
                body["template"]["settings"] = nested(body["template"]["settings"])
        if kind == "_ilm/policy":
            delete = body["policy"]["phases"].get("delete", {}).get("actions", {}).get("delete")
            if delete is not None:
                delete["delete_searchable_snapshot"] = True
            body = {"version": 1, "modified_date": "2026-01-01T00:00:00.000Z", **body}
        if "_ism" in kind:
            policy = body["policy"]
            policy.update(policy_id=name, schema_version=1, error_notification=None)
            if isinstance(policy.get("ism_template"), dict):
                policy["ism_template"] = [dict(policy["ism_template"], priority=0)]
            for state in policy["states"]:
                for action in state["actions"]:
                    action["retry"] = {"count": 3}
            body = {
                "_id": name,
                "_version": 1,
                "_seq_no": held["_seq_no"] + 1 if held else 0,
                "_primary_term": 1,
                "policy": policy,
            }
        return body

    def index(self, method, name, body):
        if method == "PUT":
            if name in self.indices:
                return 400, {"error": {"root_cause": [{"reason": f"index [{name}] already exists"}]}}
            self.indices[name] = dict(body or {}, settings=nested((body or {}).get("settings", {})))
            return 200, {"acknowledged": True}
        if name not in self.indices:
            return 404, {"error": {"root_cause": [{"reason": f"no such index [{name}]"}]}}
        if method == "DELETE":
            if name not in self.ignored:
                del self.indices[name]
            return 200, {"acknowledged": True}
        return 200, {name: self.indices[name]}
