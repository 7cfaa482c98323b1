import requests
from flask import current_app


def search(body):
    config = current_app.config
    answer = requests.post(f"{config['ES_URL']}/{config['ES_INDEX']}/_search", json=body, timeout=30,
                           params={"ignore_unavailable": "true"})
    answer.raise_for_status()
    return answer.json()


def dataset_types():
    found = search({"size": 0, "aggs": {"types": {"terms": {"field": "dataset.keyword", "size": 1000}}}})
    return [bucket["key"] for bucket in found.get("aggregations", {}).get("types", {}).get("buckets", [])]


def dataset_ids(dataset):
    found = search({"query": {"term": {"dataset.keyword": dataset}}, "size": 1000, "_source": False})
    return [hit["_id"] for hit in found["hits"]["hits"]]
