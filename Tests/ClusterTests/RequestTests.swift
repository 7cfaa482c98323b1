import Kubernetes
import Testing
import Transfer

@testable import Cluster

struct RequestTests {
    @Test(arguments: [
        ("https://a:6443", "/api/v1/pods", "https://a:6443/api/v1/pods"),
        ("https://a:6443/", "/api/v1/pods", "https://a:6443/api/v1/pods"),
        ("https://a/k8s/clusters/c-1", "/version", "https://a/k8s/clusters/c-1/version"),
        ("https://a", "/api/v1/namespaces/n/pods/ü b", "https://a/api/v1/namespaces/n/pods/%C3%BC%20b"),
    ])
    func `a request's path is joined to the server's and escaped`(server: String, path: String, url: String) throws {
        let request = APIRequest(.get, path)
        #expect(try request.url(on: TransferURL(server)).text == url)
    }

    @Test func `a command in a query is escaped whole`() throws {
        let request = APIRequest.exec(
            namespace: "n", pod: "p", command: ["sh", "-c", "a & b = \"c+d\"; e"], stdin: true)
        #expect(
            try request.url(on: TransferURL("https://a")).text
                == "https://a/api/v1/namespaces/n/pods/p/exec?command=sh&command=-c&command="
                + "a%20%26%20b%20%3D%20%22c%2Bd%22%3B%20e&stdin=true&stdout=true&stderr=true")
        #expect(request.subject == "POST /api/v1/namespaces/n/pods/p/exec")
    }

    @Test func `credentials and impersonation become headers`() {
        let impersonation = Impersonation(user: "u", uid: "7", groups: ["a", "b"], extra: ["Some/Key": ["x"]])
        let fields = RequestHeaders.fields(
            APIRequest(.post, "/", contentType: "application/json"),
            Credential(authorization: .basic(user: "me", password: "pass")), impersonation, "sds")
        #expect(fields["Authorization"] == "Basic bWU6cGFzcw==")
        #expect(fields["Content-Type"] == "application/json")
        #expect(fields["Impersonate-User"] == "u")
        #expect(fields["Impersonate-Uid"] == "7")
        #expect(fields.all("Impersonate-Group") == ["a", "b"])
        #expect(fields["Impersonate-Extra-some%2Fkey"] == "x")
    }

    @Test func `a printed credential shows nothing`() {
        let credential = Credential(
            authorization: .bearer("secret"), certificate: .init(certificate: [1], key: Array("secret".utf8)))
        var dumped = ""
        dump(credential, to: &dumped)
        #expect(!"\(credential) \(String(reflecting: credential)) \(dumped)".contains("secret"))
        #expect("\(credential)" == "token and client certificate")
    }

    @Test(arguments: [
        (
            404, #"{"kind":"Status","status":"Failure","reason":"NotFound","message":"gone away"}"#,
            ClusterError.Kind.notFound, "gone away"
        ),
        (409, #"{"kind":"Status","status":"Failure","reason":"AlreadyExists","message":"x"}"#, .alreadyExists, "x"),
        (409, #"{"kind":"Status","status":"Failure","reason":"Conflict","message":"x"}"#, .conflict, "x"),
        (410, "", .gone, "the server answered 410"),
        (403, "<html>no</html>", .forbidden, "the server answered 403"),
        (502, "Bad Gateway\nmore", .serverFailure, "the server answered 502: Bad Gateway"),
        (504, #"{"kind":"Status","status":"Failure","reason":"Timeout","message":"slow"}"#, .timeout, "slow"),
        (422, "", .invalid, "the server answered 422"), (413, "", .tooLarge, "the server answered 413"),
        (429, "", .tooManyRequests, "the server answered 429"), (400, "", .badRequest, "the server answered 400"),
        (401, "Unauthorized", .unauthorized, "the server answered 401: Unauthorized"),
    ])
    func `an error's kind comes from code and reason`(code: Int, body: String, kind: ClusterError.Kind, message: String)
    {
        let error = ClusterError(status: code, body: Array(body.utf8), subject: "GET /x")
        #expect(error.kind == kind)
        #expect(error.message == message)
        #expect(error.status == code)
    }

    @Test func `a conflict names the fields' owners`() {
        let body = """
            {"kind":"Status","status":"Failure","reason":"Conflict","message":"m","code":409,"details":{"causes":[
            {"reason":"FieldManagerConflict","message":"conflict with \\"kubectl\\" using v1","field":".data.x"}]}}
            """
        let error = ClusterError(status: 409, body: Array(body.utf8), subject: "s")
        #expect(error.conflicts.map(\.manager) == ["kubectl"])
        #expect(error.conflicts.map(\.field) == [".data.x"])
    }

    @Test(arguments: [
        (#"299 - "policy/v1beta1 is deprecated""#, ["policy/v1beta1 is deprecated"]),
        (#"299 - "a \"b\"", 299 - "c""#, [#"a "b""#, "c"]), (#"199 - "other""#, []), ("299", []), (#"299 - "open"#, []),
    ])
    func `warnings are read from their header`(value: String, texts: [String]) {
        #expect(WarningHeader.texts(in: value) == texts)
    }

    @Test func `only what may be sent twice is sent twice`() {
        let read = RetryPolicy(isIdempotent: true, hasAnswered: false)
        let write = RetryPolicy(isIdempotent: false, hasAnswered: true)
        #expect(read.wait(.reset, attempt: 1) == .milliseconds(100))
        #expect(read.wait(.reset, attempt: 3) == .milliseconds(400))
        #expect(write.wait(.reset, attempt: 1) == nil)
        #expect(write.wait(.timeout, attempt: 1) == nil)
        #expect(write.wait(.refused, attempt: 1) == .milliseconds(100))
        #expect(read.wait(.refused, attempt: 1) == nil)
        #expect(read.wait(.tls, attempt: 1) == nil)
        #expect(write.wait(status: 429, retryAfter: "3", attempt: 1) == .seconds(3))
        #expect(write.wait(status: 429, retryAfter: nil, attempt: 1) == .seconds(1))
        #expect(write.wait(status: 503, retryAfter: "2", attempt: 1) == .seconds(2))
        #expect(write.wait(status: 503, retryAfter: nil, attempt: 1) == nil)
        #expect(read.wait(status: 404, retryAfter: "2", attempt: 1) == nil)
        #expect(read.wait(.reset, attempt: RetryPolicy.attempts) == nil)
    }

    @Test(arguments: [1, 2, 5, 100])
    func `lines are found however the bytes are cut`(size: Int) {
        var splitter = LineSplitter()
        var (lines, rest) = ([[UInt8]](), Array("one\ntwo\n\nthree\nfo".utf8)[...])
        while !rest.isEmpty {
            lines += splitter.take(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        #expect(lines.map { String(decoding: $0, as: UTF8.self) } == ["one", "two", "three"])
    }
}
