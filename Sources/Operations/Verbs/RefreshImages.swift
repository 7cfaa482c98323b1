package import HySDS
internal import Kubernetes
internal import Release

/// Before an update: builds again the images whose dependency declarations changed since they were recorded, and brings
/// them to where the recorded ones went. What the configuration names under `kubernetes.images` is left alone.
package struct RefreshImages: Sendable {
    package let components: [Component]
    private let catalog: ImageCatalog
    private let sources: ImageSources
    private let environment: [String: String]

    package init(
        _ components: [Component], _ catalog: ImageCatalog, from sources: ImageSources, environment: [String: String]
    ) {
        self.components = components
        self.catalog = catalog
        self.sources = sources
        self.environment = environment
    }

    /// - Returns: with `--dry-run` the images that would be built, with the trees that they would hold.
    @discardableResult
    package func callAsFunction(_ session: Session, isDryRun: Bool) async throws -> [String: ImageRecord] {
        let records = try await session.imageRecords().images
        var pending: [String: ImageRecord] = [:]
        guard !records.isEmpty else { return pending }
        let settings = session.site.configuration.kubernetes.images
        let used = Set(session.workloads(of: components) { _ in true }.flatMap { $0.object.imageNames })
        for (name, record) in records.sorted(by: { $0.key < $1.key }) {
            guard used.contains(name), settings[name] == nil,
                let image = catalog.images.first(where: { $0.name == name }), image.refusal == nil
            else { continue }
            let facts: ContextFacts
            do {
                facts = try PackedContext.facts(of: image, from: sources, bakes: record.isBaked)
            } catch {
                // The update may need nothing of it: a set-up of grq runs in mozart's image.
                session.emit(.warning("whether \(name) is up to date can't be told: \(error.message)"))
                continue
            }
            guard facts.digest.hex != record.context else { continue }
            guard !isDryRun else {
                session.emit(.note("\(name) would be built anew: its build context has changed"))
                pending[name] = record
                pending[name]?.trees = try facts.bakedTrees.map(\.facts)
                continue
            }
            session.emit(.note("\(name): its build context has changed since \(record.time)"))
            var options = BuildImages.Options()
            options.bakes = record.isBaked
            options.platform = record.platform
            options.arguments = record.arguments
            options.delivery = record.delivery
            let builder: Builder
            do {
                // The one that this machine built it with before, with the operator's options.
                let former = try BuildFolder(home: environment["HOME"] ?? "", image: image).report?.builder
                builder = try Builder(former, path: environment["PATH"] ?? "")
            } catch {
                throw OperationError(
                    error.kind, "\(name) has to be built anew, but there is \(error.message)",
                    hint: "build it where there is a builder ('sds build \(image.short)'), or say -n to keep the image")
            }
            _ = try await BuildImages(
                [image], from: sources, with: builder, options: options, environment: environment)(
                    recordingIn: session, emit: session.emit)
        }
        return pending
    }
}
