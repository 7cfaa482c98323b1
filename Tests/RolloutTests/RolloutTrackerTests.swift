import Kubernetes
import Testing

@testable import Rollout

@Suite struct RolloutTrackerTests {
    let key = Make.deployment().key

    func view(_ objects: [KubernetesObject]) -> ClusterView { ClusterView(Make.replicaSets() + objects) }

    func broken(_ status: JSONValue) -> ClusterView {
        view([Make.deployment(available: 1), Make.pod(statuses: [status])])
    }

    @Test("from not there to done")
    func course() {
        var tracker = RolloutTracker([RolloutTarget(Make.deployment())])
        #expect(tracker.observe(ClusterView(), now: .zero).progress[key] == .waiting("isn't there yet"))
        #expect(
            tracker.observe(view([Make.deployment(updated: 1)]), now: .seconds(1)).progress[key]
                == .waiting("1 of 2 pods updated"))
        let last = tracker.observe(view([Make.deployment()]), now: .seconds(2))
        #expect(last.verdict == .done && last.nextLook == nil)
    }

    @Test("trouble is told once, at once; the verdict waits for its grace time")
    func grace() {
        var tracker = RolloutTracker([RolloutTarget(key)])
        _ = tracker.observe(view([Make.deployment(updated: 0)]), now: .zero)
        let image = broken(Make.waiting("ErrImagePull", "not found"))
        let first = tracker.observe(image, now: .seconds(1))
        #expect(first.newCauses.map(\.reason) == [.imagePull] && first.verdict == .waiting)
        #expect(first.nextLook == .seconds(91))
        let backOff = broken(Make.waiting("ImagePullBackOff", "back-off"))
        let second = tracker.observe(backOff, now: .seconds(50))
        #expect(second.newCauses.isEmpty && second.causes.count == 1)
        #expect(tracker.observe(backOff, now: .seconds(90)).verdict == .waiting)
        guard case .failed(let causes) = tracker.observe(backOff, now: .seconds(91)).verdict else {
            Issue.record("no verdict")
            return
        }
        #expect(causes.map(\.clusterReason) == ["ImagePullBackOff"])
    }

    @Test("trouble that heals in time is no failure")
    func healing() {
        var tracker = RolloutTracker([RolloutTarget(key)])
        _ = tracker.observe(broken(Make.waiting("ErrImagePull")), now: .zero)
        #expect(tracker.observe(view([Make.deployment()]), now: .seconds(80)).verdict == .done)
    }

    @Test("a name that can't be one fails at once")
    func atOnce() {
        var tracker = RolloutTracker([RolloutTarget(key)])
        #expect(tracker.observe(broken(Make.waiting("InvalidImageName")), now: .zero).progress[key]?.isFailing == true)
    }

    @Test("three restarts since the wait began are enough, earlier ones don't count")
    func restarts() {
        var tracker = RolloutTracker([RolloutTarget(key)])
        #expect(tracker.observe(broken(Make.crashLoop(restarts: 40)), now: .zero).verdict == .waiting)
        #expect(tracker.observe(broken(Make.crashLoop(restarts: 42)), now: .seconds(9)).verdict == .waiting)
        #expect(
            tracker.observe(broken(Make.crashLoop(restarts: 43)), now: .seconds(10)).progress[key]?.isFailing == true)

        var fresh = RolloutTracker([RolloutTarget(key)])
        _ = fresh.observe(view([Make.deployment(updated: 0)]), now: .zero)
        #expect(fresh.observe(broken(Make.crashLoop(restarts: 2)), now: .seconds(20)).verdict == .waiting)
        #expect(fresh.observe(broken(Make.crashLoop(restarts: 3)), now: .seconds(30)).progress[key]?.isFailing == true)
    }

    @Test("a crash clock runs on while the container runs in between")
    func flapping() {
        var tracker = RolloutTracker([RolloutTarget(key)])
        var verdicts: [Bool] = []
        for second in stride(from: 0, through: 60, by: 10) {
            let up = second % 20 == 10
            let pod = up ? Make.running(ready: true, restarts: 1) : Make.crashLoop(restarts: 1)
            let report = tracker.observe(broken(pod), now: .seconds(second))
            verdicts.append(report.progress[key]?.isFailing == true)
            #expect(report.newCauses.count == (second == 0 ? 1 : 0))
        }
        #expect(verdicts == [false, false, false, false, false, false, true])
    }

    @Test("trouble that was over for long starts anew")
    func memory() {
        var tracker = RolloutTracker([RolloutTarget(key)])
        let waiting = view([Make.deployment(available: 1)])
        _ = tracker.observe(broken(Make.crashLoop()), now: .zero)
        _ = tracker.observe(waiting, now: .seconds(1))
        #expect(tracker.observe(broken(Make.crashLoop()), now: .seconds(100)).verdict == .waiting)
        #expect(tracker.observe(broken(Make.crashLoop()), now: .seconds(159)).verdict == .waiting)
        #expect(tracker.observe(broken(Make.crashLoop()), now: .seconds(160)).progress[key]?.isFailing == true)
    }

    @Test("a container that has just crashed isn't believed at once")
    func settling() {
        var tracker = RolloutTracker([RolloutTarget(key)])
        _ = tracker.observe(broken(Make.crashLoop()), now: .zero)
        let fine = view([Make.deployment(), Make.pod(ready: true, statuses: [Make.running(ready: true, restarts: 1)])])
        let early = tracker.observe(fine, now: .seconds(2))
        #expect(early.verdict == .waiting && early.nextLook == .seconds(12))
        #expect(tracker.observe(fine, now: .seconds(12)).verdict == .done)
    }

    @Test("what is over quickly isn't mentioned")
    func reportDelay() {
        var tracker = RolloutTracker([RolloutTarget(key)])
        let starting = broken(Make.running(ready: false))
        let first = tracker.observe(starting, now: .zero)
        #expect(first.newCauses.isEmpty && first.causes.count == 1 && first.nextLook == .seconds(20))
        #expect(tracker.observe(starting, now: .seconds(20)).newCauses.map(\.reason) == [.notReady])
    }

    @Test("an object that is deleted or made anew under our hands")
    func identity() {
        var deleted = RolloutTracker([RolloutTarget(key)])
        _ = deleted.observe(view([Make.deployment(updated: 0)]), now: .zero)
        let gone = deleted.observe(ClusterView(), now: .seconds(1))
        #expect(gone.causes.map(\.reason) == [.deleted] && gone.progress[key]?.isFailing == true)

        var replaced = RolloutTracker([RolloutTarget(key)])
        _ = replaced.observe(view([Make.deployment(updated: 0)]), now: .zero)
        var other = Make.deployment()
        other[path: ["metadata", "uid"]] = "another"
        #expect(replaced.observe(view([other]), now: .seconds(1)).causes.map(\.reason) == [.replaced])
    }

    @Test("a stale view of the object before ours is no replacement")
    func stale() {
        var tracker = RolloutTracker([RolloutTarget(key, uid: "ours")])
        #expect(tracker.observe(view([Make.deployment()]), now: .zero).progress[key] == .waiting("isn't there yet"))
        var ours = Make.deployment()
        ours[path: ["metadata", "uid"]] = "ours"
        #expect(tracker.observe(view([ours]), now: .seconds(1)).verdict == .done)
    }

    @Test("pods and warnings from before the wait say nothing about it")
    func former() {
        let set = Make.statefulSet(ready: 0, all: 0)
        let old = Make.event("FailedCreate", "exceeded quota", about: set)
        let evicted = Make.pod("db-0", owner: "uid-db", phase: "Failed", more: ["reason": "Evicted"])
        var tracker = RolloutTracker([RolloutTarget(set.key)])
        #expect(tracker.observe(ClusterView([set, old, evicted]), now: .zero).causes.isEmpty)
        let again = Make.event("FailedCreate", "exceeded quota", about: set, version: "2")
        #expect(
            tracker.observe(ClusterView([set, again, evicted]), now: .seconds(1)).causes.map(\.reason) == [.podCreation]
        )
    }

    @Test("several targets: the verdict is failed as soon as one is, done when all are")
    func several() {
        let set = Make.statefulSet()
        var tracker = RolloutTracker([RolloutTarget(key), RolloutTarget(set.key), RolloutTarget(set.key, .ready)])
        #expect(tracker.observe(view([Make.deployment(available: 1), set]), now: .zero).verdict == .waiting)
        #expect(tracker.observe(view([Make.deployment(), set]), now: .seconds(1)).verdict == .done)
        var failing = RolloutTracker([RolloutTarget(key), RolloutTarget(set.key)])
        let view = view([
            Make.deployment(), Make.statefulSet(ready: 1),
            Make.pod(
                "db-1", owner: "uid-db", labels: ["controller-revision-hash": "db-new"],
                statuses: [Make.waiting("InvalidImageName")]),
        ])
        guard case .failed(let causes) = failing.observe(view, now: .zero).verdict else {
            Issue.record("no verdict")
            return
        }
        #expect(causes.map(\.subject) == [set.key])
    }

    @Test("nothing to wait for is done")
    func nothing() {
        var tracker = RolloutTracker([])
        #expect(tracker.observe(ClusterView(), now: .zero).verdict == .done)
    }

    @Test("a relist forgets what it lacks")
    func relist() {
        var view = ClusterView([Make.pod("a"), Make.pod("b"), Make.deployment()])
        view.replace(kind: "Pod", group: "", namespace: "ops", with: [Make.pod("b")])
        #expect(view.objects.count == 2)
        #expect(view.pods(ownedBy: "uid-web-2").map(\.name) == ["b"])
    }
}
