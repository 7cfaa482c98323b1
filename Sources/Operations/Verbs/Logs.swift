internal import Cluster
package import HySDS
internal import Kubernetes

/// The log lines of a component's or a workload's pods, each with the pod's name when there are several.
package struct Logs: Sendable {
    package let workloads: [Workload]
    package let follows: Bool
    package let tail: Int?

    /// - Parameter word: a component or the name of a workload.
    /// - Throws: `OperationError` (usage) that lists what can be named.
    package init(_ word: String, follows: Bool, tail: Int?, site: Site) throws(OperationError) {
        workloads = try site.workloads(named: word)
        self.follows = follows
        self.tail = tail
    }

    package func callAsFunction(
        _ session: Session, line: @escaping @Sendable (_ pod: String, String) -> Void
    ) async throws {
        let pods = try await session.pods(of: workloads)
        guard !pods.isEmpty else {
            throw OperationError(
                .failed, "no pods of \(workloads.map(\.name).joined(separator: ", "))",
                hint: "they don't run: see 'sds status'")
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for pod in pods {
                group.addTask {
                    do {
                        try await read(pod, session, line)
                    } catch let error as ClusterError where pod.isBeingDeleted {
                        // Its log goes with it, whenever that is; the others' are wanted all the same.
                        session.emit(.note("\(pod.name) is going away: \(error.message)"))
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func read(
        _ pod: KubernetesObject, _ session: Session, _ line: @Sendable (_ pod: String, String) -> Void
    ) async throws {
        var rest: [UInt8] = []
        let options = LogOptions(container: pod.mainContainer, follow: follows, tailLines: tail)
        let stream = try await session.client.logs(
            namespace: pod.namespace ?? session.namespace, pod: pod.name, options: options)
        for try await chunk in stream {
            rest += chunk
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                line(pod.name, String(decoding: rest[..<end], as: UTF8.self))
                rest.removeSubrange(...end)
            }
        }
        if !rest.isEmpty { line(pod.name, String(decoding: rest, as: UTF8.self)) }
    }
}

extension KubernetesObject {
    /// The container that Kubernetes' own annotation names, else the one named like the workload, else the first.
    var mainContainer: String? {
        let names = (self[path: ["spec", "containers"]]?.array ?? []).compactMap { $0["name"]?.string }
        let preferred = [annotations["kubectl.kubernetes.io/default-container"], labels[RecordNames.name]]
        return preferred.compactMap { $0 }.first { names.contains($0) } ?? names.first
    }
}

extension Site {
    /// The workloads of a component, or the one of that name or program.
    ///
    /// - Throws: `OperationError` (usage) that lists what can be named.
    package func workloads(named word: String) throws(OperationError) -> [Workload] {
        if let component = Component(rawValue: word) {
            return topology.workloads(of: component).filter { !$0.isOneShot }
        }
        let found = topology.workloads.filter { $0.name == word || $0.programs.contains(word) }
        guard !found.isEmpty else {
            let names = Component.allCases.map(\.rawValue) + topology.workloads.flatMap { [$0.name] + $0.programs }
            if let near = Names.nearest(to: word, among: names) {
                throw OperationError(
                    .usage, "no component or workload is called '\(word)'", hint: "did you mean \(near)")
            }
            throw OperationError(
                .usage, "no component or workload is called '\(word)'",
                hint: "components: \(Component.allCases.map(\.rawValue).joined(separator: " ")); workloads: "
                    + topology.workloads.map(\.name).joined(separator: " "))
        }
        return found
    }
}
