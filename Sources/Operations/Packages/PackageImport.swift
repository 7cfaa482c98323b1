internal import FoundationEssentials
internal import HySDS
internal import Kubernetes
internal import ObjectStore

/// `pkg import`: images first, then the documents in an order in which none names what isn't there yet; each step is
/// known by what is there, so a second import goes on where a killed one ended, and a third has nothing to do.
package struct PackageImport: Sendable {
    private let path: String
    private let skipsDependencies: Bool

    /// - Parameter skipsDependencies: images of dependencies stay out, though their documents name them in the bucket.
    package init(_ path: String, skipsDependencies: Bool) {
        self.path = path
        self.skipsDependencies = skipsDependencies
    }

    package func callAsFunction(_ session: Session) async throws -> PackageImportReport {
        let archive = try PackageArchive.read(path)
        let files = try files(of: archive)
        let bucket = archive.manifest.images.isEmpty ? nil : try await CodeBucket.open(session)
        guard archive.manifest.images.isEmpty || bucket != nil else { throw PackageImport.noBucket(session) }
        let manifest = archive.manifest.mappingImages { image in
            image.isAddress && archive.files[image.name] == nil
                ? image.address : bucket?.address(of: image.name).description ?? image.address
        }
        return try await session.withAccess { access in
            let plan = PackagePlan(
                manifest: manifest, files: files, store: PackageDocuments(access).store, bucket: bucket)
            let first = try await plan.look()
            for warning in try await missing(archive, bucket) { session.emit(.warning(warning)) }
            guard !first.isEmpty, !session.options.isDryRun else {
                return PackageImportReport(
                    file: path, manifest: manifest, todo: first, isDryRun: session.options.isDryRun)
            }
            try await session.checkNamespace()
            return try await LeaseLock(session).whileHeld(wait: session.options.lockWait, emit: session.emit) {
                try await Announcement(session).telling(\.summary) {
                    let todo = try await plan.look()
                    if let bucket { try await PackageUpload(bucket, session)(todo.uploads, of: archive) }
                    try await plan.write(todo)
                    return PackageImportReport(file: path, manifest: manifest, todo: todo, isDryRun: false)
                }
            }
        }
    }

    /// The files that the documents need.
    private func files(of archive: PackageArchive) throws(OperationError) -> [PackageArchive.File] {
        var files: [String: PackageArchive.File] = [:]
        var missing: [String] = []
        for image in archive.manifest.images {
            if skipsDependencies && image.dependency != nil { continue }
            if let file = archive.files[image.name] {
                files[image.name] = file
            } else if !image.isAddress {
                missing.append("\(image.place): there is no file '\(image.address)' in the package")
            }
        }
        guard missing.isEmpty else {
            let areDependencies = archive.manifest.images.allSatisfy {
                $0.dependency != nil || archive.files[$0.name] != nil
            }
            throw OperationError(
                .usage, missing.map { "\(path): \(PackageArchive.manifestName): \($0)" }.joined(separator: "\n"),
                hint: areDependencies
                    ? "nothing was written; -D imports it without the images of dependencies" : "nothing was written")
        }
        return files.values.sorted { $0.name < $1.name }
    }

    /// What `-D` leaves out and the bucket doesn't have either.
    private func missing(_ archive: PackageArchive, _ bucket: CodeBucket?) async throws -> [String] {
        guard skipsDependencies, let bucket else { return [] }
        let names = Set(archive.manifest.images.filter { $0.dependency != nil && !$0.isAddress }.map(\.name))
        var warnings: [String] = []
        for name in names.sorted() where try await bucket.bucket.head(name) == nil {
            warnings.append("the image \(bucket.address(of: name)) of a dependency isn't there: its jobs will fail")
        }
        return warnings
    }

    static func noBucket(_ session: Session) -> OperationError {
        OperationError(
            .usage, "\(session.site.configurationFile): CODE_BUCKET is not set, and the package has images",
            hint: "set CODE_BUCKET, S3_ENDPOINT and the keys; 'sds configure --reference' explains them")
    }
}

/// What an import did or would do.
package struct PackageImportReport: Sendable, Encodable {
    package let apiVersion = "sds/v1"
    package let kind = "PackageImport"
    package let file: String
    package let id: String
    package let isDryRun: Bool
    /// Files that were uploaded.
    package let images: [String]
    /// `INDEX/ID` of documents that were written.
    package let documents: [String]
    /// Files and documents that were there already.
    package let unchanged: Int

    init(file: String, manifest: PackageManifest, todo: PackagePlan.Todo, isDryRun: Bool) {
        self.file = file
        self.isDryRun = isDryRun
        id = manifest.id
        images = todo.uploads.map(\.name)
        documents = todo.changes.map(\.subject)
        unchanged = todo.unchanged
    }

    package var isUnchanged: Bool { images.isEmpty && documents.isEmpty }
    package var summary: String {
        "\(id): \(images.count) images, \(documents.count) documents written, \(unchanged) unchanged"
    }
}
