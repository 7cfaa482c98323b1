internal import Kubernetes

/// What a workload of `k8s/` says about its certificate (`sds.hysds.org/certificate`, JSON): it holds on the TLS line only.
package struct CertificateDeclaration: Hashable, Sendable {
    /// The kind of its key: `p256` or `rsa2048`.
    package var key: String
    /// Where its pods speak TLS.
    package var port: Int
    /// The image's name instead of the one that can't speak TLS.
    package var image: String?
    /// Added to the main container's command.
    package var arguments: [String]
    /// Added to the main container's variables.
    package var environment: [String: String]
    /// Ports whose probes speak HTTPS.
    package var https: [String]
    /// Ports that probes ask instead of those that are closed.
    package var probes: [String: String]

    package static let keys: Set<String> = ["p256", "rsa2048"]

    /// - Returns: what is wrong with it, in words.
    static func parse(_ text: String) -> Result<CertificateDeclaration, HySDSError> {
        func wrong(_ message: String) -> Result<CertificateDeclaration, HySDSError> {
            .failure(HySDSError(.topology, Annotation.certificate, message))
        }
        guard let value = try? JSONValue(parsing: Array(text.utf8)), let members = value.object else {
            return wrong("expected a JSON object, found \(text)")
        }
        let known: Set<String> = ["key", "port", "image", "arguments", "environment", "https", "probes"]
        if let other = members.keys.sorted().first(where: { !known.contains($0) }) {
            return wrong("unknown member \(other), expected one of \(known.sorted().joined(separator: ", "))")
        }
        guard let key = members["key"]?.string, keys.contains(key) else {
            return wrong("key: expected one of \(keys.sorted().joined(separator: ", "))")
        }
        guard let port = members["port"]?.integer, (1...65535).contains(port) else {
            return wrong("port: expected a number from 1 to 65535")
        }
        func texts(_ name: String) -> [String] { (members[name]?.array ?? []).compactMap(\.string) }
        func textsByName(_ name: String) -> [String: String] {
            (members[name]?.object ?? [:]).compactMapValues(\.string)
        }
        return .success(
            CertificateDeclaration(
                key: key, port: port, image: members["image"]?.string, arguments: texts("arguments"),
                environment: textsByName("environment"), https: texts("https"), probes: textsByName("probes")))
    }
}

extension Workload {
    /// The Secret with its certificate and key, where sds or cert-manager make it.
    package static func certificateSecret(of name: String) -> String { "\(name)-tls" }

    /// What clients ask for: its Services by their short names, with the namespace, and in full; and what
    /// `kubernetes.outside` calls it.
    package func certificateNames(_ settings: KubernetesSettings) -> [String] {
        var names: [String] = []
        for service in companions where service.kind == "Service" {
            let inside = [service.name, "\(service.name).\(settings.namespace)"]
            let domains = ["svc", "svc.\(settings.tls.clusterDomain)"].map { "\(inside[1]).\($0)" }
            names += inside + domains
            // Pods of a StatefulSet have names below their governing Service.
            if service[path: ["spec", "clusterIP"]] == "None" { names += (inside + domains).map { "*.\($0)" } }
        }
        names.append("localhost")
        if let address = settings.outside.addresses[name], !names.contains(address) {
            names.append(address.split(separator: "://", maxSplits: 1).last.map(String.init) ?? address)
        }
        return names
    }
}
