import Certificates
import FakeCluster
import Foundation
import HySDS
import Kubernetes
import Testing

/// The TLS line as an operator meets it: certificates made, shown, renewed, rotated, repaired, and never given away.
@Suite("Certificates on the TLS line", .timeLimit(.minutes(10)))
struct CertificatesTests {
    static func configuration(_ tls: String) -> String {
        Workplace.configuration + "\n  tls: \(tls)\n"
    }
    static let servers = [
        "metrics-redis", "mozart-es", "mozart-rabbitmq", "mozart-redis", "mozart-rest", "grq2", "pele",
    ]

    private static func member(_ key: String, of secret: String, _ place: Workplace) -> String? {
        place.cluster.object(.secret, secret)?[path: ["data", key]]?.string
            .flatMap { Data(base64Encoded: $0) }.map { String(decoding: $0, as: UTF8.self) }
    }

    private static func fingerprints(_ place: Workplace) throws -> [String: String] {
        try Dictionary(
            uniqueKeysWithValues: servers.map { name in
                let pem = try #require(member("tls.crt", of: "\(name)-tls", place))
                return (name, try CertificateFacts(pem: pem).fingerprint)
            })
    }

    @Test("update makes an authority and certificates that it issued; again it does nothing")
    func made() async throws {
        try await Workplace.run(configuration: Self.configuration("true")) { place in
            try await place.expect(0, "update all -f")
            let authority = try #require(Self.member("ca.crt", of: "sds-authority", place))
            for name in Self.servers {
                let faults = CertificateFault.all(
                    certificate: Self.member("tls.crt", of: "\(name)-tls", place),
                    key: Self.member("tls.key", of: "\(name)-tls", place), authorities: authority,
                    names: ["localhost"], now: Date())
                #expect(faults == [], "\(name)")
                #expect(place.cluster.object(.secret, "\(name)-tls")?[path: ["type"]] == "kubernetes.io/tls")
            }
            #expect(place.cluster.object(.configMap, "sds-trust")?[path: ["data", "ca.crt"]]?.string == authority)
            let again = try await place.sds("update all -f")
            #expect(again.output.contains("nothing to do"), "\(again)")
            let shown = try await place.sds("certificates")
            #expect(shown.code == 0 && shown.output.contains("(authority)"), "\(shown)")
            let json = try await place.sds("certificates --output json")
            #expect(json.output.contains(#""kind" : "Certificates""#) && json.output.contains("mozart-redis-tls"))
        }
    }

    @Test("rotate gives new ones to a component; a new authority is for all only, and a dry run makes none")
    func rotated() async throws {
        try await Workplace.run(configuration: Self.configuration("true")) { place in
            let early = try await place.sds("certificates rotate all -f")
            #expect(early.code == 2 && early.errors.contains("has no HySDS yet"), "\(early)")
            try await place.expect(0, "update all -f")
            let first = try Self.fingerprints(place)
            let dry = try await place.sds("certificates rotate all --authority --dry-run")
            #expect(dry.output.contains("stop trusting the former authority"), "\(dry)")
            #expect(try Self.fingerprints(place) == first)
            try await place.expect(0, "certificates rotate grq -f")
            let second = try Self.fingerprints(place)
            #expect(first.filter { $0.value != second[$0.key] }.keys.sorted() == ["grq2", "pele"])
            let part = try await place.sds("certificates rotate grq --authority -f")
            #expect(part.code == 2, "\(part)")
        }
    }

