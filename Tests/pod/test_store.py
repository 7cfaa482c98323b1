"""sds-store on a real RabbitMQ and Redis and a stand-in for Elasticsearch: each operation, done twice, and refused."""

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import broker
from packing import IMAGE, Pod
from search_stand_in import SearchStandIn

sys.path.insert(0, IMAGE)

from sds_pod.stores.containment import difference, flat_settings, index_shape  # noqa: E402

REDIS = shutil.which("redis-server")
PASSWORD = "not-to-be-seen"
TEMPLATE = {
    "order": 0,
    "template": "job_specs",
    "settings": {
        "index.refresh_interval": "5s",
        "number_of_shards": 8,
        "analysis": {"analyzer": {"default": {"filter": ["lowercase"], "tokenizer": "keyword"}}},
    },
    "mappings": {"dynamic_templates": [{"strings": {"mapping": {"norms": False, "copy_to": "all"}}}]},
}
INDEX_TEMPLATE = {
    "index_patterns": ["job_status*", "job_failed"],
    "priority": 100,
    "template": {"settings": {"index": {"number_of_shards": 8}}, "mappings": {"properties": {}}},
}
ILM = {"policy": {"phases": {"hot": {"actions": {}}, "delete": {"min_age": "104d", "actions": {"delete": {}}}}}}
ISM = {
    "policy": {
        "default_state": "hot",
        "states": [{"name": "hot", "actions": [{"delete": {}}], "transitions": []}],
        "ism_template": {"index_patterns": ["*_status*"]},
    }
}


class StoreTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.mkdtemp(prefix="sds-store-")
        self.addCleanup(shutil.rmtree, folder)
        self.pod = Pod(folder)
        self.stores = {}

    def credentials(self, **values):
        path = os.path.join(self.pod.secrets, "credentials.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(values, file)
        return path

    def store(self, *steps, code=0, deadline=20):
        steps = [dict({"name": step["do"], "store": next(iter(self.stores))}, **step) for step in steps]
        document = {"deadline-seconds": deadline, "stores": self.stores, "steps": steps}
        result = self.pod.run("sds-store", "-", input=json.dumps(document), timeout=120)
        self.assertNotIn(PASSWORD, result.stdout + result.stderr)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        self.errors = result.stderr
        return [json.loads(line) for line in result.stdout.splitlines()]

    def expect(self, result, *words, **step):
        (line,) = self.store(step, code=1 if result == "failed" else 0)
        self.assertEqual(line["result"], result, line)
        for word in words:
            self.assertIn(word, line["detail"])
        if result == "failed":
            self.assertIn(line["detail"], self.pod.refusal())
        return line


class Comparing(unittest.TestCase):
    def test_what_is_contained(self):
        table = [
            ({"a": "8", "b": 1}, {"a": 8}),
            ({"a": "true"}, {"a": True}),
            ({"a": ["x"]}, {"a": "x"}),
            ({"a": [{"b": 1, "c": 2}]}, {"a": {"b": 1}}),
            ({}, {"a": {}}),
            ({}, {"a": None}),
        ]
        for have, want in table:
            with self.subTest(have=have, want=want):
                self.assertIsNone(difference(have, want))

    def test_what_is_not_is_named(self):
        table = [
            ({"a": {"b": 1}}, {"a": {"b": 2}}, "a.b is '1', wanted '2'"),
            ({"a": {}}, {"a": {"b": 2}}, "a.b is missing"),
            ({"a": [1, 2]}, {"a": [1]}, "a has 2 values, wanted 1"),
            ({"a": [1, 2]}, {"a": [1, 3]}, "a[1] is '2', wanted '3'"),
            ({"a": "x"}, {"a": {"b": 1}}, "a is 'x', wanted"),
        ]
        for have, want, words in table:
            with self.subTest(have=have, want=want):
                self.assertIn(words, difference(have, want))

    def test_settings_have_one_form(self):
        forms = [{"number_of_shards": 8}, {"index": {"number_of_shards": 8}}, {"index.number_of_shards": 8}]
        for form in forms:
            self.assertEqual(flat_settings(form), {"index.number_of_shards": 8})
        self.assertEqual(index_shape({"template": "a"}), {"index_patterns": ["a"]})


class SearchTest(StoreTest):
    def use(self, *args, **options):
        self.search = SearchStandIn(*args, **options)
        self.addCleanup(self.search.close)
        self.stores = {"mozart-es": {"kind": "elasticsearch", "url": self.search.url}}


class OnElasticsearch(SearchTest):
    def test_everything_is_put_once(self):
        self.use()
        steps = [
            {"do": "put-template", "object": "job_specs", "body": TEMPLATE},
            {"do": "put-index-template", "object": "job_status", "body": INDEX_TEMPLATE},
            {"do": "put-policy", "object": "ilm_policy_mozart", "ilm": ILM, "ism": ISM},
            {"do": "put-index", "object": "user_rules-mozart", "body": {"settings": {"number_of_shards": 2}}},
            {"do": "put-pipeline", "object": "dataset_pipeline", "body": {"processors": [{"set": {"field": "a"}}]}},
        ]
        self.assertEqual({line["result"] for line in self.store(*steps)}, {"done"})
        writes = len(self.search.writes)
        self.assertEqual({line["result"] for line in self.store(*steps)}, {"unchanged"})
        self.assertEqual(len(self.search.writes), writes)
        self.assertIn(("_ilm/policy", "ilm_policy_mozart"), self.search.objects)

    def test_a_change_says_what_changed(self):
        self.use()
        self.expect("done", "created", do="put-template", object="t", body=TEMPLATE)
        other = dict(TEMPLATE, settings={"number_of_shards": 3})
        self.expect(
            "done", "settings.index.number_of_shards is '8', wanted '3'", do="put-template", object="t", body=other
        )

    def test_what_is_not_kept_is_a_failure(self):
        self.use()
        self.search.ignored.add(("_template", "t"))
        self.expect("failed", "accepted it, but", do="put-template", object="t", body=TEMPLATE)

    def test_an_index_that_is_there_stays(self):
        self.use()
        self.search.indices["user_rules-mozart"] = {"settings": {"index": {"number_of_shards": "5"}}}
        self.expect("unchanged", do="put-index", object="user_rules-mozart", body={"settings": {"number_of_shards": 2}})
        self.assertEqual(self.search.writes, [])

    def test_the_body_may_be_a_file(self):
        self.use()
        path = os.path.join(self.pod.folder, "job_specs.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(TEMPLATE, file)
        self.expect("done", do="put-template", object="job_specs", file=path)
        self.expect("failed", "No such file", do="put-template", object="job_specs", file=path + "x")

    def test_indices_behind_aliases_are_deleted(self):
        self.use()
        for index in ("job_status-1", "job_status-2", "job_failed", "grq_1"):
            self.search.indices[index] = {}
        self.search.aliases = {"job_status-current": ["job_status-1", "job_status-2", "job_failed"]}
        step = {"do": "delete-alias-indices", "aliases": ["job_status-current", "task_status-current"]}
        self.expect("done", "3 indices", "job_failed", **step)
        self.assertEqual(list(self.search.indices), ["grq_1"])
        self.expect("unchanged", **step)
        self.search.indices["job_status-1"] = {}
        self.search.ignored.add("job_status-1")
        self.expect("failed", "still writes", **step)
        self.search.ignored.clear()
        self.expect("done", do="delete-alias-indices", indices=["job_status-*"])

    def test_the_lifecycle_interface_follows_the_store(self):
        table = [
            ("elasticsearch", "_ilm/policy"),
            ("opendistro", "_opendistro/_ism/policies"),
            ("opensearch", "_plugins/_ism/policies"),
        ]
        for flavor, kind in table:
            with self.subTest(flavor):
                self.use(flavor)
                step = {"do": "put-policy", "object": "p", "ilm": ILM, "ism": ISM}
                self.expect("done", **step)
                self.assertIn((kind, "p"), self.search.objects)
                self.expect("unchanged", **step)
                changed = json.loads(json.dumps(step).replace("104d", "9d").replace("*_status*", "x*"))
                self.expect("done", "changed", **changed)

    def test_a_store_without_lifecycle_plugin(self):
        self.use("oss")
        step = {"do": "put-policy", "object": "p", "ilm": ILM, "ism": ISM}
        self.expect("failed", "no ISM plugin", **step)
        self.expect("unchanged", "left out", optional=True, **step)

    def test_a_starting_store_is_waited_for(self):
        self.use(starting=2)
        self.expect("unchanged", "yellow", do="health")
        self.assertIn("waits for mozart-es", self.errors)
        self.assertIn("master_not_discovered", self.errors)

    def test_a_store_that_stays_away_is_named(self):
        self.stores = {"mozart-es": {"kind": "elasticsearch", "url": f"http://127.0.0.1:{broker.free_port()}"}}
        lines = self.store({"do": "put-template", "body": {}}, {"do": "health"}, code=1, deadline=2)
        self.assertEqual(len(lines), 1)
        self.assertIn("Connection refused; waited 2 s", lines[0]["detail"])

    def test_looking_goes_on_after_a_failure(self):
        self.use()
        self.search.status = "red"
        lines = self.store({"do": "health"}, {"do": "health"}, code=1, deadline=0)
        self.assertEqual([line["result"] for line in lines], ["failed", "failed"])

    def test_credentials_are_used_and_never_shown(self):
        self.use(password="Basic " + base64.b64encode(f"ops:{PASSWORD}".encode()).decode())
        store = self.stores["mozart-es"]
        store["credentials"] = self.credentials(user="ops", password=PASSWORD)
        self.expect("unchanged", do="health")
        store["credentials"] = self.credentials(user="ops", password=PASSWORD + "x")
        self.expect("failed", "was refused (401)", do="health")
        store["credentials"] = self.credentials(password=PASSWORD)
        self.expect("failed", "needs exactly user and password", do="health")
        self.stores = {"mozart-es": {"kind": "elasticsearch", "url": f"http://ops:{PASSWORD}@127.0.0.1:9200"}}
        self.expect("failed", "must not hold a user or password", do="health")

    def test_a_document_that_is_wrong_is_named(self):
        table = [
            ("{", "not JSON"),
            ("[]", "'stores' and 'steps'"),
            ('{"stores":{},"steps":[{"name":"a","store":"b","do":"c"}]}', "step 1: 'stores' doesn't describe 'b'"),
            ('{"stores":{},"steps":[{"name":"a","store":"b"}]}', "step 1: 'do'"),
        ]
        for text, words in table:
            with self.subTest(text):
                result = self.pod.run("sds-store", "-", input=text)
                self.assertEqual(result.returncode, 1)
                self.assertIn(words, result.stderr)
        self.use()
        self.expect("failed", "can't do 'flush'", do="flush")
        self.expect("failed", "needs 'body'", do="put-template")


@unittest.skipIf(not os.access(broker.SERVER, os.X_OK), f"skipped: no RabbitMQ here ({broker.SERVER})")
class OnRabbitMQ(StoreTest):
    @classmethod
    def setUpClass(cls):
        cls.rabbit = broker.RabbitMQ()
        cls.addClassCleanup(cls.rabbit.close)
        cls.rabbit.start()

    def setUp(self):
        super().setUp()
        store = {"kind": "rabbitmq", "url": f"http://127.0.0.1:{self.rabbit.management}"}
        store["credentials"] = self.credentials(user="guest", password="guest")
        self.stores = {"mozart-rabbitmq": store}
        self.expect_any(do="clear-queues")

    def expect_any(self, **step):
        return self.store(step)[0]

    def publish(self, queue, count):
        from sds_pod.stores.web import Web, name

        web = Web(self.stores["mozart-rabbitmq"])
        body = {"properties": {}, "routing_key": queue, "payload": "x", "payload_encoding": "string"}
        for _ in range(count):
            web.change("POST", f"/api/exchanges/{name('/')}/amq.default/publish", body)

    def depths(self):
        return {queue["name"]: queue["messages_ready"] for queue in self.expect_any(do="queues")["queues"]}

    def test_queues_are_declared_once_and_a_mismatch_names_both_values(self):
        step = {"do": "declare-queue", "queues": ["jobs_processed", "system-jobs-queue", "a/b c"]}
        self.expect("done", "3 of 3", **step)
        self.expect("unchanged", **step)
        words = ["queue 'jobs_processed'", "x-max-priority is '10', wanted '5'", "PRECONDITION_FAILED"]
        self.expect("failed", *words, do="declare-queue", object="jobs_processed", **{"max-priority": 5})
        self.expect("failed", "10, wanted none", do="declare-queue", object="jobs_processed", **{"max-priority": None})

    def test_policies_are_set_once(self):
        step = {"do": "set-policy", "object": "limits", "pattern": ".*", "definition": {"max-length": 1000}}
        self.expect("done", "created", **step)
        self.expect("unchanged", **step)
        self.expect("done", "changed", **dict(step, definition={"max-length": 2000}))

    def test_queues_are_cleared(self):
        self.expect("done", do="declare-queue", queues=["a", "b/c", "keep me"])
        for queue, count in (("a", 3), ("b/c", 2), ("keep me", 1)):
            self.publish(queue, count)
        broker.wait_for(lambda: self.depths() == {"a": 3, "b/c": 2, "keep me": 1}, 20, self.depths)
        self.expect("done", "2 queues purged", do="clear-queues", mode="purge", keep=["keep me"])
        self.assertEqual(self.depths(), {"a": 0, "b/c": 0, "keep me": 1})
        self.expect("done", "2 queues deleted", "1 kept", do="clear-queues", keep=["keep me"])
        self.assertEqual(list(self.depths()), ["keep me"])
        self.expect("done", do="clear-queues", vhost="*")
        self.expect("unchanged", do="clear-queues")
        self.expect("failed", "no virtual host 'nowhere'", do="clear-queues", vhost="nowhere")

    def test_health(self):
        self.expect("unchanged", "no alarm", do="health")


@unittest.skipIf(REDIS is None, "skipped: no redis-server here")
class OnRedis(StoreTest):
    def setUp(self):
        super().setUp()
        self.port = broker.free_port()
        self.stores = {"mozart-redis": {"kind": "redis", "host": "127.0.0.1", "port": self.port}}
        self.stores["mozart-redis"]["credentials"] = self.credentials(password=PASSWORD)

    def start(self):
        arguments = ["--port", str(self.port), "--bind", "127.0.0.1", "--requirepass", PASSWORD, "--save", ""]
        server = subprocess.Popen([REDIS, *arguments], stdout=subprocess.DEVNULL, cwd=self.pod.folder)
        self.addCleanup(server.wait)
        self.addCleanup(server.terminate)

    def test_depths_and_flush(self):
        self.start()
        self.expect("unchanged", "PONG", do="health")
        from sds_pod.stores.redis import Redis

        redis = Redis(self.stores["mozart-redis"])
        redis._ask(["LPUSH", "logstash", "a", "b"], ["SELECT", "3"], ["SET", "größe", "1"])
        line = self.expect("unchanged", do="queues", keys=["logstash", "sdswatch"])
        self.assertEqual([queue["messages_ready"] for queue in line["queues"]], [2, 0])
        self.expect("done", do="flush")
        self.assertEqual(redis._ask(["LLEN", "logstash"], ["SELECT", "3"], ["DBSIZE"]), [0, "OK", 0])

    def test_it_is_waited_for(self):
        later = threading.Timer(2, self.start)
        later.start()
        self.expect("unchanged", do="health")
        later.join()
        self.assertIn("waits for mozart-redis", self.errors)

    def test_wrong_credentials_fail_at_once(self):
        self.start()
        self.expect("unchanged", do="health")
        begin = time.monotonic()
        self.stores["mozart-redis"]["credentials"] = self.credentials(password=PASSWORD + "x")
        self.expect("failed", "refuses the credentials (WRONGPASS)", do="health")
        del self.stores["mozart-redis"]["credentials"]
        self.expect("failed", "refuses the credentials (NOAUTH)", do="health")
        self.assertLess(time.monotonic() - begin, 10)


if __name__ == "__main__":
    unittest.main()
