internal import Kubernetes

extension FakeAPI {
    func discovery(_ route: Route, _ request: FakeRequest) throws(APIFailure) -> Answer {
        let isAggregated = catalog.isAggregated && request.header("accept")?.contains("APIGroupDiscoveryList") == true
        switch route {
        case .coreVersions where isAggregated: return aggregated(catalog.groups.filter { $0.name.isEmpty })
        case .groups where isAggregated: return aggregated(catalog.groups.filter { !$0.name.isEmpty })
        case .coreVersions: return .json(["kind": "APIVersions", "versions": ["v1"]])
        case .groups:
            let groups = catalog.groups.filter { !$0.name.isEmpty }.map { name, versions -> JSONValue in
                let entries = versions.map { version -> JSONValue in
                    ["groupVersion": .string("\(name)/\(version)"), "version": .string(version)]
                }
                return ["name": .string(name), "versions": .array(entries), "preferredVersion": entries[0]]
            }
            return .json(["kind": "APIGroupList", "apiVersion": "v1", "groups": .array(groups)])
        case .resources(let group, let version): return try resources(group, version)
        default: throw .unknownPath
        }
    }

    private func resources(_ group: String, _ version: String) throws(APIFailure) -> Answer {
        let types = catalog.types.filter { $0.group == group && $0.version == version }
        guard !types.isEmpty else { throw .unknownPath }
        let resources = types.flatMap { type in
            ([""] + Self.subresources(type)).map { subresource -> JSONValue in
                [
                    "name": .string(type.plural + subresource), "kind": .string(type.kind), "singularName": "",
                    "namespaced": .bool(type.isNamespaced),
                    "verbs": ["get", "list", "watch", "create", "patch", "delete"],
                ]
            }
        }
        return .json([
            "kind": "APIResourceList", "apiVersion": "v1",
            "groupVersion": .string(group.isEmpty ? version : "\(group)/\(version)"), "resources": .array(resources),
        ])
    }

    private func aggregated(_ groups: [(name: String, versions: [String])]) -> Answer {
        let items = groups.map { name, versions -> JSONValue in
            let entries = versions.map { version -> JSONValue in
                let types = catalog.types.filter { $0.group == name && $0.version == version }
                return [
                    "version": .string(version), "freshness": "Current", "resources": .array(types.map(Self.entry)),
                ]
            }
            return ["metadata": ["name": .string(name)], "versions": .array(entries)]
        }
        var answer = Answer.json([
            "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": [:],
            "items": .array(items),
        ])
        answer.headers = [("Content-Type", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")]
        return answer
    }

    private static func entry(_ type: ResourceType) -> JSONValue {
        [
            "resource": .string(type.plural), "scope": type.isNamespaced ? "Namespaced" : "Cluster",
            "responseKind": [
                "group": .string(type.group), "version": .string(type.version), "kind": .string(type.kind),
            ],
            "verbs": ["get", "list", "watch", "create", "patch", "delete"],
        ]
    }

    private static func subresources(_ type: ResourceType) -> [String] {
        if Catalog.isScalable(type.plural) { return ["/scale", "/status"] }
        return type == .pod ? ["/log", "/exec", "/eviction", "/status"] : []
    }
}
