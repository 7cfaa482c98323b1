import FakeCluster
import Foundation
import HySDS
import Kubernetes
import Testing

/// Plants a value in every secret key and looks for it wherever something is shown or sent.
@Suite("Secrets", .timeLimit(.minutes(10)))
struct SecretTests {
    static let keys =
        Configuration.knownKeys.filter { Configuration.isSecret($0) } + ["MISSION_PASSWORD", "EARTHDATA_TOKEN"]
    static func planted(_ key: String) -> String { "planted-\(key.lowercased().replacing("_", with: "-"))-9f3c" }
    static let configuration =
        keys.map { "\($0): \(planted($0))\n" }.joined() + Workplace.configuration
        + "\n  front: {users: {ann: planted-front-user-9f3c}}\n"

    private func expectNone(_ text: String, _ place: String) {
        for secret in Self.keys.map(Self.planted) + ["planted-front-user-9f3c", "planted-"] where text.contains(secret)
        {
            Issue.record("\(secret) is in \(place)")
            return
        }
    }

    @Test("14: no secret is in what verbs print, log, plan, render, announce, or give to programs as arguments")
    func everywhere() async throws {
        try await Workplace.run(configuration: Self.configuration) { place in
            try place.write("{\"mine\": \"{{ MISSION_PASSWORD }}\"}", to: ".sds/files/datasets.json")
            try place.write("#!/bin/sh\nenv\n", to: ".sds/hooks/pre-update", mode: 0o755)
            let lines = [
                "render all", "render all --output json", "render config all", "render config all --output json",
                "update all --dry-run",
                "update all --dry-run --output json", "-d update all -f", "diff all", "-d diff all --output json",
                "-d start all -f",
                "-d status all", "status all --output json", "-d ship", "history", "history --output json",
                "-d configure check",
                "-d stop grq -f", "-d reset grq -f --output json", "-d run mozart-redis -- true",
            ]
            for line in lines {
                let result = try await place.sds(line)
                expectNone(result.output, "stdout of 'sds \(line)'")
                expectNone(result.errors, "stderr of 'sds \(line)'")
            }
            // Something else than the same again: what diff shows of a changed secret.
            try place.write(
                Self.configuration.replacing(Self.planted("MOZART_REDIS_PASSWORD"), with: "planted-other-9f3c"),
                to: ".sds/config", mode: 0o600)
            let diff = try await place.sds("diff all")
            #expect(diff.code == 1, "\(diff)")
            expectNone(diff.output + diff.errors, "the difference of a changed secret")

            for request in place.cluster.ledger.requests {
                expectNone("\(request.path) \(request.query)", "the parameters of \(request.method) \(request.path)")
                guard request.isWrite, !request.path.contains("/secrets") else { continue }
                expectNone(
                    String(decoding: request.body, as: UTF8.self), "the body of \(request.method) \(request.path)")
            }
            for type in [ResourceType.event, .configMap, .deployment, .statefulSet, .replicaSet, .job, .service, .pod] {
                for name in place.cluster.names(type) {
                    let object = place.cluster.object(type, name)?.json ?? [:]
                    expectNone(String(decoding: object.serialized(), as: UTF8.self), "\(type.kind) \(name)")
                }
            }
            // The test itself looks in the right place: Secrets hold them.
            let secrets = place.cluster.names(.secret).compactMap { place.cluster.object(.secret, $0) }
            let values = secrets.flatMap { ($0[path: ["data"]]?.object ?? [:]).values }.compactMap(\.string)
                .compactMap { Data(base64Encoded: $0) }.map { String(decoding: $0, as: UTF8.self) }
            #expect(values.contains { $0.contains(Self.planted("MOZART_RABBIT_PASSWORD")) })
            #expect(values.contains { $0.contains(Self.planted("MISSION_PASSWORD")) })
        }
    }

    @Test("Of a store that others run, user and password come from the Secret that the configuration names")
    func external() async throws {
        let text =
            Workplace.configuration
            + "\n  external: {mozart-rabbitmq: {address: rabbit.example.org, secret: rabbit-login}}\n"
        try await Workplace.run(configuration: text) { place in
            let missing = try await place.sds("update mozart --dry-run")
            #expect(missing.code == 2 && missing.errors.contains("there is no Secret 'rabbit-login'"), "\(missing)")
            let data = ["user": "them", "password": Self.planted("theirs")].mapValues { value in
                JSONValue.string(Data(value.utf8).base64EncodedString())
            }
            try place.cluster.create(
                ["apiVersion": "v1", "kind": "Secret", "metadata": ["name": "rabbit-login"], "data": .object(data)])
            let made = try await place.sds("update mozart --dry-run --output json")
            #expect(made.code == 0, "\(made)")
            expectNone(made.output + made.errors, "what update says")
            try await place.expect(0, "start mozart -f")
            let secrets = place.cluster.names(.secret).compactMap { place.cluster.object(.secret, $0) }
            let values = secrets.flatMap { ($0[path: ["data"]]?.object ?? [:]).values }.compactMap(\.string)
                .compactMap { Data(base64Encoded: $0) }.map { String(decoding: $0, as: UTF8.self) }
            #expect(values.contains { $0.contains("_quote(\"them\"") && $0.contains(Self.planted("theirs")) })
        }
    }

    @Test("14: no secret is in what configure says of an old file, of its environment, or of mistakes")
    func configuring() async throws {
        try await Workplace.run(configuration: nil) { place in
            try place.write(
                Self.keys.map { "\($0): \(Self.planted($0))\n" }.joined() + "MOZART_REDIS_PVT_IP: 10.0.0.1\n", to: "old"
            )
            for line in [
                "configure --from old --anew all --dry-run", "configure --from old --keep all --output json",
                "configure --from old --anew all",
                "-d configure --from old --anew all -f",
            ] {
                let result = try await place.sds(
                    line, environment: ["SDS_GIT_OAUTH_TOKEN": "planted-by-environment-9f3c"])
                expectNone(result.output + result.errors, "what 'sds \(line)' says")
            }
            #expect(place.read(".sds/config")?.contains("planted-by-environment-9f3c") == true)
            try place.write(
                "MOZART_REDIS_PASSWORD: [planted-9f3c]\nMOZART_RABBIT_PASSWORD: @planted-9f3c\n", to: "broken")
            let result = try await place.sds("configure --from broken --anew all -f")
            #expect(result.code == 2)
            expectNone(result.output + result.errors, "the complaint about a broken file")
        }
    }
}
