package import HySDS

/// Every certificate that HySDS presents here.
package struct CertificateReport: Sendable, Encodable, Equatable {
    package var apiVersion = "sds/v1"
    package var kind = "Certificates"
    package var certificates: [CertificateLine]

    /// Whether clients accept all of them.
    package var isHealthy: Bool { certificates.allSatisfy { $0.state != .bad } }

    package static func take(_ session: Session) async -> CertificateReport {
        CertificateReport(certificates: await CertificateSurvey.take(session))
    }
}

/// Gives servers new certificates now, while everything runs; with `authority` all of them, from a new authority.
package struct RotateCertificates: Sendable {
    private let components: [Component]
    private let authority: Bool

    package init(_ components: [Component], authority: Bool) {
        self.components = components
        self.authority = authority
    }

    package func callAsFunction(_ session: Session) async throws -> Outcome {
        let tls = session.site.configuration.kubernetes.tls
        guard tls.isEnabled else {
            throw OperationError(
                .usage, "there are no certificates on the plain line", hint: "kubernetes.tls: true is HySDS 6's line")
        }
        switch tls.source {
        case .sds: break
        case .given:
            throw OperationError(
                .usage, "the certificates are yours (kubernetes.tls.certificates: given)",
                hint: "replace tls.crt, tls.key and ca.crt in the Secret \(tls.secret): the servers take them by "
                    + "themselves. For a new authority put old and new into ca.crt first")
        case .certManager:
            throw OperationError(
                .usage, "cert-manager keeps the certificates",
                hint: "'cmctl renew --all' renews them; the servers follow")
        }
        return try await session.carryOut { session in try await plan(session) }
    }

    private func plan(_ session: Session) async throws -> Plan {
        let state = try await ClusterState.observe(session)
        try session.check(state.records)
        guard state.records.marker != nil else {
            throw OperationError(
                .usage, "the namespace \(session.namespace) has no HySDS yet",
                hint: "'sds update all' makes certificates too")
        }
        let workloads = session.site.topology.certified.filter { components.contains($0.component) }
        let wish = CertificateUpkeep.Wish(workloads: Set(workloads.map(\.name)), authority: authority)
        var builder = PlanBuilder(session: session, state: state)
        _ = builder.keepCertificates(try await CertificateUpkeep.plan(session, wish: wish))
        return builder.plan
    }
}
