internal import Cluster
internal import Kubernetes

/// The frames that `AccessProgram` writes, cut from what an exec gives off.
struct AccessChannel {
    /// A line of the program may not be longer: what it says of itself is short.
    private static let longestLine = 1 << 16

    let exec: ExecSession
    private var pending: [UInt8] = []
    private var start = 0
    private var errors: [UInt8] = []

    init(_ exec: ExecSession) {
        self.exec = exec
    }

    /// - Throws: `OperationError` when the program ended.
    mutating func line() async throws -> JSONValue {
        var searched = start
        while true {
            if let end = pending[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = pending[start..<end]
                start = end + 1
                do {
                    return try JSONValue(parsing: line)
                } catch {
                    throw OperationError(.failed, "the program in the pod said what it never says: \(shown(line))")
                }
            }
            searched = pending.count
            guard pending.count - start < AccessChannel.longestLine else {
                throw OperationError(.failed, "the program in the pod said what it never says")
            }
            let shift = start
            try await receive()
            searched -= shift - start
        }
    }

    /// Exactly that many bytes.
    mutating func bytes(_ count: Int) async throws -> [UInt8] {
        while pending.count - start < count { try await receive() }
        defer { start += count }
        return Array(pending[start..<start + count])
    }

    private mutating func receive() async throws {
        if start > 0 {
            pending.removeFirst(start)
            start = 0
        }
        guard let event = try await exec.next() else { throw ended("its connection ended") }
        switch event {
        case .output(let bytes): pending += bytes
        case .errors(let bytes): errors = (errors + bytes).suffix(4096)
        case .status(.exited(let code)): throw ended("it ended with code \(code)")
        case .status(.failed(let message)): throw ended(message)
        }
    }

    private func ended(_ how: String) -> OperationError {
        let last = errors.split(separator: UInt8(ascii: "\n")).last.map { shown($0) }
        return OperationError(
            .failed, "the program in the pod stopped: \(how)", causes: [last].compactMap(\.self),
            hint: "run the command again")
    }

    private func shown(_ bytes: some Sequence<UInt8>) -> String {
        String(
            String(decoding: Array(bytes.prefix(300)), as: UTF8.self).filter {
                $0.isASCII && !$0.isNewline && $0 >= " "
            })
    }
}
