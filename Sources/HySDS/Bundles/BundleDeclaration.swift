/// What goes into the bundle of a worker outside the cluster: `conf/bundle.yaml`.
package struct BundleDeclaration: Hashable, Sendable {
    /// Code trees that must be in the checkout.
    package let trees: [String]
    /// Those that are packed when they are there.
    package let moreTrees: [String]
    package let files: [FileDeclaration]
    /// Left out when they have no text or an empty one.
    package let moreFiles: [FileDeclaration]
    /// Names in `~/.sds/files` that are packed as they are.
    package let copies: [String]

    /// - Throws: when `conf/bundle.yaml` isn't what it should be.
    package init(installation: Installation) throws(HySDSErrors) {
        let file = "conf/bundle.yaml"
        var reading = YAMLReading(file: file)
        let members = reading.members(of: installation.conf["bundle.yaml"] ?? [])
        var errors = reading.errors
        var reader = SettingsReader(file: file, path: file, node: .mapping(members, line: 1))
        let declaration = reader.section("bundle") { section in
            func declarations(_ key: String) -> [FileDeclaration] {
                (section.texts(key) ?? []).compactMap { line in
                    FileDeclaration.parse(line[...]) {
                        section.complain(section.line(of: key), "bundle.\(key)", $0)
                    }
                }
            }
            return (
                trees: section.texts("trees") ?? [], moreTrees: section.texts("more-trees") ?? [],
                files: declarations("files"), moreFiles: declarations("more-files"),
                copies: section.texts("copies") ?? []
            )
        }
        errors += reader.errors
        if declaration == nil { errors.append(HySDSError(.configuration, file, "expected a mapping 'bundle:'")) }
        try HySDSErrors.check(errors)
        trees = declaration?.trees ?? []
        moreTrees = declaration?.moreTrees ?? []
        files = declaration?.files ?? []
        moreFiles = declaration?.moreFiles ?? []
        copies = declaration?.copies ?? []
    }
}
