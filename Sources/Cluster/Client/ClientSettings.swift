/// How a client behaves, beside where it speaks to.
package struct ClientSettings: Hashable, Sendable {
    /// Requests on their way at a time.
    package var inFlight: Int
    /// For one request with all its retries.
    package var requestTimeout: Duration
    package var connectTimeout: Duration
    /// Only this transport for exec; nil: SPDY, and WebSocket where that is refused.
    package var execTransport: ExecTransport?
    /// How long an SPDY upgrade may take before WebSocket is tried.
    package var execFallback: Duration
    /// How long a watch goes on without reaching the server.
    package var watchPatience: Duration
    /// Where discovery is kept for 10 minutes; nil for nowhere.
    package var cacheFolder: String?
    package var userAgent: String

    package init(
        inFlight: Int = 64, requestTimeout: Duration = .seconds(60), connectTimeout: Duration = .seconds(10),
        execTransport: ExecTransport? = nil, execFallback: Duration = .seconds(15),
        watchPatience: Duration = .seconds(120), cacheFolder: String? = nil, userAgent: String = "sds"
    ) {
        self.inFlight = inFlight
        self.requestTimeout = requestTimeout
        self.connectTimeout = connectTimeout
        self.execTransport = execTransport
        self.execFallback = execFallback
        self.watchPatience = watchPatience
        self.cacheFolder = cacheFolder
        self.userAgent = userAgent
    }
}

/// What a client has sent so far: the price of a verb.
package struct RequestCounts: Hashable, Sendable, Codable {
    /// All that went out, retries included.
    package var requests = 0
    /// Those of them that weren't GET; execs not included.
    package var writes = 0
    package var execs = 0
    package var retries = 0

    package init() {}
}
