internal import Archive
internal import FoundationEssentials
internal import HySDS
internal import Kubernetes
internal import ObjectStore

/// `pkg export`: a package as one file, laid out as sdscli lays it out. Images are streamed; the file appears whole.
package struct PackageExport: Sendable {
    package struct Report: Sendable, Encodable {
        package var apiVersion = "sds/v1"
        package var kind = "PackageExport"
        package var id: String
        package var file: String
        package var bytes: Int
        package var jobSpecs: Int
        package var hysdsIOs: Int
        package var images: [String]
    }

    private let id: String
    private let folder: String
    private let keepsAccounts: Bool
    private let skipsDependencies: Bool

    /// - Parameters:
    ///   - folder: made when it isn't there.
    ///   - keepsAccounts: with the accounts that may submit each job.
    ///   - skipsDependencies: without the images of dependencies, whose names stay.
    package init(_ id: String, folder: String, keepsAccounts: Bool, skipsDependencies: Bool) {
        self.id = id
        self.folder = folder
        self.keepsAccounts = keepsAccounts
        self.skipsDependencies = skipsDependencies
    }

    package func callAsFunction(_ session: Session) async throws -> Report {
        let found = try await session.withAccess { access in try await documents(PackageDocuments(access)) }
        let manifest = found.mappingImages { image in image.name }
        let addresses = try addresses(of: found)
        let bucket = addresses.isEmpty ? nil : try await CodeBucket.open(session)
        guard addresses.isEmpty || bucket != nil else { throw PackageImport.noBucket(session) }
        let file = "\(folder.hasSuffix("/") ? String(folder.dropLast()) : folder)/\(PackageManifest.folder(of: id)).tar"
        let bytes = try await write(PythonJSON.text(manifest.json), addresses, from: bucket, to: file, session)
        return Report(
            id: id, file: file, bytes: bytes, jobSpecs: manifest.jobSpecs.count, hysdsIOs: manifest.hysdsIOs.count,
            images: addresses.keys.sorted())
    }

    private func documents(_ documents: PackageDocuments) async throws -> PackageManifest {
        let container = try await documents.container(id)
        let specs = try await documents.jobSpecs(of: id)
        let wirings = try await documents.hysdsIOs(of: specs.compactMap { $0.source["id"]?.string })
        return PackageManifest(
            container: container.source, jobSpecs: specs.map(\.source),
            hysdsIOs: wirings.map { hit in
                var document = hit.source
                if !keepsAccounts { document["allowed_accounts"] = nil }
                return document
            })
    }

    /// The images to fetch, by the name that each gets.
    private func addresses(of manifest: PackageManifest) throws(OperationError) -> [String: String] {
        var addresses: [String: String] = [:]
        for image in manifest.images {
            guard !image.name.isEmpty, ![".", "..", PackageArchive.manifestName].contains(image.name) else {
                throw OperationError(.failed, "\(id): \(image.place): '\(image.address)' has no file name")
            }
            if skipsDependencies && image.dependency != nil { continue }
            if let other = addresses[image.name], other != image.address {
                throw OperationError(
                    .failed, "\(id): two images have the name \(image.name)", causes: [other, image.address],
                    hint:
                        "a package can hold one file of a name only: rename one of them in the bucket and its document")
            }
            addresses[image.name] = image.address
        }
        return addresses
    }

    private func write(
        _ manifest: [UInt8], _ addresses: [String: String], from bucket: CodeBucket?, to file: String,
        _ session: Session
    ) async throws -> Int {
        let draft = try DraftFile(file)
        let output = Output(draft)
        let writer = try ArchiveStreamWriter { output.take($0) }
        let top = PackageManifest.folder(of: id)
        do {
            try writer.begin(ArchiveEntry(path: top, kind: .directory, mode: 0o755))
            for name in (addresses.keys + [PackageArchive.manifestName]).sorted() {
                try Task.checkCancellation()
                let entry = ArchiveEntry(path: "\(top)/\(name)", kind: .file, mode: 0o644)
                guard let address = addresses[name], let bucket else {
                    try writer.begin(entry, size: manifest.count)
                    try writer.write(manifest)
                    continue
                }
                session.emit(.started(step: "fetch \(address)"))
                let start = ContinuousClock.now
                let download = try await bucket.download(address)
                try writer.begin(entry, size: download.size)
                while let bytes = try await download.next() {
                    try writer.write(bytes)
                }
                session.emit(.finished(step: "fetch \(address)", .now - start))
            }
            try writer.close()
        } catch {
            if let failure = output.failure { throw failure }
            if let error = error as? S3Error { throw OperationError(error.operationKind, "\(error)") }
            if let error = error as? ArchiveError {
                throw OperationError(.failed, "cannot write \(file): \(error.message)")
            }
            throw error
        }
        try draft.finish()
        return output.count
    }

    /// Where the archive's blocks go.
    private final class Output {
        private let draft: DraftFile
        var failure: OperationError?
        var count = 0

        init(_ draft: DraftFile) { self.draft = draft }

        func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
            do throws(OperationError) {
                try draft.write([UInt8](bytes))
                count += bytes.count
                return true
            } catch {
                failure = error
                return false
            }
        }
    }
}
