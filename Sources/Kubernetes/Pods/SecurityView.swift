/// A pod spec as the checks look at it: the pod's and every container's security context, with their places.
struct SecurityView {
    struct Part {
        let place: String
        let container: JSONValue
        var context: JSONValue { container["securityContext"] ?? [:] }
    }

    let spec: JSONValue
    let containers: [Part]
    var context: JSONValue { spec["securityContext"] ?? [:] }
    var isWindows: Bool { spec[path: ["os", "name"]]?.string == "windows" }

    init(_ spec: JSONValue) {
        self.spec = spec
        containers = ["initContainers", "containers", "ephemeralContainers"].flatMap { list in
            (spec[list]?.array ?? []).map { Part(place: "spec.\(list)[\($0["name"]?.string ?? "?")]", container: $0) }
        }
    }

    /// The pod's and the containers' security contexts.
    var contexts: [(place: String, context: JSONValue)] {
        [("spec.securityContext", context)] + containers.map { ("\($0.place).securityContext", $0.context) }
    }
}
