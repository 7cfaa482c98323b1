internal import Certificates
internal import Cluster
internal import FoundationEssentials
internal import HySDS
internal import Kubernetes

/// What is to be done so that every server has a certificate that is good for long enough, of the present authority.
struct CertificateUpkeep {
    struct Renewal {
        var workload: String
        var secret: KubernetesObject
        var wanted: RenewedCertificate
    }

    /// To be written first; nil when it stays.
    var authority: KubernetesObject?
    /// What pods are to trust before a certificate changes; nil when they do already.
    var trust: KubernetesObject?
    var trustedCount = 1
    var renewals: [Renewal] = []
    /// What pods are to trust in the end, when that is less.
    var lastTrust: KubernetesObject?

    /// What the operator wants renewed although it would do.
    struct Wish {
        var workloads: Set<String> = []
        var authority = false
    }

    /// - Throws: `OperationError` when certificates are somebody else's and lack.
    static func plan(_ session: Session, wish: Wish = Wish()) async throws -> CertificateUpkeep? {
        let settings = session.site.configuration.kubernetes
        guard settings.usesTLS else { return nil }
        switch settings.tls.source {
        case .given:
            try await CertificateSurvey.requireGiven(session)
            return nil
        case .certManager:
            try await requireCertManager(session)
            return nil
        case .sds: break
        }
        return try CertificateUpkeep(
            try await CertificateStock.observe(session), session: session, wish: wish, now: Date())
    }

    init(_ stock: CertificateStock, session: Session, wish: Wish, now: Date) throws {
        let settings = session.site.configuration.kubernetes
        let namespace = session.namespace
        var former = stock.formerAuthorities
        var present = stock.authority
        // An unfinished rotation goes on; it isn't begun anew.
        if present == nil || (wish.authority && former == nil) {
            former = present?.issued.certificate ?? stock.trusted
            let made = try Authority.make(
                name: "sds \(namespace) \(Timestamp.second(now))", now: now, days: TLSSettings.authorityDays)
            var values = ["ca.crt": made.issued.certificate, "ca.key": made.issued.key]
            values["former.crt"] = former
            var object = KubernetesObject.certificateSecret(
                RecordNames.authority, namespace: namespace, type: "Opaque", kind: "authority", values)
            if let existing = stock.authorityObject {
                object[path: ["metadata", "resourceVersion"]] = .string(existing.resourceVersion)
            }
            authority = object
            present = made
        }
        guard let present else { return }
        let bundle = present.issued.certificate + (former ?? "")
        // A rotation that was interrupted may have told only some pods.
        if stock.trusted != bundle || former != nil {
            trust = Self.trust(bundle, namespace: namespace)
            trustedCount = try CertificateFacts.all(inPEM: bundle).count
        }
        for workload in session.site.topology.certified {
            guard let declaration = workload.certificate, let kind = KeyKind(rawValue: declaration.key) else {
                continue
            }
            let name = Workload.certificateSecret(of: workload.name)
            let names = workload.certificateNames(settings)
            let isWished = wish.workloads.contains(workload.name)
            if let live = stock.certificates[name], !isWished,
                let facts = Self.fit(live, names, of: present, settings.tls, now)
            {
                // After an interrupted rotation nobody knows whether it is presented already.
                if former != nil { renewals.append(Self.renewal(of: workload.name, live, facts, declaration)) }
                continue
            }
            let issued = try present.issue(for: names, key: kind, now: now, days: settings.tls.days)
            var secret = KubernetesObject.certificateSecret(
                name, namespace: namespace, type: "kubernetes.io/tls", kind: "certificate",
                ["tls.crt": issued.certificate, "tls.key": issued.key, "ca.crt": present.issued.certificate])
            secret.labels.merge(
                [RecordNames.name: workload.name, RecordNames.component: workload.component.rawValue]
            ) { _, new in new }
            renewals.append(
                Self.renewal(
                    of: workload.name, secret, try CertificateFacts(pem: issued.certificate), declaration))
        }
        if former != nil { lastTrust = Self.trust(present.issued.certificate, namespace: namespace) }
    }

    private static func renewal(
        of workload: String, _ secret: KubernetesObject, _ facts: CertificateFacts,
        _ declaration: CertificateDeclaration
    ) -> Renewal {
        Renewal(
            workload: workload, secret: secret,
            wanted: RenewedCertificate(fingerprint: facts.fingerprint, port: declaration.port))
    }

    /// Nil when the certificate has to be replaced.
    private static func fit(
        _ secret: KubernetesObject, _ names: [String], of authority: Authority, _ tls: TLSSettings, _ now: Date
    ) -> CertificateFacts? {
        let text = secret.secretText("tls.crt")
        let faults = CertificateFault.all(
            certificate: text, key: secret.secretText("tls.key"), authorities: authority.issued.certificate,
            names: names,
            now: now)
        guard faults.isEmpty, let text, let facts = try? CertificateFacts(pem: text),
            facts.days(from: now) >= tls.renewalDays
        else { return nil }
        return facts
    }

    private static func trust(_ bundle: String, namespace: String) -> KubernetesObject {
        .record(Rendering.trust, namespace: namespace, data: ["ca.crt": bundle])
    }

    private static func requireCertManager(_ session: Session) async throws {
        guard try await session.client.discovery().lookup(kind: "Certificate", group: "cert-manager.io") == nil else {
            return
        }
        throw OperationError(
            .usage, "kubernetes.tls.certificates is cert-manager, which this cluster hasn't got",
            hint: "install it, or leave it to sds: certificates: sds")
    }
}

extension PlanBuilder {
    /// Authority, then what pods trust, then certificates, then the former authority's end.
    ///
    /// - Returns: the steps after which every server has its certificate.
    mutating func keepCertificates(_ upkeep: CertificateUpkeep?) -> Set<String> {
        guard let upkeep else { return [] }
        var before: Set<String> = []
        if let authority = upkeep.authority { before = [add(.store(authority))] }
        if let trust = upkeep.trust {
            before = [add(.spreadTrust(trust, authorities: upkeep.trustedCount), after: before)]
        }
        let renewed = upkeep.renewals.map {
            add(.renewCertificate(workload: $0.workload, $0.secret, $0.wanted), after: before)
        }
        if !renewed.isEmpty { before = Set(renewed) }
        if let trust = upkeep.lastTrust { before = [add(.retireAuthority(trust), after: before)] }
        return before
    }
}
