internal import HySDS
internal import Kubernetes

extension PlanBuilder {
    /// A companion as it is applied: the scaler of a worker that is stopped, or was never started, is held at 0.
    func held(_ companion: KubernetesObject, of workload: Workload) -> KubernetesObject {
        guard companion.key == Scaler.key(of: workload), isHeld(workload) else { return companion }
        var companion = companion
        companion.annotations[Scaler.pause] = "0"
        return companion
    }

    private func isHeld(_ workload: Workload) -> Bool {
        guard let live = state.object(of: workload), workload.isHome(live) else { return true }
        return state.scaler(of: workload)?.isPaused
            ?? (state.replicas(of: workload) == 0 && state.rememberedReplicas(of: workload) != nil)
    }

    /// Whether a scaler decides how many pods there are, so that nobody else does.
    func isScaled(_ workload: Workload) -> Bool { state.scaler(of: workload)?.isPaused == false }

    /// Before a worker goes to 0: its scaler would bring it back.
    mutating func pauseScaler(of workload: Workload, after: Set<String>) -> Set<String> {
        guard let scaler = state.scaler(of: workload), !scaler.isPaused else { return after }
        return [add(.pauseScaler(scaler.key, isPaused: true), after: after)]
    }

    /// After a worker got its count: from here on its scaler decides, also one that this plan makes.
    mutating func resumeScaler(of workload: Workload, after: Set<String>) {
        let key = Scaler.key(of: workload)
        let isMade = plan.steps.contains { step in
            switch step.action {
            case .apply(let object): object.key == key && object.annotations[Scaler.pause] != nil
            case .pauseScaler(key, isPaused: true): true
            default: false
            }
        }
        guard isMade || state.scaler(of: workload)?.isPaused == true else { return }
        add(.pauseScaler(key, isPaused: false), after: after)
    }
}
