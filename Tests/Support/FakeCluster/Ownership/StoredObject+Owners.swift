internal import Kubernetes

extension StoredObject {
    /// What no manager owns: set by the server, or the object's identity.
    private static let system: Set<String> = [
        "f:name", "f:namespace", "f:uid", "f:resourceVersion", "f:generation", "f:creationTimestamp",
        "f:deletionTimestamp", "f:managedFields", "f:selfLink",
    ]

    static func ownable(_ fields: Set<FieldPath>) -> Set<FieldPath> {
        fields.filter { field in
            switch field.elements.first {
            case "f:apiVersion", "f:kind", "f:status", nil: false
            case "f:metadata": field.elements.count > 1 && !system.contains(field.elements[1])
            default: true
            }
        }
    }

    /// Server-side apply.
    /// - Throws: 409 with one cause per field that belongs to someone else and would change.
    mutating func apply(_ config: JSONValue, by manager: String, force: Bool) throws(APIFailure) {
        let owner = FieldOwner(manager: manager, isApply: true)
        let wanted = Self.ownable(config.fields())
        let changing = wanted.filter { field in
            !field.isElement && json.value(at: field.elements[...]) != config.value(at: field.elements[...])
        }
        let rivals = owners.filter { $0.key != owner && !$0.value.isDisjoint(with: changing) }
        if !rivals.isEmpty && !force {
            throw conflict(rivals.mapValues { $0.intersection(changing) })
        }
        for rival in rivals.keys { owners[rival]?.subtract(changing) }
        let dropped = (owners[owner] ?? []).subtracting(wanted)
        owners[owner] = wanted
        json = json.merged(with: config)
        let stillOwned = owners.values.reduce(into: Set<FieldPath>()) { $0.formUnion($1) }
        let gone = dropped.subtracting(stillOwned)
        // A list element that nobody owns any more goes as a whole: without its key its fields couldn't be found.
        let elements = gone.filter(\.isElement).filter { element in !stillOwned.contains { $0.isBelow(element) } }
        for element in elements { json = json.removing(element.elements[...]) ?? json }
        for field in gone where !field.isElement && !elements.contains(where: field.isBelow) {
            json = json.removing(field.elements[...]) ?? json
        }
    }

    private func conflict(_ rivals: [FieldOwner: Set<FieldPath>]) -> APIFailure {
        let version = object.apiVersion
        let causes = rivals.sorted { $0.key < $1.key }.flatMap { owner, fields in
            fields.map(\.display).sorted().map { field -> JSONValue in
                [
                    "reason": "FieldManagerConflict", "field": .string(field),
                    "message": .string("conflict with \"\(owner.manager)\"\(owner.isApply ? "" : " using \(version)")"),
                ]
            }
        }
        let count = causes.count == 1 ? "1 conflict" : "\(causes.count) conflicts"
        return APIFailure(409, "Conflict", "Apply failed with \(count)", causes: causes)
    }

    /// Any other write: who changes a field owns it.
    mutating func update(to new: JSONValue, by manager: String) {
        let owner = FieldOwner(manager: manager, isApply: false)
        let present = Self.ownable(new.fields())
        let changed = present.filter { json.value(at: $0.elements[...]) != new.value(at: $0.elements[...]) }
        for other in owners.keys {
            owners[other] = owners[other]?.intersection(present)
            if other != owner { owners[other]?.subtract(changed) }
        }
        owners[owner, default: []].formUnion(changed)
        owners = owners.filter { !$0.value.isEmpty }
        json = new
    }
}
