internal import Crypto
internal import FoundationEssentials
internal import HySDS
internal import ObjectStore

/// Brings images from a package file into the bucket. An object appears whole, under its own name, or not at all.
struct PackageUpload: Sendable {
    /// Files up to this many bytes go in one request, others in parts of at least as many.
    private static let partSize = 5 << 20
    private static let partsInFlight = 3
    private static let mostParts = 9000

    private let code: CodeBucket
    private let session: Session

    init(_ bucket: CodeBucket, _ session: Session) {
        code = bucket
        self.session = session
    }

    func callAsFunction(_ files: [PackageArchive.File], of archive: PackageArchive) async throws {
        try await archive.read(Set(files.map(\.name))) { file, next in
            let step = "upload \(file.name) (\(file.size) bytes)"
            session.emit(.started(step: step))
            let start = ContinuousClock.now
            do {
                try await upload(file, next)
                let head = try await code.bucket.head(file.name)
                guard head?.size == file.size, head?.metadata[PackagePlan.digestKey] == file.sha256 else {
                    throw S3Error(.mismatch, code.bucket.url(of: file.name), "it isn't what was uploaded")
                }
            } catch let error as S3Error {
                throw OperationError(
                    error.operationKind, "\(error)", hint: "run the command again: it goes on from here")
            }
            session.emit(.finished(step: step, .now - start))
        }
    }

    private func upload(_ file: PackageArchive.File, _ next: (Int) throws -> [UInt8]) async throws {
        let metadata = [PackagePlan.digestKey: file.sha256]
        try await dropOpenUploads(of: file.name)
        guard file.size > PackageUpload.partSize else {
            let bytes = try next(file.size + 1)
            try check(SHA256.hash(data: bytes), bytes.count, file)
            return try await code.bucket.put(bytes, to: file.name, metadata: metadata)
        }
        let upload = try await code.bucket.beginUpload(to: file.name, metadata: metadata)
        do {
            let tags = try await parts(of: file, upload, next)
            try await code.bucket.complete(upload, parts: tags)
        } catch {
            // Also when this task was cancelled: an upload that stays open costs money.
            let bucket = code.bucket
            await Task { try? await bucket.abort(upload) }.value
            throw error
        }
    }

    private func parts(
        of file: PackageArchive.File, _ upload: S3Upload, _ next: (Int) throws -> [UInt8]
    ) async throws -> [String] {
        let size = max(PackageUpload.partSize, (file.size + PackageUpload.mostParts - 1) / PackageUpload.mostParts)
        let bucket = code.bucket
        return try await withThrowingTaskGroup(of: (Int, String).self) { group in
            var tags: [Int: String] = [:]
            var (number, count) = (0, 0)
            var hash = SHA256()
            while true {
                let bytes = try next(size)
                if bytes.isEmpty { break }
                hash.update(data: bytes)
                count += bytes.count
                number += 1
                if number > PackageUpload.partsInFlight, let (done, tag) = try await group.next() { tags[done] = tag }
                let part = number
                group.addTask { (part, try await bucket.put(bytes, part: part, of: upload)) }
            }
            while let (done, tag) = try await group.next() { tags[done] = tag }
            try check(hash.finalize(), count, file)
            return tags.sorted { $0.key < $1.key }.map(\.value)
        }
    }

    private func check(_ digest: SHA256.Digest, _ count: Int, _ file: PackageArchive.File) throws {
        guard count == file.size, ContentDigest(digest).description == file.sha256 else {
            throw OperationError(
                .mismatch, "\(file.name) was changed in the package while it was read", hint: "run the command again")
        }
    }

    /// What a killed import began: with the lock held, nobody goes on with it.
    private func dropOpenUploads(of key: String) async throws {
        let left: [S3Upload]
        do {
            left = try await code.bucket.openUploads(of: key)
        } catch {
            // Not every account may list; then a life-cycle rule of the bucket has to.
            guard error.kind == .denied || error.kind == .other else { throw error }
            return session.emit(.note("uploads that were broken off can't be looked for: \(error.message)"))
        }
        for upload in left { try await code.bucket.abort(upload) }
    }
}
