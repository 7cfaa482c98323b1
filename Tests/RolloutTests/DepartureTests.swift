import Kubernetes
import Testing

@testable import Rollout

@Suite struct DepartureTests {
    func ending(_ object: KubernetesObject, finalizers: [String] = []) -> KubernetesObject {
        var object = object
        object[path: ["metadata", "deletionTimestamp"]] = "2026-01-01T00:00:00Z"
        if !finalizers.isEmpty { object[path: ["metadata", "finalizers"]] = .array(finalizers.map(JSONValue.string)) }
        return object
    }

    @Test("stopped means no pods, also not those of a Deployment's ReplicaSets")
    func stopped() {
        let zero = Make.deployment(desired: 0, updated: 0, available: 0)
        let pod = ending(Make.pod())
        let busy = Departure.stopped(zero, in: ClusterView([zero] + Make.replicaSets() + [pod]))
        #expect(!busy.isDone && busy.text == "1 pod left: web-2-a")
        #expect(busy.causes.map(\.reason) == [.stuck])
        #expect(Departure.stopped(zero, in: ClusterView([zero] + Make.replicaSets())).isDone)
        #expect(Departure.stopped(zero, in: ClusterView([zero, Make.pod(phase: "Failed")])).isDone)
        #expect(!Departure.stopped(zero, in: ClusterView([zero]), minimumGeneration: 9).isDone)
        #expect(!Departure.stopped(Make.deployment(), in: ClusterView()).isDone)
    }

    @Test("gone means the object and its pods, and only that very object")
    func gone() {
        let set = Make.statefulSet()
        let pod = Make.pod("db-0", owner: "uid-db")
        #expect(Departure.gone(set.key, uid: "uid-db", in: ClusterView([set])).text == "isn't being deleted yet")
        let held = Departure.gone(set.key, uid: "uid-db", in: ClusterView([ending(set, finalizers: ["x.y/z"]), pod]))
        #expect(held.text == "is being deleted, held by x.y/z, 1 pod left: db-0")
        #expect(!Departure.gone(set.key, uid: "uid-db", in: ClusterView([pod])).isDone)
        #expect(Departure.gone(set.key, uid: "uid-db", in: ClusterView()).isDone)
        var other = set
        other[path: ["metadata", "uid"]] = "another"
        #expect(Departure.gone(set.key, uid: "uid-db", in: ClusterView([other])).isDone)
    }

    @Test("a pod that can't go names its finalizers")
    func finalizers() {
        let zero = Make.replicaSet(desired: 0, ready: 0)
        let pod = ending(Make.pod("worker-a", owner: "uid-worker"), finalizers: ["x.y/keep"])
        let causes = Departure.stopped(zero, in: ClusterView([zero, pod])).causes
        #expect(causes[0].message == "being deleted, held by x.y/keep")
    }
}
