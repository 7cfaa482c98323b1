internal import FoundationEssentials
internal import HySDS
internal import Kubernetes
internal import ObjectStore

/// What an import still has to do, found by asking bucket and store.
struct PackagePlan: Sendable {
    struct Todo: Sendable {
        var uploads: [PackageArchive.File] = []
        /// In the order in which they are to be written.
        var changes: [SearchStore.Change] = []
        /// What brings back what was there before, in the order in which it is to be done.
        var undoing: [SearchStore.Change] = []
        var unchanged = 0

        var isEmpty: Bool { uploads.isEmpty && changes.isEmpty }
    }

    /// In an object's metadata.
    static let digestKey = "sha256"

    let manifest: PackageManifest
    let files: [PackageArchive.File]
    let store: SearchStore
    let bucket: CodeBucket?

    /// What a name refers to comes before it: the container, specifications, then what shows them to people, then rules.
    private var documents: [(index: String, id: String, source: JSONValue)] {
        func id(_ document: JSONValue) -> String { document["id"]?.string ?? "" }
        return [(PackageIndex.containers, manifest.id, manifest.container)]
            + manifest.jobSpecs.map { (PackageIndex.jobSpecs, id($0), $0) }
            + manifest.hysdsIOs.map { (PackageIndex.hysdsIOs(for: $0), id($0), $0) }
    }

    func look() async throws -> Todo {
        var todo = Todo()
        for file in files {
            if try await holds(file) { todo.unchanged += 1 } else { todo.uploads.append(file) }
        }
        let present = try await present()
        for document in documents {
            if present[document.index]?[document.id] == document.source {
                todo.unchanged += 1
            } else {
                todo.changes.append(.index(document.index, id: document.id, document.source))
                let former = present[document.index]?[document.id]
                todo.undoing.insert(
                    former.map { .index(document.index, id: document.id, $0) }
                        ?? .delete(document.index, id: document.id), at: 0)
            }
        }
        for (kind, rules) in manifest.userRules.sorted(by: { $0.key < $1.key }) {
            guard let index = RuleStore(rawValue: kind)?.index else { continue }
            try await look(rules, index, &todo)
        }
        return todo
    }

    private func look(_ rules: [JSONValue], _ index: String, _ todo: inout Todo) async throws {
        var (known, ids): (Set<String>, Set<String>) = ([], [])
        try await store.scan(index) { hits in
            for hit in hits { known.insert(UserRule(hit.source.object ?? [:]).identity) }
            ids.formUnion(hits.map(\.id))
        }
        let now = Timestamp.micro(Date())
        for rule in rules {
            let rule = UserRule(rule.object ?? [:])
            if known.insert(rule.identity).inserted {
                // A rule that was changed since it got its id may hold it.
                let own = UserRule.id(for: rule.identity)
                let id = ids.contains(own) ? (2...).lazy.map { "\(own)-\($0)" }.first { !ids.contains($0) } ?? own : own
                todo.changes.append(.index(index, id: id, .object(rule.stamped(now).content)))
                todo.undoing.insert(.delete(index, id: id), at: 0)
            } else {
                todo.unchanged += 1
            }
        }
    }

    private func holds(_ file: PackageArchive.File) async throws -> Bool {
        guard let bucket else { return true }
        do {
            guard let head = try await bucket.bucket.head(file.name) else { return false }
            return head.size == file.size && head.metadata[PackagePlan.digestKey] == file.sha256
        } catch {
            throw OperationError(error.operationKind, "\(error)")
        }
    }

    private func present() async throws -> [String: [String: JSONValue]] {
        var present: [String: [String: JSONValue]] = [:]
        for (index, documents) in Dictionary(grouping: documents, by: \.index) {
            present[index] = try await store.documents(documents.map(\.id), in: index)
        }
        return present
    }

    /// What the store refused to write it may refuse to take back: what is there afterwards counts.
    private func takenBack(_ todo: Todo, after error: OperationError) async throws -> OperationError {
        var error = error
        do {
            _ = try await store.apply(todo.undoing)
        } catch let other as OperationError where other.kind == .failed {
            if other.message != error.message { error.causes.append("taking it back: \(other.message)") }
        }
        error.hint =
            try await look().undoing == todo.undoing
            ? "the documents are as they were before; images that were uploaded stay for the next import"
            : "some documents were written: import it again once that is mended, or 'sds pkg rm \(manifest.id)'"
        return error
    }

    /// Writes the documents in one request and reads them back. When the store refuses one of them, the others go back
    /// to what they were.
    ///
    /// - Throws: `OperationError` (mismatch) when the store holds something else afterwards.
    func write(_ todo: Todo) async throws {
        guard !todo.changes.isEmpty else { return }
        do {
            _ = try await store.apply(todo.changes)
        } catch let error as OperationError where error.kind == .failed {
            throw try await takenBack(todo, after: error)
        }
        let rest = try await look()
        guard rest.isEmpty else {
            let names = rest.uploads.map(\.name) + rest.changes.map(\.subject)
            throw OperationError(
                .mismatch, "not everything is as it was written: \(names.joined(separator: ", "))",
                hint: "does somebody else change it? Run the command again")
        }
    }
}
