/// Where the text of each template comes from: `conf/sources.yaml`, which keeps sdscli's rules of overriding as data.
package struct TemplateSources: Sendable {
    /// The places of one template, in the order in which they are tried.
    struct Entry: Sendable {
        /// Names in `~/.sds/files`.
        var user: [String]
        /// Relative to the checkout's `ops` folder.
        var checkout: String?
        var conf: String
        /// What is appended to a text that isn't ours; a path below `conf/`.
        var overlay: String?
        /// A key of the configuration without whose value only `conf/` counts, as sdscli sent no file then.
        var onlyWith: String?
        /// More names for the context.
        var extra: [ConfigurationValue.Member]
    }

    private let entries: [String: Entry]

    /// - Throws: when `conf/sources.yaml` isn't what it should be.
    package init(installation: Installation) throws(HySDSErrors) {
        let file = "conf/sources.yaml"
        var reading = YAMLReading(file: file)
        let members = reading.members(of: installation.conf["sources.yaml"] ?? [])
        var errors = reading.errors
        var reader = SettingsReader(
            file: file, path: "sources",
            node: .mapping([.init(key: "all", line: 1, value: .mapping(members, line: 1))], line: 1))
        entries = reader.sections("all") { name, section in
            Entry(
                user: section.texts("user") ?? [], checkout: section.text("checkout"),
                conf: section.text("conf") ?? name,
                overlay: section.text("overlay"), onlyWith: section.text("only-with"), extra: section.members("with"))
        }
        errors += reader.errors
        try HySDSErrors.check(errors)
    }

    /// The paths of the checkout's `ops` folder that templates may come from: all that needs reading of it.
    package var checkoutPaths: [String] {
        entries.values.compactMap(\.checkout).sorted()
    }

    /// Whether a file of `~/.sds/files` takes a template's place.
    package func isUserFile(_ name: String) -> Bool {
        entries.values.contains { $0.user.contains(name) }
    }

    func entry(_ name: String) -> Entry {
        entries[name] ?? Entry(user: [name], checkout: nil, conf: name, overlay: nil, extra: [])
    }
}

extension TemplateSources {
    /// Whether there is a text for a template in any of its places.
    package func hasText(for template: String, in texts: TemplateTexts) -> Bool {
        texts.find(entry(template)) != nil
    }
}
