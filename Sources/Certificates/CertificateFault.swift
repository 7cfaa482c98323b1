package import FoundationEssentials

/// What makes a server's certificate unfit, in the order in which it is to be repaired.
package struct CertificateFault: Equatable, Sendable {
    /// The key of the Secret that it is about.
    package let key: String
    package let message: String

    /// - Parameters:
    ///   - names: which clients ask for.
    ///   - authorities: what clients trust; nil to leave the chain alone.
    package static func all(
        certificate: String?, key: String?, authorities: String?, names: [String], now: Date
    ) -> [CertificateFault] {
        guard let certificate else { return [CertificateFault(key: "tls.crt", message: "is missing")] }
        let facts: CertificateFacts
        do {
            facts = try CertificateFacts(pem: certificate)
        } catch {
            return [CertificateFault(key: "tls.crt", message: error.message)]
        }
        var faults: [CertificateFault] = []
        if now >= facts.notAfter {
            faults.append(CertificateFault(key: "tls.crt", message: "expired \(facts.notAfter.formatted(.iso8601))"))
        }
        if now < facts.notBefore {
            faults.append(
                CertificateFault(key: "tls.crt", message: "is valid only from \(facts.notBefore.formatted(.iso8601))"))
        }
        let missing = names.filter { !facts.covers($0) }
        if !missing.isEmpty {
            let held = facts.names.isEmpty ? "none" : facts.names.joined(separator: ", ")
            faults.append(
                CertificateFault(
                    key: "tls.crt",
                    message: "is not for \(missing.joined(separator: ", ")): its names are \(held)"))
        }
        faults += keyFaults(key, of: facts) + chainFaults(certificate, authorities)
        return faults
    }

    private static func keyFaults(_ key: String?, of facts: CertificateFacts) -> [CertificateFault] {
        guard let key else { return [CertificateFault(key: "tls.key", message: "is missing")] }
        do {
            return try facts.matches(key: key)
                ? [] : [CertificateFault(key: "tls.key", message: "is not the key of tls.crt")]
        } catch {
            return [CertificateFault(key: "tls.key", message: error.message)]
        }
    }

    /// Each certificate must be issued by the next one, and the last by an authority of `ca.crt`.
    private static func chainFaults(_ certificate: String, _ authorities: String?) -> [CertificateFault] {
        guard let authorities else { return [] }
        do {
            let trusted = try CertificateFacts.all(inPEM: authorities)
            guard !trusted.isEmpty else {
                return [CertificateFault(key: "ca.crt", message: "expected a PEM certificate, found none")]
            }
            var chain = try CertificateFacts.all(inPEM: certificate)
            if chain.contains(where: { link in trusted.contains(link) }) { return [] }
            while let link = chain.first {
                if trusted.contains(where: link.isIssued(by:)) { return [] }
                chain.removeFirst()
                guard let next = chain.first, link.isIssued(by: next) else { break }
            }
            return [CertificateFault(key: "ca.crt", message: "has no authority that issued tls.crt or its chain")]
        } catch {
            return [CertificateFault(key: "ca.crt", message: error.message)]
        }
    }
}
