internal import Cluster
internal import HySDS
internal import Kubernetes

extension ClusterCheck {
    func kinds(_ session: Session, minor: Int?) async -> [CheckReport.Line] {
        do {
            let lowering = Lowering(discovery: try await session.client.discovery(refresh: true), minor: minor)
            let objects = site.topology.shared + site.topology.workloads.flatMap { [$0.object] + $0.companions }
            var problems: [String: String?] = [:]
            for object in objects {
                do throws(KubernetesError) {
                    _ = try lowering.lower(object)
                } catch {
                    problems[error.message] = error.hint
                }
            }
            guard !problems.isEmpty else {
                return [CheckReport.Line("API versions", .ok, "the cluster takes all \(objects.count) objects of k8s/")]
            }
            return problems.sorted { $0.key < $1.key }.map {
                CheckReport.Line("API versions", .lacking, $0.key, advice: $0.value)
            }
        } catch {
            return [CheckReport.Line("API versions", .unknown, error.message, advice: error.hint)]
        }
    }

    // MARK: Storage

    func storage(_ session: Session) async -> [CheckReport.Line] {
        let claims = site.topology.stores.filter {
            $0.external == nil && $0.object[path: ["spec", "volumeClaimTemplates"]] != nil
        }
        guard !claims.isEmpty else { return [] }
        let type = ResourceType(
            group: "storage.k8s.io", version: "v1", kind: "StorageClass", plural: "storageclasses", isNamespaced: false)
        do {
            if let name = site.configuration.kubernetes.storage.storageClass {
                guard try await session.client.find(type, namespace: nil, name: name) != nil else {
                    return [
                        CheckReport.Line(
                            "storage class", .lacking, "there is no storage class '\(name)'",
                            advice: "see 'kubectl get storageclass' and set kubernetes.storage.class")
                    ]
                }
                return [CheckReport.Line("storage class", .ok, "\(name), for \(claims.count) stores")]
            }
            let classes = try await session.client.list(ObjectSelection(type)).items
            let standard = classes.first { $0.annotations["storageclass.kubernetes.io/is-default-class"] == "true" }
            guard let standard else {
                let names = classes.map(\.name).joined(separator: ", ")
                return [
                    CheckReport.Line(
                        "storage class", .lacking, "the cluster has no default one",
                        advice: names.isEmpty
                            ? "install a provisioner of volumes" : "set kubernetes.storage.class to one of: \(names)")
                ]
            }
            return [CheckReport.Line("storage class", .ok, "\(standard.name), the cluster's default")]
        } catch {
            let name = site.configuration.kubernetes.storage.storageClass ?? "default"
            return [
                CheckReport.Line(
                    "storage class", .unknown, "\(name): you may not look at storage classes",
                    advice: "ask an administrator; a wrong one shows as a pod that stays Pending")
            ]
        }
    }

    // MARK: Secrets and records

    func secrets(_ session: Session) async -> [CheckReport.Line] {
        let settings = site.configuration.kubernetes
        var wanted: [(name: String, reason: String)] = settings.imagePullSecrets.map {
            ($0, "kubernetes.image-pull-secrets")
        }
        wanted += settings.external.sorted { $0.key < $1.key }.compactMap { store, external in
            external.secret.map { ($0, "kubernetes.external.\(store)") }
        }
        if settings.ingress.isEnabled, let name = settings.ingress.tlsSecret {
            wanted.append((name, "kubernetes.ingress.tls-secret"))
        }
        if settings.usesTLS { wanted.append(("sds-tls", "kubernetes.tls")) }
        // What pods mount or pull with must be in their own namespace.
        let pods = ["kubernetes.image-pull-secrets", "kubernetes.tls"]
        let places = wanted.flatMap { name, reason in
            (pods.contains(reason) ? session.namespaces : [session.namespace]).map { (name, reason, $0) }
        }
        var lines: [CheckReport.Line] = []
        for (name, reason, namespace) in places {
            do {
                if try await session.client.find(.secret, namespace: namespace, name: name) != nil {
                    lines.append(CheckReport.Line("secret \(name)", .ok, "for \(reason)"))
                } else {
                    lines.append(
                        CheckReport.Line(
                            "secret \(name)", .lacking, "not in the namespace \(namespace), but named by \(reason)",
                            advice: "make it with 'kubectl -n \(namespace) create secret'"))
                }
            } catch {
                lines.append(CheckReport.Line("secret \(name)", .unknown, error.message, advice: error.hint))
            }
        }
        return lines
    }

    func marker(_ session: Session) async -> [CheckReport.Line] {
        do {
            guard
                let found = try await session.client.find(
                    .configMap, namespace: session.namespace, name: RecordNames.marker
                ).flatMap(Marker.init(object:))
            else {
                return [CheckReport.Line("namespace", .ok, "\(session.namespace): not used by a HySDS yet")]
            }
            guard found.venue == site.configuration.venue else {
                return [
                    CheckReport.Line(
                        "namespace", .lacking,
                        "\(session.namespace) belongs to the venue '\(found.venue)', the configuration is of '\(site.configuration.venue)'",
                        advice: "check kubernetes.context, kubernetes.namespace and VENUE")
                ]
            }
            return [CheckReport.Line("namespace", .ok, "\(session.namespace): of the venue \(found.venue)")]
        } catch {
            return [
                CheckReport.Line("namespace", .unknown, "\(session.namespace): \(error.message)", advice: error.hint)
            ]
        }
    }

    // MARK: Nodes

    /// Kubelets may be three minor versions older than the server, never newer.
    func nodes(_ session: Session, minor: Int?) async -> [CheckReport.Line] {
        do {
            let nodes = try await session.client.list(ObjectSelection(.node)).items
            guard let minor else { return [] }
            let skewed = nodes.compactMap { node -> String? in
                let version = node[path: ["status", "nodeInfo", "kubeletVersion"]]?.string ?? ""
                let parts = version.split(separator: ".")
                guard parts.count > 1, let own = Int(parts[1]), own > minor || own < minor - 3 else { return nil }
                return "\(node.name) (\(version))"
            }
            guard skewed.isEmpty else {
                return [
                    CheckReport.Line(
                        "nodes", .warning, "kubelets that don't go with the server: \(skewed.joined(separator: ", "))",
                        advice: "an administrator brings them to within three minor versions below the server")
                ]
            }
            return [CheckReport.Line("nodes", .ok, "\(nodes.count), their kubelets go with the server")]
        } catch {
            return [
                CheckReport.Line(
                    "nodes", .unknown, "you may not look at nodes: their versions and images are unchecked",
                    advice: "nothing to do: sds itself needs no such right")
            ]
        }
    }
}
