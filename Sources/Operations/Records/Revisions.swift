internal import Cluster
package import Kubernetes

/// The kept revisions of the workloads, newest first, and which of them never became ready.
package struct Revisions: Equatable, Sendable {
    /// Written on a revision's record when the change that made it went back.
    static let result = RecordNames.prefix + "result"
    static let failed = "failed"

    private var revisions: [String: [Revision]] = [:]
    private var failures: Set<String> = []

    /// - Throws: `OperationError` for a record that can't be read: going anywhere without it would be a guess.
    package init(_ records: [KubernetesObject]) throws(OperationError) {
        for record in records {
            guard let workload = record.labels[RecordNames.name] else { continue }
            do {
                revisions[workload, default: []].append(try Revision(workload: workload, record: record))
            } catch {
                throw OperationError(
                    .failed, "the record \(record.name) can't be read: \(error)",
                    hint: "a newer sds may have written it; use that one")
            }
            if record.annotations[Revisions.result] == Revisions.failed { failures.insert(record.name) }
        }
        for name in revisions.keys { revisions[name]?.sort { $0.wanted.sequence > $1.wanted.sequence } }
    }

    /// - Parameter workload: only this one's.
    static func load(_ session: Session, workload: String? = nil) async throws -> Revisions {
        let narrowed = workload.map { ",\(RecordNames.name)=\($0)" } ?? ""
        let list = try await session.client.list(
            ObjectSelection(
                .configMap, namespace: session.namespace, labels: "\(RecordNames.kindLabel)=revision\(narrowed)"))
        return try Revisions(list.items)
    }

    package subscript(workload: String) -> [Revision] { revisions[workload] ?? [] }

    package func hasFailed(_ revision: Revision) -> Bool {
        failures.contains(Revision.name(workload: revision.workload, sequence: revision.wanted.sequence))
    }

    /// What a workload was before: the newest older revision that says something else and didn't fail.
    package func previous(of workload: String, before wanted: WantedRelease) -> Revision? {
        self[workload].first { revision in
            revision.wanted.sequence < wanted.sequence && revision.wanted.spec != wanted.spec && !hasFailed(revision)
        }
    }

    package func revision(of workload: String, _ sequence: Int) -> Revision? {
        self[workload].first { $0.wanted.sequence == sequence }
    }
}

extension Session {
    /// Notes on revisions' records that they never became ready, so that no rollback chooses them by itself.
    func markFailed(_ revisions: [String: Int]) async {
        let patch: JSONValue = ["metadata": ["annotations": .object([Revisions.result: .string(Revisions.failed)])]]
        for (workload, sequence) in revisions.sorted(by: { $0.key < $1.key }) {
            let name = Revision.name(workload: workload, sequence: sequence)
            do {
                _ = try await client.send(.mergePatch(patch, .configMap, namespace: namespace, name: name))
            } catch {
                // It failed before the record was made.
                guard error.kind != .notFound else { continue }
                emit(.note("\(name) could not be marked as failed: \(error.message)"))
            }
        }
    }
}
