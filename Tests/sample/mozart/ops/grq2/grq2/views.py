"""The REST API of grq2: the catalogue of datasets."""

import json

from flask import jsonify, request

from grq2 import app
from grq2.lib.dataset import update


def given(name):
    return request.form.get(name, request.args.get(name))


@app.route("/services")
def services():
    return jsonify({"success": True, "content": "grq2 (sample)"})


@app.route("/api/v0.<int:version>/swagger.json")
def swagger(version):
    return jsonify({"swagger": "2.0", "basePath": f"{request.script_root}/api/v0.{version}",
                    "info": {"title": "GRQ API (sample)", "version": f"0.{version}"},
                    "paths": {"/grq/dataset/index": {"post": {}}}})


@app.route("/api/v0.1/grq/dataset/index", methods=["POST"])
def index_one():
    if given("dataset_info") is None:
        return jsonify({"success": False, "message": "dataset_info must be supplied"}), 400
    try:
        return jsonify(dict(update(json.loads(given("dataset_info"))), success=True, message=""))
    except Exception as error:
        return jsonify({"success": False, "message": f"Failed index dataset. {type(error).__name__}: {error}"}), 500


@app.route("/api/v0.2/grq/dataset/index", methods=["POST"])
def index_many():
    try:
        datasets = json.loads(request.get_data())
        done = [update(each) for each in (json.loads(datasets) if isinstance(datasets, str) else datasets)]
        return jsonify({"success": True, "message": f"{len(done)} datasets indexed", "results": done})
    except Exception as error:
        return jsonify({"success": False, "message": f"Failed index datasets. {type(error).__name__}: {error}"}), 500
