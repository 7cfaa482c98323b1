internal import Cluster
internal import FoundationEssentials
internal import HySDS
internal import Kubernetes

/// Tells the cluster what a verb did: events that `kubectl describe` shows, on each workload that it changed and on the
/// marker when it failed; and a line of the journal that `sds history` shows. Nothing here makes a verb fail: an operator may lack the right to write events.
struct Announcement: Sendable {
    private let session: Session

    init(_ session: Session) {
        self.session = session
    }

    func done(_ plan: Plan) async {
        let wanted = plan.steps.reduce(into: [String: WantedRelease]()) { all, step in
            if case .record(let some) = step.action { all.merge(some) { _, last in last } }
        }
        await note(.done)
        let keys = Announcement.subjects(of: plan)
        guard !keys.isEmpty else { return await post(.normal, about: nil, "done") }
        await withTaskGroup(of: Void.self) { group in
            for key in keys {
                let release = wanted[key.name].map { wanted in
                    let release = wanted.release.map { ", release \($0.prefix(12))" } ?? ""
                    return "revision \(wanted.sequence)" + release
                }
                group.addTask { await post(.normal, about: key, release ?? "done") }
            }
        }
    }

    /// Of a verb without steps: `lock release`.
    func done(_ text: String) async {
        await note(.done)
        await post(.normal, about: nil, text)
    }

    /// Tells how `body` ended, one way or the other.
    func telling<Value>(
        _ summary: (Value) -> String, _ body: () async throws -> Value
    ) async throws -> Value {
        do {
            let value = try await body()
            await done(summary(value))
            return value
        } catch {
            await failed(error)
            throw error
        }
    }

    func failed(_ error: any Error) async {
        guard !Task.isCancelled else { return await interrupted() }
        await note(.failed, String(OperationError(error).message.prefix(300)))
        await post(.warning, about: nil, "failed: \(OperationError(error).message.prefix(700))")
    }

    /// What was interrupted leaves its line too, unless that takes long: somebody waits for the program's end.
    private func interrupted() async {
        await Task {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await note(.interrupted) }
                group.addTask { try? await Task.sleep(for: .seconds(3)) }
                await group.next()
                group.cancelAll()
            }
        }.value
    }

    private func note(_ outcome: Journal.Entry.Outcome, _ message: String? = nil) async {
        let entry = Journal.Entry(
            time: Timestamp.second(Date()), identity: session.identity, outcome: outcome, message: message)
        do throws(ClusterError) {
            try await Journal.add(entry, session)
        } catch {
            guard error.kind != .forbidden, error.kind != .cancelled, error.kind != .notFound else { return }
            session.emit(.note("no line of the history was written: \(error.message)"))
        }
    }

    /// The objects with pods that the plan changed.
    static func subjects(of plan: Plan) -> [ObjectKey] {
        let kinds: Set<String> = ["Deployment", "StatefulSet", "ReplicaSet", "Job"]
        let keys = plan.steps.compactMap { step -> ObjectKey? in
            switch step.action {
            case .apply(let object), .createStopped(let object), .run(let object): object.key
            case .scale(_, let key, _, _, _), .replacePods(_, let key, _): key
            default: nil
            }
        }
        return Set(keys.filter { kinds.contains($0.kind) }).sorted()
    }

    private enum Kind: String {
        case normal = "Normal"
        case warning = "Warning"
    }

    private func post(_ kind: Kind, about key: ObjectKey?, _ text: String) async {
        let subject = key ?? ObjectKey(kind: "ConfigMap", namespace: session.namespace, name: RecordNames.marker)
        do {
            let event = Announcement.event(
                kind.rawValue, about: subject, uid: try await uid(of: subject),
                in: subject.namespace ?? session.namespace, by: session.identity, text: text,
                time: Timestamp.second(Date()))
            _ = try await session.client.send(.create(event, .event, namespace: event.namespace))
        } catch {
            guard error.kind != .forbidden, error.kind != .cancelled, error.kind != .notFound else { return }
            session.emit(.note("no event about \(subject) was written: \(error.message)"))
        }
    }

    /// Without it `kubectl describe` doesn't find the event.
    private func uid(of key: ObjectKey) async throws(ClusterError) -> String {
        let types: [String: ResourceType] = [
            "Deployment": .deployment, "StatefulSet": .statefulSet, "ReplicaSet": .replicaSet, "Job": .job,
        ]
        let request = APIRequest.get(
            types[key.kind] ?? .configMap, namespace: key.namespace, name: key.name, metadataOnly: true)
        return try await session.client.send(request).object.uid
    }

    static func event(
        _ type: String, about key: ObjectKey, uid: String, in namespace: String, by identity: Identity, text: String,
        time: String
    ) -> KubernetesObject {
        let verb = identity.command.prefix { $0 != " " }
        let reason = verb.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        let version = ["Deployment", "StatefulSet", "ReplicaSet"].contains(key.kind) ? "apps/v1" : "v1"
        return KubernetesObject([
            "apiVersion": "v1", "kind": "Event", "type": .string(type), "reason": .string("SDS" + reason),
            "message": .string("sds \(identity.command) by \(identity.user)@\(identity.host): \(text)"),
            "metadata": ["generateName": .string("sds-"), "namespace": .string(namespace)],
            "involvedObject": [
                "apiVersion": .string(key.kind == "Job" ? "batch/v1" : version), "kind": .string(key.kind),
                "namespace": .string(namespace), "name": .string(key.name), "uid": .string(uid),
            ],
            "source": ["component": "sds"], "count": 1,
            "firstTimestamp": .string(time), "lastTimestamp": .string(time),
        ])
    }
}
