extension APIRequest {
    package static func logs(
        namespace: String, pod: String, options: LogOptions = LogOptions()
    ) -> APIRequest {
        var query: [QueryItem] = []
        if let container = options.container { query.append(QueryItem("container", container)) }
        if options.follow { query.append(QueryItem("follow", "true")) }
        if options.previous { query.append(QueryItem("previous", "true")) }
        if let lines = options.tailLines { query.append(QueryItem("tailLines", String(lines))) }
        if let bytes = options.limitBytes { query.append(QueryItem("limitBytes", String(bytes))) }
        if let seconds = options.sinceSeconds { query.append(QueryItem("sinceSeconds", String(seconds))) }
        if options.timestamps { query.append(QueryItem("timestamps", "true")) }
        return APIRequest(
            .get, ResourceType.pod.path(namespace: namespace, name: pod, subresource: "log"), query: query,
            accept: "text/plain, application/json")
    }

    /// Path and query of an exec; what upgrades the connection is the sender's affair.
    ///
    /// SPDY wants POST, WebSocket GET. The command lands in audit logs: no secret belongs into it.
    package static func exec(
        namespace: String, pod: String, container: String? = nil, command: [String], stdin: Bool = false,
        stdout: Bool = true, stderr: Bool = true, tty: Bool = false, method: Method = .post
    ) -> APIRequest {
        var query = command.map { QueryItem("command", $0) }
        if let container { query.append(QueryItem("container", container)) }
        if stdin { query.append(QueryItem("stdin", "true")) }
        if stdout { query.append(QueryItem("stdout", "true")) }
        if stderr && !tty { query.append(QueryItem("stderr", "true")) }
        if tty { query.append(QueryItem("tty", "true")) }
        return APIRequest(
            method, ResourceType.pod.path(namespace: namespace, name: pod, subresource: "exec"), query: query,
            accept: "*/*")
    }
}
