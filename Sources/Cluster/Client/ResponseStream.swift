internal import Transfer

/// The bytes of an answer as they come. Who stops reading ends the request.
package struct ResponseStream: AsyncSequence, Sendable {
    package typealias Element = [UInt8]
    package typealias Failure = ClusterError

    private let stream: TransferStream
    private let subject: String
    private let server: String

    init(_ stream: TransferStream, subject: String, server: String) {
        self.stream = stream
        self.subject = subject
        self.server = server
    }

    package struct AsyncIterator: AsyncIteratorProtocol {
        private var iterator: TransferStream.AsyncIterator
        private let subject: String
        private let server: String

        fileprivate init(_ stream: ResponseStream) {
            iterator = stream.stream.makeAsyncIterator()
            subject = stream.subject
            server = stream.server
        }

        package mutating func next() async throws(ClusterError) -> [UInt8]? {
            try await next(isolation: nil)
        }

        package mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(ClusterError) -> [UInt8]? {
            do throws(TransferError) {
                return try await iterator.next(isolation: actor)
            } catch {
                throw ClusterError(error, subject: subject, server: server)
            }
        }
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(self)
    }
}
