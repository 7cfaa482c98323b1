internal import CCurl

extension EasyHandle {
    /// Options that every kind of transfer needs: how to reach the server and whom to believe.
    func configure(_ request: TransferRequest) throws(TransferError) {
        let connection = request.connection
        try set(CURLOPT_NOSIGNAL, 1)
        try set(CURLOPT_PROTOCOLS_STR, "http,https")
        try set(CURLOPT_TCP_NODELAY, 1)
        try set(CURLOPT_TCP_KEEPALIVE, 1)
        try set(CURLOPT_TCP_KEEPIDLE, 15)
        try set(CURLOPT_TCP_KEEPINTVL, 15)
        try check(sds_curl_set_socket_options(pointer))
        try set(CURLOPT_CONNECTTIMEOUT_MS, connection.connectTimeout.milliseconds)
        try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        try configureTLS(connection)
        try configureProxy(connection.proxy, isLoopback: request.url.isLoopback)
        try configureURL(request.url, serverName: connection.serverName)
        if request.needsFreshConnection { try set(CURLOPT_FRESH_CONNECT, 1) }
    }

    private func configureTLS(_ connection: ConnectionOptions) throws(TransferError) {
        switch connection.trust {
        case .system: break
        case .authorities(let pem): try set(CURLOPT_CAINFO_BLOB, bytes: pem)
        case .insecure:
            try set(CURLOPT_SSL_VERIFYPEER, 0)
            try set(CURLOPT_SSL_VERIFYHOST, 0)
        }
        guard let identity = connection.identity else { return }
        try set(CURLOPT_SSLCERTTYPE, "PEM")
        try set(CURLOPT_SSLKEYTYPE, "PEM")
        try set(CURLOPT_SSLCERT_BLOB, bytes: identity.certificate)
        try set(CURLOPT_SSLKEY_BLOB, bytes: identity.key)
    }

    private func configureProxy(_ proxy: ConnectionOptions.Proxy, isLoopback: Bool) throws(TransferError) {
        switch proxy {
        case .environment:
            // As Go does, and so kubectl.
            if isLoopback { try set(CURLOPT_PROXY, "") }
        case .none: try set(CURLOPT_PROXY, "")
        case .url(let url):
            try set(CURLOPT_PROXY, url)
            try set(CURLOPT_NOPROXY, "")
        }
        try set(CURLOPT_HTTPPROXYTUNNEL, 1)
    }

    /// With another server name the URL carries that name, and the connection goes to the real host all the same.
    private func configureURL(_ url: TransferURL, serverName: String?) throws(TransferError) {
        guard let serverName, serverName != url.host, url.isSecure else {
            try set(CURLOPT_URL, url.text)
            return
        }
        try set(CURLOPT_URL, "https://\(serverName):\(url.port)\(url.target)")
        try set(CURLOPT_CONNECT_TO, list: ["\(serverName):\(url.port):\(url.host):\(url.port)"])
    }

    /// An ordinary request: method, headers, body, deadline.
    func configureExchange(_ request: TransferRequest, isStream: Bool) throws(TransferError) {
        // A stream that is paused would stall its neighbours on a shared HTTP/2 connection (libcurl hands out the frames
        // of a connection in their order): so it gets an HTTP/1.1 connection of its own, and TCP does the rest.
        try set(CURLOPT_HTTP_VERSION, isStream ? Int(CURL_HTTP_VERSION_1_1) : Int(CURL_HTTP_VERSION_2TLS))
        if !isStream { try set(CURLOPT_PIPEWAIT, 1) }
        if isStream {
            if let lifetime = request.lifetime { try set(CURLOPT_TIMEOUT_MS, lifetime.milliseconds) }
        } else {
            try set(CURLOPT_TIMEOUT_MS, request.timeout.milliseconds)
        }
        if request.isCompressible { try set(CURLOPT_ACCEPT_ENCODING, "gzip") }
        if let body = request.body {
            if request.isRepeatable { try setBody(body) } else { try setStreamedBody(count: body.count) }
        } else if request.method == "POST" || request.method == "PUT" {
            try setBody([])
        }
        // Without this libcurl waits for the body that the answer's Content-Length speaks of.
        if request.method == "HEAD" { try set(CURLOPT_NOBODY, 1) }
        try set(CURLOPT_CUSTOMREQUEST, request.method)
        var lines = ["Expect:"]
        if request.headers["Host"] == nil { lines.append("Host: \(request.url.authority)") }
        // A header without a value needs a semicolon, or libcurl takes it for one to leave out.
        lines += request.headers.fields.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        if request.body != nil && request.headers["Content-Type"] == nil { lines.append("Content-Type:") }
        try set(CURLOPT_HTTPHEADER, list: lines)
    }

    /// Only a connection, with TLS and through the proxy: the bytes on it are the caller's.
    func configureDuplex() throws(TransferError) {
        try set(CURLOPT_CONNECT_ONLY, 1)
        try set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        // Not FORBID_REUSE, which would close the connection as soon as it is made. Nobody else gets it anyway.
        try set(CURLOPT_FRESH_CONNECT, 1)
    }
}

extension Duration {
    /// At least one: libcurl takes zero for "no limit".
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        return max(1, Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000))
    }
}
