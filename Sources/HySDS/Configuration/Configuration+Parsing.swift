extension Configuration {
    /// Reads the operator's file over the profile's and the shipped defaults.
    ///
    /// - Parameter file: how messages name the operator's file.
    /// - Throws: every mistake of the file at once.
    package static func parse(
        _ text: [UInt8], file: String = "config", installation: Installation
    ) throws(HySDSErrors) -> Configuration {
        var parsing = ConfigurationParsing(file: file)
        let configuration = parsing.configuration(from: text, installation: installation)
        try HySDSErrors.check(parsing.errors)
        return configuration
    }
}

/// One reading of the configuration: collects errors and warnings on its way.
struct ConfigurationParsing {
    let file: String
    private(set) var errors: [HySDSError] = []
    private var warnings: [HySDSError] = []

    init(file: String) {
        self.file = file
    }

    mutating func configuration(from text: [UInt8], installation: Installation) -> Configuration {
        let own = members(of: text, file: file)
        var kubernetes = settings(in: own)
        let defaults = installation.conf["sds.config"].map { members(of: $0, file: "conf/sds.config") } ?? []
        let profile = profile(kubernetes.profile, installation: installation)
        kubernetes.shared = profile.shared.filter { kubernetes.external[$0.key] == nil }
            .merging(kubernetes.shared) { _, mine in mine }
            // `grq-es: grq-es` takes a profile's sharing back.
            .filter { $0.key != $0.value }
        kubernetes.profileWorkloads = profile.workloads
        kubernetes.everyQueue = profile.queue

        var entries: [Configuration.Entry] = []
        for member in own where member.key != "kubernetes" {
            let value = check(member)
            entries.append(.init(key: member.key, value: value, place: "\(file):\(member.line)", isDefault: false))
        }
        add(profile.configuration, to: &entries, place: "k8s/profiles/\(kubernetes.profile.rawValue).yaml")
        add(defaults, to: &entries, place: "conf/sds.config")
        takeInside(&entries, kubernetes, defaults)
        for index in entries.indices {
            // A URL says more than the name of a Service can.
            guard entries[index].key.hasSuffix("_PVT_IP"), case .text(let name) = entries[index].value,
                let store = kubernetes.external[name], store.isURL
            else { continue }
            entries[index].value = .text(store.address)
        }

        var configuration = Configuration(
            file: file, entries: entries, kubernetes: kubernetes, queues: [], warnings: [])
        configuration.queues = queues(
            configuration["QUEUES"], place: entries.first { $0.key == "QUEUES" }?.place ?? file)
        configuration.warnings = warnings
        return configuration
    }

    private mutating func members(of bytes: [UInt8], file: String) -> [YAMLNode.Member] {
        var reading = YAMLReading(file: file)
        let members = reading.members(of: bytes)
        errors += reading.errors
        return members
    }

    private mutating func settings(in members: [YAMLNode.Member]) -> KubernetesSettings {
        guard let member = members.first(where: { $0.key == "kubernetes" }) else { return KubernetesSettings() }
        var reader = SettingsReader(file: file, path: "kubernetes", node: member.value)
        let settings = KubernetesSettings(reading: &reader)
        reader.finish()
        errors += reader.errors
        return settings
    }

    private mutating func profile(_ profile: Profile, installation: Installation) -> ProfileDefaults {
        let name = "profiles/\(profile.rawValue).yaml"
        guard let bytes = installation.k8s[name] else { return ProfileDefaults() }
        return ProfileDefaults(bytes, file: "k8s/\(name)", errors: &errors)
    }

    /// A default counts where the key is missing, and where a known key was left blank.
    private func add(_ defaults: [YAMLNode.Member], to entries: inout [Configuration.Entry], place: String) {
        for member in defaults where member.key != "kubernetes" {
            let entry = Configuration.Entry(key: member.key, value: member.value.value, place: place, isDefault: true)
            if let index = entries.firstIndex(where: { $0.key == member.key }) {
                if entries[index].value.isNull { entries[index] = entry }
            } else {
                entries.append(entry)
            }
        }
    }

    /// An address of outside in the file is for scripts that read it: pods get the Service's name.
    private mutating func takeInside(
        _ entries: inout [Configuration.Entry], _ settings: KubernetesSettings, _ defaults: [YAMLNode.Member]
    ) {
        for part in OutsideAddresses.parts {
            guard settings.external[part.name] == nil,
                let index = entries.firstIndex(where: { $0.key == part.prefix + "_PVT_IP" }),
                let inside = defaults.first(where: { $0.key == part.prefix + "_PVT_IP" })?.value.value
            else { continue }
            let entry = entries[index]
            if let outside = settings.outsideAddress(of: part), entry.value == .text(outside) {
                entries[index].value = inside
            } else if part.isBehindFront, !entry.isDefault, entry.value != inside, entry.value.text?.isEmpty == false {
                warnings.append(
                    HySDSError(
                        .configuration, "\(entry.place): \(entry.key)",
                        "an address that is neither the Service's nor one of kubernetes.outside: pods ask there",
                        hint: "leave the value blank, or run 'sds configure --from' with sdscli's file"))
            }
        }
    }

