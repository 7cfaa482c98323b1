/// Fields younger than Kubernetes 1.20, and since when server-side apply takes them: before, it refuses the object.
enum FieldAge {
    /// What leaving a field out would do.
    enum Weight: Sendable {
        /// A refinement: things work without it.
        case droppable
        /// The object would mean something else.
        case essential
    }

    struct Field: Sendable {
        /// `*` stands for every element of a list.
        let path: String
        let minor: Int
        let weight: Weight
        /// Values of an essential field that say what a server without the field does anyway.
        let harmless: [JSONValue]

        init(_ path: String, _ minor: Int, _ weight: Weight = .droppable, unless harmless: [JSONValue] = []) {
            self.path = path
            self.minor = minor
            self.weight = weight
            self.harmless = harmless
        }
    }

    static let byKind: [String: [Field]] = [
        "PodDisruptionBudget": [Field("spec.unhealthyPodEvictionPolicy", 26)],
        "Service": [
            Field("spec.internalTrafficPolicy", 21), Field("spec.trafficDistribution", 30),
            Field("spec.loadBalancerClass", 21, .essential),
        ],
        "StatefulSet": [
            Field("spec.minReadySeconds", 22),
            Field("spec.persistentVolumeClaimRetentionPolicy", 22, .essential, unless: kept),
            Field("spec.ordinals", 26, .essential),
        ],
        "Job": jobs("spec"),
        "CronJob": [Field("spec.timeZone", 24, .essential)] + jobs("spec.jobTemplate.spec"),
        "PersistentVolumeClaim": [
            Field("spec.dataSourceRef", 22, .essential), Field("spec.volumeAttributesClassName", 29),
        ],
        "Ingress": [],
        "HorizontalPodAutoscaler": [
            Field("spec.behavior.scaleDown.tolerance", 33), Field("spec.behavior.scaleUp.tolerance", 33),
        ],
    ]

    private static let kept: [JSONValue] = [
        ["whenDeleted": "Retain", "whenScaled": "Retain"], ["whenDeleted": "Retain"], ["whenScaled": "Retain"], [:],
    ]

    static let ofPods: [Field] = [
        Field("os", 23), Field("hostUsers", 25, .essential, unless: [true]), Field("schedulingGates", 26, .essential),
        Field("resourceClaims", 26, .essential), Field("resources", 32),
        Field("securityContext.supplementalGroupsPolicy", 31), Field("securityContext.appArmorProfile", 30),
        Field("securityContext.seLinuxChangePolicy", 32),
        Field("topologySpreadConstraints.*.minDomains", 24), Field("topologySpreadConstraints.*.matchLabelKeys", 25),
        Field("topologySpreadConstraints.*.nodeAffinityPolicy", 25),
        Field("topologySpreadConstraints.*.nodeTaintsPolicy", 25),
        Field("volumes.*.image", 31, .essential),
        Field("volumes.*.projected.sources.*.clusterTrustBundle", 27, .essential),
    ]

    static let ofContainers: [Field] = [
        Field("resizePolicy", 27), Field("securityContext.appArmorProfile", 30),
        Field("lifecycle.preStop.sleep", 29, .essential), Field("lifecycle.stopSignal", 33, .essential),
        Field("volumeMounts.*.recursiveReadOnly", 30),
    ]

    static let ofProbes = [Field("grpc", 23, .essential), Field("terminationGracePeriodSeconds", 21)]

    private static func jobs(_ path: String) -> [Field] {
        [
            Field("\(path).suspend", 21, .essential, unless: [false]),
            Field("\(path).completionMode", 21, .essential, unless: ["NonIndexed"]),
            Field("\(path).podFailurePolicy", 25), Field("\(path).podReplacementPolicy", 28),
            Field("\(path).backoffLimitPerIndex", 28, .essential), Field("\(path).maxFailedIndexes", 28, .essential),
            Field("\(path).successPolicy", 30, .essential),
        ]
    }

    /// All fields that an object of a kind can have, with full paths.
    static func fields(of object: KubernetesObject) -> [Field] {
        var fields = byKind[object.kind] ?? []
        guard let path = PodTemplate.specPath(of: object)?.joined(separator: ".") else { return fields }
        func add(_ more: [Field], below prefix: String) {
            fields += more.map { Field("\(prefix).\($0.path)", $0.minor, $0.weight, unless: $0.harmless) }
        }
        add(ofPods, below: path)
        // A sidecar: without the field the pod would wait for its end for ever.
        add([Field("restartPolicy", 28, .essential)], below: "\(path).initContainers.*")
        for list in ["containers", "initContainers"] {
            add(ofContainers, below: "\(path).\(list).*")
            for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
                add(ofProbes, below: "\(path).\(list).*.\(probe)")
            }
        }
        return fields
    }

    /// - Throws: `KubernetesError` when a field that the server is too old for can't be left out.
    static func remove(
        from object: inout KubernetesObject, minor: Int, notes: inout [String]
    ) throws(KubernetesError) {
        for field in fields(of: object) where minor < field.minor {
            var removed: [JSONValue] = []
            let path = field.path.split(separator: ".").map(String.init)[...]
            let value = removing(path, from: object.json, &removed)
            guard !removed.isEmpty else { continue }
            guard field.weight == .droppable || removed.allSatisfy({ $0.isNull || field.harmless.contains($0) }) else {
                throw KubernetesError(
                    .unsupported, String(describing: object.key),
                    "\(field.path) needs Kubernetes 1.\(field.minor), this is 1.\(minor)")
            }
            object.json = value
            notes.append("\(field.path) left out: it needs Kubernetes 1.\(field.minor)")
        }
    }

    /// The value without what the path names, which is added to `removed`.
    private static func removing(
        _ path: ArraySlice<String>, from value: JSONValue, _ removed: inout [JSONValue]
    ) -> JSONValue {
        guard let first = path.first else { return value }
        let rest = path.dropFirst()
        if first == "*" {
            guard let elements = value.array else { return value }
            return .array(elements.map { removing(rest, from: $0, &removed) })
        }
        guard let member = value[first] else { return value }
        var value = value
        if rest.isEmpty {
            removed.append(member)
            value[first] = nil
        } else {
            value[first] = removing(rest, from: member, &removed)
        }
        return value
    }
}
