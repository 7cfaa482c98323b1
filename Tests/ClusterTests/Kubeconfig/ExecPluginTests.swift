import Foundation
import Kubernetes
import Synchronization
import Testing

@testable import Cluster

@Suite struct ExecPluginTests {
    typealias Fixture = KubeconfigFixture

    static let beta = "client.authentication.k8s.io/v1beta1"
    static let stable = "client.authentication.k8s.io/v1"

    static func user(_ more: String = "", version: String = beta, command: String = "./plugin") -> String {
        let mode = version == stable ? ", interactiveMode: Never" : ""
        return "{exec: {apiVersion: \(version), command: \(command)\(mode)\(more.isEmpty ? "" : ", \(more)")}}"
    }

    static func reply(_ status: String, version: String = beta, kind: String = "ExecCredential") -> String {
        "{\"kind\": \"\(kind)\", \"apiVersion\": \"\(version)\", \"status\": \(status)}"
    }

    /// A plugin that counts its calls in the file `calls` and prints a reply with `$N` for their number.
    static func counting(_ reply: String) -> String {
        "#!/bin/sh\ncd \"$(dirname \"$0\")\"; echo x >> calls; N=$(wc -l < calls); N=$((N))\ncat <<EOF\n\(reply)\nEOF\n"
    }

    func credential(_ fixture: Fixture, _ user: String, source: KubeconfigSource? = nil) async throws -> Credential {
        try await fixture.access(Fixture.config(user: user), source: source).credential(false)
    }

    func failure(_ script: String, user: String = user(), source: KubeconfigSource? = nil) async throws -> ClusterError?
    {
        let fixture = try Fixture()
        try fixture.write("plugin", script, isExecutable: true)
        do {
            _ = try await credential(fixture, user, source: source)
            return nil
        } catch {
            return error as? ClusterError
        }
    }

    @Test("a token, in both versions of the contract", arguments: [beta, stable])
    func token(version: String) async throws {
        let fixture = try Fixture()
        try fixture.write(
            "plugin", Self.counting(Self.reply("{\"token\": \"t$N\"}", version: version)), isExecutable: true)
        #expect(try await credential(fixture, Self.user(version: version)).authorization == .bearer("t1"))
        #expect(fixture.notes.withLock(\.self) == [.running("\(fixture.folder)/./plugin")])
    }

