class ReverseProxied:
    """Lets a front serve the application below a path of its own, by the headers it sets."""

    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start_response):
        prefix = environ.get("HTTP_X_SCRIPT_NAME", "").rstrip("/")
        if prefix:
            environ["SCRIPT_NAME"] = prefix
            if environ["PATH_INFO"].startswith(prefix):
                environ["PATH_INFO"] = environ["PATH_INFO"][len(prefix):]
        for header, name in (("HTTP_X_SCHEME", "wsgi.url_scheme"), ("HTTP_X_FORWARDED_HOST", "HTTP_HOST")):
            if environ.get(header):
                environ[name] = environ[header]
        return self.app(environ, start_response)
