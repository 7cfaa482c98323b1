import Foundation
import Testing

extension Operator {
    /// Gives `body` an operator of a fresh namespace, made as an administrator would; takes all of it away at the end,
    /// whatever happened.
    static func with(
        _ name: String, _ settings: SiteSettings, _ body: @Sendable (Operator) async throws -> Void
    ) async throws {
        let laboratory = try #require(Laboratory.current)
        let person = try Operator(laboratory, name, usesTLS: settings.cluster["tls"] != nil)
        var failure: (any Error)?
        do {
            try person.configure(settings)
            try await person.makeNamespaces()
            try await body(person)
        } catch {
            failure = error
        }
        // In a task of its own: a cancelled test tidies up too.
        let rest = await Task { await person.remove() }.value
        if let failure { throw failure }
        #expect(rest.isEmpty, "left behind: \(rest)")
    }

    private func makeNamespaces() async throws {
        let rendered = try await sds("render", "all", "--admin")
        guard rendered.exitCode == 0 else { throw Command.Failure(description: "render --admin: \(rendered)") }
        // What is in two namespaces can't be applied with one named on the command line.
        var environment = ProcessInfo.processInfo.environment
        environment["KUBECONFIG"] = laboratory.kubeconfig
        let applied = try await Command.run(
            ["kubectl", "apply", "-f", "-"], environment: environment, input: rendered.output)
        guard applied.exitCode == 0 else { throw Command.Failure(description: "kubectl apply: \(applied)") }
        try await useAccount("sds-operator")
    }

    /// From now on the verbs run with the rights of this service account of the namespace.
    func useAccount(_ account: String) async throws {
        let token = try await token(of: account)
        let admin = try await kubectl("config", "view", "--raw", "--minify", "--flatten", "-o", "json")
        let view = try JSONSerialization.jsonObject(with: Data(admin.utf8)) as? [String: Any]
        let clusters = view?["clusters"] as? [[String: Any]]
        let cluster = try #require(clusters?.first?["cluster"])
        let configuration: [String: Any] = [
            "apiVersion": "v1", "kind": "Config", "current-context": "e2e",
            "clusters": [["name": "e2e", "cluster": cluster]],
            "users": [["name": account, "user": ["token": token]]],
            "contexts": [["name": "e2e", "context": ["cluster": "e2e", "user": account, "namespace": namespace]]],
        ]
        let data = try JSONSerialization.data(withJSONObject: configuration)
        try write(String(decoding: data, as: UTF8.self), to: ".kube/config")
    }

    /// Newer servers issue tokens on demand; older ones keep one in a Secret that the account names.
    private func token(of account: String) async throws -> String {
        let issued = try await kubectl.run(["create", "token", account, "--duration=2h"])
        if issued.exitCode == 0 { return issued.output.trimmingCharacters(in: .whitespacesAndNewlines) }
        var secret = ""
        try await kubectl.wait("the token of \(account)") {
            secret = try await kubectl("get", "serviceaccount", account, "-o", "jsonpath={.secrets[0].name}")
            return !secret.isEmpty
        }
        let text = try await kubectl("get", "secret", secret, "-o", "jsonpath={.data.token}")
        return String(decoding: Data(base64Encoded: text) ?? Data(), as: UTF8.self)
    }

    // MARK: - The end

    /// Takes away what was made, last first.
    ///
    /// - Returns: what could not be taken away.
    private func remove() async -> [String] {
        Journal.say(namespace, "removing the namespace")
        var rest: [String] = []
        do {
            // Whoever makes pods goes first; jobs that still run are not waited for.
            let second = Kubectl(kubeconfig: laboratory.kubeconfig, namespace: namespace + "-jobs")
            for place in [kubectl, second] {
                _ = try await place.run([
                    "delete", "deployments,replicasets,statefulsets,jobs", "--all", "--wait=false",
                ])
            }
            _ = try await second.run(["delete", "pods", "--all", "--force", "--grace-period=0", "--wait=false"])
            let workers = try await kubectl("get", "pods", "-l", "sds.hysds.org/role=worker", "-o", "name")
            await withTaskGroup(of: Void.self) { group in
                for pod in workers.split(separator: "\n") {
                    group.addTask {
                        _ = try? await kubectl.run(["exec", String(pod), "--", "sds-drain", "--now"], within: 15)
                    }
                }
            }
            _ = try await kubectl.run(["delete", "pods", "--all", "--force", "--grace-period=0", "--wait=false"])
            _ = try await kubectl.run(
                [
                    "delete", "namespace", namespace, namespace + "-jobs", "--ignore-not-found", "--wait=true",
                    "--timeout=120s",
                ], within: 150)
            for kind in ["namespaces", "persistentvolumes"] {
                let text = try await kubectl(
                    "get", kind, "-o",
                    "jsonpath={range .items[*]}{.metadata.name} {.spec.claimRef.namespace}{\"\\n\"}{end}")
                for line in text.split(separator: "\n") where line.split(separator: " ").contains(Substring(namespace))
                {
                    let name = String(line.split(separator: " ")[0])
                    rest.append("\(kind) \(name)")
                    if kind == "persistentvolumes" {
                        _ = try await kubectl.run(["delete", "pv", name, "--wait=false"])
                    }
                }
            }
            try FileManager.default.removeItem(at: home)
        } catch {
            rest.append("\(error)")
        }
        Journal.say(namespace, rest.isEmpty ? "removed" : "left behind: \(rest)")
        return rest
    }
}

/// One namespace for all tests of a suite, with an operator in `Operator.current`.
struct OwnNamespace: SuiteTrait, TestScoping {
    let name: String
    let settings: SiteSettings

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        try await Operator.with(name, settings) { person in
            try await Operator.$current.withValue(person) { try await function() }
        }
    }
}

extension Trait where Self == OwnNamespace {
    static func namespace(_ name: String, _ settings: SiteSettings) -> Self {
        OwnNamespace(name: name, settings: settings)
    }
}

extension Trait where Self == ConditionTrait {
    /// Skipped, with the reason, where there is no cluster.
    static var onCluster: Self { .enabled(if: Laboratory.current != nil, Comment(rawValue: Laboratory.reason)) }
}
