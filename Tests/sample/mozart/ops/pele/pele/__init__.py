from flask import Flask, jsonify, redirect, request

from pele.lib.proxy import ReverseProxied
from pele.lib.query import dataset_ids, dataset_types


def create_app(object_name):
    app = Flask(__name__)
    app.config.from_object(object_name)
    app.config.from_pyfile("../settings.cfg")
    app.wsgi_app = ReverseProxied(app.wsgi_app)
    routes = {"/test/echo": echo, "/pele/dataset/types": types, "/pele/dataset/<dataset>/dataset_ids": ids}
    for path, view in routes.items():
        app.add_url_rule("/api/v0.1" + path, view_func=view)

    @app.route("/")
    def index():
        return redirect(request.script_root + "/api/v0.1/")

    @app.route("/api/v0.1/")
    def doc():
        return "<!doctype html><title>Pele (sample)</title><p>The routes are in <a href=swagger.json>swagger.json</a>.</p>"

    @app.route("/api/v0.1/swagger.json")
    def swagger():
        paths = {path.replace("<", "{").replace(">", "}"): {"get": {}} for path in routes}
        return jsonify({"swagger": "2.0", "basePath": request.script_root + "/api/v0.1", "paths": paths,
                        "info": {"title": app.config.get("PELE_TITLE", "Pele"), "version": "0.1"}})

    return app


def echo():
    return jsonify({"success": True, "message": request.args.get("echo_str", "")})


def listed(read):
    try:
        found = read()
    except OSError as error:
        return jsonify({"success": False, "message": str(error)}), 500
    return jsonify({"success": True, "total": len(found), "results": found})


def types():
    return listed(dataset_types)


def ids(dataset):
    return listed(lambda: dataset_ids(dataset))