    @Test("certificate and key")
    func certificate() async throws {
        let fixture = try Fixture()
        let pem = { (text: String) in text.replacing("\n", with: "\\\\n") }
        let status =
            "{\"clientCertificateData\": \"\(pem(Fixture.certificate))\", \"clientKeyData\": \"\(pem(Fixture.key))\"}"
        try fixture.write("plugin", Self.counting(Self.reply(status)), isExecutable: true)
        #expect(
            try await credential(fixture, Self.user()).certificate
                == Credential.ClientCertificate(
                    certificate: Array(Fixture.certificate.utf8), key: Array(Fixture.key.utf8)))
    }

    @Test("it is run once until its reply expires, and again when the server refuses it")
    func expiry() async throws {
        let fixture = try Fixture()
        let clock = TestClock()
        let stamp = clock.now().addingTimeInterval(900).formatted(.iso8601)
        try fixture.write(
            "plugin", Self.counting(Self.reply("{\"token\": \"t$N\", \"expirationTimestamp\": \"\(stamp)\"}")),
            isExecutable: true)
        let access = try fixture.access(Fixture.config(user: Self.user()), source: fixture.source(now: clock.now))
        #expect(try await access.credential(false).authorization == .bearer("t1"))
        #expect(try await access.credential(false).authorization == .bearer("t1"))
        clock.advance(899)
        #expect(try await access.credential(false).authorization == .bearer("t1"))
        clock.advance(2)
        #expect(try await access.credential(false).authorization == .bearer("t2"))
        #expect(try await access.credential(true).authorization == .bearer("t3"))
    }

    @Test("many who ask at the same time wait for one run")
    func shared() async throws {
        let fixture = try Fixture()
        try fixture.write(
            "plugin", Self.counting(Self.reply("{\"token\": \"t$N\"}")).replacing("cat <<", with: "sleep 0.3; cat <<"),
            isExecutable: true)
        let access = try fixture.access(Fixture.config(user: Self.user()))
        let tokens = try await withThrowingTaskGroup(of: Credential.self) { group in
            for _ in 0..<20 { group.addTask { try await access.credential(false) } }
            return try await group.reduce(into: Set<Credential>()) { $0.insert($1) }
        }
        #expect(tokens == [Credential(authorization: .bearer("t1"))])
    }

    @Test("arguments, environment and what it is told about the cluster")
    func contract() async throws {
        let fixture = try Fixture()
        let script = """
            #!/bin/sh
            printf '%s' "$KUBERNETES_EXEC_INFO" > "$(dirname "$0")/info"
            printf '%s|' "$@" "$COLOUR" "$OUTER" > "$(dirname "$0")/seen"
            echo '\(Self.reply("{\"token\": \"t\"}", version: Self.stable))'
            """
        try fixture.write("plugin", script, isExecutable: true)
        let cluster = """
            {server: 'https://h', tls-server-name: api, proxy-url: 'http://p', certificate-authority-data: \(Fixture.base64(Fixture.certificate)),
             extensions: [{name: client.authentication.k8s.io/exec, extension: {audience: a}}]}
            """
        let user = Self.user(
            "provideClusterInfo: true, args: [get, 'a b'], env: [{name: COLOUR, value: red}]", version: Self.stable)
        let access = try fixture.access(
            Fixture.config(cluster: cluster, user: user), source: fixture.source(["OUTER": "kept"]))
        _ = try await access.credential(false)
        #expect(try String(contentsOfFile: "\(fixture.folder)/seen", encoding: .utf8) == "get|a b|red|kept|")
        let info = try JSONValue(parsing: Data(contentsOf: URL(filePath: "\(fixture.folder)/info")))
        #expect(
            info == [
                "kind": "ExecCredential", "apiVersion": .string(Self.stable),
                "spec": [
                    "interactive": false,
                    "cluster": [
                        "server": "https://h", "tls-server-name": "api", "proxy-url": "http://p",
                        "certificate-authority-data": .string(Fixture.base64(Fixture.certificate)),
                        "config": ["audience": "a"],
                    ],
                ],
            ])
    }

    @Test(
        "a reply that is none",
        arguments: [
            ("echo hello", "something else"), ("true", "nothing"),
            ("echo '\(reply("{}"))'", "neither token nor certificate"),
            ("echo '\(reply("{\"token\": \"\"}"))'", "neither"),
            ("echo '\(reply("{\"token\": \"t\"}", version: stable))'", "expected apiVersion"),
            ("echo '\(reply("{\"token\": \"t\"}", kind: "Secret"))'", "expected kind"),
            ("echo '\(reply("null"))'", "no status"),
            ("echo '\(reply("{\"clientCertificateData\": \"x\"}"))'", "one half"),
            ("echo '\(reply("{\"token\": \"a b\"}"))'", "line break"),
            ("echo '\(reply("{\"token\": \"t\", \"expirationTimestamp\": \"soon\"}"))'", "no time"),
            ("exit 3", "exit code 3"),
            ("kill -9 $$", "signal 9"), ("head -c 2000000 /dev/zero", "more than 1 MiB"),
        ])
    func badReplies(script: String, words: String) async throws {
        let error = try #require(try await failure("#!/bin/sh\n\(script)\n"))
        #expect(error.kind == .credential)
        #expect(error.description.contains(words), "\(error)")
        #expect(error.subject.contains("users[u].exec.command"))
    }

    @Test("a plugin that isn't installed gives its hint")
    func notInstalled() async throws {
        let fixture = try Fixture()
        do {
            _ = try await credential(fixture, Self.user("installHint: get it there", command: "no-such-plugin"))
            Issue.record("it ran")
        } catch let error as ClusterError {
            #expect(error.description.contains("no such program in PATH (get it there)"), "\(error)")
        }
        try fixture.write("flat", "text")
        await #expect(throws: ClusterError.self) { try await credential(fixture, Self.user(command: "flat")) }
    }

    @Test("a bare name is looked for in PATH")
    func path() async throws {
        let fixture = try Fixture()
        try fixture.write("login-helper", Self.counting(Self.reply("{\"token\": \"t\"}")), isExecutable: true)
        #expect(try await credential(fixture, Self.user(command: "login-helper")).authorization == .bearer("t"))
    }

    @Test("a slow one is ended")
    func slow() async throws {
        let fixture = try Fixture()
        try fixture.write("plugin", "#!/bin/sh\nsleep 60\n", isExecutable: true)
        let start = ContinuousClock.now
        await #expect(throws: ClusterError.self) {
            try await credential(fixture, Self.user(), source: fixture.source(pluginTimeout: .milliseconds(300)))
        }
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test("one that must ask needs a terminal")
    func terminal() async throws {
        let user = "{exec: {apiVersion: \(Self.stable), command: ./plugin, interactiveMode: Always}}"
        let error = try #require(try await failure("#!/bin/sh\nexit 0\n", user: user))
        #expect(error.description.contains("no terminal"), "\(error)")
    }

    @Test("a token of the user's own makes it superfluous")
    func superfluous() async throws {
        let fixture = try Fixture()
        let user = "{token: mine, exec: {apiVersion: \(Self.beta), command: nowhere}}"
        #expect(try await credential(fixture, user).authorization == .bearer("mine"))
    }
}
