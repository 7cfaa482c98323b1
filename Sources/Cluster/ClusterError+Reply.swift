internal import Kubernetes
internal import Transfer

extension ClusterError {
    /// An answer with a status of 400 or more.
    init(status code: Int, body: [UInt8], subject: String) {
        let status = (try? JSONValue(parsing: body)).flatMap { APIStatus($0) }
        let text = status?.message ?? ""
        self.init(
            Self.kind(code: code, reason: status?.reason ?? ""), subject,
            text.isEmpty ? Self.excerpt(of: body, code: code) : text, hint: Self.hint(code), status: code,
            reason: status?.reason ?? "", causes: status?.causes ?? [])
    }

    private static func kind(code: Int, reason: String) -> Kind {
        switch (code, reason) {
        case (_, "Expired"), (410, _): .gone
        case (_, "AlreadyExists"): .alreadyExists
        case (_, "Timeout"), (408, _), (504, _): .timeout
        case (401, _): .unauthorized
        case (403, _): .forbidden
        case (404, _): .notFound
        case (405, _): .methodNotAllowed
        case (409, _): .conflict
        case (413, _): .tooLarge
        case (422, _): .invalid
        case (429, _): .tooManyRequests
        case (500..., _): .serverFailure
        case (400..., _): .badRequest
        default: .malformed
        }
    }

    private static func hint(_ code: Int) -> String? {
        code == 401 ? "is the token or certificate of this kubeconfig context still valid?" : nil
    }

    /// What a proxy or a load balancer says is no Status, and may be a page of HTML.
    private static func excerpt(of body: [UInt8], code: Int) -> String {
        let text = String(decoding: body.prefix(2000), as: UTF8.self)
        let line = text.split(whereSeparator: \.isNewline).first.map { String($0.prefix(200)) } ?? ""
        return line.isEmpty || line.hasPrefix("<")
            ? "the server answered \(code)" : "the server answered \(code): \(line)"
    }
}

extension ClusterError {
    /// - Parameter server: For the message; the subject names only the path.
    init(_ error: TransferError, subject: String, server: String) {
        self.init(Self.kind(error.kind), subject, "\(error.message) (\(server))", hint: Self.hint(error.kind))
    }

    private static func kind(_ kind: TransferError.Kind) -> Kind {
        switch kind {
        case .refused, .dns, .proxy, .reset: .unreachable
        case .tls: .tls
        case .timeout: .timeout
        case .cancelled: .cancelled
        case .tooLarge: .tooLarge
        case .malformed: .malformed
        case .invalidRequest: .configuration
        }
    }

    private static func hint(_ kind: TransferError.Kind) -> String? {
        switch kind {
        case .refused: "is the API server up, and its address right in this kubeconfig context?"
        case .dns: "is the server's name right in this kubeconfig context?"
        case .proxy: "is proxy-url, or HTTPS_PROXY, right?"
        case .tls: "does certificate-authority of this kubeconfig context belong to the server?"
        default: nil
        }
    }
}
