import Foundation
import Testing

/// HySDS 6's line: real Redis and RabbitMQ speak TLS, the stand-in of Elasticsearch and the REST services HTTPS.
@Suite(.onCluster, .namespace("tls", .tls), .serialized)
struct TLSTests {
    /// Who presents a certificate here, and where.
    static let servers = [
        "mozart-redis": "mozart-redis:6379", "metrics-redis": "metrics-redis:6379",
        "mozart-rabbitmq": "mozart-rabbitmq:5671", "mozart-es": "mozart-es:9200", "mozart-rest": "mozart:8888",
        "pele": "pele:8877",
    ]
    let person: Operator

    init() throws {
        person = try #require(Operator.current)
        let isFirst = Test.current?.name.hasPrefix("firstRun") ?? false
        try #require(isFirst || person.marker.isSet, "the first start failed: nothing to test on")
    }

    @Test(
        "01 a first start makes authority and certificates; a job completes; status warns of what expires within 30 days"
    )
    func firstRun() async throws {
        let start = try await person.script("sds update all -f; sds start all -f")
        try #require(start.exitCode == 0, "\(start)")
        person.marker.set()
        let job = try await person.runJob()
        #expect(job.status == "job-completed" && job.runs == 1)
        let status = try await person.sds("status", "all")
        #expect(status.exitCode == 0, "\(status)")
        #expect(status.output.contains("certificate of mozart-redis expires in 24 days"), "\(status)")
        let json = try await person.sds("status", "all", "--output", "json")
        #expect(json.output.contains("\"expiring\"") && json.output.contains("\"mozart-redis-tls\""), "\(json)")
        try await expectPresented(by: TLSTests.servers.keys.sorted())
        let again = try await person.sds("update", "all", "-f")
        #expect(again.output.contains("nothing to do"), "\(again)")
    }

