internal import Cluster
internal import Synchronization

extension Session {
    /// Asks services inside the cluster from a pod that holds their addresses and credentials: a running one, else one
    /// that is started for it (`k8s/access.yaml`). One connection for all of `body`.
    ///
    /// - Throws: what `body` throws; `OperationError` when there is no such pod.
    func withAccess<Value: Sendable>(_ body: @Sendable (Access) async throws -> Value) async throws -> Value {
        let pods = AccessPod(session: self)
        for found in try await pods.running() {
            // One without the file is older than what `k8s/` says now; one may also end right now.
            if let value = try await access(found, body) { return value }
        }
        for _ in 0..<2 {
            if let value = try await access(try await pods.started(), body) { return value }
        }
        throw OperationError(
            .failed, "the pod that was started to ask services has no file with their addresses",
            hint: "has somebody changed its Secret? 'sds update mozart' makes it anew")
    }

    /// Nil when the pod can't be used, before `body` has run.
    private func access<Value: Sendable>(
        _ found: AccessPod.Found, _ body: @Sendable (Access) async throws -> Value
    ) async throws -> Value? {
        let hasBegun = Mutex(false)
        let result: Result<Value?, any Error>
        do throws(ClusterError) {
            result = try await client.withExec(
                found.target, ["python3", "-c", AccessProgram.loader, found.file], hasInput: true
            ) { (exec: ExecSession) async throws(ClusterError) -> Result<Value?, any Error> in
                let access = Access(exec, place: found.target.pod)
                do {
                    guard try await access.begin() else { return .success(nil) }
                    hasBegun.withLock { $0 = true }
                    let value = try await body(access)
                    await access.end()
                    return .success(value)
                } catch {
                    return .failure(error)
                }
            }
        } catch {
            guard !hasBegun.withLock(\.self), [.notFound, .interrupted].contains(error.kind) else { throw error }
            return nil
        }
        if case .failure(let error) = result, !hasBegun.withLock(\.self), !Task.isCancelled,
            (error as? OperationError)?.kind == .failed || (error as? ClusterError)?.kind == .interrupted
        {
            emit(.note("\(found.target.pod) can't be asked: \(OperationError(error).message)"))
            return nil
        }
        return try result.get()
    }
}
