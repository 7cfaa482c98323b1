"""Tests of the Logstash stand-in: python3 -m unittest discover -s Tests/stand-ins"""

import os
import socket
import sys
import threading
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import logstash as standin  # noqa: E402

CONFIGURATION = """
# redis { host => "not.this.one" }
input {
  redis {
    host => "mozart-redis"
    port => 6380
    password => "s3 cret"
    key => "logstash"
    codec => msgpack
  }
}
filter { mutate { } }
output {
  elasticsearch {
    hosts => ["http://mozart-es:9200", "http://other:9200"]
    user => "u"
    password => "p"
  }
}
"""


class Logstash(unittest.TestCase):
    def test_messagepack_is_read(self):
        table = [
            (b"\x00", 0), (b"\x7f", 127), (b"\xff", -1), (b"\xe0", -32), (b"\xc0", None), (b"\xc2", False), (b"\xc3", True),
            (b"\xcd\x01\x00", 256), (b"\xd1\xff\x00", -256), (b"\xcb\x3f\xf8" + bytes(6), 1.5), (b"\xcf" + b"\xff" * 8, 2**64 - 1),
            (b"\xa2hi", "hi"), (b"\xd9\x02\xc3\xa4", "ä"), (b"\xc4\x02hi", "hi"), (b"\x92\x01\xa1x", [1, "x"]),
            (b"\x81\xa1a\x93\x01\x02\x03", {"a": [1, 2, 3]}), (b"\xde\x00\x01\xa1a\xdc\x00\x01\xc0", {"a": [None]}),
        ]
        for data, wanted in table:
            with self.subTest(data=data):
                self.assertEqual(standin.unpacked(data), wanted)
        for data in (b"\x01\x01", b"\xc1"):
            with self.assertRaises(ValueError):
                standin.unpacked(data)

    def test_addresses_come_from_the_configuration(self):
        lists, target, filtered = standin.settings(CONFIGURATION)
        self.assertEqual(lists, [{"host": "mozart-redis", "port": 6380, "password": "s3 cret", "key": "logstash", "codec": "msgpack"}])
        self.assertEqual([host.netloc for host in target.hosts], ["mozart-es:9200", "other:9200"])
        self.assertIn("Authorization", target.headers)
        self.assertTrue(filtered)
        with self.assertRaises(SystemExit):
            standin.settings("input { }")

    def test_a_job_has_one_document_and_moves_when_it_fails(self):
        event = {"resource": "job", "uuid": "task", "payload_id": "job", "status": "job-queued", "@timestamp": "2024-01-02T03:04:05Z",
                 "job": {"job_info": {"index": "job_status-2024.01.02"}}}
        self.assertEqual(standin.actions("logstash", dict(event), True)[0], {"index": {"_index": "job_status-2024.01.02", "_id": "job"}})
        lines = standin.actions("logstash", dict(event, status="job-failed"), True)
        self.assertEqual(lines[0], {"index": {"_index": "job_failed", "_id": "job"}})
        self.assertEqual(lines[2], {"delete": {"_index": "job_status-2024.01.02", "_id": "job"}})
        worker = {"resource": "worker", "celery_hostname": "celery@a", "@timestamp": "2024-01-02T03:04:05Z"}
        self.assertEqual(standin.actions("logstash", worker, True)[0], {"index": {"_index": "worker_status-2024.01.02", "_id": "celery@a"}})
        self.assertEqual(standin.actions("logstash", {"resource": "other"}, True), [])
        self.assertEqual(standin.actions("sdswatch", dict(worker), False)[0], {"index": {"_index": "sdswatch-2024.01.02"}})

    def test_an_entry_is_taken_off_its_list_only_when_it_is_indexed(self):
        done, refusals, seen = threading.Event(), [OSError("not yet")], []

        class Target:
            def bulk(self, lines):
                if refusals:
                    raise refusals.pop()
                seen.append(lines)

        server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(server.close)
        commands = []

        def serve():
            entries = [b'{"a": 1, "@timestamp": "2024-01-02"}']
            while not done.is_set():
                link, _ = server.accept()
                with link, link.makefile("rb") as reader:
                    while True:
                        line = reader.readline()
                        if not line:
                            break
                        words = []
                        for _ in range(int(line[1:])):
                            words.append(reader.read(int(reader.readline()[1:]) + 2)[:-2].decode())
                        commands.append(words)
                        if words[0] == "LRANGE":
                            link.sendall(b"*%d\r\n" % len(entries) + b"".join(b"$%d\r\n%s\r\n" % (len(each), each) for each in entries))
                        elif words[0] == "LTRIM":
                            del entries[:int(words[2])]
                            link.sendall(b"+OK\r\n")
                            done.set()
                        else:
                            link.sendall(b"+OK\r\n")

        threading.Thread(target=serve, daemon=True).start()
        source = {"host": "127.0.0.1", "port": server.getsockname()[1], "password": "x", "key": "logstash", "codec": "json"}
        threading.Thread(target=standin.carry, args=(source, Target(), False), daemon=True).start()
        self.assertTrue(done.wait(20))
        self.assertEqual(seen, [[{"index": {"_index": "logstash-2024.01.02"}}, {"a": 1, "@timestamp": "2024-01-02"}]])
        names = [words[0] for words in commands]
        self.assertEqual(names[:5], ["AUTH", "LRANGE", "AUTH", "LRANGE", "LTRIM"])


if __name__ == "__main__":
    unittest.main()
