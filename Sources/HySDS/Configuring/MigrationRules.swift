/// What becomes of sdscli's keys: `conf/migration.yaml` as values.
package struct MigrationRules: Sendable {
    /// A store of the SSH era, by the keys that told of it.
    package struct Store: Sendable, Hashable {
        /// The workload that takes its place.
        package var name: String
        package var title: String
        package var prefix: String
        /// The key of the machine that it was on unless it had one of its own.
        var host: String
        package var user: String?
        package var password: String?
        var managed: String?
        var protocolKey: String?
        var port: String?
        /// The key that keeps where it was.
        var former: String?

        /// The keys that say what kind of store it is.
        var kindKeys: [String] { [managed, protocolKey, port, prefix + "_ENGINE"].compactMap(\.self) }
    }

    var becomes: [String: String] = [:]
    var withoutEffect: [String: String] = [:]
    var tls: [String] = []
    var knownToAll: [String: [String]] = [:]
    /// In the order of the file.
    package var stores: [Store] = []
    /// Files of `~/.sds`, with what replaces them.
    package var files: [String: String] = [:]

    /// - Throws: when `conf/migration.yaml` isn't what it should be.
    package init(installation: Installation) throws(HySDSErrors) {
        let file = "conf/migration.yaml"
        var reading = YAMLReading(file: file)
        let members = reading.members(of: installation.conf["migration.yaml"] ?? [])
        var errors = reading.errors
        var reader = SettingsReader(file: file, path: "migration", node: .mapping(members, line: 1))
        becomes = reader.textsByName("becomes") ?? [:]
        withoutEffect = reader.textsByName("without-effect") ?? [:]
        tls = reader.texts("tls") ?? []
        files = reader.textsByName("files") ?? [:]
        for member in reader.members("known-to-all") {
            knownToAll[member.key] = (member.value.list ?? []).compactMap(\.text)
        }
        let order = members.first { $0.key == "stores" }?.value.members?.map(\.key) ?? []
        let found = reader.sections("stores") { name, section in
            Store(
                name: name, title: section.text("title") ?? name, prefix: section.text("prefix") ?? "",
                host: section.text("host") ?? "", user: section.text("user"), password: section.text("password"),
                managed: section.text("managed"), protocolKey: section.text("protocol"), port: section.text("port"),
                former: section.text("former"))
        }
        stores = order.compactMap { found[$0] }
        reader.finish()
        errors += reader.errors
        try HySDSErrors.check(errors)
    }
}
