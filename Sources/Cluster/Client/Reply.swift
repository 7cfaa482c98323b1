internal import Transfer

/// What the three ways to ask have in common: a head, and text when it is an error.
protocol Reply: Sendable {
    var head: TransferHead { get }
    func errorBody() async throws(TransferError) -> [UInt8]
}

extension TransferResponse: Reply {
    func errorBody() async throws(TransferError) -> [UInt8] { body }
}

extension TransferStream: Reply {
    func errorBody() async throws(TransferError) -> [UInt8] { try await collect(upTo: 1 << 20) }
}

extension UpgradeOutcome: Reply {
    var head: TransferHead {
        switch self {
        case .upgraded(_, let head): head
        case .refused(let response): response.head
        }
    }

    func errorBody() async throws(TransferError) -> [UInt8] {
        switch self {
        case .upgraded: []
        case .refused(let response): response.body
        }
    }
}
