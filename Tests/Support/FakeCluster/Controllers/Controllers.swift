internal import Kubernetes
internal import Synchronization

/// A very small controller manager, scheduler and kubelet.
actor Controllers {
    private let api: FakeAPI
    private let delay: Duration
    private var seen: [String: ContinuousClock.Instant] = [:]
    /// Some pod's time has not come yet.
    private var isWaiting = false

    init(api: FakeAPI, delay: Duration) {
        self.api = api
        self.delay = delay
    }

    /// Until it is cancelled.
    func run() async {
        var version = -1
        while !Task.isCancelled {
            let now = api.store.read(\.version)
            if now != version || isWaiting {
                version = now
                reconcile()
            }
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    private func reconcile() {
        let fates = api.fates.withLock(\.self)
        var pass = Pass(fates: fates, seen: seen, delay: delay)
        do throws(APIFailure) {
            try api.store.transact { state throws(APIFailure) in
                try pass.run(&state)
            }
        } catch {
            preconditionFailure("the fake's controllers made something invalid: \(error.message)")
        }
        seen = pass.seen
        isWaiting = pass.isWaiting
    }
}

/// One look at everything.
struct Pass: Sendable {
    let fates: [String: PodFate]
    /// Since when each pod is there, or is ending; by UID.
    private(set) var seen: [String: ContinuousClock.Instant]
    let delay: Duration
    private(set) var isWaiting = false

    init(fates: [String: PodFate], seen: [String: ContinuousClock.Instant], delay: Duration) {
        self.fates = fates
        self.seen = seen
        self.delay = delay
    }

    /// Whether the pod has been in this state for long enough.
    mutating func isDue(_ key: String) -> Bool {
        let since = seen[key] ?? .now
        seen[key] = since
        let isDue = ContinuousClock.now - since >= delay
        if !isDue { isWaiting = true }
        return isDue
    }

    mutating func run(_ state: inout StoreState) throws(APIFailure) {
        for deployment in state.objects(group: "apps", kind: "Deployment") { try roll(deployment, &state) }
        for set in state.objects(group: "apps", kind: "StatefulSet") { try keep(set, &state) }
        for set in state.objects(group: "apps", kind: "ReplicaSet") { try fill(set, &state) }
        for job in state.objects(group: "batch", kind: "Job") { try work(job, &state) }
        for pod in state.objects(group: "", kind: "Pod") { attend(pod, &state) }
    }

    func pods(of owner: StoredObject, _ state: StoreState) -> [StoredObject] {
        state.objects(group: "", kind: "Pod").filter { $0.isOwned(by: owner.object.uid) }
    }

    /// Makes a pod from the owner's template.
    func makePod(
        _ name: String, of owner: StoredObject, labels: [String: String] = [:], _ state: inout StoreState
    ) throws(APIFailure) {
        var pod = KubernetesObject(owner.json[path: ["spec", "template"]] ?? [:])
        pod.labels = pod.labels.merging(labels) { _, new in new }
        pod[path: ["metadata", "ownerReferences"]] = [Self.reference(to: owner)]
        pod.name = name
        let id = ResourceID(group: "", plural: "pods", namespace: owner.id.namespace, name: name)
        _ = try state.create(pod.json, id, .pod, by: "kube-controller-manager")
    }

    static func reference(to owner: StoredObject) -> JSONValue {
        [
            "apiVersion": .string(owner.type.apiVersion), "kind": .string(owner.type.kind),
            "name": .string(owner.id.name), "uid": .string(owner.object.uid), "controller": true,
        ]
    }

    static func setStatus(_ status: JSONValue, of object: StoredObject, _ state: inout StoreState) {
        guard var object = state[object.id] else { return }
        object.json["status"] = status
        state.put(object)
    }

    /// As a real server writes them: a count of zero is left out.
    static func counts(_ counts: KeyValuePairs<String, Int>, and rest: JSONValue = [:]) -> JSONValue {
        var status = rest
        for (name, count) in counts where count != 0 { status[name] = .integer(Int64(count)) }
        return status
    }

    static func isReady(_ pod: StoredObject) -> Bool {
        !pod.object.isBeingDeleted
            && (pod.json[path: ["status", "conditions"]]?.array ?? []).contains {
                $0["type"]?.string == "Ready" && $0["status"]?.string == "True"
            }
    }

    /// A name for a pod template: the same for the same template.
    static func hash(_ template: JSONValue?) -> String {
        let bytes = (template ?? [:]).serialized()
        let value = bytes.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return String(String(value, radix: 36).prefix(10))
    }
}
