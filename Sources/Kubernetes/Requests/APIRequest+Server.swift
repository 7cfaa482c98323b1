extension APIRequest {
    /// Asks whether the caller may do something; the answer is ``AccessCheck/isAllowed(_:)``.
    package static func accessReview(_ check: AccessCheck) -> APIRequest {
        var attributes: JSONValue = ["verb": .string(check.verb), "resource": .string(check.resource)]
        attributes["group"] = .string(check.group)
        attributes["subresource"] = check.subresource.map(JSONValue.string)
        attributes["namespace"] = check.namespace.map(JSONValue.string)
        attributes["name"] = check.name.map(JSONValue.string)
        let body: JSONValue = [
            "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
            "spec": ["resourceAttributes": attributes],
        ]
        return APIRequest(
            .post, "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", contentType: "application/json",
            body: body.serialized())
    }

    package static let version = APIRequest(.get, "/version")
    package static let ready = APIRequest(.get, "/readyz", accept: "text/plain")

    /// The roots of discovery. A server since 1.27 answers each with everything at once, an older one with names only:
    /// ``Discovery/add(_:)`` takes both and says what is left to ask.
    package static let discovery = ["/api", "/apis"].map {
        APIRequest(.get, $0, accept: aggregatedDiscovery)
    }

    private static let aggregatedDiscovery =
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
        + "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json"

    package static func discovery(group: String, version: String) -> APIRequest {
        APIRequest(.get, group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)")
    }
}
