internal import Transfer

/// An object's bytes as they come; a connection that breaks is taken up where it broke, as long as the object is the same.
package final class ObjectDownload {
    private static let attempts = 5

    /// Bytes of the whole object.
    package let size: Int
    private let subject: String
    private let open: (_ offset: Int, _ tag: String?) async throws(TransferError) -> TransferStream
    private let tag: String?
    private var iterator: TransferStream.AsyncIterator
    private var offset = 0
    private var failures = 0

    init(
        _ subject: String, first: TransferStream,
        open: @escaping (_ offset: Int, _ tag: String?) async throws(TransferError) -> TransferStream
    ) throws(S3Error) {
        guard let size = first.head.headers["Content-Length"].flatMap({ Int($0) }) else {
            throw S3Error(.other, subject, "the server doesn't say how large it is")
        }
        self.size = size
        self.subject = subject
        self.open = open
        tag = first.head.headers["ETag"]
        iterator = first.makeAsyncIterator()
    }

    /// The next bytes; nil once all of `size` have come.
    package func next() async throws(S3Error) -> [UInt8]? {
        while true {
            var failure = TransferError(.reset, subject, "the connection ended early")
            do throws(TransferError) {
                if let bytes = try await iterator.next() {
                    offset += bytes.count
                    guard offset <= size else { throw TransferError(.reset, subject, "more came than was said") }
                    return bytes
                }
                if offset == size { return nil }
            } catch {
                failure = error
            }
            failures += 1
            guard failures < ObjectDownload.attempts, tag != nil, !Task.isCancelled else {
                throw S3Error(failure, subject: subject)
            }
            try await takeUp()
        }
    }

    private func takeUp() async throws(S3Error) {
        do {
            try await Task.sleep(for: .milliseconds(200 << failures))
        } catch {
            throw S3Error(.unreachable, subject, "stopped before the end")
        }
        do throws(TransferError) {
            let stream = try await open(offset, tag)
            guard stream.head.status == 206 else {
                throw TransferError(.reset, subject, "it can't be taken up: the server answered \(stream.head.status)")
            }
            iterator = stream.makeAsyncIterator()
        } catch {
            throw S3Error(error, subject: subject)
        }
    }
}

extension S3Bucket {
    package func download(_ key: String) async throws(S3Error) -> ObjectDownload {
        func open(_ offset: Int, _ tag: String?) async throws(TransferError) -> TransferStream {
            var headers: [(String, String)] = []
            if offset > 0 { headers = [("range", "bytes=\(offset)-"), ("if-match", tag ?? "")] }
            return try await loop.stream(try request("GET", key, headers: headers))
        }
        return try await ObjectDownload.begin(url(of: key), open)
    }
}

extension ObjectDownload {
    /// What an address of http or https gives, without a signature.
    package static func web(_ address: String) async throws(S3Error) -> ObjectDownload {
        let loop: CurlLoop
        let url: TransferURL
        do {
            loop = try CurlLoop()
            url = try TransferURL(address)
        } catch {
            throw S3Error(.other, address, error.message)
        }
        func open(_ offset: Int, _ tag: String?) async throws(TransferError) -> TransferStream {
            var headers: [(String, String)] = []
            if offset > 0 { headers = [("range", "bytes=\(offset)-"), ("if-match", tag ?? "")] }
            return try await loop.stream(
                TransferRequest("GET", url, headers: HeaderFields(headers), isRepeatable: true))
        }
        return try await begin(address, open)
    }

    fileprivate static func begin(
        _ subject: String, _ open: @escaping (Int, String?) async throws(TransferError) -> TransferStream
    ) async throws(S3Error) -> ObjectDownload {
        let stream: TransferStream
        let answer: [UInt8]
        do throws(TransferError) {
            stream = try await open(0, nil)
            answer = stream.head.status == 200 ? [] : try await stream.collect(upTo: 8192)
        } catch {
            throw S3Error(error, subject: subject)
        }
        guard stream.head.status == 200 else {
            throw S3Error(TransferResponse(head: stream.head, body: answer), subject: subject)
        }
        return try ObjectDownload(subject, first: stream, open: open)
    }
}
