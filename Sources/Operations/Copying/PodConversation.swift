internal import Cluster

/// Speaks with the taking script: one request, one answer.
struct PodConversation<Channel: PodChannel> {
    struct Answer {
        var bytes: [UInt8]
        var status: Int

        /// What a failed request had to say, on one line.
        var text: String {
            let lines = String(decoding: bytes.prefix(4000), as: UTF8.self).split(separator: "\n")
            return lines.isEmpty ? "status \(status)" : lines.joined(separator: " | ").printable
        }
    }

    struct Greeting {
        enum Kind: String {
            case absent, file, folder, other
        }

        var kind: Kind
        var fingerprint: ContentDigest?
        /// Whether it can tell sizes and times.
        var hasStat: Bool
        /// Whether the target is in the folder that was named.
        var isInto: Bool
    }

    private static var greetingLimit: Int { 64 << 10 }

    let channel: Channel
    private var rest: ArraySlice<UInt8> = []
    private var errors: [UInt8] = []

    init(_ channel: Channel) {
        self.channel = channel
    }

    mutating func greeting() async throws -> Greeting {
        while true {
            if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: rest[..<end], as: UTF8.self)
                rest = rest[(end + 1)...]
                return try greeting(line)
            }
            guard rest.count <= PodConversation.greetingLimit else { throw garbage }
            try await receive()
        }
    }

    private func greeting(_ line: String) throws(OperationError) -> Greeting {
        let words = line.split(separator: " ").map(String.init)
        if words.first == "missing" {
            throw OperationError(
                .failed, "the container lacks \(words.dropFirst().joined(separator: ", "))".printable,
                hint: "a copy needs sh, tar, xargs, the usual file tools and one of sha256sum, openssl, shasum there")
        }
        guard words.count == 5, words[0] == "ready", let kind = Greeting.Kind(rawValue: words[1]) else {
            throw garbage
        }
        return Greeting(
            kind: kind, fingerprint: ContentDigest(hex: Array(words[2].utf8)[...]), hasStat: words[3] == "yes",
            isInto: words[4] == "yes")
    }

    /// - Parameter limit: bytes that an honest answer may have.
    mutating func ask(
        _ request: String, _ payload: [UInt8] = [], limit: Int = 64 << 10
    ) async throws -> Answer {
        try await ask(request, limit: limit) { (channel) async throws in
            if !payload.isEmpty { try await channel.write(payload[...]) }
        }
    }

    /// The answer is read while the bytes are sent, or both sides might wait for each other.
    ///
    /// - Parameter endsOnFailure: the script takes no more requests after a failure of this one, so nothing more is sent.
    mutating func ask(
        _ request: String, limit: Int = 64 << 10, endsOnFailure: Bool = false,
        sending: @escaping @Sendable (Channel) async throws -> Void
    ) async throws -> Answer {
        let channel = channel
        async let sent: Void = {
            do {
                try await channel.write(Array((request + "\n").utf8)[...])
                try await sending(channel)
            } catch let error as OperationError {
                // Our own trouble: the pod would wait for the rest.
                channel.close()
                throw error
            }
        }()
        do {
            let answer = try await answer(limit)
            if endsOnFailure, answer.status != 0 {
                channel.close()
                // What went wrong on our side may be what it failed of.
                do { try await sent } catch let own as OperationError { throw own } catch {}
                return answer
            }
            try await sent
            return answer
        } catch {
            // What went wrong on our side tells more than the end that it led to.
            do { try await sent } catch let own as OperationError { throw own } catch {}
            throw error
        }
    }

    private mutating func answer(_ limit: Int) async throws -> Answer {
        // Of what is there, from its start on.
        var searched = 0
        while true {
            if let zero = rest[(rest.startIndex + searched)...].firstIndex(of: 0) {
                guard let end = rest[zero...].firstIndex(of: UInt8(ascii: "\n")) else {
                    guard rest.endIndex - zero < 16 else { throw garbage }
                    searched = zero - rest.startIndex
                    try await receive()
                    continue
                }
                guard let status = Int(String(decoding: rest[(zero + 1)..<end], as: UTF8.self)) else { throw garbage }
                let bytes = Array(rest[..<zero])
                rest = rest[(end + 1)...]
                return Answer(bytes: bytes, status: status)
            }
            guard rest.count <= limit else { throw garbage }
            searched = rest.count
            try await receive()
        }
    }

    /// Asks the script to remove its stage and to end.
    mutating func end() async throws {
        try await channel.write(Array("end\n".utf8)[...])
        try await awaitEnd()
    }

    /// The script ends by itself.
    mutating func awaitEnd() async throws {
        while let event = try await channel.next() {
            if case .status(let status) = event {
                guard status.isSuccess else { throw failure(status) }
                return
            }
        }
        throw OperationError(.failed, "the command in the pod ended without a status")
    }

    /// A request that is answered by records: `fields` texts each, ended by NUL, the first of them never empty.
    ///
    /// - Returns: the request's status.
    mutating func records(
        _ request: String, fields: Int, each: ([ArraySlice<UInt8>]) throws -> Void
    ) async throws -> Int {
        try await channel.write(Array((request + "\n").utf8)[...])
        var record: [ArraySlice<UInt8>] = []
        while true {
            if let zero = rest.firstIndex(of: 0) {
                if record.isEmpty, zero == rest.startIndex {
                    let answer = try await answer(0)
                    return answer.status
                }
                record.append(rest[..<zero])
                rest = rest[(zero + 1)...]
                if record.count == fields {
                    try each(record)
                    record.removeAll(keepingCapacity: true)
                }
                continue
            }
            guard rest.count <= PodConversation.greetingLimit else { throw garbage }
            try await receive()
        }
    }

    /// A request that is answered by so many bytes.
    ///
    /// - Returns: the request's status.
    mutating func bytes(
        _ request: String, count: Int, each: (ArraySlice<UInt8>) throws -> Void
    ) async throws -> Int {
        try await channel.write(Array((request + "\n").utf8)[...])
        var left = count
        while left > 0 {
            if rest.isEmpty { try await receive() }
            let piece = rest.prefix(left)
            rest = rest.dropFirst(piece.count)
            left -= piece.count
            try each(piece)
        }
        return try await answer(0).status
    }

    private mutating func receive() async throws {
        switch try await channel.next() {
        case .output(let bytes): if rest.isEmpty { rest = bytes[...] } else { rest += bytes }
        case .errors(let bytes): errors += bytes.prefix(max(0, 4000 - errors.count))
        case .status(let status): throw failure(status)
        case nil: throw OperationError(.failed, "the command in the pod ended without a status")
        }
    }

    private func failure(_ status: ExecStatus) -> OperationError {
        let said = String(decoding: errors, as: UTF8.self).split(separator: "\n").joined(separator: " | ").printable
        switch status {
        case .exited(let code):
            return OperationError(
                .failed, "the command in the pod ended with \(code)" + (said.isEmpty ? "" : ": \(said)"))
        case .failed(let message):
            // The runtime's own words when there is no `sh`.
            return OperationError(.failed, message.printable)
        }
    }

    private var garbage: OperationError {
        OperationError(
            .failed, "the pod's answer can't be understood: \(Array(rest.prefix(200)).asName)")
    }
}
