internal import Kubernetes

extension JSONValue {
    /// Every field there is below, each list element with keys of its own included.
    func fields(below path: FieldPath = FieldPath()) -> Set<FieldPath> {
        let field = path.elements.last ?? ""
        switch self {
        case .object(let members) where !FieldSchema.isAtomicMap(field) && !members.isEmpty:
            return members.reduce(into: []) { $0.formUnion($1.value.fields(below: path.appending("f:\($1.key)"))) }
        case .array(let elements):
            guard let keys = FieldSchema.listKeys(field, elements), !elements.isEmpty else { return [path] }
            return elements.reduce(into: []) { result, element in
                let own = path.appending(FieldSchema.key(of: element, keys))
                result.insert(own)
                result.formUnion(element.fields(below: own))
            }
        default: return path.elements.isEmpty ? [] : [path]
        }
    }

    func value(at path: ArraySlice<String>, in field: String = "") -> JSONValue? {
        guard let first = path.first else { return self }
        if first.hasPrefix("f:") {
            return self[String(first.dropFirst(2))]?.value(at: path.dropFirst(), in: first)
        }
        return element(first, in: field)?.value(at: path.dropFirst())
    }

    private func element(_ key: String, in field: String) -> JSONValue? {
        guard let elements = array, let keys = FieldSchema.listKeys(field, elements) else { return nil }
        return elements.first { FieldSchema.key(of: $0, keys) == key }
    }

    /// Without the field; maps and lists that it leaves empty go too.
    func removing(_ path: ArraySlice<String>, in field: String = "") -> JSONValue? {
        guard let first = path.first else { return nil }
        if first.hasPrefix("f:") {
            let name = String(first.dropFirst(2))
            guard let member = self[name] else { return self }
            var copy = self
            copy[name] = member.removing(path.dropFirst(), in: first)
            if copy.object?.isEmpty == true { return nil }
            return copy
        }
        guard let elements = array, let keys = FieldSchema.listKeys(field, elements) else { return self }
        let kept = elements.compactMap { element in
            FieldSchema.key(of: element, keys) == first ? element.removing(path.dropFirst()) : element
        }
        if kept.isEmpty { return nil }
        return .array(kept)
    }

    /// This value with what an applied configuration says laid over it.
    func merged(with config: JSONValue, in field: String = "") -> JSONValue {
        switch (self, config) {
        case (.object(let live), .object(let wanted)) where !FieldSchema.isAtomicMap(field):
            var result = live
            for (key, value) in wanted {
                if value.isNull {
                    result.removeValue(forKey: key)
                } else {
                    result[key] = live[key].map { $0.merged(with: value, in: "f:\(key)") } ?? value
                }
            }
            return .object(result)
        case (.array(let live), .array(let wanted)):
            guard let keys = FieldSchema.listKeys(field, live + wanted) else { return config }
            let liveByKey = Dictionary(
                live.map { (FieldSchema.key(of: $0, keys), $0) }, uniquingKeysWith: { first, _ in first })
            let wantedKeys = Set(wanted.map { FieldSchema.key(of: $0, keys) })
            let changed = wanted.map { liveByKey[FieldSchema.key(of: $0, keys)]?.merged(with: $0) ?? $0 }
            return .array(changed + live.filter { !wantedKeys.contains(FieldSchema.key(of: $0, keys)) })
        default: return config
        }
    }
}
