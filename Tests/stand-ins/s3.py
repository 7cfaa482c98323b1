"""A stand-in for an S3 service, for tests: objects in memory, signatures (version 4) really checked.

  python3 s3.py ACCESS-KEY SECRET-KEY REGION BUCKET     prints its port, ends when its stdin ends

Knows PUT (also as a copy), GET (also a range), HEAD and DELETE of objects of one bucket, and uploads in parts: begun,
listed, completed and aborted, with the smallest part that S3 takes (S3_SMALLEST_PART bytes, 5 MiB). Every Nth request
can be answered with 503 (S3_FAIL_EVERY), and S3_PORT fixes the port.
"""

import base64
import hashlib
import hmac
import os
import re
import sys
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

EMPTY = hashlib.sha256(b"").hexdigest()


def sign(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    objects, uploads, requests, lock = {}, {}, [0], threading.Lock()
    smallest = int(os.environ.get("S3_SMALLEST_PART", 5 << 20))
    access = secret = region = bucket = ""
    fail_every = int(os.environ.get("S3_FAIL_EVERY", "0"))

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if not any(name == "Content-Length" for name, _ in headers):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def refuse(self, status, code, message):
        self.answer(status, f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode())

    def signature(self, names, payload):
        parts = urlsplit(self.path)
        headers = "".join(f"{name}:{(self.headers[name] or '').strip()}\n" for name in names.split(";"))
        canonical = "\n".join([self.command, parts.path, parts.query, headers, names, payload])
        stamp = self.headers["x-amz-date"]
        scope = f"{stamp[:8]}/{self.region}/s3/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        key = ("AWS4" + self.secret).encode()
        for part in scope.split("/"):
            key = sign(key, part)
        return scope, sign(key, text).hex()

    def is_allowed(self, body):
        given = self.headers["authorization"] or ""
        fields = dict(part.strip().split("=", 1) for part in given.partition(" ")[2].split(",") if "=" in part)
        payload = self.headers["x-amz-content-sha256"] or ""
        names = fields.get("SignedHeaders", "")
        signed = set(names.split(";"))
        unsigned = [name for name in self.headers if name.lower().startswith("x-amz-") and name.lower() not in signed]
        if not given or unsigned or "host" not in signed:
            self.refuse(403, "AccessDenied", f"not signed: {unsigned or 'anything'}")
            return False
        scope, expected = self.signature(names, payload)
        if fields.get("Credential") != f"{self.access}/{scope}":
            self.refuse(403, "InvalidAccessKeyId", "The access key is not known.")
            return False
        if not hmac.compare_digest(expected, fields.get("Signature", "")):
            self.refuse(403, "SignatureDoesNotMatch", "The signature does not match.")
            return False
        if hashlib.sha256(body).hexdigest() != payload:
            self.refuse(400, "XAmzContentSHA256Mismatch", "The body is not what was signed.")
            return False
        return True

    def key(self):
        bucket, _, key = unquote(urlsplit(self.path).path).lstrip("/").partition("/")
        return key if bucket == self.bucket else None

    def handle_one(self):
        body = self.rfile.read(int(self.headers["content-length"] or 0))
        if self.path == "/keys":  # for the tests themselves
            return self.answer(200, "\n".join(sorted(self.objects)).encode())
        if self.path == "/uploads":
            return self.answer(200, "\n".join(sorted(upload[0] for upload in self.uploads.values())).encode())
        with self.lock:
            self.requests[0] += 1
            if self.fail_every and self.requests[0] % self.fail_every == 0:
                return self.refuse(503, "SlowDown", "Please reduce your request rate.")
        if not self.is_allowed(body):
            return None
        key = self.key()
        if key is None:
            return self.refuse(404, "NoSuchBucket", "The specified bucket does not exist")
        query = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        if "uploads" in query or "uploadId" in query:
            return self.in_parts(key, query, body)
        if self.command == "POST":
            return self.refuse(405, "MethodNotAllowed", "The specified method is not allowed.")
        return getattr(self, "object_" + self.command)(key, body)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = handle_one

    def in_parts(self, key, query, body):
        ident = query.get("uploadId", [None])[0]
        if self.command == "GET" and "uploads" in query:
            prefix = query.get("prefix", [""])[0]
            found = "".join(f"<Upload><Key>{upload[0]}</Key><UploadId>{name}</UploadId></Upload>"
                            for name, upload in sorted(self.uploads.items()) if upload[0].startswith(prefix))
            return self.answer(200, f"<ListMultipartUploadsResult>{found}</ListMultipartUploadsResult>".encode())
        if self.command == "POST" and "uploads" in query:
            ident = uuid.uuid4().hex
            self.uploads[ident] = (key, {}, self.metadata())
            return self.answer(200, f"<InitiateMultipartUploadResult><UploadId>{ident}</UploadId>"
                                    "</InitiateMultipartUploadResult>".encode())
        if ident not in self.uploads or self.uploads[ident][0] != key:
            return self.refuse(404, "NoSuchUpload", "The specified upload does not exist.")
        if self.command == "DELETE":
            del self.uploads[ident]
            return self.answer(204)
        _, parts, meta = self.uploads[ident]
        if self.command == "PUT":
            tag = f'"{hashlib.md5(body).hexdigest()}"'
            parts[int(query["partNumber"][0])] = (tag, body)
            return self.answer(200, b"", [("ETag", tag)])
        named = [(int(n), tag.replace("&quot;", '"')) for n, tag in
                 re.findall(r"<Part><PartNumber>(\d+)</PartNumber><ETag>(.*?)</ETag></Part>", body.decode())]
        if any(parts.get(number, (None,))[0] != tag for number, tag in named):
            return self.refuse(400, "InvalidPart", "One or more of the specified parts could not be found.")
        if any(len(parts[number][1]) < self.smallest for number, _ in named[:-1]):
            return self.refuse(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size.")
        self.objects[key] = (b"".join(parts[number][1] for number, _ in named), meta)
        del self.uploads[ident]
        return self.answer(200, b"<CompleteMultipartUploadResult/>")

    def metadata(self):
        return {n.lower(): v for n, v in self.headers.items() if n.lower().startswith("x-amz-meta-")}

    def object_PUT(self, key, body):
        meta = self.metadata()
        if self.headers["x-amz-server-side-encryption"]:
            meta["x-amz-server-side-encryption"] = self.headers["x-amz-server-side-encryption"]
        source = self.headers["x-amz-copy-source"]
        if source:
            bucket, _, name = unquote(source).lstrip("/").partition("/")
            if bucket != self.bucket or name not in self.objects:
                return self.refuse(404, "NoSuchKey", "The specified key does not exist.")
            body, meta = self.objects[name][0], {**self.objects[name][1], **meta}
        md5 = self.headers["content-md5"]
        if md5 and base64.b64encode(hashlib.md5(body).digest()).decode() != md5:
            return self.refuse(400, "BadDigest", "The Content-MD5 you specified did not match.")
        self.objects[key] = (body, meta)
        return self.answer(200, b"<CopyObjectResult/>" if source else b"")

    def object_GET(self, key, _):
        if key not in self.objects:
            return self.refuse(404, "NoSuchKey", "The specified key does not exist.")
        body, meta = self.objects[key]
        tag = f'"{hashlib.md5(body).hexdigest()}"'
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers["range"] or "")
        if self.headers["if-match"] not in (None, tag):
            return self.refuse(412, "PreconditionFailed", "At least one of the preconditions did not hold.")
        start = int(wanted[1]) if wanted else 0
        return self.answer(206 if wanted else 200, body[start:],
                           [*meta.items(), ("ETag", tag), ("Content-Length", str(len(body) - start))])

    object_HEAD = object_GET

    def object_DELETE(self, key, _):
        self.objects.pop(key, None)
        return self.answer(204)


class Server(ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        # A client that was killed is what some tests are about.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


if __name__ == "__main__":
    Handler.access, Handler.secret, Handler.region, Handler.bucket = sys.argv[1:5]
    server = Server((os.environ.get("S3_ADDRESS", "127.0.0.1"), int(os.environ.get("S3_PORT", "0"))), Handler)
    print(server.server_address[1], flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
