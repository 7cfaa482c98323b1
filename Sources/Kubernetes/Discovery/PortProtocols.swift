/// States `protocol: TCP` on every port.
///
/// It is the default, but also part of the key by which server-side apply merges ports: servers up to 1.20 refuse a Service
/// port without it.
enum PortProtocols {
    static func state(in object: inout KubernetesObject) {
        if object.kind == "Service", object.group.isEmpty {
            object[path: ["spec", "ports"]] = stated(object[path: ["spec", "ports"]])
        }
        guard let path = PodTemplate.specPath(of: object), object[path: path] != nil else { return }
        for list in ["containers", "initContainers"] {
            guard let containers = object[path: path + [list]]?.array else { continue }
            object[path: path + [list]] = .array(
                containers.map { container in
                    var container = container
                    if container["ports"] != nil { container["ports"] = stated(container["ports"]) }
                    return container
                })
        }
    }

    private static func stated(_ ports: JSONValue?) -> JSONValue? {
        guard let ports = ports?.array else { return ports }
        return .array(
            ports.map { port in
                var port = port
                if port.object != nil, port["protocol"] == nil { port["protocol"] = "TCP" }
                return port
            })
    }
}
