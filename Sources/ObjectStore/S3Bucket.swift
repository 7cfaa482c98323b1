internal import Crypto
internal import FoundationEssentials
internal import Transfer

/// One bucket of an S3 service, addressed by path (`https://endpoint/bucket/key`), which every S3 service understands.
package struct S3Bucket: Sendable {
    package let name: String
    let loop: CurlLoop
    private let base: TransferURL
    private let signature: S3Signature?

    /// - Parameters:
    ///   - endpoint: a host name or a URL; without a scheme it is reached by https.
    ///   - credentials: nil for requests that aren't signed.
    /// - Throws: `S3Error` for an endpoint that is no URL.
    package init(
        _ name: String, endpoint: String, region: String, credentials: S3Credentials?
    ) throws(S3Error) {
        self.name = name
        do {
            loop = try CurlLoop()
            base = try TransferURL(endpoint.contains("://") ? endpoint : "https://\(endpoint)")
        } catch {
            throw S3Error(.other, endpoint, error.message)
        }
        signature = credentials.map { S3Signature(credentials: $0, region: region) }
    }

    package func url(of key: String) -> String { "s3://\(name)/\(key)" }

    /// Writes an object in one request: it is there whole, or as it was before.
    ///
    /// - Parameters:
    ///   - metadata: kept with the object, as `x-amz-meta-…`.
    ///   - isEncrypted: the service encrypts it at rest (SSE-S3).
    package func put(
        _ bytes: [UInt8], to key: String, metadata: [String: String] = [:], isEncrypted: Bool = false
    ) async throws(S3Error) {
        let digest = SHA256.hash(data: bytes)
        var headers = metadata.map { ("x-amz-meta-\($0.key)", $0.value) }
        headers.append(("content-md5", Data(Insecure.MD5.hash(data: bytes)).base64EncodedString()))
        if isEncrypted { headers.append(("x-amz-server-side-encryption", "AES256")) }
        _ = try await send("PUT", key, headers: headers, body: bytes, payload: digest.hex)
    }

    /// Copies within the bucket, metadata included; the new object appears whole.
    package func copy(_ source: String, to key: String, isEncrypted: Bool = false) async throws(S3Error) {
        var headers = [("x-amz-copy-source", "/\(name)/" + source.percentEncoded(keeping: "/"))]
        if isEncrypted { headers.append(("x-amz-server-side-encryption", "AES256")) }
        let response = try await send("PUT", key, headers: headers)
        // A copy may fail after its 200 was sent.
        if String(decoding: response.body.prefix(4096), as: UTF8.self).contains("<Error>") {
            throw S3Error(response, subject: url(of: key))
        }
    }

    /// Nothing to remove is success.
    package func delete(_ key: String) async throws(S3Error) {
        do {
            _ = try await send("DELETE", key)
        } catch  where error.kind == .notFound {}
    }

    /// The object's size and metadata; nil when there is none.
    package func head(_ key: String) async throws(S3Error) -> (size: Int, metadata: [String: String])? {
        do {
            let response = try await send("HEAD", key)
            let prefix = "x-amz-meta-"
            let metadata = response.headers.fields.filter { $0.name.lowercased().hasPrefix(prefix) }
                .map { (String($0.name.lowercased().dropFirst(prefix.count)), $0.value) }
            let size = response.headers["Content-Length"].flatMap { Int($0) } ?? 0
            return (size, Dictionary(metadata, uniquingKeysWith: { first, _ in first }))
        } catch  where error.kind == .notFound {
            return nil
        }
    }

    package func get(_ key: String) async throws(S3Error) -> [UInt8] {
        try await send("GET", key).body
    }

    // MARK: One request

    static let nothing = SHA256.hash(data: [UInt8]()).hex
    static let attempts = 4

    /// Every request here may be sent twice: an overload or a broken connection is tried again after a moment.
    ///
    /// - Parameter key: nil asks the bucket itself.
    func send(
        _ method: String, _ key: String?, query: [(String, String)] = [], headers: [(String, String)] = [],
        body: [UInt8]? = nil, payload: String = S3Bucket.nothing
    ) async throws(S3Error) -> TransferResponse {
        let subject = url(of: key ?? "")
        var attempt = 1
        while true {
            var failure: S3Error
            var isPassing = false
            do throws(TransferError) {
                let response = try await loop.response(
                    to: try request(method, key, query: query, headers: headers, body: body, payload: payload))
                if (200..<300).contains(response.status) { return response }
                failure = S3Error(response, subject: subject)
                isPassing = response.status >= 500 || response.status == 429
            } catch {
                failure = S3Error(error, subject: subject)
                isPassing = [.reset, .timeout].contains(error.kind)
            }
            guard isPassing, attempt < S3Bucket.attempts else { throw failure }
            do {
                try await Task.sleep(for: .milliseconds(200 << attempt))
            } catch {
                throw failure
            }
            attempt += 1
        }
    }

    func request(
        _ method: String, _ key: String?, query: [(String, String)] = [], headers: [(String, String)] = [],
        body: [UInt8]? = nil, payload: String = S3Bucket.nothing
    ) throws(TransferError) -> TransferRequest {
        let root = base.target.hasSuffix("/") ? String(base.target.dropLast()) : base.target
        let path =
            root + "/" + name.percentEncoded()
            + (key.map { "/" + $0.percentEncoded(keeping: "/") } ?? "")
        let query = query.sorted { $0.0 < $1.0 }.map { "\($0)=\($1.percentEncoded())" }.joined(separator: "&")
        let scheme = base.isSecure ? "https" : "http"
        let signed =
            signature?.headers(
                method, host: base.authority, path: path, query: query, headers: headers, payload: payload, time: Date()
            )
            ?? headers
        let megabytes = (body?.count ?? 0) >> 20
        return TransferRequest(
            method, try TransferURL("\(scheme)://\(base.authority)\(path)" + (query.isEmpty ? "" : "?\(query)")),
            headers: HeaderFields(signed), body: body,
            timeout: .seconds(60 + 10 * megabytes), isRepeatable: true)
    }
}
