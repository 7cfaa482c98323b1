internal import Cluster
internal import FoundationEssentials
internal import HySDS
internal import Kubernetes

extension Executor {
    /// The kubelet brings changed files within seconds once it looks; this long is no longer usual.
    private static let patience: Duration = .seconds(180)
    /// Programs that look themselves for new authorities do so every two seconds.
    private static let settling: Duration = .seconds(5)

    func spreadTrust(_ trust: KubernetesObject) async throws {
        try await write(trust)
        let text = trust[path: ["data", "ca.crt"]]?.string ?? ""
        let count = try await until("the authorities have not reached") { round in
            let pods = try await session.client.list(
                ObjectSelection(.pod, namespace: session.namespace, labels: RecordNames.everything)
            ).items.filter { $0.isUp && $0.mountPath(of: Rendering.trust) != nil }
            return (pods.count, try await lacking(pods, Rendering.trust, file: "ca.crt", text, round: round))
        }
        if count > 0 { try await Task.sleep(for: Executor.settling) }
    }

    func renewCertificate(
        of workload: String, _ secret: KubernetesObject, _ wanted: RenewedCertificate
    ) async throws {
        try await write(secret)
        let text = secret.secretText("tls.crt") ?? ""
        let selection = ObjectSelection(
            .pod, namespace: session.namespace, labels: "\(RecordNames.name)=\(workload)")
        let count = try await until("the new certificate is not presented by") { round in
            let pods = try await session.client.list(selection).items.filter {
                $0.isReady && !$0.isBeingDeleted && $0.mounts(secret.name)
            }
            let late = try await lacking(pods, Executor.serverVolume, file: "tls.crt", text, round: round)
            guard late.isEmpty else { return (pods.count, late) }
            return (pods.count, try await CertificateQuestion(session).notPresenting(wanted, among: pods))
        }
        if count > 0 { session.emit(.note("\(workload): \(count) pods present the new certificate")) }
    }

    func retireAuthority(_ trust: KubernetesObject) async throws {
        _ = try await session.client.send(
            .mergePatch(
                ["data": ["former.crt": .null]], .secret, namespace: session.namespace, name: RecordNames.authority))
        try await spreadTrust(trust)
    }

    private static let serverVolume = "sds-tls"

    /// What it holds is ours alone.
    private func write(_ object: KubernetesObject) async throws {
        var object = object
        object[path: ["metadata", "resourceVersion"]] = nil
        object[path: ["metadata", "uid"]] = nil
        object[path: ["metadata", "creationTimestamp"]] = nil
        _ = try await session.client.send(
            .serverSideApply(
                object, object.kind == "Secret" ? .secret : .configMap, namespace: object.namespace, force: true))
    }

    /// Asks again until nobody lacks; gives how many pods there are.
    private func until(
        _ complaint: String, _ look: (_ round: Int) async throws -> (count: Int, lacking: [String])
    ) async throws -> Int {
        let clock = ContinuousClock()
        let deadline = clock.now + Executor.patience
        var round = 0
        while true {
            let (count, lacking) = try await look(round)
            if lacking.isEmpty { return count }
            guard clock.now < deadline else {
                throw OperationError(
                    .unhealthy, "\(complaint) \(lacking.sorted().joined(separator: ", "))",
                    hint:
                        "'kubectl describe pod' tells of volumes that can't be mounted; run the verb again: it goes on")
            }
            round += 1
            try await Task.sleep(for: .seconds(1))
        }
    }

    /// The pods whose file isn't the text yet. Those are written to, so that their kubelet looks at once.
    private func lacking(
        _ pods: [KubernetesObject], _ volume: String, file: String, _ text: String, round: Int
    ) async throws -> [String] {
        try await withThrowingTaskGroup(of: String?.self) { group in
            for pod in pods {
                guard let folder = pod.mountPath(of: volume) else { continue }
                group.addTask {
                    if await self.holds(pod, "\(folder)/\(file)", text) { return nil }
                    if round % 5 == 0 { try await self.nudge(pod, "\(file) \(Timestamp.micro(Date()))") }
                    return pod.name
                }
            }
            return try await group.reduce(into: []) { names, name in if let name { names.append(name) } }
        }
    }

    private func holds(_ pod: KubernetesObject, _ path: String, _ text: String) async -> Bool {
        let target = ExecTarget(
            namespace: pod.namespace ?? session.namespace, pod: pod.name, container: pod.mainContainer)
        do {
            let result = try await session.client.run(target, ["cat", path], timeout: .seconds(20))
            return result.status.isSuccess && result.output == Array(text.utf8)
        } catch {
            // It may be ending; the next round sees who is left.
            return false
        }
    }

    private func nudge(_ pod: KubernetesObject, _ text: String) async throws {
        do {
            _ = try await session.client.send(
                .mergePatch(
                    ["metadata": ["annotations": .object([RecordNames.certificate: .string(text)])]], .pod,
                    namespace: pod.namespace, name: pod.name))
        } catch  where error.kind == .notFound {
            return
        }
    }
}

extension KubernetesObject {
    /// A pod whose main container runs, and that isn't on its way out.
    var isUp: Bool {
        !isBeingDeleted
            && (self[path: ["status", "containerStatuses"]]?.array ?? []).contains {
                $0[path: ["state", "running"]] != nil
            }
    }

    /// Where a pod's main container has a volume; nil when it hasn't.
    func mountPath(of volume: String) -> String? {
        let containers = self[path: ["spec", "containers"]]?.array ?? []
        let main = containers.first { $0["name"]?.string == mainContainer } ?? containers.first
        return main?["volumeMounts"]?.array?.first { $0["name"]?.string == volume }?["mountPath"]?.string
    }

    /// Whether a volume of the pod is this Secret.
    func mounts(_ secret: String) -> Bool {
        (self[path: ["spec", "volumes"]]?.array ?? []).contains {
            $0[path: ["secret", "secretName"]]?.string == secret
        }
    }
}
