internal import Cluster
internal import Kubernetes
internal import Synchronization

/// A way to the stores and services inside the cluster, with the credentials that a pod of ours holds: one exec, many
/// requests. Get one from `Session.withAccess`.
///
/// Requests run one after another, in the order in which they were sent; any task may send.
package final class Access: Sendable {
    private let turns = Turns()
    private let channel: Mutex<AccessChannel>
    private let exec: ExecSession
    private let count = Mutex(0)
    /// Where the program runs, for people.
    package let place: String

    init(_ exec: ExecSession, place: String) {
        self.exec = exec
        self.place = place
        channel = Mutex(AccessChannel(exec))
    }

    /// Sends the program and waits until it has read the file with the services.
    ///
    /// - Returns: false when the pod has no such file.
    func begin() async throws -> Bool {
        let program = Array(AccessProgram.text.utf8)
        try await exec.write(Array("\(program.count)\n".utf8) + program)
        var frames = AccessChannel(exec)
        let first = try await frames.line()
        channel.withLock { [frames] in $0 = frames }
        return first["ready"] != nil
    }

    /// Lets the program end; its connection may not be able to say so.
    func end() async {
        try? await exec.write(Array("{\"end\":true}\n".utf8))
        try? await exec.closeInput()
    }

    /// - Throws: `OperationError`: unreachable when the service doesn't answer; failed when the answer is over its limit.
    ///   Any status of HTTP is an answer: see `WebReply.checked`.
    package func send(_ request: WebRequest) async throws -> WebReply {
        var body: [UInt8] = []
        var reply = try await send(request) { piece in
            body += piece
        }
        reply.body = body
        return reply
    }

    /// The same, with the body handed on piece by piece as it comes; the pod waits while `take` works.
    package func send(_ request: WebRequest, take: ([UInt8]) async throws -> Void) async throws -> WebReply {
        try await turns.take()
        var isComplete = false
        defer { isComplete ? turns.give() : turns.close() }
        let id = count.withLock { count in
            count += 1
            return count
        }
        try await exec.write(request.frame(id: id))
        var frames = channel.withLock { $0 }
        let reply = try await receive(id, request, &frames, take)
        channel.withLock { [frames] in $0 = frames }
        isComplete = true
        return try reply.get()
    }

    private func receive(
        _ id: Int, _ request: WebRequest, _ frames: inout AccessChannel, _ take: ([UInt8]) async throws -> Void
    ) async throws -> Result<WebReply, OperationError> {
        var reply = WebReply(status: 0, type: "")
        var total = 0
        while true {
            let line = try await frames.line()
            guard line["id"]?.integer == id else {
                throw OperationError(.failed, "the program in the pod answered another request")
            }
            if let failure = line["failure"]?.string {
                let isAway = line["kind"]?.string == "unreachable"
                return .failure(
                    OperationError(
                        isAway ? .unreachable : .failed, "\(request.service): \(failure)",
                        hint: isAway ? "does it run? See 'sds status'; 'sds start_tps' starts stores" : nil))
            }
            if line["end"] != nil { return .success(reply) }
            if let status = line["status"]?.integer {
                reply = WebReply(status: status, type: line["type"]?.string ?? "")
            } else if let length = line["length"]?.integer {
                let piece = try await frames.bytes(length)
                total += length
                guard total <= request.limit else {
                    throw OperationError(
                        .failed,
                        "\(request.service) answered \(request.method) \(request.path) with more than \(request.limit) bytes"
                    )
                }
                try await take(piece)
            }
        }
    }
}