    // MARK: One key

    private mutating func check(_ member: YAMLNode.Member) -> ConfigurationValue {
        let value = member.value.value
        guard let key = KnownKey.all[member.key] else {
            if member.value.written == "None", case .text = value {
                warn(
                    member, "the text None, which is neither empty nor null",
                    hint: "leave the value blank if nothing is meant")
            }
            if let near = Spelling.nearest(to: member.key, among: KnownKey.all.keys, within: 1) {
                warn(
                    member, "no key that sds knows", hint: "did you mean \(near); as it stands it goes to the templates"
                )
            }
            return value
        }
        if value.isNull || value == .text("") { return value }
        if case .text("None") = value {
            warn(member, "None is taken for nothing (sdscli's configure wrote it)", hint: "leave the value blank")
            return .null
        }
        switch (key.form, value) {
        case (.text, .list), (.text, .mapping), (.addresses, .mapping):
            mismatch(member, key.form == .text ? "text" : "an address or a list of addresses")
        case (.texts, .mapping): mismatch(member, "text or a list of texts")
        case (.texts, .list(let texts)):
            if texts.contains(where: { $0.text == nil }) { mismatch(member, "texts in the list") }
        case (.addresses, .list(let addresses)):
            if addresses.contains(where: { $0.text == nil }) { mismatch(member, "addresses in the list") }
            addresses.forEach { warnAboutLoopback(member, $0.text) }
        case (.text, _), (.texts, _), (.addresses, _):
            warnAboutMeaning(member, key)
            if member.key.hasSuffix("_PVT_IP"), !key.isWithoutEffect { warnAboutLoopback(member, value.text) }
        case (.integer, .integer), (.boolean, .bool), (.list, .list), (.mapping, .mapping): break
        case (.integer, .text(let text)) where Int(text) != nil: break
        case (.integer, _): mismatch(member, "a whole number")
        case (.boolean, _): mismatch(member, "true or false")
        case (.list, _): mismatch(member, "a list")
        case (.mapping, _): mismatch(member, "a mapping")
        }
        return value
    }

    private mutating func mismatch(_ member: YAMLNode.Member, _ expected: String) {
        errors.append(
            HySDSError(
                .configuration, "\(file):\(member.line): \(member.key)",
                "expected \(expected), found \(member.value.value.described)"))
    }

    /// `0123` in a password's place is 83 for every template, as it was for sdscli.
    private mutating func warnAboutMeaning(_ member: YAMLNode.Member, _ key: KnownKey) {
        guard let written = member.value.written, let text = member.value.value.text, text != written else { return }
        warn(
            member,
            key.isSecret ? "an unquoted value that YAML reads as something else" : "'\(written)' means \(text) in YAML",
            hint: "quote it if the text is meant")
    }

    private mutating func warnAboutLoopback(_ member: YAMLNode.Member, _ address: String?) {
        guard let address, ["127.0.0.1", "localhost", "::1"].contains(address) else { return }
        warn(
            member, "\(address) is each pod itself, not the service",
            hint: "leave the value blank for the name of the cluster's own service")
    }

    private mutating func warn(_ member: YAMLNode.Member, _ message: String, hint: String) {
        warnings.append(HySDSError(.configuration, "\(file):\(member.line): \(member.key)", message, hint: hint))
    }

    // MARK: Queues

    private mutating func queues(_ value: ConfigurationValue?, place: String) -> [Queue] {
        var queues: [Queue] = []
        for (index, entry) in (value?.list ?? []).enumerated() {
            let subject = "\(place): QUEUES[\(index)]"
            if entry["QUEUE_NAME"]?.isNull == true && (entry.members ?? []).allSatisfy(\.value.isNull) { continue }
            guard let name = entry["QUEUE_NAME"]?.text, !name.isEmpty else {
                errors.append(
                    HySDSError(.configuration, subject, "expected QUEUE_NAME, found \(entry.described) without it"))
                continue
            }
            guard !queues.contains(where: { $0.name == name }) else {
                errors.append(HySDSError(.configuration, subject, "the queue \(name) is there twice"))
                continue
            }
            let types = entry["INSTANCE_TYPES"]
            if let types, !types.isNull, types.list?.contains(where: { $0.text == nil }) ?? true {
                errors.append(
                    HySDSError(
                        .configuration, subject, "expected a list of texts in INSTANCE_TYPES, found \(types.described)")
                )
            }
            queues.append(
                Queue(
                    name: name, instanceTypes: (types?.list ?? []).compactMap(\.text),
                    countsAllJobs: entry["TOTAL_JOBS_METRIC"] == .bool(true), value: entry))
        }
        return queues
    }
}
