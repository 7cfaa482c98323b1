internal import Operations

/// Certificates as operators read them.
struct CertificateText {
    let console: Console

    func table(_ lines: [CertificateLine]) -> [String] {
        guard !lines.isEmpty else { return ["no certificates: the services speak plain (kubernetes.tls)"] }
        return Table.lines(
            ["CERTIFICATE", "SECRET", "EXPIRES", "DAYS", "BY", "SHA-256"],
            lines.map { line in
                [
                    line.workload ?? (line.secret == "sds-authority" ? "(authority)" : "(front)"), line.secret,
                    line.expires ?? "-", line.days.map(String.init) ?? "-", line.source,
                    line.fingerprint.map { String($0.prefix(16)) } ?? "-",
                ]
            }) + warnings(lines)
    }

    /// What somebody should do something about.
    func warnings(_ lines: [CertificateLine]) -> [String] {
        lines.flatMap { line -> [String] in
            let subject = "certificate of \(line.workload ?? "the Secret \(line.secret)")"
            let advice = line.advice.map { ": \($0)" } ?? ""
            switch line.state {
            case .good: return []
            case .expiring:
                let text = "\(subject) expires in \(line.days ?? 0) days (\(line.expires ?? ""))\(advice)"
                return [console.styled("warning: " + text, .warning)]
            case .bad:
                return line.problems.map { console.styled("\(subject), Secret \(line.secret): \($0)\(advice)", .bad) }
            }
        }
    }
}
