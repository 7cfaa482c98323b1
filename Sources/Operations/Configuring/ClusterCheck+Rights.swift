internal import Cluster
internal import HySDS
internal import Kubernetes

extension ClusterCheck {
    /// A line a resource: what of the shipped Role the caller lacks, and the verbs of sds that need it.
    func rights(_ session: Session) async throws -> [CheckReport.Line] {
        let checks = try wantedRights()
        let answers = await session.client.all(checks.map { .accessReview($0) })
        var missing: [String: [AccessCheck]] = [:]
        var resources: [String] = []
        for (check, answer) in zip(checks, answers) {
            let place = check.namespace == session.namespace ? "" : " in \(check.namespace ?? "")"
            let resource = Self.name(of: check) + place
            if !resources.contains(resource) { resources.append(resource) }
            switch answer {
            case .success(let reply):
                if !AccessCheck.isAllowed(reply.json) { missing[resource, default: []].append(check) }
            case .failure(let error):
                return [
                    CheckReport.Line(
                        "rights", .unknown, "the cluster doesn't say: \(error.message)", advice: error.hint)
                ]
            }
        }
        guard !missing.isEmpty else {
            return [
                CheckReport.Line(
                    "rights", .ok,
                    "all \(checks.count) of the shipped Role in \(session.namespaces.joined(separator: " and "))")
            ]
        }
        return resources.compactMap { resource in
            guard let checks = missing[resource] else { return nil }
            let verbs = checks.map(\.verb).joined(separator: ", ")
            let needed = Set(checks.flatMap(Self.verbs(needing:))).sorted().joined(separator: ", ")
            return CheckReport.Line(
                "right \(resource)", .lacking,
                "you may not \(verbs) in the namespace \(checks[0].namespace ?? session.namespace): needed by \(needed)",
                advice: "an administrator applies 'sds render all --admin' and binds you to the Role sds-operator")
        }
    }

    func wantedRights() throws -> [AccessCheck] {
        try Administration.objects(site: site, share: share).filter { $0.kind == "Role" }.flatMap { role in
            wantedRights(role, in: role.namespace ?? site.configuration.kubernetes.namespace)
        }
    }

    private func wantedRights(_ role: KubernetesObject, in namespace: String) -> [AccessCheck] {
        var checks: [AccessCheck] = []
        for rule in role[path: ["rules"]]?.array ?? [] {
            for group in Self.texts(rule["apiGroups"]) where isUsed(group) {
                for resource in Self.texts(rule["resources"]) {
                    let parts = resource.split(separator: "/").map(String.init)
                    for verb in Self.texts(rule["verbs"]) {
                        let check = AccessCheck(
                            verb, group: group, resource: parts[0], subresource: parts.dropFirst().first,
                            namespace: namespace)
                        if !checks.contains(check) { checks.append(check) }
                    }
                }
            }
        }
        return checks
    }

    /// Kinds of others count only when the settings want them.
    private func isUsed(_ group: String) -> Bool {
        let settings = site.configuration.kubernetes
        switch group {
        case "keda.sh": return settings.keda
        case "cert-manager.io": return settings.usesTLS && settings.tls.source == .certManager
        default: return true
        }
    }

    static func texts(_ value: JSONValue?) -> [String] { (value?.array ?? []).compactMap(\.string) }

    static func name(of check: AccessCheck) -> String {
        (check.subresource.map { "\(check.resource)/\($0)" } ?? check.resource)
            + (check.group.isEmpty ? "" : ".\(check.group)")
    }

    /// What of sds a right is for.
    static func verbs(needing check: AccessCheck) -> [String] {
        let changing = ["update", "start", "stop", "reset", "ship", "rollback"]
        if check.resource == "leases" { return changing + ["start_tps", "stop_tps", "lock"] }
        if ["get", "list", "watch"].contains(check.verb), check.subresource == nil {
            return changing + ["status", "diff", "history", "logs", "run"]
        }
        switch (check.resource, check.subresource) {
        case ("pods", "exec"): return ["status", "stop", "reset", "ship", "run"]
        case ("pods", "log"): return ["logs"] + changing
        case ("pods", _): return ["update", "ship"]
        case (_, "scale"): return ["start", "stop", "reset", "start_tps", "stop_tps"]
        case ("events", _): return changing
        default: return ["update", "start", "reset", "ship", "rollback"]
        }
    }
}
