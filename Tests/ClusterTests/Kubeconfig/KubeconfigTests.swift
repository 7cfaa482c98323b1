import Foundation
import Synchronization
import Testing

@testable import Cluster

@Suite struct KubeconfigTests {
    typealias Fixture = KubeconfigFixture

    @Test("a plain kubeconfig")
    func plain() async throws {
        let fixture = try Fixture()
        let access = try fixture.access(Fixture.config())
        #expect(access.server == "https://example.org:6443")
        #expect(access.namespace == "space")
        #expect(access.context == "ops")
        #expect(access.trust == .system)
        #expect(access.proxy == .environment)
        #expect(access.isCompressed)
        #expect(try await access.credential(false).authorization == .bearer("abc"))
    }

    @Test("a missing file is an error when it was asked for, and passed over in a list")
    func missing() throws {
        let fixture = try Fixture()
        #expect(throws: ClusterError.self) {
            try Kubeconfig.load(file: "\(fixture.folder)/none", from: fixture.source())
        }
        let file = try fixture.write("config", Fixture.config())
        let source = fixture.source(["KUBECONFIG": "\(fixture.folder)/none:\(file)"])
        #expect(try ClusterAccess.load(from: source).context == "ops")
    }

    @Test("a list of which nothing exists is warned about")
    func allMissing() throws {
        let fixture = try Fixture()
        let source = fixture.source(["KUBECONFIG": "/nowhere/a:/nowhere/b"])
        #expect(throws: ClusterError.self) { try ClusterAccess.load(from: source) }
        #expect(fixture.notes.withLock(\.count) == 1)
    }

    @Test("without KUBECONFIG the file in the home folder counts")
    func home() throws {
        let fixture = try Fixture()
        try fixture.write(".kube/config", Fixture.config())
        #expect(try ClusterAccess.load(from: fixture.source()).context == "ops")
        try fixture.write("other", Fixture.config().replacing("ops", with: "mine"))
        #expect(try ClusterAccess.load(file: "~/other", from: fixture.source()).context == "mine")
    }

    @Test(
        "what is no usable kubeconfig is named",
        arguments: [
            ("", "no context"), ("apiVersion: v1\nkind: Config\n", "no context"), ("{", "config:"),
            ("- a\n", "expected a kubeconfig"),
            ("apiVersion: v2\nkind: Config\n", "apiVersion: expected v1"),
            ("apiVersion: v1\nkind: Pod\n", "kind: expected Config"),
            ("clusters: 3\n", "clusters: expected a list"),
            ("clusters: [{cluster: {}}]\n", "clusters[0]: expected a name"),
            ("clusters: [{name: a}, {name: a}]\n", "clusters[a]: occurs twice"), ("a: 1\na: 2\n", "twice"),
            ("\ta: 1\n", "tab"),
            ("users: [{name: a, user: 3}]\n", "users[a].user: expected a mapping"),
        ])
    func unusable(text: String, words: String) throws {
        let error = try #require(try Fixture().failure(text))
        #expect(error.kind == .configuration)
        #expect(error.description.contains(words), "\(error)")
        #expect(error.description.contains("/config"), "\(error)")
    }

    @Test("a folder is no kubeconfig")
    func folder() throws {
        let fixture = try Fixture()
        #expect(throws: ClusterError.self) { try Kubeconfig.load(file: fixture.folder, from: fixture.source()) }
    }

    @Test(
        "dangling names say what there is",
        arguments: [
            ("current-context: ops", "current-context: other", "there is no context \"other\""),
            ("current-context: ops", "", "no context is chosen"),
            ("cluster: c,", "cluster: x,", "there is no cluster \"x\""),
            ("user: u,", "user: x,", "there is no user \"x\""),
            ("cluster: c, ", "", "names no cluster"),
        ])
    func dangling(old: String, new: String, words: String) throws {
        let error = try #require(try Fixture().failure(Fixture.config().replacing(old, with: new)))
        #expect(error.description.contains(words), "\(error)")
    }

    @Test("a context of choice, with a namespace of choice")
    func choice() throws {
        let fixture = try Fixture()
        let text = Fixture.config().replacing(
            "contexts: [", with: "contexts: [{name: two, context: {cluster: c, user: u}}, ")
        #expect(try fixture.access(text, context: "two").namespace == "default")
        #expect(try fixture.access(text, context: "two", namespace: "n").namespace == "n")
        #expect(throws: ClusterError.self) { try fixture.access(text, context: "three") }
    }

    @Test("of several files whole entries of the first one win, and its current-context")
    func merging() async throws {
        let fixture = try Fixture()
        let first = try fixture.write("first", "users: [{name: u, user: {token: first}}]\n")
        let second = try fixture.write("second", Fixture.config(user: "{token: second, as: other}"))
        let third = try fixture.write(
            "third", Fixture.config().replacing("current-context: ops", with: "current-context: none"))
        let access = try ClusterAccess.load(
            from: fixture.source(["KUBECONFIG": "\(first):\(second):\(third):\(first)"]))
        #expect(try await access.credential(false).authorization == .bearer("first"))
        #expect(access.impersonation == nil)
        #expect(access.context == "ops")
    }

    @Test("relative paths mean files beside the kubeconfig that names them")
    func relative() async throws {
        let fixture = try Fixture()
        try fixture.write("a/ca.pem", Fixture.certificate)
        try fixture.write("a/cert.pem", Fixture.certificate)
        try fixture.write("a/key.pem", Fixture.key)
        let text = Fixture.config(
            cluster: "{server: 'https://h', certificate-authority: ca.pem}",
            user: "{client-certificate: ./cert.pem, client-key: key.pem}")
        let file = try fixture.write("a/config", text)
        let access = try ClusterAccess.load(file: file, from: fixture.source())
        #expect(access.trust == .authorities(pem: Array(Fixture.certificate.utf8)))
        #expect(try await access.credential(false).certificate?.key == Array(Fixture.key.utf8))
    }

    @Test("data wins over a file, and that is said")
    func dataAndFile() async throws {
        let fixture = try Fixture()
        let data = Fixture.base64(Fixture.certificate)
        let access = try fixture.access(
            Fixture.config(
                cluster: "{server: 'https://h', certificate-authority: none.pem, certificate-authority-data: \(data)}"))
        #expect(access.trust == .authorities(pem: Array(Fixture.certificate.utf8)))
        #expect(fixture.notes.withLock(\.count) == 1)
    }

    @Test("PEM with CRLF, a byte order mark or several certificates")
    func pem() throws {
        let fixture = try Fixture()
        let chain = Fixture.certificate + "# second\n" + Fixture.certificate
        let data = Fixture.base64("\u{FEFF}" + chain.replacing("\n", with: "\r\n"))
        let access = try fixture.access(
            Fixture.config(cluster: "{server: 'https://h', certificate-authority-data: \(data)}"))
        #expect(access.trust == .authorities(pem: Array(chain.utf8)))
    }

    @Test("keys of every form are taken", arguments: ["RSA PRIVATE KEY", "EC PRIVATE KEY", "PRIVATE KEY"])
    func keys(form: String) async throws {
        let key = "-----BEGIN \(form)-----\nMIIE\n-----END \(form)-----\n"
        let access = try Fixture().access(
            Fixture.config(
                user:
                    "{client-certificate-data: \(Fixture.base64(Fixture.certificate)), client-key-data: \(Fixture.base64(key))}"
            ))
        #expect(try await access.credential(false).certificate?.key == Array(key.utf8))
    }

    @Test(
        "a user that can't log in is named with its key",
        arguments: [
            ("{client-certificate-data: '@@', client-key-data: aaaa}", "users[u].client-certificate-data: not base64"),
            ("{client-certificate-data: \(Fixture.base64(Fixture.certificate))}", "users[u].client-key: missing"),
            ("{client-key-data: \(Fixture.base64(Fixture.key))}", "users[u].client-certificate: missing"),
            ("{client-certificate: nowhere.pem, client-key: nowhere.pem}", "users[u].client-certificate: no such file"),
            (
                "{client-certificate-data: \(Fixture.base64(Fixture.key)), client-key-data: \(Fixture.base64(Fixture.key))}",
                "holds no certificate"
            ),
            (
                "{client-certificate-data: \(Fixture.base64(Fixture.certificate)), client-key-data: \(Fixture.base64(Fixture.certificate))}",
                "holds no private key"
            ),
            (
                "{client-certificate-data: \(Fixture.base64(Fixture.certificate)), client-key-data: \(Fixture.base64("-----BEGIN ENCRYPTED PRIVATE KEY-----"))}",
                "encrypted"
            ),
            ("{token: \"a\\nb\"}", "users[u].token: holds a line break"),
            ("{token: 123}", "users[u].token: expected text, found a number"),
            ("{token: a, username: b, password: c}", "only one way"), ("{password: c}", "users[u].username: missing"),
            ("{token: a, as-groups: [g]}", "users[u].as: missing"),
            ("{token: a, as: b, as-groups: g}", "expected a list"),
            ("{auth-provider: {name: gcp}}", "gke-gcloud-auth-plugin"), ("{auth-provider: {name: azure}}", "kubelogin"),
            ("{exec: {apiVersion: client.authentication.k8s.io/v1beta1}}", "users[u].exec.command: missing"),
            ("{exec: {command: a}}", "users[u].exec.apiVersion: missing"),
            ("{exec: {command: a, apiVersion: client.authentication.k8s.io/v1alpha1}}", "update the plugin"),
            ("{exec: {command: a, apiVersion: client.authentication.k8s.io/v1}}", "interactiveMode: missing"),
            (
                "{exec: {command: a, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Maybe}}",
                "found Maybe"
            ),
            (
                "{exec: {command: a, apiVersion: client.authentication.k8s.io/v1beta1, env: [{value: b}]}}",
                "expected a name"
            ),
        ])
    func users(user: String, words: String) throws {
        let error = try #require(try Fixture().failure(Fixture.config(user: user)))
        #expect(error.kind == .configuration)
        #expect(error.description.contains(words), "\(error)")
        #expect(!error.description.contains("MIIE"))
    }

    @Test(
        "a cluster that can't be reached is named with its key",
        arguments: [
            ("{}", "clusters[c].server: missing"), ("{server: 'ftp://h'}", "expected https://HOST:PORT"),
            ("{server: 'https://'}", "expected https"),
            ("{server: 'https://u:p@h'}", "user or password"),
            ("{server: 'https://h', proxy-url: 'ftp://x:secret@p'}", "proxy-url: expected http"),
            (
                "{server: 'https://h', insecure-skip-tls-verify: true, certificate-authority-data: \(Fixture.base64(Fixture.certificate))}",
                "can't be true"
            ),
            ("{server: 'https://h', insecure-skip-tls-verify: 'yes'}", "expected true or false"),
            ("{server: 'https://h', certificate-authority-data: aGVsbG8=}", "holds no certificate"),
            ("{server: 'http://h'}", "plain http"), ("{server: 'h:6443'}", "plain http"),
        ])
    func clusters(cluster: String, words: String) throws {
        let error = try #require(try Fixture().failure(Fixture.config(cluster: cluster)))
        #expect(error.description.contains(words), "\(error)")
        #expect(!error.description.contains("secret"))
    }

    @Test("everything else that a cluster can say")
    func clusterFields() throws {
        let fixture = try Fixture()
        let access = try fixture.access(
            Fixture.config(
                cluster:
                    "{server: 'https://[::1]:6443/k8s/', tls-server-name: api, proxy-url: 'socks5://p:1080', disable-compression: true, insecure-skip-tls-verify: true}"
            ))
        #expect(access.server == "https://[::1]:6443/k8s")
        #expect(access.serverName == "api")
        #expect(access.proxy == .url("socks5://p:1080"))
        #expect(!access.isCompressed)
        #expect(access.trust == .insecure)
        #expect(fixture.notes.withLock(\.count) == 1)
    }

    @Test(
        "plain http is for loopback, or for no login at all",
        arguments: ["http://127.0.0.1:1", "http://localhost:8080", "http://[::1]:1"])
    func loopback(server: String) throws {
        #expect(try Fixture().access(Fixture.config(cluster: "{server: '\(server)'}")).server == server)
        #expect(try Fixture().access(Fixture.config(cluster: "{server: 'http://h'}", user: "{}")).server == "http://h")
    }

    @Test("a server without a scheme is https once anything about TLS is said")
    func scheme() throws {
        let data = Fixture.base64(Fixture.certificate)
        let access = try Fixture().access(
            Fixture.config(cluster: "{server: 'h:6443', certificate-authority-data: \(data)}"))
        #expect(access.server == "https://h:6443")
    }

    @Test("impersonation")
    func impersonation() throws {
        let access = try Fixture().access(
            Fixture.config(user: "{token: a, as: bob, as-uid: '7', as-groups: [g, h], as-user-extra: {scope: [x]}}"))
        #expect(
            access.impersonation == Impersonation(user: "bob", uid: "7", groups: ["g", "h"], extra: ["scope": ["x"]]))
    }

    @Test("user and password")
    func basic() async throws {
        let access = try Fixture().access(Fixture.config(user: "{username: a, password: b}"))
        #expect(try await access.credential(false).authorization == .basic(user: "a", password: "b"))
    }

    @Test("a token file wins over a token, is read again when it was renewed, and blanks around it don't count")
    func tokenFile() async throws {
        let fixture = try Fixture()
        let clock = TestClock()
        try fixture.write("token", "one\n")
        let access = try fixture.access(
            Fixture.config(user: "{token: inline, tokenFile: token}"), source: fixture.source(now: clock.now))
        #expect(try await access.credential(false).authorization == .bearer("one"))
        try fixture.write("token", "two")
        #expect(try await access.credential(false).authorization == .bearer("one"))
        #expect(try await access.credential(true).authorization == .bearer("two"))
        try fixture.write("token", "three")
        clock.advance(61)
        #expect(try await access.credential(false).authorization == .bearer("three"))
    }

    @Test("a token file that is gone or empty", arguments: ["gone", "empty", "two lines"])
    func badTokenFile(kind: String) async throws {
        let fixture = try Fixture()
        if kind != "gone" { try fixture.write("token", kind == "empty" ? "\n" : "a\nb\n") }
        let access = try fixture.access(Fixture.config(user: "{tokenFile: token}"))
        await #expect(throws: ClusterError.self) { try await access.credential(false) }
        let both = try fixture.access(Fixture.config(user: "{token: inline, tokenFile: token}"))
        #expect(try await both.credential(false).authorization == .bearer("inline"))
    }

    @Test("in a pod without a kubeconfig the pod's own cluster is meant")
    func inCluster() async throws {
        let fixture = try Fixture()
        try fixture.write("serviceaccount/token", "pod\n")
        try fixture.write("serviceaccount/ca.crt", Fixture.certificate)
        try fixture.write("serviceaccount/namespace", "ops")
        let variables = ["KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"]
        let access = try ClusterAccess.load(from: fixture.source(variables))
        #expect(access.server == "https://[fd00::1]:443")
        #expect(access.namespace == "ops")
        #expect(access.trust == .authorities(pem: Array(Fixture.certificate.utf8)))
        #expect(try await access.credential(false).authorization == .bearer("pod"))
        try fixture.write(".kube/config", Fixture.config())
        #expect(try ClusterAccess.load(from: fixture.source(variables)).server == "https://example.org:6443")
    }

    @Test("a context without a user logs in as nobody")
    func nobody() async throws {
        let access = try Fixture().access(Fixture.config().replacing("user: u,", with: ""))
        #expect(try await access.credential(false) == Credential())
    }
}
