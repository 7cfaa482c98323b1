import Certificates
import Foundation
import Testing

@Suite("Faults of certificates")
struct CertificateFaultTests {
    static let now = Date(timeIntervalSince1970: 1_800_000_000)
    let authority: Authority
    let good: IssuedCertificate

    init() throws {
        authority = try Authority.make(name: "one", now: Self.now, days: 100)
        good = try authority.issue(for: ["redis", "*.redis-node", "10.0.0.1"], key: .p256, now: Self.now, days: 40)
    }

    private func faults(
        _ certificate: String?, _ key: String?, _ authorities: String?, names: [String] = ["redis"], days: Double = 0
    ) -> [String] {
        CertificateFault.all(
            certificate: certificate, key: key, authorities: authorities, names: names,
            now: Self.now.addingTimeInterval(days * 86400)
        ).map { "\($0.key) \($0.message)" }
    }

    @Test("a good one has none, with its names in any case and its wildcard")
    func none() {
        let names = ["redis", "REDIS", "a.redis-node", "10.0.0.1"]
        #expect(faults(good.certificate, good.key, authority.issued.certificate, names: names) == [])
        #expect(faults(good.certificate, good.key, nil, names: names) == [])
    }

    @Test("each fault is named by its key")
    func each() throws {
        let other = try Authority.make(name: "one", now: Self.now, days: 100)
        let stranger = try other.issue(for: ["redis"], key: .p256, now: Self.now, days: 40)
        let ca = authority.issued.certificate
        #expect(faults(nil, nil, nil) == ["tls.crt is missing"])
        #expect(faults("x", good.key, ca) == ["tls.crt expected a PEM certificate, found none"])
        #expect(faults(good.certificate, nil, ca) == ["tls.key is missing"])
        #expect(faults(good.certificate, "x", ca) == ["tls.key expected a PEM private key, found something else"])
        #expect(faults(good.certificate, stranger.key, ca) == ["tls.key is not the key of tls.crt"])
        #expect(
            faults(stranger.certificate, stranger.key, ca) == [
                "ca.crt has no authority that issued tls.crt or its chain"
            ])
        #expect(faults(good.certificate, good.key, ca, days: 41).first?.hasPrefix("tls.crt expired 2027-02-24") == true)
        #expect(faults(good.certificate, good.key, ca, days: -1).first?.hasPrefix("tls.crt is valid only from") == true)
        #expect(
            faults(good.certificate, good.key, ca, names: ["rabbit", "a.b.redis-node"]) == [
                "tls.crt is not for rabbit, a.b.redis-node: its names are redis, *.redis-node, 10.0.0.1"
            ])
    }

    @Test("a bundle of an old and a new authority trusts the leafs of both")
    func bundle() throws {
        let next = try Authority.make(name: "two", now: Self.now, days: 100)
        let bundle = next.issued.certificate + authority.issued.certificate
        let leaf = try next.issue(for: ["redis"], key: .rsa2048, now: Self.now, days: 40)
        #expect(faults(good.certificate, good.key, bundle) == [])
        #expect(faults(leaf.certificate, leaf.key, bundle) == [])
        #expect(try CertificateFacts.all(inPEM: bundle).count == 2)
    }
}
