/// An answer whose body is read as it comes. A reader that is slow slows the server down; one that stops ends the transfer.
package struct TransferStream: Sendable, AsyncSequence {
    package typealias Element = [UInt8]
    package typealias Failure = TransferError

    package let head: TransferHead
    private let body: ChunkPipe
    private let ticket: TransferTicket

    init(head: TransferHead, body: ChunkPipe, ticket: TransferTicket) {
        self.head = head
        self.body = body
        self.ticket = ticket
    }

    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let body: ChunkPipe
        fileprivate let ticket: TransferTicket

        package mutating func next() async throws(TransferError) -> [UInt8]? {
            try await next(isolation: nil)
        }

        package mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(TransferError) -> [UInt8]? {
            guard let chunk = try await body.next() else { return nil }
            return [UInt8](chunk)
        }
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(body: body, ticket: ticket)
    }

    /// The rest of the body, for an error's text; what is beyond the limit is dropped.
    package func collect(upTo limit: Int) async throws(TransferError) -> [UInt8] {
        var bytes: [UInt8] = []
        var iterator = makeAsyncIterator()
        while bytes.count < limit, let chunk = try await iterator.next() { bytes += chunk.prefix(limit - bytes.count) }
        return bytes
    }
}
