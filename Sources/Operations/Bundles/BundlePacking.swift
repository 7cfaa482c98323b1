internal import FoundationEssentials
internal import HySDS
internal import Release

/// Reads and renders what bundles hold, before anything is changed: every mistake is found here.
struct BundlePacking {
    private let session: Session
    private let declaration: BundleDeclaration
    private let rendering: FileRendering

    /// - Parameter configuration: with the cluster's generated secrets.
    init(_ session: Session, configuration: Configuration) {
        self.session = session
        declaration = session.site.bundle
        rendering = FileRendering(
            configuration: configuration, topology: session.site.topology, sources: session.site.sources,
            texts: session.site.texts)
    }

    /// One for each entry of QUEUES.
    func bundles() async throws -> [Bundle] {
        let trees = try trees()
        let venue = session.site.configuration.venue
        return try await withThrowingTaskGroup(of: Bundle.self) { group in
            for queue in session.site.configuration.queues {
                let files = try files(for: queue.name)
                group.addTask { try Bundle(queue: queue.name, venue: venue, trees: trees, files: files) }
            }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.queue < $1.queue }
        }
    }

    private func trees() throws -> [Tree] {
        let site = session.site
        let own = try OperatorTree.find(in: site.verdi, besides: site.topology.treeNames)
        let present = declaration.moreTrees.filter { FileManager.default.fileExists(atPath: "\(site.ops)/\($0)") }
        let standard = try (declaration.trees + present).map { name in
            try TreeReader.read(name: name, at: "\(site.ops)/\(name)", destination: name)
        }
        return try standard
            + own.map { tree in
                let isConfiguration = tree.name == OperatorTree.configuration
                return try TreeReader.read(
                    name: tree.name, at: tree.folder, destination: isConfiguration ? "etc" : tree.name,
                    leavingOut: isConfiguration ? OperatorTree.renderedNames : [])
            }
    }

    private func files(for queue: String) throws -> [String: (bytes: [UInt8], mode: UInt16)] {
        var files: [String: (bytes: [UInt8], mode: UInt16)] = [:]
        let texts = session.site.texts
        for name in declaration.copies {
            if let bytes = texts.user[name] { files[name] = (bytes, 0o644) }
        }
        let more = declaration.moreFiles.filter { session.site.sources.hasText(for: $0.template, in: texts) }
        for file in declaration.files + more {
            let bytes = try rendering.outside(file.template, with: ["queue": .text(queue)]).bytes.revealed
            if bytes.isEmpty && more.contains(file) { continue }
            files[file.destination] = (bytes, file.mode)
        }
        return files
    }
}
