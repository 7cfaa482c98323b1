internal import Kubernetes

/// RFC 7396 and RFC 6902.
enum JSONPatch {
    static func merge(_ target: JSONValue, _ patch: JSONValue) -> JSONValue {
        guard let members = patch.object else { return patch }
        var result = target.object ?? [:]
        for (key, value) in members {
            if value.isNull {
                result.removeValue(forKey: key)
            } else {
                result[key] = merge(result[key] ?? .null, value)
            }
        }
        return .object(result)
    }

    static func apply(_ operations: JSONValue, to target: JSONValue) throws(APIFailure) -> JSONValue {
        var result = target
        for operation in operations.array ?? [] {
            let path = pointer(operation["path"]?.string ?? "")
            switch operation["op"]?.string {
            case "add": result = try edit(result, path, isAdding: true) { _ in operation["value"] ?? .null }
            case "replace": result = try edit(result, path, isAdding: false) { _ in operation["value"] ?? .null }
            case "remove": result = try edit(result, path, isAdding: false) { _ in nil }
            case "test":
                guard value(result, path) == operation["value"] else {
                    throw APIFailure(
                        422, "Invalid", "the server rejected our request due to an error in our request: test failed")
                }
            case let name: throw .bad("unknown operation \"\(name ?? "")\"")
            }
        }
        return result
    }

    private static func pointer(_ text: String) -> ArraySlice<String> {
        text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { part in
            String(part).replacing("~1", with: "/").replacing("~0", with: "~")
        }[...]
    }

    private static func value(_ json: JSONValue, _ path: ArraySlice<String>) -> JSONValue? {
        guard let first = path.first else { return json }
        let member = json.array != nil ? Int(first).flatMap { json[$0] } : json[first]
        return member.flatMap { value($0, path.dropFirst()) }
    }

    private static func edit(
        _ json: JSONValue, _ path: ArraySlice<String>, isAdding: Bool, _ change: (JSONValue?) -> JSONValue?
    ) throws(APIFailure) -> JSONValue {
        guard let first = path.first else { return change(json) ?? .null }
        let missing = APIFailure(422, "Invalid", "the path \"\(first)\" does not exist")
        let isLast = path.count == 1
        if var elements = json.array {
            guard let index = first == "-" ? elements.count : Int(first), (0...elements.count).contains(index) else {
                throw missing
            }
            if isLast && isAdding {
                if let value = change(nil) { elements.insert(value, at: index) }
                return .array(elements)
            }
            guard index < elements.count else { throw missing }
            if isLast, change(elements[index]) == nil {
                elements.remove(at: index)
            } else {
                elements[index] = try edit(elements[index], path.dropFirst(), isAdding: isAdding, change)
            }
            return .array(elements)
        }
        guard json.object != nil, isAdding && isLast || json[first] != nil else { throw missing }
        var copy = json
        copy[first] =
            isLast ? change(json[first]) : try edit(json[first] ?? .null, path.dropFirst(), isAdding: isAdding, change)
        return copy
    }
}
