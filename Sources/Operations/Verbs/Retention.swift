internal import Cluster
package import Kubernetes
internal import Release

/// What of the kept releases may go: everything but the last revisions of each workload and what anything still names.
///
/// A value: `objects in, keys out`. In doubt nothing goes.
package struct Retention: Equatable, Sendable {
    /// How many revisions of each workload are kept.
    package static let keptRevisions = 5

    /// Metadata of the ConfigMaps that hold releases and trees.
    package var content: [KubernetesObject]
    /// The records of revisions, whole.
    package var revisions: [KubernetesObject]
    /// Whatever may name content: pods, ReplicaSets, ControllerRevisions, Jobs, Deployments, StatefulSets.
    package var users: [KubernetesObject]
    /// What the workloads should run.
    package var wanted: [String: WantedRelease]
    /// Content that the records of images name.
    package var imageContent: Set<String>

    package init(
        content: [KubernetesObject], revisions: [KubernetesObject], users: [KubernetesObject],
        wanted: [String: WantedRelease], imageContent: Set<String> = []
    ) {
        self.content = content
        self.revisions = revisions
        self.users = users
        self.wanted = wanted
        self.imageContent = imageContent
    }

    /// The objects that nothing needs any more, sorted.
    package var removable: [KubernetesObject] {
        let (old, kept) = dividedRevisions
        // A kept record that can't be read may name anything.
        let isReadable = kept.allSatisfy { record in
            (record.labels[RecordNames.name].flatMap { try? Revision(workload: $0, record: record) }) != nil
        }
        guard isReadable else { return [] }
        var named = users.reduce(into: Set<String>()) { $0.formUnion(ContentNames.named(in: $1.json)) }
        for record in kept {
            guard let workload = record.labels[RecordNames.name],
                let revision = try? Revision(workload: workload, record: record)
            else { return [] }
            named.formUnion(revision.contentNames)
            if let release = revision.wanted.release { named.insert(Retention.objectName(ofRelease: release)) }
        }
        named.formUnion(imageContent)
        for release in wanted.values.compactMap(\.release) { named.insert(Retention.objectName(ofRelease: release)) }
        let unused = content.filter { object in
            let kind = object.labels[RecordNames.kindLabel] ?? ""
            return ["tree", "release"].contains(kind) && object.name.hasPrefix("sds-\(kind)-")
                && object.labels[RecordNames.managedBy] == "sds" && !named.contains(object.name) && !object.uid.isEmpty
        }
        return (old.filter { !named.contains($0.name) } + unused).sorted { $0.key < $1.key }
    }

    /// Old records that may go, and all others.
    private var dividedRevisions: (old: [KubernetesObject], kept: [KubernetesObject]) {
        var numbered: [String: [(Int, KubernetesObject)]] = [:]
        var kept: [KubernetesObject] = []
        for record in revisions {
            guard let workload = record.labels[RecordNames.name], !record.uid.isEmpty,
                record.labels[RecordNames.managedBy] == "sds", let sequence = Retention.sequence(of: record, workload)
            else {
                kept.append(record)
                continue
            }
            numbered[workload, default: []].append((sequence, record))
        }
        let running = runningSequences
        var old: [KubernetesObject] = []
        for (workload, records) in numbered {
            let newest = records.map(\.0).sorted(by: >).prefix(Retention.keptRevisions)
            for (sequence, record) in records {
                let isKept =
                    newest.contains(sequence) || wanted[workload]?.sequence == sequence
                    || running[workload]?.contains(sequence) == true
                if isKept { kept.append(record) } else { old.append(record) }
            }
        }
        return (old, kept)
    }

    /// The sequence numbers that something of each workload carries.
    private var runningSequences: [String: Set<Int>] {
        users.reduce(into: [:]) { sequences, object in
            guard let workload = object.labels[RecordNames.name] else { return }
            let template = PodTemplate.path(of: object).flatMap { path in
                object[path: path + ["metadata", "annotations", RecordNames.sequence]]?.string
            }
            for text in [template, object.annotations[RecordNames.sequence]].compactMap(\.self) {
                if let number = Int(text) { sequences[workload, default: []].insert(number) }
            }
        }
    }

    private static func sequence(of record: KubernetesObject, _ workload: String) -> Int? {
        let prefix = Revision.name(workload: workload, sequence: 0).dropLast()
        guard record.name.hasPrefix(prefix) else { return nil }
        return Int(record.name.dropFirst(prefix.count)).flatMap { $0 > 0 ? $0 : nil }
    }

    private static func objectName(ofRelease digest: String) -> String { "sds-release-\(digest.prefix(16))" }
}

extension Retention {
    /// Removes what may go; to be called under the lock. Never fails a verb: what stays goes the next time.
    static func collect(_ session: Session) async {
        do {
            let removable = try await observe(session).removable
            guard !removable.isEmpty else { return }
            for object in removable {
                do throws(ClusterError) {
                    // Only this very object, as it was when nothing needed it.
                    let only = DeleteOptions(
                        propagation: .background, uid: object.uid,
                        resourceVersion: object.resourceVersion.isEmpty ? nil : object.resourceVersion)
                    _ = try await session.client.send(
                        .delete(
                            .configMap, namespace: object.namespace ?? session.namespace, name: object.name,
                            options: only))
                } catch {
                    guard error.kind == .notFound || error.kind == .conflict else { throw error }
                }
            }
            session.emit(.note("removed \(removable.count) records and pieces of releases that nothing needs any more"))
        } catch {
            guard !(error is CancellationError), !OperationError.isCancellation(error) else { return }
            session.emit(.note("old releases could not be removed: \(OperationError(error).message)"))
        }
    }

    private static func observe(_ session: Session) async throws -> Retention {
        let namespace = session.namespace
        let kinds: [ResourceType] = [
            .deployment, .statefulSet, .replicaSet, .controllerRevision, .job, .pod,
        ]
        // Content first: what comes after it can only name more.
        let namespaces = session.namespaces
        let content = try await session.client.lists(
            namespaces.map {
                ObjectSelection(
                    .configMap, namespace: $0, labels: "\(RecordNames.kindLabel) in (tree,release)",
                    isMetadataOnly: true)
            })
        let lists = try await session.client.lists(
            [
                ObjectSelection(.configMap, namespace: namespace, labels: "\(RecordNames.kindLabel)=revision"),
                ObjectSelection(.configMap, namespace: namespace, labels: "\(RecordNames.kindLabel)=record"),
            ] + namespaces.flatMap { namespace in kinds.map { ObjectSelection($0, namespace: namespace) } })
        let records = Records(lists[1].items)
        return Retention(
            content: content.flatMap(\.items), revisions: lists[0].items, users: lists.dropFirst(2).flatMap(\.items),
            wanted: records.wanted,
            imageContent: Set(records.images.values.flatMap { $0.trees ?? [] }.flatMap(\.objectNames)))
    }
}
