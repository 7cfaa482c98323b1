import celeryconfig  # noqa: F401
from flask import Flask, jsonify

from grq2.lib.proxy import ReverseProxied

app = Flask(__name__)
app.wsgi_app = ReverseProxied(app.wsgi_app)
app.config.from_pyfile("../settings.cfg")


@app.errorhandler(404)
def resource_not_found(error):
    return jsonify({"status_code": 404, "message": str(error)}), 404


from grq2 import views  # noqa: E402, F401