    @Test("status warns 30 days before, check names what is bad by Secret and key, update repairs and renews")
    func faults() async throws {
        try await Workplace.run(configuration: Self.configuration("{days: 20}")) { place in
            try await place.expect(0, "update all -f")
            let status = try await place.sds("status all")
            #expect(status.code == 0 && status.output.contains("certificate of pele expires in 19 days"), "\(status)")
            let json = try await place.sds("status all --output json")
            #expect(json.output.contains(#""state" : "expiring""#) && json.output.contains(#""days" : 19"#), "\(json)")

            let strange = try #require(place.cluster.object(.secret, "pele-tls")?[path: ["data", "tls.key"]])
            try place.cluster.change(.secret, "grq2-tls") { $0[path: ["data", "tls.key"]] = strange }
            let check = try await place.sds("configure check")
            #expect(check.code == 8 || check.code == 2, "\(check)")
            #expect(check.output.contains("Secret grq2-tls: tls.key is not the key of tls.crt"), "\(check)")
            let bad = try await place.sds("status all")
            #expect(bad.code == 8 && bad.output.contains("Secret grq2-tls: tls.key is not the key"), "\(bad)")
            let before = try Self.fingerprints(place)
            try await place.expect(0, "update all -f")
            let after = try Self.fingerprints(place)
            #expect(before.filter { $0.value != after[$0.key] }.keys.sorted() == ["grq2"])

            // Half a year asked for: what is valid for 19 days is too short now.
            try place.write(Self.configuration("{days: 180}"), to: ".sds/config", mode: 0o600)
            let longer = try await place.sds("update all --dry-run")
            #expect(longer.output.contains("renew the certificate of mozart-redis"), "\(longer)")
        }
    }

    @Test("a lost authority: another one, what pods trust until then stays; a broken one is the operator's word")
    func lostAuthority() async throws {
        try await Workplace.run(configuration: Self.configuration("true")) { place in
            try await place.expect(0, "update all -f")
            try place.cluster.change(.secret, "sds-authority") { $0[path: ["data", "ca.key"]] = "eA==" }
            let broken = try await place.sds("update all -f")
            #expect(broken.code == 1 && broken.errors.contains("sds-authority holds no authority"), "\(broken)")
            try place.cluster.delete(.secret, "sds-authority")
            let dry = try await place.sds("update all --dry-run")
            #expect(dry.output.contains("give all pods the 2 authorities to trust"), "\(dry)")
        }
    }

