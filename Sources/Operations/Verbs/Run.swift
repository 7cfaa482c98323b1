internal import Cluster
package import HySDS
internal import Kubernetes

/// Runs a command in a pod of a component, with the operator's input and output and the command's own exit code.
package struct Run: Sendable {
    package let workloads: [Workload]
    package let command: [String]

    package init(_ word: String, command: [String], site: Site) throws(OperationError) {
        workloads = try site.workloads(named: word)
        self.command = command
    }

    /// - Parameter input: what the command reads; nil for nothing.
    package func callAsFunction(
        _ session: Session, input: AsyncStream<[UInt8]>?, output: @escaping @Sendable (_ isError: Bool, [UInt8]) -> Void
    ) async throws -> Int32 {
        let pod = try await pod(session)
        let target = ExecTarget(
            namespace: pod.namespace ?? session.namespace, pod: pod.name, container: pod.mainContainer)
        let status = try await session.client.withExec(target, command, hasInput: input != nil) {
            (exec: ExecSession) async throws(ClusterError) -> ExecStatus in
            async let fed: ClusterError? = Run.feed(input, to: exec)
            while let event = try await exec.next() {
                switch event {
                case .output(let bytes): output(false, bytes)
                case .errors(let bytes): output(true, bytes)
                case .status(let status): return status
                }
            }
            throw await fed
                ?? ClusterError(.interrupted, "exec in \(target.pod)", "the connection ended without a status")
        }
        switch status {
        case .exited(let code): return Int32(code)
        case .failed(let message):
            guard let code = Run.shellCode(for: message, of: command.first ?? "") else {
                throw OperationError(.failed, "\(pod.name): \(message)")
            }
            let reason = code == 127 ? "no such command in the pod" : "the pod may not execute it"
            output(true, Array("sds run: \(command.first ?? ""): \(reason)\n".utf8))
            return code
        }
    }

    /// What a shell would say of a command that the container runtime couldn't start; nil when it isn't the command
    /// that the runtime misses, but the container's own folder or process.
    static func shellCode(for message: String, of command: String) -> Int32? {
        let text = message.filter { $0 != "\\" }
        let forms = ["\"\(command)\"", "`\(command)`", "'\(command)'", "exec \(command):", "stat \(command):"]
        guard forms.contains(where: text.contains) else { return nil }
        return failureCode(in: text.lowercased())
    }

    private static func failureCode(in text: String) -> Int32? {
        if text.contains("executable file not found") || text.contains("no such file or directory") { return 127 }
        return text.contains("permission denied") ? 126 : nil
    }

    /// A command that ends before it has read everything is no error: its status tells.
    private static func feed(_ input: AsyncStream<[UInt8]>?, to exec: ExecSession) async -> ClusterError? {
        guard let input else { return nil }
        do {
            for await chunk in input { try await exec.write(chunk) }
            try await exec.closeInput()
            return nil
        } catch {
            return error
        }
    }

    /// A ready pod: of the first workload that has one.
    private func pod(_ session: Session) async throws -> KubernetesObject {
        let names = workloads.map(\.name)
        let ready = try await session.pods(of: workloads).filter { !$0.isBeingDeleted && $0.isReady }
            .sorted { left, right in
                (names.firstIndex(of: left.labels[RecordNames.name] ?? "") ?? 0, left.name)
                    < (names.firstIndex(of: right.labels[RecordNames.name] ?? "") ?? 0, right.name)
            }
        // A component's services hold its code; its stores are named explicitly.
        let running = ready.first { pod in
            workloads.contains { $0.name == pod.labels[RecordNames.name] && $0.isRunning }
        }
        guard let pod = running ?? ready.first else {
            throw OperationError(
                .unhealthy, "no pod of \(names.joined(separator: ", ")) is ready",
                hint: "see 'sds status'; start it with 'sds start'")
        }
        return pod
    }
}

extension KubernetesObject {
    /// A pod whose condition Ready holds.
    var isReady: Bool {
        (self[path: ["status", "conditions"]]?.array ?? []).contains {
            $0["type"]?.string == "Ready" && $0["status"]?.string == "True"
        }
    }
}
