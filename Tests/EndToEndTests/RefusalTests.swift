import Foundation
import Testing

/// What `sds` refuses, in a namespace in which nothing runs: quickly, with the right exit code, and saying why.
@Suite(.onCluster, .namespace("refusals", .small), .serialized)
struct RefusalTests {
    private let person: Operator

    init() throws {
        person = try #require(Operator.current)
    }

    @Test("a question without a terminal is an error at once", arguments: ["update", "start", "stop", "reset"])
    func noTerminal(verb: String) async throws {
        let result = try await person.sds(verb, "all", within: 20)
        #expect(result.exitCode == 2, "\(result)")
        #expect(result.errors.contains("-f"), "\(result)")
        #expect(result.seconds < 5, "\(result)")
    }

    @Test("an unknown component is a usage error", arguments: ["update", "start", "stop", "reset", "status"])
    func unknownComponent(verb: String) async throws {
        let result = try await person.sds(verb, "mozzart", within: 20)
        #expect(result.exitCode == 2, "\(result)")
        #expect(result.errors.contains("mozzart") && result.errors.contains("factotum"), "\(result)")
    }

    @Test("a broken configuration is told with file and line")
    func brokenConfiguration() async throws {
        try person.write("VENUE: e2e\nQUEUES:\n  - QUEUE_NAME: a\n   bad: [\n", to: "broken")
        let result = try await person.sds("status", "all", "--config", person.home.appending(path: "broken").path)
        #expect(result.exitCode == 2, "\(result)")
        #expect(result.errors.contains("broken") && result.errors.contains("4"), "\(result)")
    }

    @Test("a misspelt setting is told with its line")
    func misspeltSetting() async throws {
        try person.write("VENUE: e2e\nkubernetes:\n  namespaze: x\n", to: "misspelt")
        let result = try await person.sds("status", "all", "--config", person.home.appending(path: "misspelt").path)
        #expect(result.exitCode == 2, "\(result)")
        #expect(result.errors.contains("namespaze") && result.errors.contains(":3"), "\(result)")
    }

    @Test("a cluster that doesn't answer is unreachable")
    func unreachable() async throws {
        let configuration = try String(contentsOf: person.home.appending(path: ".kube/config"), encoding: .utf8)
        let elsewhere = configuration.replacing(/"server":"[^"]*"/, with: #""server":"https:\/\/127.0.0.1:9""#)
        try person.write(elsewhere, to: "elsewhere")
        let result = try await person.sds(
            "start", "all", "-f", "--kubeconfig", person.home.appending(path: "elsewhere").path, within: 60)
        #expect(result.exitCode == 5, "\(result)")
        #expect(result.errors.contains("127.0.0.1:9"), "\(result)")
    }

    @Test("an account without rights is told what it lacks")
    func noRights() async throws {
        try await person.kubectl("create", "serviceaccount", "nobody")
        try await person.useAccount("nobody")
        let status = try await person.sds("status", "all", within: 30)
        let update = try await person.sds("update", "all", "-f", within: 30)
        try await person.useAccount("sds-operator")
        for result in [status, update] {
            #expect(result.exitCode == 4, "\(result)")
            #expect(result.errors.contains(/cannot (list|get)/), "\(result)")
            #expect(result.errors.contains("sds render all --admin"), "\(result)")
        }
    }

    @Test("a lock that somebody else holds is not broken")
    func held() async throws {
        let time = Date().formatted(.iso8601).dropLast() + ".000000Z"
        try await person.kubectl(
            "apply", "-f", "-",
            input: """
                {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "sds-lock"},
                 "spec": {"holderIdentity": "alice@desk 1a2b: sds update all", "leaseDurationSeconds": 30,
                          "acquireTime": "\(time)", "renewTime": "\(time)", "leaseTransitions": 0}}
                """)
        let result = try await person.sds("update", "mozart", "-f", "--lock-wait", "3s", within: 30)
        try await person.kubectl("delete", "lease", "sds-lock")
        #expect(result.exitCode == 3, "\(result)")
        #expect(result.errors.contains("alice@desk") && result.errors.contains("sds update all"), "\(result)")
        let made = try await person.kubectl(
            "get", "pods,services,secrets,configmaps", "-l", "app.kubernetes.io/part-of=hysds", "-o", "name")
        #expect(made.isEmpty, "\(made)")
    }

    @Test("another installation's namespace is left alone", arguments: ["update", "start", "stop", "reset"])
    func wrongVenue(verb: String) async throws {
        if verb == "update" {
            try await person.kubectl("create", "configmap", "sds-marker", "--from-literal=venue=production")
            try await person.kubectl("label", "configmap", "sds-marker", "sds.hysds.org/kind=record")
        }
        let result = try await person.sds(verb, "all", "-f", within: 30)
        #expect(result.exitCode == 2, "\(result)")
        #expect(result.errors.contains("production") && result.errors.contains("e2e"), "\(result)")
        let claims = try await person.kubectl("get", "pods,pvc,lease", "-o", "name")
        #expect(claims.isEmpty, "something was made: \(claims)")
    }

    @Test("the server accepts every file of k8s/ as it stands, but for what it has no version of")
    func raw() async throws {
        let versions = Set(try await person.kubectl("api-versions").split(separator: "\n").map(String.init))
        let folder = URL(fileURLWithPath: person.laboratory.share).appending(path: "k8s")
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".yaml") && !$0.hasPrefix("profiles/") }.sorted()
        var accepted = 0
        var left: Set<String> = []
        for path in paths {
            var text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
            // A server asks whether the namespace exists, also in a dry run; the test's own are there.
            text.replace("namespace: hysds-jobs", with: "namespace: \(person.namespace)")
            text.replace("namespace: hysds\n", with: "namespace: \(person.namespace)\n")
            let objects = text.split(separator: "\n---\n").filter { object in
                guard let version = object.firstMatch(of: #/(?m)^apiVersion: *(\S+)/#)?.output.1 else { return false }
                if !versions.contains(String(version)) { left.insert(String(version)) }
                return versions.contains(String(version))
            }
            guard !objects.isEmpty else { continue }
            let applied = try await person.kubectl.run(
                ["apply", "--dry-run=server", "-f", "-"], input: objects.joined(separator: "\n---\n"))
            #expect(applied.exitCode == 0, "\(path): \(applied)")
            accepted += objects.count
        }
        #expect(accepted > 50, "\(accepted)")
        #expect(left.isSubset(of: ["policy/v1", "keda.sh/v1alpha1"]), "\(left)")
    }

    @Test("what render prints is what the server accepts")
    func rendered() async throws {
        let rendered = try await person.sds("render", "all", "--show-secrets")
        #expect(rendered.exitCode == 0, "\(rendered)")
        let applied = try await person.kubectl.run(["apply", "--dry-run=server", "-f", "-"], input: rendered.output)
        #expect(applied.exitCode == 0, "\(applied)")
        #expect(applied.output.contains("mozart-rest created (server dry run)"), "\(applied)")
        let masked = try await person.sds("render", "mozart")
        #expect(masked.output.contains("bWFza2Vk") && masked.exitCode == 0)
    }
}
