internal import Cluster
internal import Kubernetes

/// Runs commands in the container that a copy is from, or in a shell of this machine in tests.
protocol PodCommands: Sendable {
    /// - Parameter body: speaks with the command; when it returns or throws, the command is of no use any more.
    func run<Value: Sendable>(
        _ command: [String], hasInput: Bool, _ body: @escaping @Sendable (any PodChannel) async throws -> Value
    ) async throws -> Value
}

/// By exec.
struct ExecCommands: PodCommands {
    let client: ClusterClient
    let target: ExecTarget

    func run<Value: Sendable>(
        _ command: [String], hasInput: Bool, _ body: @escaping @Sendable (any PodChannel) async throws -> Value
    ) async throws -> Value {
        try await client.withExec(target, command, hasInput: hasInput) {
            (exec: ExecSession) async throws(ClusterError) -> Swift.Result<Value, any Error> in
            do { return .success(try await body(exec)) } catch { return .failure(error) }
        }.get()
    }
}
