internal import Kubernetes

extension Rendering {
    // MARK: Images

    func setImages(of object: inout KubernetesObject, for workload: Workload, errors: inout [HySDSError]) {
        var unknown: [String] = []
        object.changeContainers { container in
            guard let name = container["image"]?.string else { return }
            let isEngine = workload.engineContainers.contains(container["name"]?.string ?? "")
            if let own = workload.settings.image, !isEngine {
                container["image"] = .string(own)
            } else if let reference = reference(to: imageName(name, of: workload)) {
                container["image"] = .string(reference)
            } else if !unknown.contains(imageName(name, of: workload)) {
                unknown.append(imageName(name, of: workload))
            }
            if let policy = settings.imagePullPolicy { container["imagePullPolicy"] = .string(policy.rawValue) }
        }
        for name in unknown {
            errors.append(
                HySDSError(
                    .rendering, workload.name, "no image for \(name)",
                    hint:
                        "build it with `sds build \(name.split(separator: "/").last ?? "")`, which needs --push or --load so that nodes can get it, or name one under "
                        + "kubernetes.images"))
        }
        if !settings.imagePullSecrets.isEmpty {
            let names = settings.imagePullSecrets.map { JSONValue.object(["name": .string($0)]) }
            object[path: KubernetesObject.podSpec + ["imagePullSecrets"]] = .array(names)
        }
    }

    /// What runs for an image name of `k8s/`; nil for one of ours that nobody built or named.
    package func reference(to name: String) -> String? {
        let plain = Self.withoutTag(name)
        return settings.images[name] ?? settings.images[plain] ?? images[name] ?? images[plain]
            ?? (plain == name ? nil : name)
    }

    static func withoutTag(_ name: String) -> String {
        let start = name.lastIndex(of: "/") ?? name.startIndex
        guard let mark = name[start...].firstIndex(where: { $0 == ":" || $0 == "@" }) else { return name }
        return String(name[..<mark])
    }

    // MARK: Placement and resources

    func setPod(of object: inout KubernetesObject, for workload: Workload) {
        let wanted = workload.settings
        object.changeMainContainer(workload.name) { container in
            merge(wanted.requests, into: &container, ["resources", "requests"])
            merge(wanted.limits, into: &container, ["resources", "limits"])
            var variables = wanted.environment
            if let processes = wanted.processes { variables["SDS_PROCESSES"] = String(processes) }
            if let gpus = wanted.gpus {
                container[path: ["resources", "limits", "nvidia.com/gpu"]] = .integer(Int64(gpus))
                variables["HYSDS_GPU_AVAILABLE"] = String(gpus)
            }
            container.setEnvironment(variables)
        }
        let spec = KubernetesObject.podSpec
        merge(wanted.nodeSelector, into: &object.json, spec + ["nodeSelector"])
        if !wanted.tolerations.isEmpty {
            object[path: spec + ["tolerations"]] = .array(wanted.tolerations.map(\.json))
        }
        if let name = wanted.priorityClass { object[path: spec + ["priorityClassName"]] = .string(name) }
        if let seconds = workload.longestJobSeconds {
            object[path: spec + ["terminationGracePeriodSeconds"]] = .integer(Int64(seconds))
        }
        setCertificates(of: &object, for: workload)
        if !wanted.annotations.isEmpty { object.podAnnotations.merge(wanted.annotations) { _, new in new } }
        if let size = wanted.workSize {
            object.changeVolume("work") { volume in
                if volume["emptyDir"] != nil {
                    volume[path: ["emptyDir", "sizeLimit"]] = .string(size)
                } else if volume["hostPath"] == nil {
                    volume[path: ["ephemeral", "volumeClaimTemplate", "spec", "resources", "requests", "storage"]] =
                        .string(size)
                }
            }
        }
    }

    private func merge(_ texts: [String: String], into value: inout JSONValue, _ path: [String]) {
        guard !texts.isEmpty else { return }
        var members = value[path: path]?.object ?? [:]
        members.merge(texts.mapValues(JSONValue.string)) { _, new in new }
        value[path: path] = .object(members)
    }

    func setStorage(of object: inout KubernetesObject, for workload: Workload) {
        let path = ["spec", "volumeClaimTemplates"]
        guard var claims = object[path: path]?.array else { return }
        let size = settings.storage.sizes[workload.name] ?? workload.settings.storageSize
        for index in claims.indices {
            if let name = settings.storage.storageClass {
                claims[index][path: ["spec", "storageClassName"]] = .string(name)
            }
            if let size { claims[index][path: ["spec", "resources", "requests", "storage"]] = .string(size) }
        }
        object[path: path] = .array(claims)
    }

    // MARK: Release and secrets

    func setRelease(
        of object: inout KubernetesObject, _ release: ReleaseFacts?, for workload: Workload, errors: inout [HySDSError]
    ) {
        guard let release else {
            if workload.hasRelease {
                errors.append(HySDSError(.rendering, workload.name, "expected a release for its trees, found none"))
            }
            return
        }
        let manifest: JSONValue = [
            "configMap": [
                "name": .string(release.manifestConfigMap), "items": [["key": "release.json", "path": "release.json"]],
            ]
        ]
        let chunks = release.chunks.map { chunk -> JSONValue in
            [
                "configMap": [
                    "name": .string(chunk.configMap), "items": [["key": "chunk", "path": .string(chunk.path)]],
                ]
            ]
        }
        object.changeVolume("sds-chunks") { volume in
            volume = [
                "name": "sds-chunks", "projected": ["sources": .array([manifest] + chunks), "defaultMode": 0o440],
            ]
        }
        object.changeContainers { container in
            container.setEnvironment(["SDS_RELEASE": release.digest, "SDS_TREES": release.trees.joined(separator: " ")])
        }
        object.podAnnotations[Annotation.release] = release.digest
        guard release.imageBytes > 0 else { return }
        // A pod holds three releases and unpacks a fourth; what the volume is declared with is for all else.
        object.changeVolume("sds") { volume in
            volume[path: ["emptyDir", "sizeLimit"]] = .string("\(1024 + (4 * release.imageBytes) >> 20)Mi")
        }
    }

    func setSecrets(of object: inout KubernetesObject, _ secrets: SecretFacts?) {
        guard object.hasVolume("sds-secrets") else { return }
        guard let secrets else {
            object.changeVolume("sds-secrets") { $0 = ["name": "sds-secrets", "emptyDir": ["medium": "Memory"]] }
            return
        }
        let items = secrets.items.map { item -> JSONValue in ["key": .string(item.key), "path": .string(item.path)] }
        object.changeVolume("sds-secrets") { volume in
            volume = [
                "name": "sds-secrets",
                "secret": ["secretName": .string(secrets.name), "defaultMode": 0o440, "items": .array(items)],
            ]
        }
        object.podAnnotations[Annotation.secrets] = secrets.generation
    }
}
