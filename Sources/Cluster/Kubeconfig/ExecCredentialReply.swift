import FoundationEssentials
import Kubernetes

/// What a credential plugin printed.
struct ExecCredentialReply: Sendable {
    let credential: Credential
    /// Nil: good for as long as this program runs, or until the server refuses it.
    let expiry: Date?

    /// - Throws: `ClusterError` of kind `credential` for anything else than a credential of the agreed version.
    init(parsing bytes: [UInt8], apiVersion: String, subject: String) throws(ClusterError) {
        func fail(_ message: String, hint: String? = nil) -> ClusterError {
            ClusterError(.credential, subject, message, hint: hint)
        }
        let json: JSONValue
        do {
            json = try JSONValue(parsing: bytes)
        } catch {
            throw fail(
                "expected an ExecCredential as JSON, got \(bytes.isEmpty ? "nothing" : "something else")",
                hint: "run it by hand")
        }
        guard json["kind"]?.string == "ExecCredential" else {
            throw fail("expected kind ExecCredential, got \(json["kind"]?.string ?? "none")")
        }
        let version = json["apiVersion"]?.string ?? "none"
        guard version == apiVersion else {
            throw fail("expected apiVersion \(apiVersion), got \(version)", hint: "plugin and kubeconfig must agree")
        }
        guard let status = json["status"], status.object != nil else { throw fail("it gave no status") }
        let token = status["token"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        if let token, !BearerToken.isValid(token) { throw fail("its token holds a line break or a blank") }
        let certificate = status["clientCertificateData"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        let key = status["clientKeyData"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        guard (certificate == nil) == (key == nil) else { throw fail("it gave only one half of certificate and key") }
        guard token != nil || certificate != nil else { throw fail("it gave neither token nor certificate") }
        var pair: Credential.ClientCertificate?
        if let certificate, let key {
            let entry = ConfigEntry(file: subject, path: "status", json: status)
            do throws(ClusterError) {
                pair = Credential.ClientCertificate(
                    certificate: try PEM.certificates(Array(certificate.utf8), entry, "clientCertificateData"),
                    key: try PEM.key(Array(key.utf8), entry, "clientKeyData"))
            } catch {
                throw ClusterError(.credential, error.subject, error.message, hint: error.hint)
            }
        }
        credential = Credential(authorization: token.map { .bearer($0) }, certificate: pair)
        guard let stamp = status["expirationTimestamp"]?.string else {
            expiry = nil
            return
        }
        guard let date = Self.date(stamp) else { throw fail("its expirationTimestamp is no time: \(stamp)") }
        expiry = date
    }

    /// RFC 3339; fractions of a second are dropped.
    private static func date(_ text: String) -> Date? {
        var text = text
        if let dot = text.firstIndex(of: ".") {
            let end = text[text.index(after: dot)...].firstIndex { !$0.isNumber } ?? text.endIndex
            text.removeSubrange(dot..<end)
        }
        do {
            return try Date.ISO8601FormatStyle().parse(text)
        } catch {
            return nil
        }
    }
}
