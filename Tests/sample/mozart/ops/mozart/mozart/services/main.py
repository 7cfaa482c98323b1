from flask import Blueprint, jsonify, redirect, request

main = Blueprint("main", __name__)


@main.route("/")
def index():
    return redirect(request.script_root + "/api/v0.1/doc/")


@main.route("/services")
def services():
    return jsonify({"success": True, "content": "mozart (sample)"})
