internal import Cluster
internal import FoundationEssentials
internal import HySDS
internal import Kubernetes

extension Executor {
    func perform(_ action: Action) async throws {
        switch action {
        case .create(let object): try await create(object)
        case .store(let object): try await store(object)
        case .run(let object): try await runAnew(object)
        case .apply(let object): try await apply(object)
        case .createStopped(let object): try await createStopped(object)
        case .scale(_, let key, _, let count, let remember): try await scale(key, to: count, remember: remember)
        case .pauseScaler(let key, let isPaused): try await pause(key, isPaused)
        case .delete(let key, let uid): try await delete(key, uid: uid)
        case .drain(let workload, let namespace, let limit): try await drain(workload, in: namespace, limit: limit)
        case .replacePods(let workload, let key, let spec): try await replacePods(workload, of: key, spec: spec)
        case .waitReady(let workload, let key, let sequence): try await waitReady(workload, key, sequence: sequence)
        case .waitComplete(let workload, let key): try await waitReady(workload, key)
        case .waitGone(let workload, let key): try await waitGone(workload, key)
        case .record(let wanted): try await record(wanted)
        case .pause(let paused): try await pause(paused)
        case .spreadTrust(let trust, _): try await spreadTrust(trust)
        case .renewCertificate(let workload, let secret, let wanted):
            try await renewCertificate(of: workload, secret, wanted)
        case .retireAuthority(let trust): try await retireAuthority(trust)
        }
    }

    private func create(_ object: KubernetesObject) async throws {
        do {
            _ = try await session.client.send(
                .create(object, try await type(of: object.key), namespace: object.namespace))
        } catch let error as ClusterError where error.kind == .alreadyExists {
            // Named by its content, or a record that another operator has just made: what is there is what we want.
            return
        }
    }

    private func store(_ object: KubernetesObject) async throws {
        let type = try await type(of: object.key)
        let isNew = object.resourceVersion.isEmpty
        _ = try await session.client.send(
            isNew
                ? .create(object, type, namespace: object.namespace)
                : .replace(object, type, namespace: object.namespace))
    }

