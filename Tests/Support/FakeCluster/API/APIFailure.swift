package import Kubernetes

/// An error as the API server words it.
package struct APIFailure: Error, Sendable {
    package var code: Int
    package var reason: String
    package var message: String
    package var causes: [JSONValue] = []
    package var name: String?
    package var plural: String?

    package init(_ code: Int, _ reason: String, _ message: String, causes: [JSONValue] = []) {
        self.code = code
        self.reason = reason
        self.message = message
        self.causes = causes
    }

    package var json: JSONValue {
        var details: JSONValue = [:]
        details["name"] = name.map(JSONValue.string)
        details["kind"] = plural.map(JSONValue.string)
        if !causes.isEmpty { details["causes"] = .array(causes) }
        return [
            "apiVersion": "v1", "kind": "Status", "metadata": [:], "status": "Failure", "message": .string(message),
            "reason": .string(reason), "code": .integer(Int64(code)), "details": details,
        ]
    }
}

extension APIFailure {
    static func notFound(_ id: ResourceID) -> APIFailure {
        about(id, APIFailure(404, "NotFound", "\(id.resource) \"\(id.name)\" not found"))
    }

    static func exists(_ id: ResourceID) -> APIFailure {
        about(id, APIFailure(409, "AlreadyExists", "\(id.resource) \"\(id.name)\" already exists"))
    }

    static func stale(_ id: ResourceID) -> APIFailure {
        about(
            id,
            APIFailure(
                409, "Conflict",
                "Operation cannot be fulfilled on \(id.resource) \"\(id.name)\": the object has been modified; please "
                    + "apply your changes to the latest version and try again"))
    }

    static func precondition(_ id: ResourceID, _ what: String, wanted: String, found: String) -> APIFailure {
        about(
            id,
            APIFailure(
                409, "Conflict",
                "Operation cannot be fulfilled on \(id.resource) \"\(id.name)\": the \(what) in the precondition "
                    + "(\(wanted)) does not match the \(what) in record (\(found))"))
    }

    static func invalid(_ id: ResourceID, kind: String, field: String, _ message: String) -> APIFailure {
        let cause: JSONValue = ["reason": "FieldValueInvalid", "message": .string(message), "field": .string(field)]
        return about(
            id, APIFailure(422, "Invalid", "\(kind) \"\(id.name)\" is invalid: \(field): \(message)", causes: [cause]))
    }

    static let unknownPath = APIFailure(404, "NotFound", "the server could not find the requested resource")
    static let expired = APIFailure(
        410, "Expired", "The provided continue parameter is too old to display a consistent list result.")
    static let tooOld = APIFailure(410, "Expired", "too old resource version")

    static func bad(_ message: String) -> APIFailure { APIFailure(400, "BadRequest", message) }

    private static func about(_ id: ResourceID, _ failure: APIFailure) -> APIFailure {
        var failure = failure
        failure.name = id.name
        failure.plural = id.plural
        return failure
    }
}
