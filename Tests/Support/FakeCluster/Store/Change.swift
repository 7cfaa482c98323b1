internal import Kubernetes

/// What happened to one object: kept, so that a watch can begin in the past.
struct Change: Sendable {
    var version: Int
    var id: ResourceID
    /// Nil when it was created.
    var before: StoredObject?
    /// Nil when it was deleted.
    var after: StoredObject?

    /// The line of a watch with this filter; nil when the change is none of its business.
    func line(for filter: Filter, isMetadataOnly: Bool) -> [UInt8]? {
        guard filter.concerns(id) else { return nil }
        let (was, isNow) = (filter.selects(before?.json), filter.selects(after?.json))
        switch (was, isNow) {
        case (false, false): return nil
        case (false, true): return Self.line("ADDED", after, filter.type, isMetadataOnly)
        case (true, true): return Self.line("MODIFIED", after, filter.type, isMetadataOnly)
        case (true, false):
            var last = before
            last?.json[path: ["metadata", "resourceVersion"]] = .string(String(version))
            return Self.line("DELETED", last, filter.type, isMetadataOnly)
        }
    }

    static func line(
        _ event: String, _ object: StoredObject?, _ type: ResourceType, _ isMetadataOnly: Bool
    ) -> [UInt8]? {
        guard let object else { return nil }
        let json = object.rendered(as: type)
        return line(event, isMetadataOnly ? json.metadataOnly : json)
    }

    static func line(_ event: String, _ object: JSONValue) -> [UInt8] {
        let json: JSONValue = ["type": .string(event), "object": object]
        return json.serialized() + [0x0A]
    }
}