    @Test("given ones are checked, warned of, and left to their owner")
    func given() async throws {
        try await Workplace.run(configuration: Self.configuration("{certificates: given}")) { place in
            let missing = try await place.sds("update all -f")
            #expect(missing.code == 2 && missing.errors.contains("Secret sds-tls"), "\(missing)")
            let authority = try Authority.make(name: "theirs", now: Date(), days: 100)
            let names = ["metrics-redis", "mozart-es", "grq-es", "metrics-es", "mozart-rabbitmq", "mozart-redis"]
            func put(_ names: [String]) throws -> JSONValue {
                let issued = try authority.issue(for: names, key: .rsa2048, now: Date(), days: 12)
                let data = [
                    "tls.crt": issued.certificate, "tls.key": issued.key, "ca.crt": authority.issued.certificate,
                ]
                return [
                    "apiVersion": "v1", "kind": "Secret", "metadata": ["name": "sds-tls"],
                    "data": .object(data.mapValues { .string(Data($0.utf8).base64EncodedString()) }),
                ]
            }
            try place.cluster.create(try put(names))
            let wrong = try await place.sds("update all -f")
            #expect(wrong.code == 2 && wrong.errors.contains("tls.crt is not for grq"), "\(wrong)")
            try place.cluster.delete(.secret, "sds-tls")
            try place.cluster.create(try put(names + ["mozart", "grq", "pele"]))
            try await place.expect(0, "update all -f")
            let status = try await place.sds("status all")
            #expect(
                status.output.contains("expires in 11 days") && status.output.contains("replace it in"), "\(status)")
            let rotate = try await place.sds("certificates rotate all -f")
            #expect(rotate.code == 2 && rotate.errors.contains("certificates are yours"), "\(rotate)")
        }
    }

    @Test("without cert-manager in the cluster its certificates are refused")
    func certManager() async throws {
        try await Workplace.run(configuration: Self.configuration("{certificates: cert-manager, issuer: ca}")) {
            place in
            let result = try await place.sds("update all -f")
            #expect(result.code == 2 && result.errors.contains("which this cluster hasn't got"), "\(result)")
            #expect(place.cluster.names(.secret).isEmpty)
        }
    }

    @Test("no private key is in what verbs print, log, plan, render or send anywhere but into Secrets")
    func keys() async throws {
        try await Workplace.run(configuration: Self.configuration("true")) { place in
            try await place.expect(0, "update all -f")
            var said = ""
            for line in [
                "-d update all -f", "-d certificates rotate grq -f",
                "certificates rotate all --authority --dry-run --output json", "certificates --output json",
                "render all", "render all --show-secrets", "render config all", "diff all --output json",
                "status all --output json", "-d configure check", "history --output json",
            ] {
                let result = try await place.sds(line)
                said += result.output + result.errors
            }
            var pieces = [
                "PRIVATE KEY", Data("-----BEGIN PRIVATE KEY".utf8).base64EncodedString().dropLast(4).description,
            ]
            for name in Self.servers.map({ "\($0)-tls" }) + ["sds-authority"] {
                let text = try #require(Self.member(name == "sds-authority" ? "ca.key" : "tls.key", of: name, place))
                pieces += text.split(separator: "\n").filter { !$0.hasPrefix("-") }.map(String.init)
            }
            #expect(pieces.count > 20)
            for piece in pieces { #expect(!said.contains(piece), "a key was printed") }
            for request in place.cluster.ledger.requests where request.isWrite && !request.path.contains("/secrets") {
                let body = String(decoding: request.body, as: UTF8.self)
                #expect(!pieces.contains { body.contains($0) }, "\(request.method) \(request.path)")
            }
            for request in place.cluster.ledger.requests {
                #expect(
                    !pieces.contains { "\(request.path) \(request.query)".contains($0) },
                    "\(request.method) \(request.path)")
            }
            // Revisions and templates name Secrets, never the authority's.
            for type in [ResourceType.deployment, .statefulSet, .replicaSet, .job, .pod, .configMap] {
                for name in place.cluster.names(type) {
                    let json = place.cluster.object(type, name)?.json ?? [:]
                    let text = String(decoding: json.serialized(), as: UTF8.self)
                    #expect(!text.contains("\"sds-authority\""), "\(type.kind) \(name)")
                }
            }
        }
    }

    @Test("rotate a secret, then roll back: the new secret stays, also a rotated certificate")
    func rollback() async throws {
        let old = Self.configuration("true") + "\nMOZART_REDIS_PASSWORD: planted-old-9f3c\n"
        try await Workplace.run(configuration: old) { place in
            try await place.expect(0, "update all -f")
            try place.write(
                old.replacing("planted-old", with: "planted-new") + "OPS_USER: somebody\n", to: ".sds/config",
                mode: 0o600)
            try await place.expect(0, "update all -f --stores")
            try await place.expect(0, "certificates rotate grq -f")
            let certificates = try Self.fingerprints(place)
            try await place.expect(0, "rollback mozart -f")
            #expect(try Self.fingerprints(place) == certificates)
            for name in ["mozart-redis-files", "orchestrator-jobs-files", "mozart-rest-files"] {
                let secret = try #require(place.cluster.object(.secret, name))
                let values = (secret[path: ["data"]]?.object ?? [:]).values.compactMap(\.string)
                    .compactMap { Data(base64Encoded: $0) }.map { String(decoding: $0, as: UTF8.self) }
                #expect(values.contains { $0.contains("planted-new-9f3c") }, "\(name)")
                #expect(!values.contains { $0.contains("planted-old-9f3c") }, "\(name)")
            }
            // What rolled back runs with the secrets that are there, not with those of its revision.
            let live = try #require(place.cluster.object(.deployment, "mozart-rest"))
            let generation = live[path: ["spec", "template", "metadata", "annotations", "sds.hysds.org/secrets"]]?
                .string
            #expect(
                generation == place.cluster.object(.secret, "mozart-rest-files")?.annotations["sds.hysds.org/secrets"])
        }
    }
}
