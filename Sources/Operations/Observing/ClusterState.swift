package import Cluster
package import HySDS
package import Kubernetes
package import Rollout

/// What runs now: one list per kind, taken at the same time.
package struct ClusterState: Sendable {
    package let view: ClusterView
    package let records: Records
    private let objectsByName: [String: [KubernetesObject]]
    private let podsByName: [String: [KubernetesObject]]

    static let kinds: [ResourceType] = [.deployment, .statefulSet, .replicaSet, .job, .pod]

    package static func observe(_ client: ClusterClient, namespace: String) async throws(ClusterError) -> ClusterState {
        let selections =
            kinds.map { ObjectSelection($0, namespace: namespace, labels: RecordNames.everything) }
            + [ObjectSelection(.configMap, namespace: namespace, labels: "\(RecordNames.kindLabel)=record")]
        let lists = try await client.lists(selections)
        return ClusterState(lists.dropLast().flatMap(\.items), records: Records(lists.last?.items ?? []))
    }

    init(_ objects: [KubernetesObject], records: Records) {
        view = ClusterView(objects)
        self.records = records
        podsByName = Dictionary(grouping: objects.filter { $0.kind == "Pod" }) { $0.labels[RecordNames.name] ?? "" }
        objectsByName = Dictionary(grouping: objects.filter { $0.kind != "Pod" && !$0.isOwned }) {
            $0.labels[RecordNames.name] ?? ""
        }
    }

    /// The program's own objects: those that no controller made.
    package var ownObjects: [KubernetesObject] { objectsByName.values.flatMap { $0 }.sorted { $0.key < $1.key } }

    /// The live object of a workload; for a Job the newest one.
    package func object(of workload: Workload) -> KubernetesObject? {
        (objectsByName[workload.name] ?? []).filter { $0.kind == workload.kind }
            .max { $0.creationTime < $1.creationTime }
    }

    package func pods(of workload: Workload) -> [KubernetesObject] {
        podsByName[workload.name] ?? []
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
