from functools import lru_cache

from hysds_commons.elasticsearch_utils import ElasticsearchUtility

from hysds.celery import app


@lru_cache(maxsize=None)
def get_mozart_es():
    return ElasticsearchUtility(app.conf.JOBS_ES_URL)


@lru_cache(maxsize=None)
def get_grq_es():
    return ElasticsearchUtility(app.conf.GRQ_ES_URL)
