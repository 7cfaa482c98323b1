import celeryconfig  # noqa: F401  (the service cannot do anything without it: fail at start, not at the first job)
from flask import Flask, jsonify

from mozart.lib.proxy import ReverseProxied

app = Flask(__name__)
app.wsgi_app = ReverseProxied(app.wsgi_app)
app.config.from_pyfile("../settings.cfg")


@app.errorhandler(404)
def resource_not_found(error):
    return jsonify({"status_code": 404, "message": str(error)}), 404


from mozart.services.api import api  # noqa: E402
from mozart.services.main import main  # noqa: E402

app.register_blueprint(main)
app.register_blueprint(api, name="api_v01", url_prefix="/api/v0.1")
app.register_blueprint(api, name="api_v02", url_prefix="/api/v0.2")
