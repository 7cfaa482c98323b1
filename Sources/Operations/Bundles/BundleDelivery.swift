internal import FoundationEssentials
internal import HySDS
internal import ObjectStore
internal import Release

/// Writes bundles into `~/code_configs` and, when a bucket is configured, into that.
struct BundleDelivery {
    /// In the object's metadata: what is there is compared by it.
    private static let digestKey = "sha256"

    let session: Session
    let isEncrypted: Bool

    /// - Throws: `OperationError` that names the bundle; those before it are delivered, and a re-run goes on.
    func callAsFunction(_ bundles: [Bundle]) async throws -> [BundleReport] {
        guard !bundles.isEmpty else { return [] }
        let bucket = try await CodeBucket.open(session)?.bucket
        return try await withThrowingTaskGroup(of: BundleReport.self) { group in
            for bundle in bundles { group.addTask { try await deliver(bundle, to: bucket) } }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.queue < $1.queue }
        }
    }

    /// Where the bundle of a file name goes to.
    static func places(of fileName: String, _ session: Session) -> String {
        let file = "\(session.site.home)/code_configs/\(fileName)"
        return session.site.configuration.text("CODE_BUCKET").map { "\(file) and s3://\($0)/\(fileName)" } ?? file
    }

    private func deliver(_ bundle: Bundle, to bucket: S3Bucket?) async throws -> BundleReport {
        let file = "\(session.site.home)/code_configs/\(bundle.fileName)"
        var isUnchanged = (try? Data(contentsOf: URL(fileURLWithPath: file))).map { [UInt8]($0) } == bundle.bytes
        if !isUnchanged {
            do {
                // It holds credentials.
                try PrivateFile(file).write(bundle.bytes)
            } catch {
                // The pods have the release by now: no mistake of the command line.
                throw OperationError(.failed, error.message, hint: error.hint)
            }
        }
        if let bucket {
            do {
                if try await !upload(bundle, to: bucket) { isUnchanged = false }
            } catch {
                throw OperationError(
                    error.operationKind, "the bundle \(bundle.fileName) can't be uploaded: \(error)",
                    hint: "it lies in \(file); run 'sds ship' again: it goes on from here")
            }
        }
        return BundleReport(
            queue: bundle.queue, file: file, bytes: bundle.bytes.count, sha256: bundle.digest.hex,
            url: bucket?.url(of: bundle.fileName), isUnchanged: isUnchanged)
    }

    /// Under a name of its own first, then as a copy within the bucket: a worker that boots meanwhile reads the old
    /// bundle or the new one.
    ///
    /// - Returns: whether it was there already.
    private func upload(_ bundle: Bundle, to bucket: S3Bucket) async throws(S3Error) -> Bool {
        let digest = bundle.digest.hex
        func isThere() async throws(S3Error) -> Bool {
            guard let head = try await bucket.head(bundle.fileName) else { return false }
            return head.size == bundle.bytes.count && head.metadata[BundleDelivery.digestKey] == digest
        }
        if try await isThere() { return true }
        let part = ".sds/\(bundle.fileName).\(digest.prefix(16))"
        try await bucket.put(
            bundle.bytes, to: part, metadata: [BundleDelivery.digestKey: digest], isEncrypted: isEncrypted)
        try await bucket.copy(part, to: bundle.fileName, isEncrypted: isEncrypted)
        guard try await isThere() else {
            throw S3Error(.mismatch, bucket.url(of: bundle.fileName), "it isn't what was uploaded")
        }
        try await bucket.delete(part)
        return false
    }
}

extension S3Error {
    var operationKind: OperationError.Kind {
        switch kind {
        case .denied: .forbidden
        case .unreachable: .unreachable
        case .mismatch: .mismatch
        case .notFound, .other: .failed
        }
    }
}
