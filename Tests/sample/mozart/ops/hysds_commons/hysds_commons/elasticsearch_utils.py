"""The few calls of Elasticsearch that HySDS needs, over requests."""

import netrc
import os
from urllib.parse import quote

import requests


class NotFound(Exception):
    pass


def credentials():
    """The default entry of ~/.netrc-os; without one, none."""
    path = os.path.expanduser("~/.netrc-os")
    if not os.path.exists(path):
        return None
    found = netrc.netrc(path).authenticators("default")
    return (found[0], found[2]) if found else None


class ElasticsearchUtility:
    """One cluster, by its URL or a list of URLs (the first that answers is used)."""

    def __init__(self, url):
        self.urls = [url] if isinstance(url, str) else list(url)
        self.auth = credentials()

    def call(self, method, path, body=None, params=None):
        failure = None
        for url in self.urls:
            try:
                answer = requests.request(method, url.rstrip("/") + path, json=body, params=params, auth=self.auth,
                                          verify=False, timeout=30)
                break
            except requests.ConnectionError as error:
                failure = error
        else:
            raise failure
        if answer.status_code == 404:
            raise NotFound(f"{path}: {answer.text[:200]}")
        answer.raise_for_status()
        return answer.json()

    def get_by_id(self, index, id):
        return self.call("GET", f"/{index}/_doc/{quote(id, safe='')}")

    def index_document(self, index, id, body, refresh=True):
        return self.call("PUT", f"/{index}/_doc/{quote(id, safe='')}", body, {"refresh": str(refresh).lower()})

    def delete_by_id(self, index, id):
        return self.call("DELETE", f"/{index}/_doc/{quote(id, safe='')}", params={"refresh": "true"})

    def search(self, index, body):
        return self.call("POST", f"/{index}/_search", body, {"ignore_unavailable": "true"})["hits"]["hits"]

    def search_by_id(self, index, id):
        """The newest document with an id, in all indices behind an alias; None when there is none."""
        found = self.search(index, {"query": {"ids": {"values": [id]}}, "size": 10})
        return max(found, key=lambda hit: hit["_source"].get("@timestamp", ""), default=None)
