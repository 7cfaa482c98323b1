internal import HySDS
internal import Kubernetes
internal import ObjectStore

/// `pkg rm`: the documents, what shows them first and the container last, then the images that nothing else uses.
///
/// What is to go is noted in the bucket before: when the program is killed after the last document, a second run still
/// finds the images.
package struct PackageRemoval: Sendable {
    package struct Report: Sendable, Encodable {
        package var apiVersion = "sds/v1"
        package var kind = "PackageRemoval"
        package var id: String
        package var isDryRun: Bool
        /// `INDEX/ID`.
        package var documents: [String]
        package var images: [String]
        /// Images that stay, with the reason.
        package var kept: [String: String]

        package var summary: String { "\(id): \(documents.count) documents and \(images.count) images removed" }
    }

    private let id: String

    package init(_ id: String) {
        self.id = id
    }

    package func callAsFunction(_ session: Session) async throws -> Report {
        let bucket = try await bucket(session)
        return try await session.withAccess { access in
            let documents = PackageDocuments(access)
            let first = try await look(documents, bucket)
            guard !session.options.isDryRun else { return first }
            try await session.checkNamespace()
            return try await LeaseLock(session).whileHeld(wait: session.options.lockWait, emit: session.emit) {
                try await Announcement(session).telling(\.summary) {
                    var report = try await look(documents, bucket)
                    try await remove(report, documents, bucket)
                    report.isDryRun = false
                    return report
                }
            }
        }
    }

    /// Nil without one, and without keys for it: then the documents go and images stay.
    private func bucket(_ session: Session) async throws -> CodeBucket? {
        do {
            return try await CodeBucket.open(session)
        } catch let error as OperationError where error.kind == .usage {
            session.emit(.warning("images stay: \(error.message)"))
            return nil
        }
    }

    private func look(_ documents: PackageDocuments, _ bucket: CodeBucket?) async throws -> Report {
        var report = Report(id: id, isDryRun: true, documents: [], images: [], kept: [:])
        var addresses = try await noted(bucket)
        let container = try await documents.store.document(id, in: PackageIndex.containers)
        guard container != nil || !addresses.isEmpty else {
            _ = try await documents.container(id)
            return report
        }
        let specs = try await documents.jobSpecs(of: id)
        let wirings = try await documents.hysdsIOs(of: specs.map(\.id))
        let all = wirings + specs + [container].compactMap(\.self)
        report.documents = all.map { "\($0.index)/\($0.id)" }
        let manifest = PackageManifest(container: container?.source ?? [:], jobSpecs: specs.map(\.source))
        addresses += manifest.images.map(\.address)

        let own = Set(report.documents)
        let users = try await documents.users()
        let keys = users.reduce(into: [String: Set<String>]()) { all, entry in
            if let key = bucket?.key(of: entry.key) { all[key, default: []].formUnion(entry.value) }
        }
        for address in Set(addresses).sorted() {
            guard let bucket, let key = bucket.key(of: address) else {
                report.kept[address] = bucket == nil ? "no bucket is configured" : "it isn't in the code bucket"
                continue
            }
            let others = (keys[key] ?? []).subtracting(own)
            if others.isEmpty {
                report.images.append(address)
            } else {
                report.kept[address] = "used by \(others.sorted().joined(separator: ", "))"
            }
        }
        return report
    }

    private func remove(_ report: Report, _ documents: PackageDocuments, _ bucket: CodeBucket?) async throws {
        do {
            if let bucket, !report.images.isEmpty {
                let note = JSONValue.array(report.images.map(JSONValue.string))
                try await bucket.bucket.put(note.serialized(), to: noteKey)
            }
            _ = try await documents.store.apply(
                report.documents.map { name in
                    let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
                    return .delete(parts[0], id: parts[1])
                })
            guard let bucket else { return }
            for key in report.images.compactMap(bucket.key(of:)) { try await bucket.bucket.delete(key) }
            try await bucket.bucket.delete(noteKey)
        } catch let error as S3Error {
            throw OperationError(error.operationKind, "\(error)", hint: "run the command again: it goes on from here")
        }
    }

    private var noteKey: String { ".sds/rm/\(PackageManifest.folder(of: id)).json" }

    /// The images that a removal which was killed had still to remove.
    private func noted(_ bucket: CodeBucket?) async throws -> [String] {
        guard let bucket else { return [] }
        do {
            guard try await bucket.bucket.head(noteKey) != nil else { return [] }
            let note = try JSONValue(parsing: try await bucket.bucket.get(noteKey))
            return (note.array ?? []).compactMap(\.string)
        } catch let error as S3Error {
            throw OperationError(error.operationKind, "\(error)")
        }
    }
}
