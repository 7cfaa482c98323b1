internal import Kubernetes

extension Rendering {
    /// Services and the like of a workload, with what the settings say about the way in.
    func companions(of workload: Workload) -> [KubernetesObject] {
        workload.companions.map { companion in
            var companion = withSecretReference(withIngress(companion))
            if workload.role == .proxy && companion.kind == "Service" {
                if let type = settings.front.serviceType { companion[path: ["spec", "type"]] = .string(type) }
                if !settings.front.serviceAnnotations.isEmpty {
                    companion.annotations.merge(settings.front.serviceAnnotations) { _, new in new }
                }
            }
            return owned(companion, in: workload.namespace)
        } + [certificateRequest(of: workload).map { owned($0, in: workload.namespace) }].compactMap(\.self)
    }

    /// Fills in the Secret that `sds.hysds.org/secret-of` asks for; any other object as it is.
    private func withSecretReference(_ object: KubernetesObject) -> KubernetesObject {
        guard let owner = object.annotations[Annotation.secretOf] else { return object }
        var object = object
        let references = (object[path: ["spec", "secretTargetRef"]]?.array ?? []).map { reference in
            var reference = reference
            reference["name"] = .string(SecretFiles.name(of: owner))
            return reference
        }
        object[path: ["spec", "secretTargetRef"]] = .array(references)
        return object
    }

    /// The Ingress as `kubernetes.ingress` wants it; any other object as it is.
    func withIngress(_ object: KubernetesObject) -> KubernetesObject {
        guard object.kind == "Ingress" else { return object }
        var ingress = object
        let wanted = settings.ingress
        if let name = wanted.className { ingress[path: ["spec", "ingressClassName"]] = .string(name) }
        if let host = wanted.host, var rules = ingress[path: ["spec", "rules"]]?.array {
            for index in rules.indices { rules[index]["host"] = .string(host) }
            ingress[path: ["spec", "rules"]] = .array(rules)
        }
        if let secret = wanted.tlsSecret {
            var entry: JSONValue = ["secretName": .string(secret)]
            if let host = wanted.host { entry["hosts"] = [.string(host)] }
            ingress[path: ["spec", "tls"]] = [entry]
        }
        if !wanted.annotations.isEmpty { ingress.annotations.merge(wanted.annotations) { _, new in new } }
        return ingress
    }

    /// The Services of a store that runs elsewhere: the same names, another address.
    func externalAddresses(of workload: Workload, at store: ExternalStore) -> [KubernetesObject] {
        var objects: [KubernetesObject] = []
        for companion in workload.companions where companion.kind == "Service" {
            // A governing Service names pods, which there are none of.
            guard companion[path: ["spec", "clusterIP"]] != "None" else { continue }
            var service = companion
            service[path: ["spec", "selector"]] = nil
            guard Self.isAddress(store.host) else {
                service[path: ["spec", "type"]] = "ExternalName"
                service[path: ["spec", "externalName"]] = .string(store.host)
                objects.append(owned(service, in: workload.namespace))
                continue
            }
            let ports = (service[path: ["spec", "ports"]]?.array ?? []).map { port -> JSONValue in
                var port = port
                port["targetPort"] = nil
                return port
            }
            service[path: ["spec", "ports"]] = .array(ports)
            objects.append(owned(service, in: workload.namespace))
            var endpoints = KubernetesObject([
                "apiVersion": "v1", "kind": "Endpoints", "metadata": ["name": .string(service.name)],
            ])
            endpoints.labels = service.labels
            let targets = ports.enumerated().map { index, port -> JSONValue in
                var target = port
                // A store has one port that its clients use first; another number holds for that one.
                if index == 0, let number = store.port { target["port"] = .integer(Int64(number)) }
                return target
            }
            endpoints.json["subsets"] = [["addresses": [["ip": .string(store.host)]], "ports": .array(targets)]]
            objects.append(owned(endpoints, in: workload.namespace))
        }
        return objects
    }

    /// Whether it is an IP address, which no ExternalName can be.
    static func isAddress(_ text: String) -> Bool {
        if text.contains(":") { return text.allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." } }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }
}
