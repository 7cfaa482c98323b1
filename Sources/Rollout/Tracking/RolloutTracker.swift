import Kubernetes

/// Watches over targets until all are where they should be, or one has failed for good.
///
/// A value without clock or network: feed it views of the cluster with the time since the wait began. Trouble is told at
/// once; only what outlasts its ``Grace`` is a failure.
package struct RolloutTracker: Sendable {
    package let targets: [RolloutTarget]
    private var troubles: Troubles
    /// The UIDs under which targets were seen.
    private var seen: [ObjectKey: String] = [:]
    private var former: FormerState?

    package init(_ targets: [RolloutTarget], grace: Grace = .standard) {
        self.targets = targets
        troubles = Troubles(grace: grace)
    }

    /// - Parameters:
    ///   - view: Everything known now; the first time a full list.
    ///   - now: Time since the wait began, on a steady clock. It never goes back.
    package mutating func observe(_ view: ClusterView, now: Duration) -> RolloutReport {
        let former = former ?? FormerState(view)
        self.former = former
        let view = former.removed(from: view)

        let assessments = targets.map { ($0, assess($0, in: view)) }
        let present = assessments.flatMap(\.1.causes)
        troubles.note(present, formerPods: former.pods, now: now)

        var report = RolloutReport(progress: [:], newCauses: [], causes: present, verdict: .waiting)
        var failures: [Cause] = []
        for (target, assessment) in assessments {
            let progress = progress(of: target, assessment, now: now, nextLook: &report.nextLook)
            report.progress[target.key] = progress
            if case .failing(let cause) = progress { failures.append(cause) }
        }
        report.newCauses = troubles.told(now: now, nextLook: &report.nextLook)
        if !failures.isEmpty {
            report.verdict = .failed(failures)
        } else if report.progress.values.allSatisfy(\.isDone) {
            report.verdict = .done
        }
        return report
    }

    private func progress(
        of target: RolloutTarget, _ assessment: Assessment, now: Duration, nextLook: inout Duration?
    ) -> Progress {
        if assessment.isDone {
            if target.goal == .ready, let crash = troubles.freshCrash(of: target.key, now: now, nextLook: &nextLook) {
                return .waiting("\(assessment.text), but \(crash.pod ?? "a pod") has just crashed")
            }
            return .done(assessment.text)
        }
        if let cause = troubles.verdict(assessment.causes, now: now, nextLook: &nextLook) { return .failing(cause) }
        return .waiting(assessment.text)
    }

    private mutating func assess(_ target: RolloutTarget, in view: ClusterView) -> Assessment {
        if target.goal == .gone { return Departure.gone(target.key, uid: target.uid, in: view) }
        guard let object = view[target.key] else {
            return seen[target.key] == nil
                ? Assessment(isDone: false, "isn't there yet") : lost(target, .deleted, "it was deleted meanwhile")
        }
        if object.uid != (seen[target.key] ?? target.uid ?? object.uid) {
            // Before ours was seen it may be the one that ours replaces.
            return seen[target.key] == nil
                ? Assessment(isDone: false, "isn't there yet")
                : lost(target, .replaced, "it was deleted and made anew meanwhile")
        }
        seen[target.key] = object.uid
        return target.goal == .stopped
            ? Departure.stopped(object, in: view, minimumGeneration: target.generation)
            : Readiness.assess(object, in: view, revision: target.revision, minimumGeneration: target.generation)
    }

    private func lost(_ target: RolloutTarget, _ reason: Reason, _ message: String) -> Assessment {
        let words = reason == .deleted ? "Deleted" : "Replaced"
        return Assessment(
            isDone: false, message,
            causes: [
                Cause(
                    reason, subject: target.key, clusterReason: words, message: message,
                    hint: Hint.text(reason, words, message))
            ])
    }
}
