/// What a server serves: parsed from its discovery replies, old form and new.
package struct Discovery: Hashable, Sendable, Codable {
    /// In the server's order of preference within a group.
    package private(set) var types: [ResourceType]
    /// Preferred version first, by group.
    private var versions: [String: [String]]

    package init(types: [ResourceType] = []) {
        self.types = []
        versions = [:]
        for type in types {
            note(group: type.group, version: type.version)
            insert(type)
        }
    }

    /// Takes in the reply to one of ``APIRequest/discovery`` or of what this gave back, and says what is left to ask.
    /// - Parameter groups: Of an old server only these groups are asked further; nil for all.
    /// - Throws: `KubernetesError` when the reply is no discovery document.
    package mutating func add(_ reply: JSONValue, groups: Set<String>? = nil) throws -> [APIRequest] {
        switch reply["kind"]?.string {
        case "APIGroupDiscoveryList":
            addAggregated(reply)
            return []
        case "APIVersions":
            let versions = (reply["versions"]?.array ?? []).compactMap(\.string)
            return versions.map { version in
                note(group: "", version: version)
                return .discovery(group: "", version: version)
            }
        case "APIGroupList":
            return (reply["groups"]?.array ?? []).flatMap { addGroup($0, wanted: groups) }
        case "APIResourceList":
            addResources(reply)
            return []
        case let kind:
            throw KubernetesError(
                .invalidReply, "discovery", "expected a list of API groups, found kind \"\(kind ?? "none")\"",
                hint: "is the server address that of a Kubernetes API server?")
        }
    }

    /// The type of a kind in the version that the server prefers; nil when it doesn't serve it.
    package func lookup(kind: String, group: String) -> ResourceType? {
        for version in versions[group] ?? [] {
            if let type = lookup(kind: kind, group: group, version: version) { return type }
        }
        return nil
    }

    package func lookup(kind: String, group: String, version: String) -> ResourceType? {
        types.first { $0.kind == kind && $0.group == group && $0.version == version }
    }

    /// The type in which an object is written, if the server serves exactly that.
    package func type(of object: KubernetesObject) -> ResourceType? {
        types.first { $0.kind == object.kind && $0.apiVersion == object.apiVersion }
    }

    /// The versions in which the server serves a kind, preferred one first.
    package func versions(kind: String, group: String) -> [String] {
        (versions[group] ?? []).filter { lookup(kind: kind, group: group, version: $0) != nil }
    }

    private mutating func note(group: String, version: String) {
        if versions[group]?.contains(version) != true { versions[group, default: []].append(version) }
    }

    private mutating func insert(_ type: ResourceType) {
        if !types.contains(type) { types.append(type) }
    }
}

extension Discovery {
    /// `/apis` of a server before 1.27: names of groups and versions only.
    private mutating func addGroup(_ group: JSONValue, wanted: Set<String>?) -> [APIRequest] {
        guard let name = group["name"]?.string, wanted?.contains(name) != false else { return [] }
        let preferred = group[path: ["preferredVersion", "version"]]?.string
        let all = (group["versions"]?.array ?? []).compactMap { $0["version"]?.string }
        let ordered = all.filter { $0 == preferred } + all.filter { $0 != preferred }
        return ordered.map { version in
            note(group: name, version: version)
            return .discovery(group: name, version: version)
        }
    }

    private mutating func addResources(_ list: JSONValue) {
        let parts = (list["groupVersion"]?.string ?? "").split(separator: "/", maxSplits: 1).map(String.init)
        guard let version = parts.last else { return }
        let group = parts.count == 2 ? parts[0] : ""
        note(group: group, version: version)
        for resource in list["resources"]?.array ?? [] {
            // `pods/exec` and the like are parts of a type, not types.
            guard let plural = resource["name"]?.string, !plural.contains("/"), let kind = resource["kind"]?.string
            else { continue }
            insert(
                ResourceType(
                    group: resource["group"]?.string ?? group, version: resource["version"]?.string ?? version,
                    kind: kind, plural: plural, isNamespaced: resource["namespaced"]?.bool ?? true))
        }
    }

    private mutating func addAggregated(_ list: JSONValue) {
        for group in list["items"]?.array ?? [] {
            let name = group[path: ["metadata", "name"]]?.string ?? ""
            for entry in group["versions"]?.array ?? [] {
                guard let version = entry["version"]?.string else { continue }
                note(group: name, version: version)
                for resource in entry["resources"]?.array ?? [] {
                    guard let plural = resource["resource"]?.string else { continue }
                    let response = resource["responseKind"]
                    insert(
                        ResourceType(
                            group: name, version: version, kind: response?["kind"]?.string ?? "", plural: plural,
                            isNamespaced: resource["scope"]?.string != "Cluster"))
                }
            }
        }
    }
}
