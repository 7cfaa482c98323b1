from datetime import datetime, timezone

from hysds_commons.elasticsearch_utils import ElasticsearchUtility

from grq2 import app


def update(dataset):
    """Put a dataset in the catalogue, in the index of its kind and version."""
    index = f"{app.config['GRQ_INDEX']}_{dataset['version']}_{dataset['dataset']}".lower()
    body = dict(dataset)
    body["@timestamp"] = datetime.now(timezone.utc).replace(tzinfo=None).isoformat() + "Z"
    ElasticsearchUtility(app.config["ES_URL"]).index_document(index, dataset["id"], body)
    return {"objectid": dataset["id"], "index": index}
