"""Tests of the Elasticsearch stand-in: python3 -m unittest discover -s Tests/stand-ins"""

import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import elasticsearch as standin  # noqa: E402


class Client:
    def __init__(self, port):
        self.port = port

    def ask(self, method, path, body=None):
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        if isinstance(body, list):
            body = "".join(json.dumps(line) + "\n" for line in body)
        elif body is not None and not isinstance(body, (str, bytes)):
            body = json.dumps(body)
        link.request(method, path, body, {"Content-Type": "application/json"})
        answer = link.getresponse()
        text = answer.read().decode()
        kind = answer.headers.get("Content-Type", "")
        link.close()
        return answer.status, json.loads(text) if text and "json" in kind else text


class Served(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.node = standin.Node(self.folder)
        self.server = standin.Server(("127.0.0.1", 0), self.node)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()
        self.client = Client(self.server.server_address[1])
        self.addCleanup(self.stop)

    def stop(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
        self.node.close()

    def ask(self, method, path, body=None, status=None):
        found, answer = self.client.ask(method, path, body)
        if status is not None:
            self.assertEqual(found, status, answer)
        return answer

    def refused(self, method, path, body, status, kind):
        answer = self.ask(method, path, body, status)
        self.assertEqual(answer["status"], status)
        self.assertEqual(answer["error"]["type"], kind)
        self.assertEqual(answer["error"]["root_cause"][0]["type"], kind)
        return answer["error"]

    def ids(self, index, query, **more):
        answer = self.ask("POST", f"/{index}/_search", dict({"query": query, "size": 100}, **more), 200)
        return [hit["_id"] for hit in answer["hits"]["hits"]]


class Indices(Served):
    def test_it_says_what_it_is(self):
        answer = self.ask("GET", "/", status=200)
        self.assertEqual(answer["version"]["number"], "7.10.2")
        self.assertEqual(set(answer), {"name", "cluster_name", "cluster_uuid", "version", "tagline"})
        self.assertEqual(self.ask("HEAD", "/", status=200), "")

    def test_health_is_green_until_an_index_wants_a_replica(self):
        self.assertEqual(self.ask("GET", "/_cluster/health?local=true", status=200)["status"], "green")
        self.ask("PUT", "/a", {"settings": {"number_of_replicas": 0}}, 200)
        self.assertEqual(self.ask("GET", "/_cluster/health", status=200)["status"], "green")
        self.ask("PUT", "/b", status=200)
        self.assertEqual(self.ask("GET", "/_cluster/health", status=200)["status"], "yellow")
        self.assertEqual(self.ask("GET", "/_cluster/health/a", status=200)["status"], "green")

    def test_an_index_is_made_once(self):
        answer = self.ask("PUT", "/user_rules-mozart", {}, 200)
        self.assertEqual(answer, {"acknowledged": True, "shards_acknowledged": True, "index": "user_rules-mozart"})
        error = self.refused("PUT", "/user_rules-mozart", {}, 400, "resource_already_exists_exception")
        self.assertEqual(error["index"], "user_rules-mozart")
        self.ask("HEAD", "/user_rules-mozart", status=200)
        self.ask("HEAD", "/nothing", status=404)
        self.ask("DELETE", "/user_rules-mozart", status=200)
        error = self.refused("GET", "/user_rules-mozart", None, 404, "index_not_found_exception")
        self.assertEqual(error["resource.id"], "user_rules-mozart")
        self.refused("DELETE", "/user_rules-mozart", None, 404, "index_not_found_exception")

    def test_bad_names_and_keys_are_refused(self):
        for name in ("Upper", "-dash", "a%20b", "+plus"):
            self.refused("PUT", "/" + name, {}, 400, "invalid_index_name_exception")
        self.refused("PUT", "/x", {"mapping": {}}, 400, "parse_exception")
        self.refused("PUT", "/x", "{nonsense", 400, "json_parse_exception")
        self.ask("GET", "/_nonsense", status=400)
        self.ask("POST", "/_cat/indices", status=405)

    def test_comma_lists_and_wildcards_name_indices(self):
        for name in ("job_status-1", "job_status-2", "grq_x"):
            self.ask("PUT", "/" + name, status=200)
        self.assertEqual(set(self.ask("GET", "/job_status-*,grq_x", status=200)), {"job_status-1", "job_status-2", "grq_x"})
        self.assertEqual(set(self.ask("GET", "/job_status-*,-*-2", status=200)), {"job_status-1"})
        self.assertEqual(self.ask("GET", "/nothing-*", status=200), {})
        self.refused("GET", "/grq_x,missing", None, 404, "index_not_found_exception")
        self.assertEqual(set(self.ask("GET", "/grq_x,missing?ignore_unavailable=true", status=200)), {"grq_x"})
        self.ask("DELETE", "/job_status-*", status=200)
        self.assertEqual(self.ask("GET", "/_cat/indices?h=index", status=200), "grq_x\n")
        rows = self.ask("GET", "/_cat/indices?format=json", status=200)
        self.assertEqual((rows[0]["index"], rows[0]["docs.count"], rows[0]["health"]), ("grq_x", "0", "yellow"))

    def test_settings_come_back_as_strings_below_index(self):
        self.ask("PUT", "/a", {"settings": {"index.max_result_window": 5, "number_of_shards": 8}}, 200)
        found = self.ask("GET", "/a/_settings", status=200)["a"]["settings"]["index"]
        self.assertEqual((found["max_result_window"], found["number_of_shards"]), ("5", "8"))
        self.ask("PUT", "/a/_settings", {"index": {"number_of_replicas": 0}}, 200)
        self.assertEqual(self.ask("GET", "/a", status=200)["a"]["settings"]["index"]["number_of_replicas"], "0")
        self.refused("PUT", "/a/_settings", {"number_of_shards": 2}, 400, "illegal_argument_exception")

    def test_mappings_grow_with_documents_and_cannot_change_type(self):
        self.ask("PUT", "/a", {"mappings": {"dynamic_templates": [
            {"words": {"match_mapping_type": "string", "mapping": {"type": "keyword"}}}]}}, 200)
        self.ask("PUT", "/a/_doc/1", {"name": "x", "n": 3, "when": "2024-01-01T00:00:00Z", "deep": {"on": True}}, 201)
        fields = self.ask("GET", "/a/_mapping", status=200)["a"]["mappings"]["properties"]
        self.assertEqual(fields["name"]["type"], "keyword")
        self.assertEqual(fields["n"]["type"], "long")
        self.assertEqual(fields["when"]["type"], "date")
        self.assertEqual(fields["deep"]["properties"]["on"]["type"], "boolean")
        self.refused("PUT", "/a/_mapping", {"properties": {"n": {"type": "keyword"}}}, 400, "illegal_argument_exception")


class Templates(Served):
    def test_a_legacy_template_is_put_read_used_and_deleted(self):
        self.ask("PUT", "/_template/grq", {"template": "grq_*", "settings": {"number_of_shards": 2},
                                           "aliases": {"grq": {}}, "mappings": {"properties": {"id": {"type": "keyword"}}}}, 200)
        found = self.ask("GET", "/_template/grq", status=200)["grq"]
        self.assertEqual(found["index_patterns"], ["grq_*"])
        self.assertEqual(found["settings"], {"index": {"number_of_shards": "2"}})
        self.ask("PUT", "/grq_v1_x/_doc/1", {"id": "a"}, 201)
        index = self.ask("GET", "/grq", status=200)["grq_v1_x"]
        self.assertEqual(index["aliases"], {"grq": {}})
        self.assertEqual(index["settings"]["index"]["number_of_shards"], "2")
        self.assertEqual(self.ids("grq", {"term": {"id": "a"}}), ["1"])
        self.ask("DELETE", "/_template/grq", status=200)
        self.assertEqual(self.ask("GET", "/_template/grq", status=404), {})
        self.refused("DELETE", "/_template/grq", None, 404, "index_template_missing_exception")

    def test_a_composable_template_wins_and_its_pieces_are_laid_together(self):
        self.ask("PUT", "/_template/index_defaults", {"index_patterns": ["*"], "order": 0, "settings": {"number_of_shards": 8}}, 200)
        self.refused("PUT", "/_index_template/job_status", {"index_patterns": "job_status-*", "composed_of": ["base"]},
                     400, "invalid_index_template_exception")
        self.ask("PUT", "/_component_template/base", {"template": {"settings": {"refresh_interval": "5s"}}}, 200)
        self.ask("PUT", "/_index_template/job_status", {
            "index_patterns": ["job_status-*"], "composed_of": ["base"], "priority": 5,
            "template": {"aliases": {"job_status": {}}, "settings": {"number_of_replicas": 0}}}, 200)
        found = self.ask("GET", "/_index_template/job_status", status=200)["index_templates"][0]
        self.assertEqual(found["name"], "job_status")
        self.assertEqual(found["index_template"]["template"]["settings"], {"index": {"number_of_replicas": "0"}})
        self.ask("PUT", "/job_status-2024", status=200)
        settings = self.ask("GET", "/job_status-2024", status=200)["job_status-2024"]["settings"]["index"]
        self.assertEqual((settings["refresh_interval"], settings["number_of_replicas"], settings["number_of_shards"]),
                         ("5s", "0", "1"))
        self.ask("PUT", "/other", status=200)
        self.assertEqual(self.ask("GET", "/other/_settings", status=200)["other"]["settings"]["index"]["number_of_shards"], "8")
        self.refused("GET", "/_index_template/none", None, 404, "resource_not_found_exception")
        self.refused("PUT", "/_index_template/x", {"index_patterns": ["x"], "shape": 1}, 400, "x_content_parse_exception")
        self.refused("PUT", "/_index_template/x", {"template": {}}, 400, "action_request_validation_exception")

    def test_policies_and_pipelines_are_kept(self):
        policy = {"policy": {"phases": {"hot": {"actions": {}}}}}
        self.refused("GET", "/_ilm/policy/p", None, 404, "resource_not_found_exception")
        self.ask("PUT", "/_ilm/policy/p", policy, 200)
        self.ask("PUT", "/_ilm/policy/p", policy, 200)
        found = self.ask("GET", "/_ilm/policy/p", status=200)["p"]
        self.assertEqual((found["version"], found["policy"]), (2, policy["policy"]))
        for base in ("/_opendistro/_ism/policies/", "/_plugins/_ism/policies/"):
            name = base + base.split("/")[1].strip("_")
            states = {"policy": {"description": "d", "default_state": "a", "states": [{"name": "a"}]}}
            self.refused("GET", name, None, 404, "status_exception")
            self.ask("PUT", name, states, 201)
            self.refused("PUT", name, states, 409, "version_conflict_engine_exception")
            have = self.ask("GET", name, status=200)
            self.ask("PUT", f"{name}?if_seq_no={have['_seq_no']}&if_primary_term=1", states, 200)
            self.assertEqual(self.ask("GET", name, status=200)["policy"]["states"], [{"name": "a"}])
        self.ask("PUT", "/_ingest/pipeline/dataset_pipeline", {"description": "d", "processors": []}, 200)
        self.assertIn("dataset_pipeline", self.ask("GET", "/_ingest/pipeline/dataset_pipeline", status=200))
        self.assertEqual(self.ask("GET", "/_ingest/pipeline/none", status=404), {})
        self.refused("PUT", "/_ingest/pipeline/x", {}, 400, "parse_exception")
        self.refused("PUT", "/a/_doc/1?pipeline=none", {"a": 1}, 400, "illegal_argument_exception")

    def test_aliases_are_changed_together(self):
        self.ask("PUT", "/a", {"aliases": {"all": {}}}, 200)
        self.ask("PUT", "/b", status=200)
        self.ask("POST", "/_aliases", {"actions": [{"add": {"index": "b", "alias": "all"}},
                                                   {"add": {"indices": ["a"], "alias": "first", "filter": {"term": {"n": 1}}}}]}, 200)
        self.assertEqual(set(self.ask("GET", "/_alias/all", status=200)), {"a", "b"})
        self.refused("POST", "/all/_doc", {"n": 1}, 400, "illegal_argument_exception")
        self.ask("PUT", "/b/_alias/all", {"is_write_index": True}, 200)
        self.assertEqual(self.ask("PUT", "/all/_doc/9", {"n": 1}, 201)["_index"], "b")
        self.ask("PUT", "/a/_doc/1", {"n": 1}, 201)
        self.ask("PUT", "/a/_doc/2", {"n": 2}, 201)
        self.assertEqual(self.ids("first", {"match_all": {}}), ["1"])
        self.assertEqual(sorted(self.ids("all", {"match_all": {}})), ["1", "2", "9"])
        self.refused("DELETE", "/all", None, 400, "illegal_argument_exception")
        self.refused("PUT", "/all", {}, 400, "invalid_index_name_exception")
        self.refused("PUT", "/a/_alias/b", None, 400, "invalid_alias_name_exception")
        self.refused("POST", "/_aliases", {"actions": [{"remove": {"index": "a", "alias": "all"}},
                                                       {"remove": {"index": "a", "alias": "none"}}]}, 404, "aliases_not_found_exception")
        self.assertEqual(set(self.ask("GET", "/_alias/all", status=200)), {"a", "b"})
        self.ask("DELETE", "/a/_alias/all", status=200)
        self.assertEqual(set(self.ask("GET", "/_alias/all", status=200)), {"b"})
        self.ask("GET", "/_alias/none", status=404)
        self.ask("HEAD", "/_alias/none", status=404)


class Documents(Served):
    def test_a_document_lives_and_dies(self):
        first = self.ask("PUT", "/a/_doc/x%2Fy", {"n": 1}, 201)
        self.assertEqual((first["_id"], first["_version"], first["result"]), ("x/y", 1, "created"))
        self.assertEqual(self.ask("PUT", "/a/_doc/x%2Fy", {"n": 2}, 200)["_version"], 2)
        self.assertEqual(self.ask("GET", "/a/_doc/x%2Fy", status=200)["_source"], {"n": 2})
        self.ask("HEAD", "/a/_doc/x%2Fy", status=200)
        self.refused("PUT", "/a/_create/x%2Fy", {"n": 3}, 409, "version_conflict_engine_exception")
        self.refused("PUT", f"/a/_doc/x%2Fy?if_seq_no=0&if_primary_term=1", {}, 409, "version_conflict_engine_exception")
        self.ask("PUT", f"/a/_doc/x%2Fy?if_seq_no=1&if_primary_term=1", {"n": 4}, 200)
        self.assertEqual(self.ask("DELETE", "/a/_doc/x%2Fy", status=200)["result"], "deleted")
        self.assertEqual(self.ask("DELETE", "/a/_doc/x%2Fy", status=404)["result"], "not_found")
        self.assertEqual(self.ask("GET", "/a/_doc/x%2Fy", status=404)["found"], False)
        self.refused("GET", "/none/_doc/1", None, 404, "index_not_found_exception")
        self.refused("PUT", "/a/_doc/1", None, 400, "parse_exception")
        self.assertTrue(self.ask("POST", "/a/_doc", {"n": 1}, 201)["_id"])

    def test_a_partial_document_is_laid_on_what_is_there(self):
        self.refused("POST", "/a/_update/1", {"doc": {"n": 1}}, 404, "document_missing_exception")
        self.assertEqual(self.ask("POST", "/a/_update/1", {"doc": {"n": 1}, "upsert": {"n": 0, "d": {"x": 1}}}, 201)["result"], "created")
        self.assertEqual(self.ask("POST", "/a/_update/1", {"doc": {"d": {"y": 2}}}, 200)["result"], "updated")
        self.assertEqual(self.ask("GET", "/a/_doc/1", status=200)["_source"], {"n": 0, "d": {"x": 1, "y": 2}})
        self.assertEqual(self.ask("POST", "/a/_update/1", {"doc": {"n": 0}}, 200)["result"], "noop")
        self.ask("POST", "/a/_update/2", {"doc": {"n": 5}, "doc_as_upsert": True}, 201)
        self.refused("POST", "/a/_update/1", {"script": "x"}, 400, "x_content_parse_exception")

    def test_bulk_does_each_line_and_tells_which_failed(self):
        answer = self.ask("POST", "/_bulk", [
            {"index": {"_index": "a", "_id": "1"}}, {"n": 1}, {"create": {"_index": "a", "_id": "1"}}, {"n": 2},
            {"update": {"_index": "a", "_id": "1"}}, {"doc": {"m": 3}}, {"delete": {"_index": "a", "_id": "7"}},
            {"index": {"_index": "Bad"}}, {}], 200)
        self.assertTrue(answer["errors"])
        self.assertEqual([next(iter(item.values()))["status"] for item in answer["items"]], [201, 409, 200, 404, 400])
        self.assertEqual(self.ask("GET", "/a/_doc/1", status=200)["_source"], {"n": 1, "m": 3})
        self.refused("POST", "/_bulk", '{"index":{"_index":"a"}}', 400, "illegal_argument_exception")
        self.refused("POST", "/_bulk", '{"what":{"_index":"a"}}\n{}\n', 400, "illegal_argument_exception")
        found = self.ask("POST", "/a/_mget", {"ids": ["1", "none"]}, 200)["docs"]
        self.assertEqual([each["found"] for each in found], [True, False])


class Searching(Served):
    def setUp(self):
        super().setUp()
        self.ask("PUT", "/jobs", {"mappings": {"properties": {"status": {"type": "keyword"}, "tags": {"type": "keyword"}}}}, 200)
        rows = [{"status": "job-queued", "title": "A quick brown fox", "n": 1, "tags": ["x", "y"], "when": "2024-01-01T00:00:00Z",
                 "job": {"name": "alpha-1"}},
                {"status": "job-completed", "title": "the lazy dog", "n": 2, "tags": "y", "when": "2024-02-01T00:00:00.5Z"},
                {"status": "job-failed", "title": "Quick dog", "n": 10, "ok": True, "when": "2024-03-01", "job": {"name": "beta"}}]
        lines = []
        for place, row in enumerate(rows, 1):
            lines += [{"index": {"_id": str(place)}}, row]
        self.ask("POST", "/jobs/_bulk", lines, 200)

    def test_queries_find_what_they_should(self):
        table = [
            ({"match_all": {}}, "123"), ({"match_none": {}}, ""), ({"ids": {"values": ["3", "9"]}}, "3"),
            ({"term": {"status": "job-queued"}}, "1"), ({"term": {"status": {"value": "job-queued"}}}, "1"),
            ({"term": {"status.keyword": "job-queued"}}, "1"), ({"term": {"title": "quick"}}, "13"),
            ({"term": {"title.keyword": "Quick dog"}}, "3"), ({"term": {"n": "10"}}, "3"), ({"term": {"_id": "2"}}, "2"),
            ({"terms": {"status": ["job-queued", "job-failed"]}}, "13"), ({"term": {"tags": "y"}}, "12"),
            ({"match": {"title": "dog fox"}}, "123"), ({"match": {"title": {"query": "dog quick", "operator": "and"}}}, "3"),
            ({"match": {"status": "job-failed"}}, "3"), ({"match_phrase": {"title": "quick brown"}}, "1"),
            ({"exists": {"field": "job.name"}}, "13"), ({"exists": {"field": "job"}}, "13"), ({"exists": {"field": "none"}}, ""),
            ({"range": {"n": {"gte": 2, "lt": 10}}}, "2"), ({"range": {"when": {"gt": "2024-01-31", "lte": "2024-03-01"}}}, "23"),
            ({"range": {"when": {"lt": "now-1d"}}}, "123"), ({"range": {"when": {"gt": "now-1d"}}}, ""),
            ({"wildcard": {"job.name.keyword": "alpha*"}}, "1"), ({"prefix": {"status": "job-c"}}, "2"),
            ({"regexp": {"status": "job-(c|f).*"}}, "23"), ({"term": {"ok": True}}, "3"), ({"term": {"ok": "true"}}, "3"),
            ({"bool": {"must": [{"term": {"tags": "y"}}], "must_not": {"term": {"n": 1}}}}, "2"),
            ({"bool": {"should": [{"term": {"n": 1}}, {"term": {"n": 10}}]}}, "13"),
            ({"bool": {"filter": {"exists": {"field": "tags"}}, "should": [{"term": {"n": 99}}]}}, "12"),
            ({"bool": {"should": [{"term": {"n": 1}}, {"term": {"tags": "y"}}], "minimum_should_match": 2}}, "1"),
            ({"query_string": {"query": "*"}}, "123"), ({"query_string": {"query": "*:*"}}, "123"),
            ({"query_string": {"query": "status:job-queued"}}, "1"), ({"query_string": {"query": "status:\"job-queued\""}}, "1"),
            ({"query_string": {"query": "status:job-* AND NOT n:2"}}, "13"), ({"query_string": {"query": "quick"}}, "13"),
            ({"query_string": {"query": "fox lazy"}}, "12"), ({"query_string": {"query": "fox lazy", "default_operator": "AND"}}, ""),
            ({"query_string": {"query": "n:[2 TO 10]"}}, "23"), ({"query_string": {"query": "n:>2"}}, "3"),
            ({"query_string": {"query": "(n:1 OR n:2) AND tags:x"}}, "1"), ({"query_string": {"query": "_exists_:ok"}}, "3"),
            ({"query_string": {"query": "dog", "default_field": "title"}}, "23"), ({"query_string": {"query": "-n:2 +tags:y"}}, "1"),
        ]
        for query, wanted in table:
            with self.subTest(query=query):
                self.assertEqual("".join(sorted(self.ids("jobs", query))), wanted)
                self.assertEqual(self.ask("POST", "/jobs/_count", {"query": query}, 200)["count"], len(wanted))

    def test_what_it_does_not_know_is_refused(self):
        for index in ("jobs", "empty"):
            self.ask("PUT", "/" + index)
            for query in ({"geo_shape": {}}, {"bool": {"mus": []}}, {"bool": {"must": {"nonsense": {}}}}):
                with self.subTest(index=index, query=query):
                    self.refused("POST", f"/{index}/_search", {"query": query}, 400, "parsing_exception")
        self.refused("POST", "/jobs/_search", {"quer": {}}, 400, "parsing_exception")
        self.refused("POST", "/jobs/_search", {"aggs": {"x": {"geohash_grid": {}}}}, 400, "parsing_exception")
        self.refused("POST", "/jobs/_search", {"size": 10001}, 400, "illegal_argument_exception")
        self.refused("GET", "/none/_search", None, 404, "index_not_found_exception")

    def test_results_are_sorted_paged_and_trimmed(self):
        self.assertEqual(self.ids("jobs", {"match_all": {}}, sort=[{"n": {"order": "desc"}}]), ["3", "2", "1"])
        self.assertEqual(self.ids("jobs", {"match_all": {}}, sort=[{"job.name.keyword": "desc"}, "n"]), ["3", "1", "2"])
        answer = self.ask("GET", "/jobs/_search?q=*&sort=when:desc&from=1&size=1&_source=n,job", status=200)
        self.assertEqual(answer["hits"]["total"], {"value": 3, "relation": "eq"})
        self.assertEqual([hit["_source"] for hit in answer["hits"]["hits"]], [{"n": 2}])
        self.assertEqual(answer["hits"]["hits"][0]["sort"], [1706745600500])
        self.refused("POST", "/jobs/_search", {"sort": ["title"]}, 400, "illegal_argument_exception")
        after = self.ids("jobs", {"match_all": {}}, sort=[{"n": "asc"}], search_after=[1])
        self.assertEqual(after, ["2", "3"])

    def test_a_scroll_hands_out_everything_once(self):
        answer = self.ask("POST", "/jobs/_search?scroll=1m&size=2", {"sort": ["n"]}, 200)
        seen = [hit["_id"] for hit in answer["hits"]["hits"]]
        key = answer["_scroll_id"]
        while answer["hits"]["hits"]:
            answer = self.ask("POST", "/_search/scroll", {"scroll": "1m", "scroll_id": key}, 200)
            seen += [hit["_id"] for hit in answer["hits"]["hits"]]
        self.assertEqual(seen, ["1", "2", "3"])
        self.assertEqual(self.ask("DELETE", "/_search/scroll", {"scroll_id": [key]}, 200)["num_freed"], 1)

    def test_aggregations_count(self):
        answer = self.ask("POST", "/jobs/_search", {"size": 0, "aggs": {
            "tags": {"terms": {"field": "tags"}, "aggs": {"top": {"max": {"field": "n"}}}},
            "names": {"cardinality": {"field": "status"}}, "by": {"terms": {"field": "n", "order": {"_key": "desc"}, "size": 1}}}}, 200)
        found = answer["aggregations"]
        self.assertEqual(found["tags"]["buckets"], [{"key": "y", "doc_count": 2, "top": {"value": 2}},
                                                    {"key": "x", "doc_count": 1, "top": {"value": 1}}])
        self.assertEqual((found["names"]["value"], found["by"]["buckets"][0]["key"], found["by"]["sum_other_doc_count"]), (3, 10, 2))
        self.assertEqual(answer["hits"]["hits"], [])
        self.refused("POST", "/jobs/_search", {"aggs": {"x": {"terms": {"field": "title"}}}}, 400, "illegal_argument_exception")


    def test_composite_pages_through_groups(self):
        self.ask("PUT", "/c", {"mappings": {"properties": {"s": {"type": "keyword"}, "q": {"type": "keyword"}}}}, 200)
        for place in range(7):
            self.ask("PUT", f"/c/_doc/{place}", dict({"s": "ab"[place % 2], "n": place}, **({"q": "x"} if place < 5 else {})))
        sources = [{"s": {"terms": {"field": "s"}}}, {"q": {"terms": {"field": "q", "missing_bucket": True}}}]
        found, after = [], None
        while True:
            groups = dict({"size": 3, "sources": sources}, **({"after": after} if after else {}))
            page = self.ask("POST", "/c/_search", {"size": 0, "aggs": {
                "g": {"composite": groups, "aggs": {"low": {"min": {"field": "n"}}}}}}, 200)["aggregations"]["g"]
            found += [(each["key"]["s"], each["key"]["q"], each["doc_count"], each["low"]["value"]) for each in page["buckets"]]
            if len(page["buckets"]) < 3:
                break
            after = page["after_key"]
        self.assertEqual(found, [("a", None, 1, 6), ("a", "x", 3, 0), ("b", None, 1, 5), ("b", "x", 2, 1)])

    def test_field_capabilities_tell_texts_from_keywords(self):
        self.ask("PUT", "/k", {"mappings": {"properties": {"s": {"type": "keyword"}}}}, 200)
        self.ask("PUT", "/k/_doc/1", {"s": "a", "o": {"t": "words"}})
        fields = self.ask("GET", "/k/_field_caps?fields=s,s.keyword,o.t,o.t.keyword,no", status=200)["fields"]
        self.assertEqual({path: list(kinds) for path, kinds in fields.items()},
                         {"s": ["keyword"], "o.t": ["text"], "o.t.keyword": ["keyword"]})
        self.ask("PUT", "/l/_doc/1", {"s": "a"})
        both = self.ask("GET", "/k,l/_field_caps?fields=s", status=200)["fields"]["s"]
        self.assertEqual((both["keyword"]["indices"], both["text"]["indices"]), (["k"], ["l"]))

    def test_delete_by_query_deletes_only_what_matches(self):
        self.ask("POST", "/jobs/_refresh", status=200)
        answer = self.ask("POST", "/jobs/_delete_by_query", {"query": {"term": {"tags": "y"}}}, 200)
        self.assertEqual((answer["deleted"], answer["failures"]), (2, []))
        self.assertEqual(self.ids("jobs", {"match_all": {}}), ["3"])
        self.refused("POST", "/jobs/_delete_by_query", {}, 400, "action_request_validation_exception")


class Durability(unittest.TestCase):
    def start(self, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        process = subprocess.Popen([sys.executable, os.path.join(HERE, "elasticsearch.py"), "--host", "127.0.0.1",
                                    "--port", str(port), "--data", folder], stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(lambda: process.poll() is None and (process.kill(), process.wait()))
        process.stdout.readline()
        return process, Client(port)

    def test_what_was_acknowledged_survives_a_kill(self):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        process, client = self.start(folder)
        client.ask("PUT", "/_template/t", {"index_patterns": ["a*"], "aliases": {"all": {}}})
        acknowledged = []

        def write():
            for place in range(10000):
                try:
                    status, _ = client.ask("PUT", f"/a/_doc/{place}", {"n": place})
                except (OSError, http.client.HTTPException):
                    return
                if status == 201:
                    acknowledged.append(str(place))

        writers = threading.Thread(target=write)
        writers.start()
        time.sleep(1)
        process.send_signal(signal.SIGKILL)
        process.wait()
        writers.join()
        self.assertGreater(len(acknowledged), 5)
        process, client = self.start(folder)
        for name in acknowledged:
            self.assertEqual(client.ask("GET", f"/all/_doc/{name}")[0], 200, name)
        self.assertEqual(client.ask("PUT", f"/a/_doc/{acknowledged[0]}", {"n": -1})[1]["_version"], 2)
        process.terminate()
        self.assertEqual(process.wait(10), 0)

    def test_https_with_the_settings_of_the_real_one_and_a_certificate_that_changes(self):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        certificate, key = os.path.join(folder, "tls.crt"), os.path.join(folder, "tls.key")

        def make(name):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                            "-subj", f"/CN={name}", "-days", "1", "-keyout", key, "-out", certificate],
                           check=True, capture_output=True)

        make("one")
        prefix = "xpack.security.http.ssl."
        environment = dict(os.environ, **{prefix + "enabled": "true", prefix + "certificate": certificate,
                                          prefix + "key": key})
        process = subprocess.Popen([sys.executable, os.path.join(HERE, "elasticsearch.py"), "--host", "127.0.0.1",
                                    "--port", "0", "--data", os.path.join(folder, "data")],
                                   env=environment, stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        port = int(process.stdout.readline().split(",")[0].rsplit(":", 1)[1])

        def presented():
            return ssl.get_server_certificate(("127.0.0.1", port), timeout=20)

        first = presented()
        with open(certificate, encoding="ascii") as file:
            self.assertEqual(ssl.PEM_cert_to_DER_cert(first), ssl.PEM_cert_to_DER_cert(file.read()))
        make("two")
        self.assertNotEqual(presented(), first)
        link = http.client.HTTPSConnection("127.0.0.1", port, timeout=20, context=ssl._create_unverified_context())
        link.request("GET", "/_cluster/health")
        self.assertEqual(link.getresponse().status, 200)
        link.close()
        with self.assertRaises((ConnectionError, http.client.HTTPException)):
            Client(port).ask("GET", "/")

    def test_two_cannot_share_one_folder(self):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        self.start(folder)
        second = subprocess.run([sys.executable, os.path.join(HERE, "elasticsearch.py"), "--port", "0", "--data", folder],
                                capture_output=True, text=True, timeout=20)
        self.assertEqual(second.returncode, 1)
        self.assertIn("in use", second.stderr)


if __name__ == "__main__":
    unittest.main()
