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
    /// The folder of the operator's own trees: `OPS_HOME/verdi/ops`.
    package var ownOps = ""
    /// What the operator's `~/.sds/files/images.yaml` says; nil when there is none.
    package var imageSettings: [UInt8]? = nil
    package let configurationFile: String
    /// Paths of each code tree that no release needs (tests, pictures), from `conf/trees.yaml` and the operator's own.
    package let leftOut: [String: Set<String>]
    /// What lies in `~/.sds/files` and can't take effect.
    package let warnings: [HySDSError]

    /// - Parameters:
    ///   - configurationFile: the operator's `~/.sds/config`.
    ///   - opsFolder: where the code trees lie, when it isn't `OPS_HOME/mozart/ops`.
    ///   - namespace: instead of the one that the configuration names.
    /// - Throws: `OperationError` (usage) with every error found.
    package static func load(
        share: Share, configurationFile: String, home: String, opsFolder: String?, namespace: String?
    ) throws(OperationError) -> Site {
        guard FileManager.default.fileExists(atPath: configurationFile), let text = try Folder.read(configurationFile)
        else {
            throw OperationError(
                .usage, "no configuration: \(configurationFile) does not exist",
                hint: "copy \(share.path)/conf/sds.config there and adapt it (mode 0600)")
        }
        let installation = Installation(k8s: try share.files(below: "k8s"), conf: try share.files(below: "conf"))
        do {
            let configuration = try Configuration.parse(text, file: configurationFile, installation: installation)
                .inNamespace(namespace)
            let sources = try TemplateSources(installation: installation)
            let opsHome = configuration.text("OPS_HOME") ?? home
            let ops = opsFolder ?? "\(opsHome)/mozart/ops"
            var checkout: [String: [UInt8]] = [:]
            for path in sources.checkoutPaths where FileManager.default.fileExists(atPath: "\(ops)/\(path)") {
                checkout[path] = try Folder.read("\(ops)/\(path)")
            }
            let folder = URL(fileURLWithPath: configurationFile).deletingLastPathComponent().path
            let files = try Folder(folder + "/files").files()
            var site = Site(
                configuration: configuration,
                topology: try Topology(installation: installation, configuration: configuration), sources: sources,
                texts: TemplateTexts(
                    user: files, checkout: checkout, conf: installation.conf),
                ops: ops, configurationFile: configurationFile,
                leftOut: try leftOut(installation.conf["trees.yaml"], "conf/trees.yaml")
                    .merging(try leftOut(files["trees.yaml"], "~/.sds/files/trees.yaml")) { _, own in own },
                warnings: configuration.warnings + HostFiles.complaints(about: files.keys))
            site.ownOps = "\(opsHome)/verdi/ops"
            site.imageSettings = files["images.yaml"]
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