    @Test(
        "02 certificates and authority rotate while a job runs: no request fails, no pod ends, all present the new one")
    func rotate() async throws {
        let before = try await fingerprints()
        let pods = try await identities()
        let job = try await person.submitJob("sleep 20")
        // Not in mozart-rest's pod: what asks stays apart from what is asked.
        let asking = Task { [person] in
            try await person.kubectl.run(
                ["exec", "-i", "replicaset/orchestrator-jobs", "-c", "orchestrator-jobs", "--", "python3", "-", "150"],
                input: TLSTests.poller, within: 200)
        }
        try await person.wait(forJob: job, within: 60) { $0.status == "job-started" }
        let rotation = try await person.sds("certificates", "rotate", "all", "--authority", "-f", within: 200)
        #expect(rotation.exitCode == 0, "\(rotation)")
        let done = try await person.wait(forJob: job, within: 90) { $0.isOver }
        #expect(done.status == "job-completed" && done.runs == 1, "\(done)")
        try await person.kubectl(
            "exec", "replicaset/orchestrator-jobs", "-c", "orchestrator-jobs", "--", "touch", "/tmp/stop")
        let asked = try await asking.value
        let words = asked.output.split(separator: " ")
        #expect(asked.exitCode == 0 && words.dropFirst(2).first == "0", "\(asked)")
        #expect(words.first.flatMap { Int($0) } ?? 0 > 50, "\(asked)")

        let after = try await fingerprints()
        #expect(Set(after.keys) == Set(before.keys))
        for (name, fingerprint) in after { #expect(fingerprint != before[name], "\(name) has the old certificate") }
        try await expectPresented(by: TLSTests.servers.keys.sorted())
        #expect(try await identities() == pods)
        let trusted = try await person.kubectl("get", "configmap", "sds-trust", "-o", "jsonpath={.data.ca\\.crt}")
        #expect(trusted.components(separatedBy: "BEGIN CERTIFICATE").count == 2, "\(trusted)")
        #expect(try await person.runJob().status == "job-completed")
    }

    @Test("03 a rollback leaves rotated certificates as they are")
    func rollback() async throws {
        try person.edit("mozart/mozart/__init__.py", "import", "import  ")
        let update = try await person.sds("update", "mozart", "-f")
        #expect(update.exitCode == 0, "\(update)")
        #expect(try await person.sds("certificates", "rotate", "mozart", "-f").exitCode == 0)
        let rotated = try await fingerprints()
        let back = try await person.sds("rollback", "mozart", "-f")
        #expect(back.exitCode == 0, "\(back)")
        #expect(try await fingerprints() == rotated)
        try await expectPresented(by: ["mozart-rest", "mozart-redis"])
    }

    @Test("04 no private key and no generated password is anywhere but in Secrets; the authority's is mounted nowhere")
    func keys() async throws {
        var pieces: [String] = ["PRIVATE KEY"]
        for name in try await secretNames() + ["sds-authority"] {
            let key = name == "sds-authority" ? "ca.key" : "tls.key"
            let text = try await member(key, of: name)
            pieces += text.split(separator: "\n").filter { !$0.hasPrefix("-") }.map(String.init)
            pieces.append(String(Data(text.utf8).base64EncodedString().prefix(80)))
        }
        let generated = try await person.kubectl("get", "secret", "sds-generated", "-o", "json")
        let secret = try JSONSerialization.jsonObject(with: Data(generated.utf8)) as? [String: Any]
        let passwords = (secret?["data"] as? [String: String] ?? [:]).values.compactMap { Data(base64Encoded: $0) }
        pieces += passwords.map { String(decoding: $0, as: UTF8.self) }
        #expect(pieces.count > 25)
        for pod in try await person.kubectl.pods() {
            let found = try await person.kubectl.run([
                "exec", pod, "--", "sh", "-c", "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ | tr '\\0' '\\n'",
            ])
            #expect(!pieces.contains { found.output.contains($0) }, "a secret is in the processes of \(pod)")
        }
        for kind in ["configmaps", "events", "deployments", "statefulsets", "replicasets", "pods", "jobs", "services"] {
            let text = try await person.kubectl("get", kind, "-o", "json")
            #expect(!pieces.contains { text.contains($0) }, "a key is in \(kind)")
            if kind == "pods" { #expect(!text.contains("\"sds-authority\"")) }
        }
        for words in [
            ["certificates", "--output", "json"], ["render", "all"], ["render", "config", "all"], ["diff", "all"],
            ["certificates", "rotate", "all", "--authority", "--dry-run", "--output", "json", "-d"],
            ["history", "--output", "json"], ["status", "all", "-d"],
        ] {
            let result = try await person.sds(words: words)
            #expect(!pieces.contains { (result.output + result.errors).contains($0) }, "a key is in sds \(words)")
        }
    }

    // MARK: -

    private func secretNames() async throws -> [String] { TLSTests.servers.keys.sorted().map { "\($0)-tls" } }

    private func member(_ key: String, of secret: String) async throws -> String {
        let text = try await person.kubectl(
            "get", "secret", secret, "-o", "jsonpath={.data.\(key.replacing(".", with: "\\."))}")
        return String(decoding: Data(base64Encoded: text) ?? Data(), as: UTF8.self)
    }

    /// SHA-256 of the certificate in each Secret, as openssl computes it.
    private func fingerprints() async throws -> [String: String] {
        var result: [String: String] = [:]
        for name in TLSTests.servers.keys {
            let pem = try await member("tls.crt", of: "\(name)-tls")
            let said = try await Command.run(
                ["openssl", "x509", "-noout", "-fingerprint", "-sha256"], input: pem)
            result[name] = said.output.split(separator: "=").last.map { text in
                text.replacing(":", with: "").lowercased().trimmingCharacters(in: .whitespacesAndNewlines)
            }
        }
        return result
    }

    /// What the servers really present, seen by a client in a pod that trusts only `sds-trust`, is what is in the Secrets.
    private func expectPresented(by names: [String]) async throws {
        let script = """
            import hashlib, socket, ssl, sys
            for address in sys.argv[1:]:
                host, port = address.split(":")
                context = ssl.create_default_context(cafile="/sds-trust/ca.crt")
                with socket.create_connection((host, int(port)), timeout=20) as plain:
                    with context.wrap_socket(plain, server_hostname=host) as link:
                        print(hashlib.sha256(link.getpeercert(True)).hexdigest())
            """
        let addresses = names.compactMap { TLSTests.servers[$0] }
        let said = try await person.kubectl.run(
            ["exec", "replicaset/orchestrator-jobs", "-c", "orchestrator-jobs", "--", "python3", "-c", script]
                + addresses)
        let presented = said.output.split(separator: "\n").map(String.init)
        let held = try await fingerprints()
        #expect(presented == names.map { held[$0] ?? "" }, "\(said)")
    }

    /// Pods with the restarts of their containers: nothing of it may change.
    private func identities() async throws -> [String] {
        try await person.kubectl(
            "get", "pods", "-o",
            "jsonpath={range .items[*]}{.metadata.uid} {.status.containerStatuses[*].restartCount}{\"\\n\"}{end}"
        ).split(separator: "\n").map(String.init).sorted()
    }

    /// Asks every server again and again over new connections; prints `N requests, M failed`.
    private static let poller = """
        import os, socket, ssl, sys, time, urllib.request

        def handshake(host, port):
            context = ssl.create_default_context(cafile="/sds-trust/ca.crt")
            with socket.create_connection((host, port), timeout=20) as plain:
                with context.wrap_socket(plain, server_hostname=host):
                    pass

        def get(url):
            context = ssl.create_default_context(cafile="/sds-trust/ca.crt")
            with urllib.request.urlopen(url, timeout=20, context=context) as answer:
                answer.read()

        asks = {
            "mozart-redis": lambda: handshake("mozart-redis", 6379),
            "metrics-redis": lambda: handshake("metrics-redis", 6379),
            "mozart-rabbitmq": lambda: handshake("mozart-rabbitmq", 5671),
            "mozart-es": lambda: get("https://mozart-es:9200/_cluster/health"),
            "mozart-rest": lambda: get("https://mozart:8888/services"),
            "pele": lambda: get("https://pele:8877/api/v0.1/swagger.json"),
            "front": lambda: get("http://hysds-front/mozart/services"),
        }
        done, failed, end = 0, [], time.time() + float(sys.argv[1])
        while time.time() < end and not os.path.exists("/tmp/stop"):
            for name, ask in asks.items():
                try:
                    ask()
                    done += 1
                except Exception as error:
                    failed.append(name + ": " + repr(error))
            time.sleep(0.2)
        print(done, "requests,", len(failed), "failed")
        print(failed[:20])
        """
}
