/// A connection of raw bytes in both directions, each with back-pressure: what is left after a protocol switch.
package final class UpgradedStream: Sendable {
    let incoming: ChunkPipe
    private let outgoing: ChunkPipe
    private let ticket: TransferTicket

    init(incoming: ChunkPipe, outgoing: ChunkPipe, ticket: TransferTicket) {
        self.incoming = incoming
        self.outgoing = outgoing
        self.ticket = ticket
    }

    /// Waits while the other side is behind. The chunks follow each other without any others in between, are not copied,
    /// and must not be changed by others meanwhile, which Swift's arrays see to.
    package func write(_ chunks: [ArraySlice<UInt8>]) async throws(TransferError) {
        try await outgoing.send(chunks)
    }

    package func write(_ bytes: [UInt8]) async throws(TransferError) {
        try await outgoing.send(bytes[...])
    }

    /// Queues a few bytes without waiting: for an answer that a reader must give, who would otherwise wait for a writer
    /// who waits for the reader.
    package func post(_ bytes: [UInt8]) {
        outgoing.post(bytes[...])
    }

    /// The next bytes; nil when the server has closed the connection.
    ///
    /// What has come is still read after a failed write: the server's last word may be in it.
    package func read() async throws(TransferError) -> ArraySlice<UInt8>? {
        try await incoming.next()
    }

    package func close() {
        ticket.cancel()
    }
}
