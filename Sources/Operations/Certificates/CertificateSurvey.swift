internal import Certificates
internal import Cluster
internal import FoundationEssentials
internal import HySDS
internal import Kubernetes

/// Looks at every certificate that HySDS presents here, whoever made it.
enum CertificateSurvey {
    /// A Secret to look at, and what its certificate is for.
    private struct Subject {
        var workload: String?
        var secret: String
        var source: String
        var names: [String]
        /// Whether `ca.crt` must say whose it is.
        var hasAuthority = true
        var advice: String
    }

    /// What can't be looked at is a line as well.
    static func take(_ session: Session) async -> [CertificateLine] {
        let subjects = subjects(of: session)
        guard !subjects.isEmpty else { return [] }
        let secrets = Set(subjects.map(\.secret)).sorted()
        let answers = await session.client.all(secrets.map { .get(.secret, namespace: session.namespace, name: $0) })
        let found = Dictionary(zip(secrets, answers)) { first, _ in first }
        let now = Date()
        return subjects.compactMap { subject in
            switch found[subject.secret] {
            case .success(let reply): line(subject, reply.object, now)
            case .failure(let error) where error.kind == .notFound:
                bad(subject, ["the Secret is missing"])
            case .failure(let error): bad(subject, ["can't be looked at: \(error.message)"])
            case nil: nil
            }
        }
    }

    /// - Throws: `OperationError` (usage) when the operator's own Secret can't serve.
    static func requireGiven(_ session: Session) async throws(OperationError) {
        let bad = await take(session).filter { $0.state == .bad && $0.source == TLSSettings.Source.given.rawValue }
        guard let first = bad.first else { return }
        throw OperationError(
            .usage, "the Secret \(first.secret) (kubernetes.tls.secret) can't serve",
            causes: Array(Set(bad.flatMap(\.problems))).sorted(),
            hint: "it takes tls.crt, tls.key and ca.crt; or leave certificates to sds: kubernetes.tls.certificates: sds"
        )
    }

    private static func subjects(of session: Session) -> [Subject] {
        let settings = session.site.configuration.kubernetes
        var subjects: [Subject] = []
        if settings.ingress.isEnabled, let secret = settings.ingress.tlsSecret {
            subjects.append(
                Subject(
                    workload: nil, secret: secret, source: TLSSettings.Source.given.rawValue,
                    names: [settings.ingress.host].compactMap(\.self), hasAuthority: false,
                    advice: "replace it in the Secret \(secret) (kubernetes.ingress.tls-secret)"))
        }
        guard settings.usesTLS else { return subjects }
        let tls = settings.tls
        if tls.source == .sds {
            subjects.append(
                Subject(
                    workload: nil, secret: RecordNames.authority, source: tls.source.rawValue, names: [],
                    advice: "run 'sds certificates rotate --authority'"))
        }
        for workload in session.site.topology.certified {
            let own = Workload.certificateSecret(of: workload.name)
            let services = workload.companions.filter {
                $0.kind == "Service" && $0[path: ["spec", "clusterIP"]] != "None"
            }.map(\.name)
            switch tls.source {
            case .sds:
                subjects.append(
                    Subject(
                        workload: workload.name, secret: own, source: tls.source.rawValue,
                        names: workload.certificateNames(settings), advice: "run 'sds certificates rotate all'"))
            case .given:
                subjects.append(
                    Subject(
                        workload: workload.name, secret: tls.secret, source: tls.source.rawValue, names: services,
                        advice: "replace it in the Secret \(tls.secret) (kubernetes.tls.secret)"))
            case .certManager:
                subjects.append(
                    Subject(
                        workload: workload.name, secret: own, source: tls.source.rawValue, names: services,
                        advice: "see 'kubectl describe certificate \(own)'"))
            }
        }
        return subjects
    }

    private static func line(_ subject: Subject, _ secret: KubernetesObject, _ now: Date) -> CertificateLine {
        let isAuthority = subject.secret == RecordNames.authority
        let text = secret.secretText(isAuthority ? "ca.crt" : "tls.crt")
        var problems: [String]
        if isAuthority {
            problems = authorityProblems(text, secret.secretText("ca.key"), now)
        } else {
            let authorities = subject.hasAuthority ? secret.secretText("ca.crt") ?? "" : nil
            problems = CertificateFault.all(
                certificate: text, key: secret.secretText("tls.key"), authorities: authorities, names: subject.names,
                now: now
            ).map { "\($0.key) \($0.message)" }
        }
        var line = bad(subject, problems)
        guard let text, let facts = try? CertificateFacts(pem: text) else { return line }
        line.expires = Timestamp.second(facts.notAfter)
        line.days = facts.days(from: now)
        line.fingerprint = facts.fingerprint
        guard problems.isEmpty else { return line }
        line.state = facts.days(from: now) < TLSSettings.warningDays ? .expiring : .good
        if line.state == .good { line.advice = nil }
        return line
    }

    private static func authorityProblems(_ certificate: String?, _ key: String?, _ now: Date) -> [String] {
        do {
            let authority = try Authority(IssuedCertificate(certificate: certificate ?? "", key: key ?? ""))
            let facts = try CertificateFacts(pem: authority.issued.certificate)
            return now < facts.notAfter ? [] : ["ca.crt expired \(Timestamp.second(facts.notAfter))"]
        } catch {
            return ["ca.crt and ca.key: \(error.message)"]
        }
    }

    private static func bad(_ subject: Subject, _ problems: [String]) -> CertificateLine {
        CertificateLine(
            workload: subject.workload, secret: subject.secret, source: subject.source, state: .bad, expires: nil,
            days: nil, fingerprint: nil, problems: problems, advice: subject.advice)
    }
}

extension ClusterCheck {
    /// Bad ones by Secret and key. Before the first update there are none of sds's, which is no fault.
    func certificates(_ session: Session) async -> [CheckReport.Line] {
        let lines = await CertificateSurvey.take(session)
        guard !lines.isEmpty else { return [] }
        let made = lines.filter { $0.source == TLSSettings.Source.sds.rawValue }
        if !made.isEmpty, made.allSatisfy({ $0.problems == ["the Secret is missing"] }) {
            let others = lines.filter { $0.source != TLSSettings.Source.sds.rawValue }
            return others.flatMap(Self.lines(of:)) + [
                CheckReport.Line("certificates", .ok, "'sds update' or 'sds start' makes \(made.count)")
            ]
        }
        return lines.flatMap(Self.lines(of:))
    }

    private static func lines(of line: CertificateLine) -> [CheckReport.Line] {
        let subject = "certificate of \(line.workload ?? line.secret)"
        switch line.state {
        case .bad:
            return line.problems.map {
                CheckReport.Line(subject, .lacking, "Secret \(line.secret): \($0)", advice: line.advice)
            }
        case .expiring:
            return [
                CheckReport.Line(
                    subject, .warning, "Secret \(line.secret): tls.crt expires in \(line.days ?? 0) days",
                    advice: line.advice)
            ]
        case .good:
            return [CheckReport.Line(subject, .ok, "valid for \(line.days ?? 0) days (\(line.source))")]
        }
    }
}
