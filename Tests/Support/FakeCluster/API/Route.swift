internal import Kubernetes

/// What a path is about.
enum Route: Sendable {
    case groups
    case coreVersions
    case resources(group: String, version: String)
    case collection(ResourceType, namespace: String?)
    case object(ResourceType, ResourceID, subresource: String?)
    case accessReview
    case text(String)
    case version

    init(_ path: String, _ catalog: Catalog) throws(APIFailure) {
        let parts = path.split(separator: "/").map(String.init)
        switch parts.first {
        case "api" where parts.count == 1: self = .coreVersions
        case "apis" where parts.count == 1: self = .groups
        case "api": self = try Self.inGroup("", parts[1], parts.dropFirst(2), catalog)
        case "apis" where parts.count > 2: self = try Self.inGroup(parts[1], parts[2], parts.dropFirst(3), catalog)
        case "version": self = .version
        case "readyz", "livez", "healthz": self = .text("ok")
        default: throw .unknownPath
        }
    }

    private static func inGroup(
        _ group: String, _ version: String, _ rest: ArraySlice<String>, _ catalog: Catalog
    ) throws(APIFailure) -> Route {
        var rest = rest
        guard let first = rest.first else { return .resources(group: group, version: version) }
        if group == "authorization.k8s.io", first == "selfsubjectaccessreviews" { return .accessReview }
        var namespace: String?
        if first == "namespaces", rest.count > 2, !["status", "finalize"].contains(rest.dropFirst(2).first) {
            namespace = rest.dropFirst().first
            rest = rest.dropFirst(2)
        }
        guard let plural = rest.popFirst(), let type = catalog.type(group: group, version: version, plural: plural),
            namespace == nil || type.isNamespaced
        else { throw .unknownPath }
        guard let name = rest.popFirst() else { return .collection(type, namespace: namespace) }
        guard !type.isNamespaced || namespace != nil, rest.count < 2 else { throw .unknownPath }
        let id = ResourceID(group: group, plural: plural, namespace: namespace ?? "", name: name)
        return .object(type, id, subresource: rest.first)
    }

    /// As a Role names it; nil for what everybody may ask.
    var resource: String? {
        switch self {
        case .collection(let type, _): type.plural
        case .object(let type, _, let subresource): subresource.map { "\(type.plural)/\($0)" } ?? type.plural
        default: nil
        }
    }

    func verb(_ request: FakeRequest) -> String {
        let isCollection = if case .collection = self { true } else { false }
        return switch request.method {
        case "GET" where request.isExec: "create"
        case "GET": request.isWatch ? "watch" : isCollection ? "list" : "get"
        case "POST": "create"
        case "PUT": "update"
        case "PATCH": "patch"
        default: isCollection ? "deletecollection" : "delete"
        }
    }
}
