/// A configuration of the SSH era, and what becomes of each of its keys on Kubernetes.
package struct Migration: Sendable {
    /// What is to happen to a store's data.
    package enum Choice: String, Sendable, Hashable, CaseIterable, Codable {
        /// The store stays where it is, run by whoever runs it; pods talk to it there.
        case keep
        /// A new, empty one in the cluster.
        case anew
    }

    /// A store that the old configuration names.
    package struct Store: Sendable, Hashable {
        package let rule: MigrationRules.Store
        /// Where it is; several for a cluster of Elasticsearch.
        package let addresses: [String]

        package var name: String { rule.name }
    }

    /// What became of one key, for reading; never holds a secret's value.
    package struct Line: Sendable, Hashable, Encodable {
        package enum Outcome: String, Sendable, Hashable, Encodable {
            case kept, becomes, generated, added
            case withoutEffect = "without effect"
        }

        package var key: String
        package var outcome: Outcome
        package var text: String

        package init(key: String, outcome: Outcome, text: String) {
            self.key = key
            self.outcome = outcome
            self.text = text
        }
    }

    let file: String
    let rules: MigrationRules
    let members: [YAMLNode.Member]
    let defaults: [String: ConfigurationValue]
    package let stores: [Store]
    private let original: ConfigurationText

    /// - Throws: when the file is no YAML of `KEY: value` lines, with the line.
    package init(_ bytes: [UInt8], file: String, installation: Installation) throws(HySDSErrors) {
        self.file = file
        rules = try MigrationRules(installation: installation)
        var reading = YAMLReading(file: file)
        let members = reading.members(of: bytes)
        try HySDSErrors.check(reading.errors)
        guard !members.isEmpty else {
            throw HySDSErrors(
                HySDSError(
                    .configuration, file, "expected KEY: value lines, found nothing",
                    hint: "name sdscli's own ~/.sds/config"))
        }
        self.members = members
        var own = YAMLReading(file: "conf/sds.config")
        defaults = Dictionary(
            own.members(of: installation.conf["sds.config"] ?? []).map { ($0.key, $0.value.value) },
            uniquingKeysWith: { first, _ in first })
        original = ConfigurationText(String(decoding: bytes, as: UTF8.self))
        stores = rules.stores.compactMap { rule in
            let addresses = Self.addresses(of: rule, in: members)
            return addresses.isEmpty ? nil : Store(rule: rule, addresses: addresses)
        }
    }

    /// Whether the file is one of ours already.
    package var isMigrated: Bool { members.contains { $0.key == "kubernetes" } }

    /// The new text, and what became of each key, in the order of the file.
    ///
    /// - Parameters:
    ///   - choices: by store; a store without one starts anew.
    ///   - host: the front's from outside, when it is known.
    package func result(
        choices: [String: Choice], host: String?
    ) -> (text: ConfigurationText, lines: [Line]) {
        var text = original
        var lines: [Line] = []
        for member in members where member.key != "kubernetes" {
            lines.append(change(member, choices, host, &text))
        }
        lines += addSection(choices, host, &text)
        return (text, lines)
    }

    // MARK: One key

    private func change(
        _ member: YAMLNode.Member, _ choices: [String: Choice], _ host: String?, _ text: inout ConfigurationText
    ) -> Line {
        let key = member.key
        if case .scalar(.text("None"), _, _) = member.value {
            text.set(key, to: KnownKey.all[key] == nil ? ConfigurationValue.null : .text(""))
            return Line(key: key, outcome: .becomes, text: "empty: sdscli wrote None for nothing")
        }
        if let store = stores.first(where: { Self.isAddress(key, of: $0.rule) }) {
            return changeAddress(member, of: store, choices[store.name] ?? .anew, &text)
        }
        if let store = stores.first(where: { $0.rule.kindKeys.contains(key) }), (choices[store.name] ?? .anew) == .anew
        {
            let value = defaults[key] ?? .text("")
            guard value != member.value.value else { return Line(key: key, outcome: .kept, text: "") }
            text.set(key, to: value)
            return Line(key: key, outcome: .becomes, text: "\(shown(key, value)): what sds runs in the cluster")
        }
        if let known = rules.knownToAll[key], let value = member.value.value.text, known.contains(value),
            !isKept(key, choices)
        {
            text.set(key, to: defaults[key] ?? .text(""))
            let isGenerated = GeneratedSecret.all.contains { $0.name == key }
            return Line(
                key: key, outcome: isGenerated ? .generated : .becomes,
                text: isGenerated
                    ? "made by sds and kept in the cluster: everybody knows the old one" : shown(key, defaults[key]))
        }
        if let reason = rules.becomes[key] {
            let isFront = host != nil && KnownKey.all[key]?.isWithoutEffect == false && key != "DATASETS_CFG"
            let value = isFront ? .text(host ?? "") : defaults[key] ?? .text("")
            guard value != member.value.value else { return Line(key: key, outcome: .kept, text: reason) }
            text.set(key, to: value)
            return Line(key: key, outcome: .becomes, text: "\(shown(key, value)): \(reason)")
        }
        if let reason = rules.withoutEffect[key]
            ?? (KnownKey.all[key]?.isWithoutEffect == true ? "Jenkins stays where it is" : nil)
        {
            return Line(key: key, outcome: .withoutEffect, text: reason)
        }
        if GeneratedSecret.all.contains(where: { $0.name == key }), member.value.value.text?.isEmpty ?? true {
            return Line(key: key, outcome: .generated, text: "empty: made by sds and kept in the cluster")
        }
        if let written = member.value.written, let meaning = member.value.value.text, meaning != written,
            KnownKey.all[key]?.form == .text, case .integer = member.value.value
        {
            text.set(key, to: .text(meaning))
            return Line(
                key: key, outcome: .kept,
                text: "what YAML made of it, which isn't what is written: check that it is what you meant")
        }
        return Line(key: key, outcome: .kept, text: KnownKey.all[key] == nil ? "yours: goes to the templates" : "")
    }

    private func changeAddress(
        _ member: YAMLNode.Member, of store: Store, _ choice: Choice, _ text: inout ConfigurationText
    ) -> Line {
        let key = member.key
        if choice == .keep {
            guard key.hasSuffix("_PVT_IP"), Self.isLoopback(member.value.value.text) else {
                return Line(key: key, outcome: .kept, text: "\(store.rule.title) stays where it is")
            }
            let address = store.addresses[0]
            text.set(key, to: address)
            return Line(key: key, outcome: .becomes, text: "\(address): the machine it is on, as pods see it")
        }
        let value = defaults[key] ?? .text(store.name)
        text.set(key, to: value)
        return Line(key: key, outcome: .becomes, text: "\(shown(key, value)): a new one in the cluster")
    }

    /// A store that stays keeps its user and password, whoever knows them.
    private func isKept(_ key: String, _ choices: [String: Choice]) -> Bool {
        stores.contains { store in
            (store.rule.user == key || store.rule.password == key) && choices[store.name] == .keep
        }
    }

    // MARK: Values

    func value(of key: String) -> String? {
        Self.text(of: key, in: members)
    }

    private static func text(of key: String, in members: [YAMLNode.Member]) -> String? {
        guard let text = members.first(where: { $0.key == key })?.value.value.text, !text.isEmpty, text != "None" else {
            return nil
        }
        return text
    }

    private static func isAddress(_ key: String, of rule: MigrationRules.Store) -> Bool {
        ["_PVT_IP", "_PUB_IP", "_FQDN"].contains { key == rule.prefix + $0 }
    }

    /// Where the store is, as pods would reach it: an address of its own, else the machine's.
    private static func addresses(of rule: MigrationRules.Store, in members: [YAMLNode.Member]) -> [String] {
        let own = members.first { $0.key == rule.prefix + "_PVT_IP" }?.value.value
        let texts =
            (own?.list?.compactMap(\.text) ?? [text(of: rule.prefix + "_PVT_IP", in: members)].compactMap(\.self))
        let real = texts.filter { !isLoopback($0) && !$0.isEmpty && $0 != "None" }
        if !real.isEmpty { return real }
        return [text(of: rule.host, in: members)].compactMap(\.self).filter { !isLoopback($0) }
    }

    private static func isLoopback(_ address: String?) -> Bool {
        address.map { ["127.0.0.1", "localhost", "::1"].contains($0) } ?? false
    }

    func shown(_ key: String, _ value: ConfigurationValue?) -> String {
        guard !KnownKey.isSecret(key) else { return "[secret]" }
        return value.map(YAMLBlock.inline) ?? "empty"
    }
}
