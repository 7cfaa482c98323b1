"""What the three watchdogs share: look for documents that nobody has touched for too long, and tag them."""

import argparse
import logging
import time

from hysds.celery import app
from hysds.es_util import get_mozart_es


def main(name, index, statuses, timeout):
    logging.basicConfig(format=f"[%(asctime)s: %(levelname)s/{name}] %(message)s", level=logging.INFO)
    parser = argparse.ArgumentParser(description=f"tag what is stuck in {', '.join(statuses)}")
    parser.add_argument("-i", "--interval", type=int, default=60, help="seconds between two looks")
    parser.add_argument("-u", "--url", default=app.conf.JOBS_ES_URL, help="Elasticsearch URL")
    parser.add_argument("-t", "--timeout", type=int, default=timeout, help="seconds after which it is stuck")
    parser.add_argument("-g", "--grace-secs", type=int, default=300)
    options = parser.parse_args()
    while True:
        try:
            look(index, statuses, options.timeout)
        except Exception as error:
            logging.error("will look again: %s", error)
        time.sleep(options.interval)


def look(index, statuses, timeout):
    elasticsearch = get_mozart_es()
    query = {"bool": {"must": [{"terms": {"status": statuses}}, {"range": {"@timestamp": {"lt": f"now-{timeout}s"}}}],
                      "must_not": [{"term": {"tags": "timedout"}}]}}
    found = elasticsearch.search(index, {"query": query, "size": 1000})
    logging.info("Found %d stuck in %s for more than %d seconds.", len(found), " or ".join(statuses), timeout)
    for hit in found:
        tags = [*hit["_source"].get("tags", []), "timedout"]
        elasticsearch.call("POST", f"/{hit['_index']}/_update/{hit['_id']}", {"doc": {"tags": tags}})
