internal import HySDS
package import Kubernetes

/// What a verb is going to do: made before anything is changed, shown by `--dry-run`, carried out by `Executor`.
package struct Plan: Equatable, Sendable {
    package var steps: [Step] = []
    /// What the operator should know before it starts: what is left as it is and why.
    package var notes: [String] = []

    package var isEmpty: Bool { steps.isEmpty }

    /// Where the steps act.
    package var namespaces: Set<String> { Set(steps.compactMap { $0.action.object?.namespace }) }
}

/// One step, and the steps that must have succeeded before it starts.
package struct Step: Equatable, Sendable {
    package let id: String
    package let action: Action
    package var after: Set<String>

    package init(_ action: Action, after: Set<String> = []) {
        self.id = action.id
        self.action = action
        self.after = after
    }
}

/// Everything that a verb can do to a cluster.
package enum Action: Equatable, Sendable {
    /// Made unless it is there: objects named by the digest of their content, and records.
    case create(KubernetesObject)
    /// Made, or replaced as a whole: the generated secrets.
    case store(KubernetesObject)
    /// A one-shot Job: made anew when the one of that name has failed or must run again.
    case run(KubernetesObject)
    /// Server-side apply.
    case apply(KubernetesObject)
    /// Server-side apply of an object that doesn't exist yet, at 0 replicas.
    case createStopped(KubernetesObject)
    /// `remember` is the count to note on the object before it goes to 0; nil forgets the noted one.
    case scale(workload: String, object: ObjectKey, from: Int, to: Int, remember: Int?)
    /// Holds a worker's scaler at 0, or lets it scale again.
    case pauseScaler(ObjectKey, isPaused: Bool)
    case delete(ObjectKey, uid: String)
    /// Tells the worker pods to finish: jobs still running after the limit go back to their queue.
    case drain(workload: String, namespace: String, limitSeconds: Int?)
    /// Deletes the pods made from an older template: each finishes its job while its successor works already.
    case replacePods(workload: String, object: ObjectKey, spec: String)
    /// `sequence`: only pods that carry it count; nil takes whatever the cluster's own labels say.
    case waitReady(workload: String, object: ObjectKey, sequence: String? = nil)
    case waitComplete(workload: String, object: ObjectKey)
    case waitGone(workload: String, object: ObjectKey)
    /// Writes what the workloads should run, with compare-and-swap.
    case record([String: WantedRelease])
    /// Notes which workloads a reset holds at 0; an empty list ends the reset.
    case pause([String: Int])
    /// Gives every pod the authorities that it trusts, and waits until each has them.
    case spreadTrust(KubernetesObject, authorities: Int)
    /// Writes a certificate, and waits until each ready pod of the workload presents it.
    case renewCertificate(workload: String, KubernetesObject, RenewedCertificate)
    /// Forgets the former authority: nothing presents a certificate of it any more.
    case retireAuthority(KubernetesObject)
}

extension Action {
    package var id: String {
        switch self {
        case .create(let object): "create \(object.key.placed)"
        case .store(let object): "store \(object.key.placed)"
        case .run(let object): "run \(object.key.placed)"
        case .apply(let object): "apply \(object.key.placed)"
        case .createStopped(let object): "create \(object.key.placed)"
        case .scale(_, let key, _, let count, _): "scale \(key.placed) to \(count)"
        case .delete(let key, _): "delete \(key.placed)"
        case .pauseScaler(let key, let isPaused): "\(isPaused ? "pause" : "resume") \(key.placed)"
        case .drain(let workload, let namespace, _): "drain \(workload)\(ObjectKey.place(namespace))"
        case .replacePods(let workload, _, _): "replace pods of \(workload)"
        case .waitReady(let workload, _, _): "wait until \(workload) serves"
        case .waitComplete(let workload, _): "wait until \(workload) is complete"
        case .waitGone(let workload, let key): "wait until \(workload) is gone\(ObjectKey.place(key.namespace))"
        case .record(let wanted): "record the wanted releases of \(wanted.count) workloads"
        case .spreadTrust(_, let count):
            "give all pods the \(count == 1 ? "authority" : "\(count) authorities") to trust"
        case .renewCertificate(let workload, _, _): "renew the certificate of \(workload)"
        case .retireAuthority: "stop trusting the former authority"
        case .pause(let paused):
            paused.isEmpty ? "record the end of the reset" : "record the reset's pause of \(paused.count) workloads"
        }
    }

    /// The step as an operator reads it.
    package var title: String {
        switch self {
        case .createStopped(let object): "create \(object.key.placed) (stopped)"
        case .scale(_, let key, let from, let count, _): "scale \(key.placed) from \(from) to \(count)"
        case .drain(let workload, _, let limit):
            switch limit {
            case nil: "drain \(workload): its jobs run to their end"
            case 0: "drain \(workload): its jobs go back to their queue at once"
            case .some(let limit): "drain \(workload): jobs that run longer than \(limit) s go back to their queue"
            }
        default: id
        }
    }

    /// Whether the step changes the cluster; the others only wait.
    package var isChange: Bool {
        switch self {
        case .waitReady, .waitComplete, .waitGone: false
        default: true
        }
    }

    /// What the step acts on; nil for a record of the program's own, and for pods.
    var object: ObjectKey? {
        switch self {
        case .create(let object), .store(let object), .run(let object), .apply(let object), .createStopped(let object):
            object.key
        case .spreadTrust(let object, _), .renewCertificate(_, let object, _), .retireAuthority(let object):
            object.key
        case .scale(_, let key, _, _, _), .delete(let key, _), .pauseScaler(let key, _), .replacePods(_, let key, _),
            .waitReady(_, let key, _), .waitComplete(_, let key), .waitGone(_, let key):
            key
        case .drain, .record, .pause: nil
        }
    }

    package var workload: String? {
        switch self {
        case .scale(let workload, _, _, _, _), .drain(let workload, _, _), .replacePods(let workload, _, _),
            .waitReady(let workload, _, _), .waitComplete(let workload, _), .waitGone(let workload, _):
            workload
        case .apply(let object), .createStopped(let object), .create(let object), .run(let object):
            object.labels[RecordNames.name]
        case .renewCertificate(let workload, _, _): workload
        default: nil
        }
    }
}

extension ObjectKey {
    /// With the namespace when it is the second one: an object of the same name may stand in both.
    fileprivate var placed: String { "\(self)\(ObjectKey.place(namespace))" }

    fileprivate static func place(_ namespace: String?) -> String {
        guard let namespace, namespace.hasSuffix(KubernetesSettings.jobsSuffix) else { return "" }
        return " in \(namespace)"
    }
}

extension Step: Encodable {
    private enum CodingKeys: String, CodingKey {
        case step, workload, after, changes
    }

    /// A summary: whole objects are what `sds render` is for, and secrets stay out of plans.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(action.title, forKey: .step)
        try container.encodeIfPresent(action.workload, forKey: .workload)
        try container.encode(after.sorted(), forKey: .after)
        try container.encode(action.isChange, forKey: .changes)
    }
}

extension Plan: Encodable {}
