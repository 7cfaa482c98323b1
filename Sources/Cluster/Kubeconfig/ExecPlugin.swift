import FoundationEssentials
import Kubernetes

/// A program that a kubeconfig names to get credentials from, with everything it is told.
struct ExecPlugin: Sendable {
    enum InteractiveMode: String, Sendable {
        case never = "Never"
        case ifAvailable = "IfAvailable"
        case always = "Always"
    }

    private static let group = "client.authentication.k8s.io"

    let subject: String
    let apiVersion: String
    /// With a `/` a path, else looked for in PATH.
    let command: String
    let arguments: [String]
    let environment: [String: String]
    let installHint: String?
    let isInteractive: Bool
    /// It must ask something, and nobody is there to answer.
    let lacksTerminal: Bool
    let source: KubeconfigSource
    /// What `KUBERNETES_EXEC_INFO` says.
    let info: JSONValue

    init(_ exec: ConfigEntry, server: ServerEntry, source: KubeconfigSource) throws(ClusterError) {
        self.source = source
        guard let command = try exec.text("command") else { throw exec.error("command", "missing") }
        // A relative path means one beside the kubeconfig; a bare name is looked up.
        self.command = command.contains("/") ? ConfigFile.resolve(command, besides: exec.file) : command
        subject = exec.subject("command") + " (\(command))"
        apiVersion = try Self.version(exec)
        arguments = try exec.texts("args")
        environment = try Self.environment(exec)
        installHint = try exec.text("installHint")
        let mode = try Self.mode(exec, apiVersion: apiVersion)
        isInteractive = mode != .never && source.isInteractive
        lacksTerminal = mode == .always && !source.isInteractive
        let cluster = try exec.flag("provideClusterInfo") ? try Self.cluster(server) : nil
        var spec: JSONValue = ["interactive": .bool(isInteractive)]
        spec["cluster"] = cluster
        info = ["kind": "ExecCredential", "apiVersion": .string(apiVersion), "spec": spec]
    }

    private static func version(_ exec: ConfigEntry) throws(ClusterError) -> String {
        let known = ["\(group)/v1", "\(group)/v1beta1"]
        guard let version = try exec.text("apiVersion") else {
            throw exec.error("apiVersion", "missing", hint: "expected \(known.joined(separator: " or "))")
        }
        guard known.contains(version) else {
            throw exec.error(
                "apiVersion", "expected \(known.joined(separator: " or ")), found \(version)",
                hint: version.hasSuffix("v1alpha1") ? "update the plugin and make the kubeconfig anew" : nil)
        }
        return version
    }

    private static func environment(_ exec: ConfigEntry) throws(ClusterError) -> [String: String] {
        guard let list = exec.json["env"], !list.isNull else { return [:] }
        guard let items = list.array else { throw exec.error("env", "expected a list of name and value") }
        var variables: [String: String] = [:]
        for item in items {
            guard let name = item["name"]?.string, !name.isEmpty, !name.contains("=") else {
                throw exec.error("env", "expected a name for each variable")
            }
            guard let value = item["value"]?.string ?? (item["value"] == nil ? "" : nil) else {
                throw exec.error("env[\(name)].value", "expected text", hint: "write it in quotes")
            }
            variables[name] = value
        }
        return variables
    }

    private static func mode(_ exec: ConfigEntry, apiVersion: String) throws(ClusterError) -> InteractiveMode {
        let text = try exec.text("interactiveMode")
        guard text != nil || !apiVersion.hasSuffix("/v1") else {
            throw exec.error("interactiveMode", "missing", hint: "expected Never, IfAvailable or Always")
        }
        guard let mode = InteractiveMode(rawValue: text ?? "IfAvailable") else {
            throw exec.error("interactiveMode", "expected Never, IfAvailable or Always, found \(text ?? "")")
        }
        return mode
    }

    private static func cluster(_ server: ServerEntry) throws(ClusterError) -> JSONValue {
        var cluster: JSONValue = ["server": .string(server.url(hasCertificate: false))]
        cluster["tls-server-name"] = server.serverName.map(JSONValue.string)
        if server.trust == .insecure { cluster["insecure-skip-tls-verify"] = true }
        cluster["certificate-authority-data"] = server.authorities.map { .string(Data($0).base64EncodedString()) }
        if case .url(let url) = server.proxy { cluster["proxy-url"] = .string(url) }
        if !server.isCompressed { cluster["disable-compression"] = true }
        let extensions = server.entry.json["extensions"]?.array ?? []
        cluster["config"] = extensions.first { $0["name"]?.string == "\(group)/exec" }?["extension"]
        return cluster
    }
}
