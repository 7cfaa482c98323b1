internal import Kubernetes

/// How server-side apply takes lists and maps: what the API's schema says, for the types in use.
enum FieldSchema {
    private static let byName: Set<String> = [
        "containers", "initContainers", "ephemeralContainers", "volumes", "env", "imagePullSecrets", "secrets",
    ]
    private static let keys: [String: [String]] = [
        "volumeMounts": ["mountPath"], "volumeDevices": ["devicePath"], "conditions": ["type"],
        "ownerReferences": ["uid"], "hostAliases": ["ip"],
        "topologySpreadConstraints": ["topologyKey", "whenUnsatisfiable"],
    ]
    private static let atomicMaps: Set<String> = [
        "f:selector", "f:nodeSelector", "f:secretRef", "f:configMapKeyRef", "f:secretKeyRef", "f:fieldRef",
        "f:scaleTargetRef",
    ]

    /// The members that tell a list's elements apart; nil for a list that is one value.
    static func listKeys(_ field: String, _ elements: [JSONValue]) -> [String]? {
        guard elements.allSatisfy({ $0.object != nil }), field.hasPrefix("f:") else { return nil }
        let name = String(field.dropFirst(2))
        if byName.contains(name) { return ["name"] }
        if let keys = keys[name] { return keys }
        guard name == "ports" else { return nil }
        if elements.allSatisfy({ $0["containerPort"] != nil }) { return ["containerPort", "protocol"] }
        return elements.allSatisfy { $0["port"] != nil } ? ["port", "protocol"] : nil
    }

    static func isAtomicMap(_ field: String) -> Bool { atomicMaps.contains(field) }

    /// The element's own path element.
    static func key(of element: JSONValue, _ keys: [String]) -> String {
        var members: [String: JSONValue] = [:]
        for key in keys { members[key] = element[key] ?? (key == "protocol" ? "TCP" : .null) }
        return "k:" + String(decoding: JSONValue.object(members).serialized(), as: UTF8.self)
    }
}
