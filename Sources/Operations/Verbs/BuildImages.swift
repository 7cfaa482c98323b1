internal import Cluster
internal import FoundationEssentials
internal import Kubernetes
internal import Release

/// Builds images from the checkout's dependency declarations, brings them to where nodes can get them, and records in the
/// cluster what runs from now on. An image whose context is unchanged isn't built again.
package struct BuildImages: Sendable {
    package struct Options: Sendable {
        /// The code trees go into the image as well.
        package var bakes = false
        package var platform: String?
        package var usesCache = true
        /// Beside what the declarations say.
        package var arguments: [String: String] = [:]
        /// A file of certificates for the build.
        package var bundle: String?
        /// Where nodes get the images; nil: nowhere yet.
        package var delivery: ImageRecord.Delivery?

        package init() {}
    }

    package let images: [ImageDeclaration]
    package let sources: ImageSources
    package let builder: Builder
    package let options: Options
    package let environment: [String: String]

    package init(
        _ images: [ImageDeclaration], from sources: ImageSources, with builder: Builder, options: Options,
        environment: [String: String]
    ) {
        self.images = images
        self.sources = sources
        self.builder = builder
        self.options = options
        self.environment = environment
    }

    /// - Parameter session: the cluster that the images are recorded in; nil: in none.
    package func callAsFunction(
        recordingIn session: Session?, emit: @escaping EventSink
    ) async throws -> [ImageReport] {
        let work = try Folder.temporary()
        defer { Folder.remove(work) }
        var records: [String: ImageRecord] = [:]
        if let session {
            let found = try await session.allRecords()
            try session.check(found)
            records = found.images
        }
        // All contexts first: what is wrong with one shows before anything is built.
        let contexts = try images.map { image in
            try PackedContext.pack(image, from: sources, bakes: options.bakes, to: "\(work)/\(image.short).tar")
        }
        let secrets = try await BuildSecrets.make(in: work, bundle: options.bundle, environment: environment)
        var reports: [ImageReport] = []
        for context in contexts {
            let job = ImageJob(
                context: context, builder: builder, options: options, secrets: secrets, work: work,
                home: environment["HOME"] ?? "", proxies: Builder.proxies(in: environment), emit: emit)
            reports.append(try await job.run(records[context.image.name], session))
        }
        let recorded = reports.filter { report in report.isRecorded && records[report.image]?.tag != report.tag }
        if let session, !recorded.isEmpty {
            await Announcement(session).done(recorded.map { "\($0.image) \($0.tag)" }.joined(separator: ", "))
        }
        return reports
    }
}

extension Session {
    /// What the program keeps in the namespace.
    func allRecords() async throws -> Records {
        let list = try await client.list(
            .init(.configMap, namespace: namespace, labels: "\(RecordNames.kindLabel)=record"))
        return Records(list.items)
    }
}
