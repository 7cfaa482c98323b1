internal import Templates

/// The names that templates see: the whole configuration, and what sds computes from it.
struct TemplateContext: Sendable {
    private let common: [String: TemplateValue]

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
        values["SDS_HOST"] = .string(settings.ingress.isEnabled ? settings.ingress.host ?? "" : "")
        values["SDS_FRONT_AUTH"] = .string(Self.word(for: settings.front.authentication))
        values["SDS_FRONT_AUTH_URL"] = .string(settings.front.authenticationURL ?? "")
        values["SDS_QUEUES"] = .list(topology.queues.map(TemplateValue.string))
        let hashes = PasswordHashes(configuration: configuration)
        values["RABBITMQ_PASSWORD_HASH"] = .string(hashes.rabbitMQ)
        values["SDS_FRONT_HTPASSWD"] = .string(hashes.frontUsers)
        common = values
    }

    /// `HOST_STRING` was the host that sdscli wrote to; here it is the workload.
    func values(for workload: Workload) -> [String: TemplateValue] {
        var values = common
        values["HOST_STRING"] = .string(workload.name)
        values["SDS_WORKLOAD"] = .string(workload.name)
        return values
    }

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
