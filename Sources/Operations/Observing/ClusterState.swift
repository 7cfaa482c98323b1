package import Cluster
package import HySDS
package import Kubernetes
package import Rollout

/// What runs now: one list per kind, taken at the same time.
package struct ClusterState: Sendable {
    package let view: ClusterView
    package let records: Records
    private let objectsByName: [String: [KubernetesObject]]
    private let scalers: [ObjectKey: KubernetesObject]
    private let podsByName: [String: [KubernetesObject]]

    static let kinds: [ResourceType] = [.deployment, .statefulSet, .replicaSet, .job, .pod]

    package static func observe(_ session: Session) async throws(ClusterError) -> ClusterState {
        let asked =
            session.namespaces.flatMap { selections(in: $0, session) }
            + [ObjectSelection(.configMap, namespace: session.namespace, labels: "\(RecordNames.kindLabel)=record")]
        let lists = try await session.client.lists(asked)
        let records = Records(lists.last?.items ?? [])
        let others = Set(records.wanted.values.compactMap(\.namespace)).subtracting(session.namespaces)
        let left = try await leftovers(in: others.sorted(), session)
        return ClusterState(
            lists.dropLast().flatMap(\.items) + left, records: records, scalers: try await scalers(session))
    }

    /// Beside the first namespace there are workers alone.
    private static func selections(in namespace: String, _ session: Session) -> [ObjectSelection] {
        (namespace == session.namespace ? kinds : [.replicaSet, .pod]).map {
            ObjectSelection($0, namespace: namespace, labels: RecordNames.everything)
        }
    }

    /// KEDA's objects, where the configuration has it; none where the cluster hasn't.
    private static func scalers(_ session: Session) async throws(ClusterError) -> [KubernetesObject] {
        guard session.site.configuration.kubernetes.keda else { return [] }
        do {
            return try await session.client.lists(
                session.namespaces.map {
                    ObjectSelection(Scaler.type, namespace: $0, labels: RecordNames.everything)
                }
            ).flatMap(\.items)
        } catch {
            guard error.kind == .notFound else { throw error }
            return []
        }
    }

    /// What was put into another namespace by a configuration that has none there any more.
    private static func leftovers(
        in namespaces: [String], _ session: Session
    ) async throws(ClusterError) -> [KubernetesObject] {
        guard !namespaces.isEmpty else { return [] }
        do {
            return try await session.client.lists(namespaces.flatMap { selections(in: $0, session) }).flatMap(\.items)
        } catch {
            // An administrator took the namespace away, and with it what was there.
            guard error.kind == .forbidden || error.kind == .notFound else { throw error }
            session.emit(
                .note("what may be left in \(namespaces.joined(separator: ", ")) can't be seen: \(error.message)"))
            return []
        }
    }

    init(_ objects: [KubernetesObject], records: Records, scalers: [KubernetesObject] = []) {
        self.scalers = Dictionary(scalers.map { ($0.key, $0) }, uniquingKeysWith: { _, last in last })
        view = ClusterView(objects)
        self.records = records
        podsByName = Dictionary(grouping: objects.filter { $0.kind == "Pod" }) { $0.labels[RecordNames.name] ?? "" }
        objectsByName = Dictionary(grouping: objects.filter { $0.kind != "Pod" && !$0.isOwned }) {
            $0.labels[RecordNames.name] ?? ""
        }
    }

    /// The program's own objects: those that no controller made.
    package var ownObjects: [KubernetesObject] { objectsByName.values.flatMap { $0 }.sorted { $0.key < $1.key } }

    /// The live object of a workload, also when it still lives in the other namespace; for a Job the newest one.
    package func object(of workload: Workload) -> KubernetesObject? {
        let objects = (objectsByName[workload.name] ?? []).filter { $0.kind == workload.kind }
        let settled = objects.filter { workload.isHome($0) }
        return (settled.isEmpty ? objects : settled).max { $0.creationTime < $1.creationTime }
    }

    /// What is left of a workload in the other namespace, beside the object that it has in its own.
    package func former(of workload: Workload) -> KubernetesObject? {
        guard let live = object(of: workload), workload.isHome(live) else { return nil }
        return (objectsByName[workload.name] ?? []).first { $0.kind == workload.kind && !workload.isHome($0) }
    }

    /// What scales a worker by itself; nil when nothing does.
    func scaler(of workload: Workload) -> Scaler? {
        scalers[Scaler.key(of: workload)].map(Scaler.init)
    }

    package func pods(of workload: Workload) -> [KubernetesObject] {
        let namespace = object(of: workload)?.namespace ?? workload.namespace
        return (podsByName[workload.name] ?? []).filter { ($0.namespace ?? namespace) == namespace }
    }

    /// Replicas that the workload's object asks for; 0 when it doesn't exist.
    package func replicas(of workload: Workload) -> Int {
        object(of: workload).map { $0[path: ["spec", "replicas"]]?.integer ?? 1 } ?? 0
    }

    /// The count that `stop` remembered; nil when the workload wasn't stopped.
    package func rememberedReplicas(of workload: Workload) -> Int? {
        object(of: workload)?.annotations[RecordNames.replicasBeforeStop].flatMap { Int($0) }
    }

    /// Where a workload stands; nil when it doesn't exist.
    package func assessment(of workload: Workload) -> Assessment? {
        object(of: workload).map { Readiness.assess($0, in: view) }
    }

    package func isDone(_ workload: Workload) -> Bool {
        assessment(of: workload)?.isDone ?? false
    }
}

extension Workload {
    /// Whether an object is in the namespace that the workload belongs to now.
    func isHome(_ object: KubernetesObject) -> Bool { (object.namespace ?? namespace) == namespace }
}

extension KubernetesObject {
    /// Made by a controller, not by us: the ReplicaSet of a Deployment.
    var isOwned: Bool { !(self[path: ["metadata", "ownerReferences"]]?.array ?? []).isEmpty }
    var creationTime: String { self[path: ["metadata", "creationTimestamp"]]?.string ?? "" }
}

extension ClusterClient {
    /// Several lists at the same time, in the order asked for.
    func lists(_ selections: [ObjectSelection]) async throws(ClusterError) -> [ObjectList] {
        do {
            return try await withThrowingTaskGroup(of: (Int, ObjectList).self) { group in
                for (index, selection) in selections.enumerated() {
                    group.addTask { (index, try await self.list(selection)) }
                }
                var lists: [(Int, ObjectList)] = []
                for try await list in group { lists.append(list) }
                return lists.sorted { $0.0 < $1.0 }.map(\.1)
            }
        } catch let error as ClusterError {
            throw error
        } catch {
            throw ClusterError(.cancelled, "list", "cancelled")
        }
    }
}
