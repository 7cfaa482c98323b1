/// How a command ended, by the server's word.
package enum ExecStatus: Hashable, Sendable {
    /// Its exit code; 0 is success.
    case exited(Int)
    /// It didn't run, or its end isn't known to the server: the runtime's message.
    case failed(String)

    package var isSuccess: Bool { self == .exited(0) }
}

/// What a running command gives off.
package enum ExecEvent: Hashable, Sendable {
    case output([UInt8])
    case errors([UInt8])
    /// The last one.
    case status(ExecStatus)
}

/// What a command reads.
package enum ExecInput: Sendable {
    case none
    /// Sent in pieces, without a copy; then stdin ends.
    case bytes([UInt8])
    /// Writes to the session until it returns; then stdin ends.
    case writing(@Sendable (ExecSession) async throws(ClusterError) -> Void)
}

/// What is left of a command that has ended.
package struct ExecResult: Hashable, Sendable {
    package var status: ExecStatus
    package var output: [UInt8] = []
    package var errors: [UInt8] = []
    /// More came than was kept.
    package var isTruncated = false
    /// False when the command ended, or the connection broke, before all input was sent.
    package var isInputComplete = true
    package var transport: ExecTransport

    package init(status: ExecStatus, transport: ExecTransport) {
        self.status = status
        self.transport = transport
    }

    package var outputText: String { String(decoding: output, as: UTF8.self) }
    package var errorText: String { String(decoding: errors, as: UTF8.self) }
}
