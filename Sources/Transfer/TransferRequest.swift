/// One HTTP request as libcurl gets it.
package struct TransferRequest: Sendable {
    package var method: String
    /// Absolute and escaped.
    package var url: TransferURL
    package var headers: HeaderFields
    package var body: [UInt8]?
    package var connection: ConnectionOptions
    /// For the whole answer; of a stream or an upgrade, for its head.
    package var timeout: Duration
    /// For a stream from first to last byte; nil for no end.
    package var lifetime: Duration?
    /// The answer may be compressed on the way.
    package var isCompressible: Bool
    /// Sending it twice is as good as once: then libcurl may do so when a connection that it kept turns out to be dead.
    package var isRepeatable: Bool
    /// Never sent over a connection that is already there: what one does after a timeout.
    package var needsFreshConnection: Bool
    /// More bytes than this in the answer's body are an error.
    package var responseLimit: Int

    package init(
        _ method: String, _ url: TransferURL, headers: HeaderFields = HeaderFields(), body: [UInt8]? = nil,
        connection: ConnectionOptions = ConnectionOptions(), timeout: Duration = .seconds(60),
        lifetime: Duration? = nil, isCompressible: Bool = false, isRepeatable: Bool = false,
        needsFreshConnection: Bool = false,
        responseLimit: Int = 256 << 20
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.connection = connection
        self.timeout = timeout
        self.lifetime = lifetime
        self.isCompressible = isCompressible
        self.isRepeatable = isRepeatable
        self.needsFreshConnection = needsFreshConnection
        self.responseLimit = responseLimit
    }

    /// Method and URL without what may be secret.
    package var subject: String { "\(method) \(url.display)" }

    /// A line break in a header would be a second header, or a second request.
    func validate() throws(TransferError) {
        for field in headers.fields {
            let bytes = Array(field.name.utf8) + Array(field.value.utf8)
            if field.name.isEmpty || bytes.contains(where: { $0 == 0x0A || $0 == 0x0D || $0 == 0 }) {
                throw TransferError(
                    .invalidRequest, subject, "header \"\(field.name)\" holds a line break or a zero byte")
            }
        }
    }
}
