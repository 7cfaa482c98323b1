"""What the stand-in for the dashboards answers."""

import http.client
import json
import tempfile
import threading
import unittest

import dashboards


class DashboardsTests(unittest.TestCase):
    def start(self, flavor="kibana", base="", ready_after=0, folder=None):
        folder = folder or tempfile.mkdtemp()
        server = dashboards.Server(("127.0.0.1", 0), dashboards.Saved(folder), flavor, base, ready_after)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server.server_address[1], folder

    def ask(self, port, method, path, body=None, headers=None):
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        self.addCleanup(line.close)
        line.request(method, path, None if body is None else json.dumps(body), headers or {})
        reply = line.getresponse()
        text = reply.read()
        return reply.status, json.loads(text) if text[:1] in (b"{", b"[") and text.count(b"\n") == 0 else text

    PANEL = {"type": "dashboard", "id": "d1", "attributes": {"title": "One"}, "references": [], "migrationVersion": {}}

    def test_changes_need_the_programs_own_header(self):
        for flavor, header, other in (("kibana", "kbn-xsrf", "osd-xsrf"), ("opensearch", "osd-xsrf", "kbn-xsrf")):
            port, _ = self.start(flavor)
            path = "/api/saved_objects/_bulk_create"
            self.assertEqual(self.ask(port, "POST", path, [self.PANEL])[0], 400)
            self.assertEqual(self.ask(port, "POST", path, [self.PANEL], {other: "true"})[0], 400)
            self.assertEqual(self.ask(port, "POST", path, [self.PANEL], {header: "true"})[0], 200)

    def test_objects_come_and_go_and_survive(self):
        port, folder = self.start()
        own = {"kbn-xsrf": "true"}
        made = self.ask(port, "POST", "/api/saved_objects/_bulk_create", [self.PANEL, dict(self.PANEL, type="odd")], own)[1]
        self.assertNotIn("error", made["saved_objects"][0])
        self.assertEqual(made["saved_objects"][1]["error"]["statusCode"], 400)
        again = self.ask(port, "POST", "/api/saved_objects/_bulk_create", [self.PANEL], own)[1]
        self.assertEqual(again["saved_objects"][0]["error"]["statusCode"], 409)
        port, _ = self.start(folder=folder)
        found = self.ask(port, "POST", "/api/saved_objects/_bulk_get", [
            {"type": "dashboard", "id": "d1"}, {"type": "dashboard", "id": "d2"}], own)[1]["saved_objects"]
        self.assertEqual(found[0]["attributes"], {"title": "One"})
        self.assertEqual(found[1]["error"]["statusCode"], 404)
        self.assertEqual(self.ask(port, "DELETE", "/api/saved_objects/dashboard/d1", headers=own)[0], 200)
        self.assertEqual(self.ask(port, "DELETE", "/api/saved_objects/dashboard/d1", headers=own)[0], 404)

    def test_unknown_keys_and_large_bodies_are_refused(self):
        port, _ = self.start()
        own, path = {"kbn-xsrf": "true"}, "/api/saved_objects/_bulk_create"
        self.assertEqual(self.ask(port, "POST", path, [dict(self.PANEL, updated_at="now")], own)[0], 400)
        big = dict(self.PANEL, attributes={"title": "x" * dashboards.LARGEST})
        self.assertEqual(self.ask(port, "POST", path, [big], own)[0], 413)

    def test_legacy_import_settings_and_export(self):
        port, _ = self.start("opensearch", base="/metrics")
        own = {"osd-xsrf": "true"}
        self.assertEqual(self.ask(port, "GET", "/api/status")[0], 404)
        body = {"version": "7.10.2", "objects": [dict(self.PANEL, updated_at="t", version="w", namespaces=["default"])]}
        legacy = "/metrics/api/opensearch-dashboards/dashboards/import"
        self.assertNotIn("error", self.ask(port, "POST", legacy, body, own)[1]["objects"][0])
        self.assertEqual(self.ask(port, "POST", legacy, body, own)[1]["objects"][0]["error"]["statusCode"], 409)
        self.assertNotIn("error", self.ask(port, "POST", legacy + "?force=true", body, own)[1]["objects"][0])
        settings = "/metrics/api/opensearch-dashboards/settings"
        self.ask(port, "POST", settings + "/defaultIndex", {"value": "logstash-*"}, own)
        self.assertEqual(self.ask(port, "GET", settings)[1]["settings"]["defaultIndex"]["userValue"], "logstash-*")
        export = self.ask(port, "POST", "/metrics/api/saved_objects/_export", {"type": ["dashboard"]}, own)[1]
        lines = [json.loads(line) for line in export.split(b"\n")]
        self.assertEqual([lines[0]["id"], lines[1]["exportedCount"]], ["d1", 1])

    def test_it_can_be_late(self):
        port, _ = self.start(ready_after=60)
        self.assertEqual(self.ask(port, "GET", "/api/status")[0], 503)


if __name__ == "__main__":
    unittest.main()
