internal import Kubernetes
internal import Templates

/// The names that templates see: the whole configuration, and what sds computes from it.
struct TemplateContext: Sendable {
    /// What every file sees.
    let common: [String: TemplateValue]
    private let namespace: String
    private let services: Set<String>

    init(configuration: Configuration, topology: Topology) {
        var values: [String: TemplateValue] = [:]
        for entry in configuration.entries { values[entry.key] = TemplateValue(entry.value) }
        // Without a password Redis takes the empty one; `None` would be a password.
        for name in ["MOZART_REDIS_PASSWORD", "METRICS_REDIS_PASSWORD"]
        where values[name] == nil || values[name] == TemplateValue.null {
            values[name] = .string("")
        }
        values["LDAP_GROUPS"] = .list(Self.groups(configuration["LDAP_GROUPS"]).map(TemplateValue.string))
        let settings = configuration.kubernetes
        values["SDS_NAMESPACE"] = .string(settings.namespace)
        values["SDS_PROFILE"] = .string(settings.profile.rawValue)
        values["SDS_TLS"] = .bool(settings.usesTLS)
        values["SDS_SCHEMES"] = Self.schemes(configuration, topology)
        values["SDS_CA"] = Self.authorities(settings, topology)
        // The front's URL in files for workers outside the cluster; empty in files for pods.
        values["SDS_OUTSIDE"] = .string("")
        values["SDS_HOST"] = .string(settings.ingress.isEnabled ? settings.ingress.host ?? "" : "")
        values["SDS_FRONT_AUTH"] = .string(Self.word(for: settings.front.authentication))
        values["SDS_FRONT_AUTH_URL"] = .string(settings.front.authenticationURL ?? "")
        // What isn't switched off.
        values["SDS_WORKLOADS"] = .list(topology.workloads.map { .string($0.name) })
        values["SDS_QUEUES"] = .list(topology.queues.map(TemplateValue.string))
        let hashes = PasswordHashes(configuration: configuration)
        values["RABBITMQ_PASSWORD_HASH"] = .string(hashes.rabbitMQ)
        values["SDS_FRONT_HTPASSWD"] = .string(hashes.frontUsers)
        common = values
        namespace = settings.namespace
        services = Set(
            (topology.workloads.flatMap(\.companions) + topology.shared).filter { $0.kind == "Service" }.map(\.name))
    }

    /// `HOST_STRING` was the host that sdscli wrote to; here it is the workload.
    func values(for workload: Workload) -> [String: TemplateValue] {
        var values = common
        values["HOST_STRING"] = .string(workload.name)
        values["SDS_WORKLOAD"] = .string(workload.name)
        guard workload.namespace != namespace else { return values }
        for (key, value) in values where Self.isAddress(key) { values[key] = qualified(value) }
        return values
    }

    private static func isAddress(_ key: String) -> Bool {
        ["_PVT_IP", "_PUB_IP", "_FQDN"].contains { key.hasSuffix($0) }
    }

    /// From another namespace a Service has its namespace in its name.
    private func qualified(_ value: TemplateValue) -> TemplateValue {
        switch value {
        case .string(let name) where services.contains(name): .string("\(name).\(namespace)")
        case .list(let values): .list(values.map(qualified))
        default: value
        }
    }

    /// The names for a file that is used outside the cluster: the addresses of `kubernetes.outside` where Services stood.
    ///
    /// An address that isn't set is a mark: a text that holds one mustn't leave the program.
    func outside(_ settings: KubernetesSettings) -> [String: TemplateValue] {
        var values = common
        for part in OutsideAddresses.parts {
            let address = settings.outsideAddress(of: part) ?? Self.mark(part.name)
            for key in OutsideAddresses.keys(of: part) { values[key] = .string(address) }
        }
        let host = settings.outsideHost ?? Self.mark("host")
        values["SDS_HOST"] = .string(host.split(separator: "://", maxSplits: 1).last.map(String.init) ?? host)
        values["SDS_OUTSIDE"] = .string(host.contains("://") ? host : "https://" + host)
        // No file of a pod is there.
        values["SDS_CA"] = .dictionary([])
        values["HOST_STRING"] = .string("outside")
        values["SDS_WORKLOAD"] = .string("outside")
        return values
    }

    /// Stands for an address that isn't set.
    static func mark(_ part: String) -> String { "sds-no-outside-address-of-\(part)-sds" }

    private static func groups(_ value: ConfigurationValue?) -> [String] {
        if let list = value?.list { return list.compactMap(\.text) }
        return (value?.text ?? "").split(separator: ",").map { String($0.trimmed) }
    }

    private static func word(for authentication: FrontSettings.Authentication?) -> String {
        switch authentication {
        case nil, .basic: "basic"
        case .url: "url"
        case .open: "open"
        }
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var text = self
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}

extension TemplateValue {
    init(_ value: ConfigurationValue) {
        switch value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .integer(Int(value))
        case .number(let value): self = .double(value)
        case .text(let text): self = .string(text)
        case .list(let elements): self = .list(elements.map { TemplateValue($0) })
        case .mapping(let members):
            self = .dictionary(members.map { TemplatePair(.string($0.key), TemplateValue($0.value)) })
        }
    }
}
