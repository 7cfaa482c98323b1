import Certificates
import Foundation
import Testing

@Suite("Certificates")
struct AuthorityTests {
    static let now = Date(timeIntervalSince1970: 1_800_000_000)
    static let names = ["mozart-redis", "mozart-redis.hysds.svc.cluster.local", "10.1.2.3", "fd00::1"]

    @Test("what an authority issues verifies with openssl, for every kind of key", arguments: KeyKind.allCases)
    func openssl(kind: KeyKind) throws {
        let authority = try Authority.make(name: "sds CA", now: Date(), days: 3650)
        let issued = try authority.issue(for: Self.names, key: kind, now: Date(), days: 397)
        let folder = FileManager.default.temporaryDirectory.appending(path: "sds-certificates-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in [
            ("ca.crt", authority.issued.certificate), ("tls.crt", issued.certificate), ("tls.key", issued.key),
        ] {
            try Data(text.utf8).write(to: folder.appending(path: name))
        }
        func run(_ words: String) throws -> String {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", "cd '\(folder.path)' && \(words) 2>&1"]
            let pipe = Pipe()
            process.standardOutput = pipe
            try process.run()
            let data = pipe.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return String(decoding: data, as: UTF8.self)
        }
        #expect(
            try run(
                "openssl verify -x509_strict -purpose sslserver -verify_hostname mozart-redis -CAfile ca.crt tls.crt"
            )
            .contains("tls.crt: OK"))
        #expect(try run("openssl verify -verify_ip fd00::1 -CAfile ca.crt tls.crt").contains("tls.crt: OK"))
        #expect(try run("openssl pkey -in tls.key -pubout") == run("openssl x509 -in tls.crt -noout -pubkey"))
        let print = try run("openssl x509 -in tls.crt -noout -fingerprint -sha256").replacing(":", with: "")
            .lowercased()
        #expect(print.contains(try CertificateFacts(pem: issued.certificate).fingerprint))
    }

    @Test("an authority can be taken up again, and only with its own key")
    func again() throws {
        let one = try Authority.make(name: "one", now: Self.now, days: 10)
        let other = try Authority.make(name: "other", now: Self.now, days: 10)
        #expect(try Authority(one.issued) == one)
        let mixed = IssuedCertificate(certificate: one.issued.certificate, key: other.issued.key)
        #expect(throws: CertificateError("the key is not the certificate's")) { try Authority(mixed) }
        let leaf = try one.issue(for: ["a"], key: .p256, now: Self.now, days: 1)
        #expect(throws: CertificateError("the certificate is not an authority's")) { try Authority(leaf) }
    }

    @Test("no certificate outlives its authority")
    func lifetime() throws {
        let authority = try Authority.make(name: "short", now: Self.now, days: 10)
        let facts = try CertificateFacts(
            pem: try authority.issue(for: ["a"], key: .p256, now: Self.now, days: 397).certificate)
        #expect(facts.days(from: Self.now) == 10)
        #expect(facts.days(from: Self.now.addingTimeInterval(86400 * 11)) == -1)
    }

    @Test("nothing shows a key")
    func redacted() throws {
        let authority = try Authority.make(name: "sds CA", now: Self.now, days: 10)
        let issued = try authority.issue(for: ["a"], key: .p256, now: Self.now, days: 1)
        for text in ["\(issued)", "\(authority)", String(reflecting: issued)] {
            #expect(!text.contains("PRIVATE KEY"), "\(text)")
        }
    }
}
