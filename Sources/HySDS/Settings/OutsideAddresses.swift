/// Where the parts of HySDS are reached from outside the cluster: by an operator's scripts, by workers on EC2.
package struct OutsideAddresses: Hashable, Sendable {
    /// A part of HySDS whose address the configuration's keys carry: `MOZART_RABBIT_PVT_IP` and its like.
    struct Part: Sendable {
        /// As `kubernetes.outside` calls it.
        var name: String
        /// The beginning of its keys.
        var prefix: String
        /// A REST service, which `host` stands for when it has no address of its own.
        var isBehindFront: Bool
    }

    static let parts: [Part] = [
        Part(name: "mozart", prefix: "MOZART", isBehindFront: true),
        Part(name: "grq", prefix: "GRQ", isBehindFront: true),
        Part(name: "metrics", prefix: "METRICS", isBehindFront: true),
        Part(name: "mozart-rabbitmq", prefix: "MOZART_RABBIT", isBehindFront: false),
        Part(name: "mozart-redis", prefix: "MOZART_REDIS", isBehindFront: false),
        Part(name: "mozart-es", prefix: "MOZART_ES", isBehindFront: false),
        Part(name: "grq-es", prefix: "GRQ_ES", isBehindFront: false),
        Part(name: "metrics-redis", prefix: "METRICS_REDIS", isBehindFront: false),
        Part(name: "metrics-es", prefix: "METRICS_ES", isBehindFront: false),
    ]

    static let names = ["host"] + parts.map(\.name)
    private static let suffixes = ["_PVT_IP", "_PUB_IP", "_FQDN"]

    /// By name, as the operator wrote them.
    package var addresses: [String: String]

    package init(_ addresses: [String: String] = [:]) {
        self.addresses = addresses.filter { !$0.value.isEmpty }
    }

    /// Names that mean nothing, sorted.
    var unknown: [String] {
        addresses.keys.filter { !Self.names.contains($0) }.sorted()
    }

    /// The keys of the configuration that hold a part's address.
    static func keys(of part: Part) -> [String] { suffixes.map { part.prefix + $0 } }
}

extension KubernetesSettings {
    /// The front's host as seen from outside; nil when nothing says it.
    package var outsideHost: String? {
        outside.addresses["host"] ?? (ingress.isEnabled ? ingress.host : nil)
    }

    /// Whether anything says how HySDS is reached from outside.
    package var hasOutside: Bool { !outside.addresses.isEmpty }

    /// The address of a part from outside; nil when there is none. A store that others run is where it is.
    func outsideAddress(of part: OutsideAddresses.Part) -> String? {
        outside.addresses[part.name] ?? (part.isBehindFront ? outsideHost : external[part.name]?.address)
    }
}
