internal import Cluster

/// A command's stdin and what it gives off: an exec session, or a process of this machine in tests.
protocol PodChannel: Sendable {
    func write(_ bytes: ArraySlice<UInt8>) async throws(ClusterError)
    func next() async throws(ClusterError) -> ExecEvent?
    /// Ends the connection: nothing is written or read any more.
    func close()
}

extension ExecSession: PodChannel {}
