/// What runs in a pod to ask services by HTTP: sent over stdin, since an image may be older than this program.
///
/// It reads the file that names the services (`access.json`: a URL, a credentials file, a CA), then one frame after
/// another from stdin: a line of JSON, and as many bytes as its `length` says. It answers each in the order in which they
/// came with lines that carry the same `id`: a head with the status, pieces of the body with their `length`, an end; or a
/// `failure` with its `kind`. It ends with stdin, or when told to (`{"end": true}`) where stdin can't end.
enum AccessProgram {
    /// Reads the program's length and its text from stdin; the file with the services is its argument.
    static let loader = "import sys;i=sys.stdin.buffer;exec(i.read(int(i.readline())))"

    static let text = #"""
        import base64, http.client, json, os, ssl
        from urllib.parse import urlsplit
        source, sink = sys.stdin.buffer, sys.stdout.buffer
        PIECE = 1 << 18

        class Trouble(Exception):
            def __init__(self, kind, text):
                super().__init__(text)
                self.kind = kind

        def say(line, content=b""):
            sink.write(json.dumps(line, separators=(",", ":")).encode() + b"\n" + content)
            sink.flush()

        def words(error):
            if isinstance(error, ssl.SSLCertVerificationError):
                return "its certificate isn't trusted: " + error.verify_message
            if isinstance(error, TimeoutError):
                return "no answer in time"
            return getattr(error, "strerror", None) or str(error) or type(error).__name__

        class Service:
            def __init__(self, about):
                self.url = about["url"]
                parts = urlsplit(self.url)
                if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
                    raise Trouble("configuration", "its address must look like http://host:port")
                self.host, self.port, self.prefix = parts.hostname, parts.port, parts.path.rstrip("/")
                self.context = None
                if parts.scheme == "https":
                    self.context = ssl.create_default_context()
                    if about.get("ca") and os.path.exists(about["ca"]):
                        self.context.load_verify_locations(about["ca"])
                self.own = {}
                if about.get("credentials"):
                    with open(about["credentials"], encoding="utf-8") as file:
                        pair = json.load(file)
                    if pair:
                        text = (pair["user"] + ":" + pair["password"]).encode("utf-8")
                        self.own["Authorization"] = "Basic " + base64.b64encode(text).decode("ascii")
                self.line = None

            def ask(self, head, body):
                headers = {**head.get("headers", {}), **self.own}
                again = self.line is not None and head.get("repeatable", False)
                while True:
                    if self.line is None:
                        kind = http.client.HTTPSConnection if self.context else http.client.HTTPConnection
                        more = {"context": self.context} if self.context else {}
                        self.line = kind(self.host, self.port, timeout=head.get("timeout", 60), **more)
                    if self.line.sock is not None:
                        self.line.sock.settimeout(head.get("timeout", 60))
                    try:
                        self.line.request(head["method"], self.prefix + head["path"], body=body, headers=headers)
                        return self.line.getresponse()
                    except (OSError, http.client.HTTPException) as error:
                        self.line.close()
                        self.line = None
                        # A connection that was kept may have been closed meanwhile by the other side.
                        if again and not isinstance(error, TimeoutError):
                            again = False
                            continue
                        raise Trouble("unreachable", self.url + ": " + words(error))

        def answer(head, body):
            service = services.get(head["service"])
            if service is None:
                if head["service"] not in known:
                    raise Trouble("configuration", "the pod's file names no service " + head["service"])
                service = services[head["service"]] = Service(known[head["service"]])
            if not head.get("reuse", True) and service.line:
                service.line.close()
                service.line = None
            reply = service.ask(head, body)
            say({"id": head["id"], "status": reply.status, "type": reply.headers.get("Content-Type", "")})
            try:
                while True:
                    piece = reply.read(PIECE)
                    if not piece:
                        break
                    say({"id": head["id"], "length": len(piece)}, piece)
            except (OSError, http.client.HTTPException) as error:
                service.line.close()
                service.line = None
                raise Trouble("unreachable", service.url + ": the answer broke off: " + words(error))
            if reply.will_close:
                service.line.close()
                service.line = None
            say({"id": head["id"], "end": True})

        services = {}
        try:
            with open(sys.argv[1], encoding="utf-8") as file:
                known = json.load(file)["services"]
        except OSError as error:
            say({"failure": sys.argv[1] + ": " + str(error.strerror), "kind": "configuration"})
            sys.exit(0)
        say({"ready": sorted(known)})
        while True:
            line = source.readline()
            if not line:
                break
            head = json.loads(line)
            if head.get("end"):
                break
            body = source.read(head["length"]) if head.get("length") else None
            if body is not None and len(body) < head["length"]:
                break
            try:
                answer(head, body)
            except Trouble as trouble:
                say({"id": head["id"], "failure": str(trouble), "kind": trouble.kind})
            except OSError as error:
                say({"id": head["id"], "failure": head["service"] + ": " + words(error), "kind": "unreachable"})
            except (KeyError, TypeError, ValueError) as error:
                say({"id": head["id"], "failure": head["service"] + ": " + repr(error), "kind": "configuration"})
        """#
}
