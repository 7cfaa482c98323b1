internal import FoundationEssentials
package import HySDS
internal import Kubernetes

/// What the operator's machine says HySDS should be: configuration, topology, templates, code.
package struct Site: Sendable {
    package let configuration: Configuration
    package let topology: Topology
    package let sources: TemplateSources
    package let texts: TemplateTexts
    /// The checkout's folder of code trees: `~/mozart/ops`.
    package let ops: String
    /// The operator's own additions for workers, beside the checkout: `~/verdi`.
    package let verdi: String
    /// The operator's home folder.
    let home: String
    /// Where the keys of buckets may be.
    let environment: [String: String]
    let bundle: BundleDeclaration
    /// What the operator's `~/.sds/files/images.yaml` says; nil when there is none.
    package var imageSettings: [UInt8]? = nil
    package let configurationFile: String
    /// Paths of each code tree that no release needs (tests, pictures), from `conf/trees.yaml` and the operator's own.
    package let leftOut: [String: Set<String>]
    /// What works but is hardly meant.
    package let warnings: [HySDSError]
    /// What of `~/.sds/files` can't be translated: whatever renders is refused because of it.
    package var refusals: [HySDSError] = []
    /// What became of files that were for hosts.
    package var notes: [String] = []
    /// Names that nobody knows are empty in templates, as with sdscli.
    package var allowsUndefined = false

    /// - Parameters:
    ///   - configurationFile: the operator's `~/.sds/config`.
    ///   - opsFolder: where the code trees lie, when it isn't `OPS_HOME/mozart/ops`.
    ///   - namespace: instead of the one that the configuration names.
    /// - Throws: `OperationError` (usage) with every error found.
    package static func load(
        share: Share, configurationFile: String, home: String, opsFolder: String?, namespace: String?,
        environment: [String: String] = [:], allowsUndefined: Bool = false
    ) throws(OperationError) -> Site {
        guard FileManager.default.fileExists(atPath: configurationFile), let text = try Folder.read(configurationFile)
        else {
            throw OperationError(
                .usage, "no configuration: \(configurationFile) does not exist",
                hint: "run 'sds configure', or 'sds configure --from FILE' with sdscli's own")
        }
        let lines = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline)
        guard lines.contains(where: { line in line.first { !$0.isWhitespace }.map { $0 != "#" } ?? false }) else {
            throw OperationError(
                .usage, "\(configurationFile): the file is empty", hint: "'sds configure' writes one, and asks first")
        }
        let installation = Installation(k8s: try share.files(below: "k8s"), conf: try share.files(below: "conf"))
        do {
            let configuration = try Configuration.parse(text, file: configurationFile, installation: installation)
                .inNamespace(namespace)
            let sources = try TemplateSources(installation: installation)
            let ops = opsFolder ?? Site.ops(configuration, home: home)
            var checkout: [String: [UInt8]] = [:]
            for path in sources.checkoutPaths where FileManager.default.fileExists(atPath: "\(ops)/\(path)") {
                checkout[path] = try Folder.read("\(ops)/\(path)")
            }
            let verdi = URL(fileURLWithPath: ops).deletingLastPathComponent().deletingLastPathComponent()
                .appending(path: "verdi").path
            let folder = URL(fileURLWithPath: configurationFile).deletingLastPathComponent().path
            let files = try Folder(folder + "/files").files()
            let texts = TemplateTexts(user: files, checkout: checkout, conf: installation.conf)
            let topology = try Topology(installation: installation, configuration: configuration)
            let overrides = try SupervisorOverrides(
                rendering: FileRendering(
                    configuration: configuration, topology: topology, sources: sources, texts: texts,
                    allowsUndefined: allowsUndefined), topology: topology, installation: installation)
            let merged = configuration.taking(overrides)
            var site = Site(
                configuration: merged,
                topology: overrides.isEmpty
                    ? topology : try Topology(installation: installation, configuration: merged), sources: sources,
                texts: texts, ops: ops, verdi: verdi, home: home, environment: environment,
                bundle: try BundleDeclaration(installation: installation), configurationFile: configurationFile,
                leftOut: try leftOut(installation.conf["trees.yaml"], "conf/trees.yaml")
                    .merging(try leftOut(files["trees.yaml"], "~/.sds/files/trees.yaml")) { _, own in own },
                warnings: configuration.warnings + topology.warnings, refusals: overrides.refusals,
                notes: overrides.notes)
            site.imageSettings = files["images.yaml"]
            site.allowsUndefined = allowsUndefined
            return site
        } catch {
            throw OperationError(error)
        }
    }

    /// What of each code tree no release needs, where there is no configuration.
    package static func leftOut(_ share: Share) throws(OperationError) -> [String: Set<String>] {
        do {
            return try leftOut(try share.files(below: "conf")["trees.yaml"], "conf/trees.yaml")
        } catch {
            throw OperationError(error)
        }
    }

    /// Where sdscli had the code trees: below OPS_HOME, which is the operator's own home unless the file says otherwise.
    private static func ops(_ configuration: Configuration, home: String) -> String {
        let named = configuration.entries.first { $0.key == "OPS_HOME" && !$0.isDefault }?.value.text ?? ""
        let own = home + "/mozart/ops"
        guard named.isEmpty, !FileManager.default.fileExists(atPath: own) else {
            return named.isEmpty ? own : named + "/mozart/ops"
        }
        return (configuration.text("OPS_HOME") ?? home) + "/mozart/ops"
    }

    /// `TREE: [path, …]`; nothing for a file that isn't there.
    private static func leftOut(_ bytes: [UInt8]?, _ file: String) throws -> [String: Set<String>] {
        guard let bytes else { return [:] }
        guard let members = try Manifest.value(parsing: bytes, file: file).object else {
            throw OperationError(.usage, "\(file): expected TREE: [path, …], found something else")
        }
        return try members.mapValues { value in
            guard let paths = value.array, paths.allSatisfy({ $0.string != nil }) else {
                throw OperationError(.usage, "\(file): expected a list of paths for each tree")
            }
            return Set(paths.compactMap(\.string))
        }
    }
}
