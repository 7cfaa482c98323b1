internal import CCurl

extension TransferError {
    /// - Parameter detail: libcurl's error buffer; empty when it wrote nothing.
    init(_ code: CURLcode, subject: String, detail: String = "") {
        let text = detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
        self.init(Self.kind(of: code), subject, Self.sentence(text))
    }

    private static func kind(of code: CURLcode) -> Kind {
        switch code {
        case CURLE_COULDNT_CONNECT: .refused
        case CURLE_COULDNT_RESOLVE_HOST: .dns
        case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY: .proxy
        case CURLE_OPERATION_TIMEDOUT: .timeout
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT, CURLE_USE_SSL_FAILED:
            .tls
        // A kept connection was dead, and the body must not be sent twice.
        case CURLE_SEND_FAIL_REWIND: .reset
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_HTTP2, CURLE_HTTP2_STREAM:
            .reset
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_FUNCTION_ARGUMENT: .invalidRequest
        case CURLE_FILESIZE_EXCEEDED: .tooLarge
        default: .malformed
        }
    }

    /// libcurl's words in our form: one line, lower case, no full stop.
    private static func sentence(_ text: String) -> String {
        var line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        while line.hasSuffix(".") || line.hasSuffix(" ") { line.removeLast() }
        // `SSL certificate problem` stays as it is, `Failed to connect` doesn't.
        let letters = Array(line.prefix(2))
        guard letters.count == 2, letters[0].isUppercase, letters[1].isLowercase else { return line }
        return line.prefix(1).lowercased() + line.dropFirst()
    }
}
