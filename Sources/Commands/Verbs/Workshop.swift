internal import Foundation
internal import HySDS
internal import Operations

/// What building images needs of the outside world: a configuration only when the cluster is told.
struct Workshop {
    let console: Console
    let catalog: ImageCatalog
    let sources: ImageSources
    let environment: [String: String]
    /// Nil without a configuration.
    let surroundings: Surroundings?

    init(_ options: GlobalOptions, isRecording: Bool) throws {
        let environment = ProcessInfo.processInfo.environment
        let home = try Surroundings.home()
        let file = try Surroundings.configurationFile(options)
        if isRecording || FileManager.default.fileExists(atPath: file) {
            try self.init(Surroundings(options))
            return
        }
        let share = try Surroundings.share()
        let catalog = try ImageCatalog(share: share)
        try self.init(
            console: Console(format: options.output), catalog: catalog,
            sources: ImageSources(
                share: share, ops: options.ops ?? "\(home)/mozart/ops", verdi: "\(home)/verdi",
                checkout: catalog.treeNames, leftOut: Site.leftOut(share)),
            environment: environment, surroundings: nil)
    }

    init(_ surroundings: Surroundings) throws {
        let site = surroundings.site
        let catalog = try ImageCatalog(share: surroundings.share, settings: site.imageSettings)
        self.init(
            console: surroundings.console, catalog: catalog,
            sources: ImageSources(
                share: surroundings.share, ops: site.ops, verdi: site.verdi,
                checkout: catalog.treeNames.union(site.topology.treeNames), leftOut: site.leftOut),
            environment: ProcessInfo.processInfo.environment, surroundings: surroundings)
    }

    private init(
        console: Console, catalog: ImageCatalog, sources: ImageSources, environment: [String: String],
        surroundings: Surroundings?
    ) {
        self.console = console
        self.catalog = catalog
        self.sources = sources
        self.environment = environment
        self.surroundings = surroundings
    }

    func refresh(_ components: [Component]) -> RefreshImages {
        RefreshImages(components, catalog, from: sources, environment: environment)
    }

    static func temporaryFile() throws -> String {
        var name = Array("\(FileManager.default.temporaryDirectory.path)/sds-context-XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else {
            throw OperationError(.failed, "cannot make a temporary file: \(String(cString: strerror(errno)))")
        }
        close(descriptor)
        return String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