    /// Creates a Job; one of the same name is deleted first, since a Job that has ended never runs again.
    private func runAnew(_ job: KubernetesObject) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(60)
        while true {
            do {
                written[job.key] = try await session.client.send(.create(job, .job, namespace: job.namespace)).object
                return
            } catch {
                guard error.kind == .alreadyExists, clock.now < deadline else { throw error }
            }
            try await removeFormer(job)
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    private func removeFormer(_ job: KubernetesObject) async throws {
        let live = try await session.client.find(.job, namespace: job.namespace, name: job.name)
        if let live, !live.isBeingDeleted { try await delete(live.key, uid: live.uid) }
    }

    private func apply(_ object: KubernetesObject) async throws {
        let lowered = try await lower(object)
        do {
            let live = try await session.client.send(
                .serverSideApply(lowered, try await type(of: object.key), namespace: object.namespace)
            ).object
            written[object.key] = live
            try refuseForeign(live, lowered)
        } catch let error as ClusterError where error.kind == .conflict && !error.conflicts.isEmpty {
            throw OperationError(
                .conflict, "\(object.key) was changed by somebody else",
                causes: error.conflicts.map { "\($0.field) belongs to \($0.manager)" },
                hint: "undo that change, or make it in the configuration; 'sds' never overwrites it silently")
        }
    }

    /// What somebody else added to our lists stays when we apply: then it isn't as the configuration says.
    private func refuseForeign(_ live: KubernetesObject, _ wanted: KubernetesObject) throws(OperationError) {
        let extra = FieldChange.between(live, and: wanted).filter { $0.new == nil }
        let managers = (live[path: ["metadata", "managedFields"]]?.array ?? []).compactMap { $0["manager"]?.string }
            .filter { !$0.hasPrefix("sds") && !$0.hasPrefix("kube-") }
        guard !extra.isEmpty, !managers.isEmpty else { return }
        throw OperationError(
            .conflict, "\(live.key) holds what isn't in the configuration",
            causes: extra.map { "\($0.path): \($0.old ?? "")" },
            hint:
                "take it out, or put it into the configuration; changed by \(Set(managers).sorted().joined(separator: ", "))"
        )
    }

    /// Created at 0 replicas; the count then belongs to a field manager of its own, since `apply` never mentions it.
    private func createStopped(_ object: KubernetesObject) async throws {
        var stopped = object
        stopped[path: ["spec", "replicas"]] = 0
        try await apply(stopped)
        let owner = KubernetesObject([
            "apiVersion": .string(object.apiVersion), "kind": .string(object.kind),
            "metadata": ["name": .string(object.name), "namespace": .string(object.namespace ?? session.namespace)],
            "spec": ["replicas": 0],
        ])
        _ = try await session.client.send(
            .serverSideApply(
                owner, try await type(of: object.key), namespace: object.namespace, force: true,
                options: WriteOptions(fieldManager: Executor.scaleManager)))
    }

    static let scaleManager = "sds-scale"

    private func scale(_ key: ObjectKey, to count: Int, remember: Int?) async throws {
        let remembered: JSONValue = remember.map { .string(String($0)) } ?? .null
        let patch: JSONValue = [
            "metadata": ["annotations": .object([RecordNames.replicasBeforeStop: remembered])],
            "spec": ["replicas": .integer(Int64(count))],
        ]
        written[key] = try await session.client.send(
            .patch(
                .merge, patch, try await type(of: key), namespace: key.namespace, name: key.name,
                options: WriteOptions(fieldManager: Executor.scaleManager))
        ).object
    }

    private func pause(_ scaler: ObjectKey, _ isPaused: Bool) async throws(ClusterError) {
        let patch: JSONValue = ["metadata": ["annotations": [Scaler.pause: isPaused ? "0" : .null]]]
        do {
            _ = try await session.client.send(
                .patch(
                    .merge, patch, Scaler.type, namespace: scaler.namespace, name: scaler.name,
                    options: WriteOptions(fieldManager: Executor.scaleManager)))
        } catch {
            // Somebody took it away: nothing scales any more.
            guard error.kind == .notFound else { throw error }
        }
    }

    private func delete(_ key: ObjectKey, uid: String) async throws {
        do {
            _ = try await session.client.send(
                .delete(
                    try await type(of: key), namespace: key.namespace, name: key.name,
                    options: DeleteOptions(propagation: .background, uid: uid)))
        } catch let error as ClusterError where error.kind == .notFound {
            return
        }
    }

    /// Deletes every running pod that doesn't carry the spec; their successors come at once.
    private func replacePods(_ workload: String, of key: ObjectKey, spec: String) async throws {
        let pods = try await session.client.list(
            ObjectSelection(.pod, namespace: key.namespace, labels: "\(RecordNames.name)=\(workload)"))
        let old = pods.items.filter { pod in
            !pod.isBeingDeleted && pod.annotations[RecordNames.sequence] != spec
        }
        for pod in old { try await delete(pod.key, uid: pod.uid) }
        let busy = old.count
        if busy > 0 { session.emit(.note("\(workload): \(busy) old pods finish what they run while new ones work")) }
    }

    private func record(_ wanted: [String: WantedRelease]) async throws {
        try await updateRecord(RecordNames.wanted) { data in
            for (name, release) in wanted {
                if let text = data[name], let present = Records.decode(text), present.sequence > release.sequence {
                    throw OperationError(
                        .held,
                        "\(name) was updated by \(present.identity.user)@\(present.identity.host) meanwhile "
                            + "(\(present.identity.command), \(present.time))",
                        hint: "run the command again")
                }
                data[name] = release.json
            }
        }
    }

    private func pause(_ paused: [String: Int]) async throws {
        try await updateRecord(RecordNames.pause) { data in
            data = paused.mapValues(String.init)
        }
    }

    /// Compare-and-swap on one of the program's ConfigMaps.
    private func updateRecord(_ name: String, _ change: (inout [String: String]) throws -> Void) async throws {
        for _ in 0..<5 {
            do {
                let present = try await session.client.find(.configMap, namespace: session.namespace, name: name)
                let isNew = present == nil
                var object = present ?? .record(name, namespace: session.namespace, data: [:])
                var data = (object[path: ["data"]]?.object ?? [:]).compactMapValues(\.string)
                try change(&data)
                object[path: ["data"]] = .object(data.mapValues(JSONValue.string))
                _ = try await session.client.send(
                    isNew
                        ? .create(object, .configMap, namespace: session.namespace)
                        : .replace(object, .configMap, namespace: session.namespace))
                return
            } catch let error as ClusterError where error.kind == .conflict || error.kind == .alreadyExists {
                continue
            }
        }
        throw OperationError(
            .conflict, "the record \(name) is being changed by somebody else", hint: "run the command again")
    }

    private func lower(_ object: KubernetesObject) async throws -> KubernetesObject {
        let lowered = try Lowering(discovery: try await session.client.discovery(), minor: nil).lower(object)
        for note in lowered.notes { session.emit(.note("\(object.key): \(note)")) }
        return lowered.object
    }

    private static let wellKnown: [String: ResourceType] = Dictionary(
        uniqueKeysWithValues: [
            ResourceType.deployment, .statefulSet, .replicaSet, .job, .pod, .configMap, .secret, .service, .lease,
        ].map { ($0.kind, $0) })

    private func type(of key: ObjectKey) async throws -> ResourceType {
        if let type = Executor.wellKnown[key.kind] { return type }
        guard let type = try await session.client.discovery().lookup(kind: key.kind, group: key.group) else {
            throw OperationError(
                .failed, "the cluster has no kind \(key.kind) of group \(key.group)",
                hint: "install what provides it, or switch it off in the configuration")
        }
        return type
    }
}
