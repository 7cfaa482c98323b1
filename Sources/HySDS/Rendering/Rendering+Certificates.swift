internal import Kubernetes

extension Rendering {
    /// The name of the ConfigMap with the authorities that clients trust.
    package static let trust = "sds-trust"
    static let serverVolume = "sds-tls"

    /// On the TLS line: what the workload's own declaration adds, and the volumes of what makes certificates here. On the
    /// plain line no volume of either.
    func setCertificates(of object: inout KubernetesObject, for workload: Workload) {
        guard settings.usesTLS else {
            object.removeVolume(Self.serverVolume)
            object.removeVolume(Self.trust)
            return
        }
        let tls = settings.tls
        let own = tls.source == .given ? tls.secret : Workload.certificateSecret(of: workload.name)
        object.changeVolume(Self.serverVolume) { volume in
            // A pod that waits for its certificate names the Secret; a store without one would only end.
            volume = [
                "name": .string(Self.serverVolume),
                "secret": ["secretName": .string(own), "defaultMode": 0o440],
            ]
        }
        object.changeVolume(Self.trust) { $0 = trustVolume }
        guard let declaration = workload.certificate else { return }
        object.changeMainContainer(workload.name) { container in
            if !declaration.arguments.isEmpty {
                let words = declaration.arguments.map(JSONValue.string)
                container["command"] = .array((container["command"]?.array ?? []) + words)
            }
            let own = workload.settings.environment
            container.setEnvironment(declaration.environment.filter { own[$0.key] == nil })
            for name in ["startupProbe", "readinessProbe", "livenessProbe"] {
                for kind in ["httpGet", "tcpSocket"] {
                    guard let port = container[path: [name, kind, "port"]]?.string else { continue }
                    if let other = declaration.probes[port] { container[path: [name, kind, "port"]] = .string(other) }
                    if kind == "httpGet", declaration.https.contains(port) {
                        container[path: [name, kind, "scheme"]] = "HTTPS"
                    }
                }
            }
        }
    }

    /// The authorities that clients trust, as `ca.crt`.
    private var trustVolume: JSONValue {
        let items: JSONValue = [["key": "ca.crt", "path": "ca.crt"]]
        let secret: String?
        switch settings.tls.source {
        case .sds: secret = nil
        case .given: secret = settings.tls.secret
        // All are issued by one Issuer: any of them tells whose.
        case .certManager: secret = topology.certified.first.map { Workload.certificateSecret(of: $0.name) }
        }
        guard let secret else {
            return [
                "name": .string(Self.trust), "configMap": ["name": .string(Self.trust), "defaultMode": 0o444],
            ]
        }
        return [
            "name": .string(Self.trust),
            "secret": ["secretName": .string(secret), "items": items, "defaultMode": 0o444],
        ]
    }

    /// On the TLS line a workload may run another image than `k8s/` names.
    func imageName(_ name: String, of workload: Workload) -> String {
        guard settings.usesTLS, let declaration = workload.certificate, let other = declaration.image,
            workload.object.mainImage(of: workload.name) == name
        else { return name }
        return other
    }

    /// What cert-manager is to keep for a workload; nil where somebody else makes certificates.
    func certificateRequest(of workload: Workload) -> KubernetesObject? {
        let tls = settings.tls
        guard settings.usesTLS, tls.source == .certManager, let declaration = workload.certificate else { return nil }
        let issuer = tls.issuer.split(separator: "/", maxSplits: 1).map(String.init)
        var request = KubernetesObject(["apiVersion": "cert-manager.io/v1", "kind": "Certificate"])
        request.name = Workload.certificateSecret(of: workload.name)
        request.labels = [Annotation.name: workload.name, Annotation.component: workload.component.rawValue]
        let names = workload.certificateNames(settings)
        let addresses = names.filter(Self.isAddress)
        request.json["spec"] = [
            "secretName": .string(Workload.certificateSecret(of: workload.name)),
            "duration": .string("\(tls.days * 24)h0m0s"), "renewBefore": .string("\(tls.renewalDays * 24)h0m0s"),
            "dnsNames": .array(names.filter { !Self.isAddress($0) }.map(JSONValue.string)),
            "ipAddresses": .array(addresses.map(JSONValue.string)), "usages": ["digital signature", "server auth"],
            "privateKey": [
                "algorithm": declaration.key == "p256" ? "ECDSA" : "RSA",
                "size": declaration.key == "p256" ? 256 : 2048, "rotationPolicy": "Always",
            ],
            "issuerRef": [
                "group": "cert-manager.io", "kind": .string(issuer.count > 1 ? issuer[0] : "Issuer"),
                "name": .string(issuer.last ?? ""),
            ],
        ]
        return request
    }
}

extension Topology {
    /// The workloads that present a certificate here.
    package var certified: [Workload] { workloads.filter { $0.certificate != nil && $0.external == nil } }
}

extension KubernetesObject {
    /// Takes a volume away, and its mounts.
    mutating func removeVolume(_ name: String) {
        guard hasVolume(name) else { return }
        let volumes = (self[path: Self.podSpec + ["volumes"]]?.array ?? []).filter { $0["name"]?.string != name }
        self[path: Self.podSpec + ["volumes"]] = volumes.isEmpty ? nil : .array(volumes)
        changeContainers { container in
            let mounts = (container["volumeMounts"]?.array ?? []).filter { $0["name"]?.string != name }
            if container["volumeMounts"] != nil { container["volumeMounts"] = mounts.isEmpty ? nil : .array(mounts) }
        }
    }

    func mainImage(of workload: String) -> String? {
        let containers = self[path: Self.podSpec + ["containers"]]?.array ?? []
        return (containers.first { $0["name"]?.string == workload } ?? containers.first)?["image"]?.string
    }
}
