internal import Crypto
internal import FoundationEssentials
internal import Kubernetes

/// What an exec request asks for, once it is found in order.
struct ExecHandshake: Sendable {
    /// Of the answer 101.
    var headers: [(name: String, value: String)]
    var codec: any ServerCodec
    /// The channels that have to be open before the command begins.
    var channels: Set<StreamChannel>
    var script: ExecScript
}

extension FakeAPI {
    func exec(_ id: ResourceID, _ request: FakeRequest) throws(APIFailure) -> Answer {
        guard let pod = store.read({ $0[id] }) else { throw .notFound(id) }
        let command = request.queries("command")
        guard !command.isEmpty else { throw .bad("you must specify at least 1 command for the container") }
        try checkContainer(request.query("container"), of: pod)
        if settings.runsControllers, pod.json[path: ["status", "phase"]]?.string != "Running" {
            throw APIFailure(500, "InternalError", "unable to upgrade connection: container not found (\"main\")")
        }
        var channels: Set<StreamChannel> = [.status]
        for (name, channel) in [("stdin", StreamChannel.input), ("stdout", .output), ("stderr", .errors)]
        where request.query(name) == "true" {
            channels.insert(channel)
        }
        let script = scripts.script(command, pod: id.name)
        let (headers, codec) = try Self.upgrade(request, settings.exec)
        return Answer(
            status: 101, headers: headers,
            content: .exec(ExecHandshake(headers: headers, codec: codec, channels: channels, script: script)))
    }

    private static func upgrade(
        _ request: FakeRequest, _ offered: Set<FakeClusterSettings.Exec>
    ) throws(APIFailure) -> ([(name: String, value: String)], any ServerCodec) {
        switch request.header("upgrade")?.lowercased() {
        case "spdy/3.1" where offered.contains(.spdy):
            return (
                [
                    ("Connection", "Upgrade"), ("Upgrade", "SPDY/3.1"),
                    ("X-Stream-Protocol-Version", "v4.channel.k8s.io"),
                ], SPDYServerCodec()
            )
        case "websocket":
            // A server looks at the first line of several only.
            let wanted = (request.header("sec-websocket-protocol") ?? "").split(separator: ",").map {
                String($0.filter { $0 != " " })
            }
            guard
                let version = wanted.compactMap(FakeClusterSettings.Exec.init(rawValue:)).first(where: offered.contains)
            else { throw .bad("unable to upgrade: no common protocol in \(wanted)") }
            let key = (request.header("sec-websocket-key") ?? "") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
            let accept = Data(Insecure.SHA1.hash(data: Data(key.utf8))).base64EncodedString()
            return (
                [
                    ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Accept", accept),
                    ("Sec-WebSocket-Protocol", version.rawValue),
                ], WebSocketServerCodec(closesChannels: version == .webSocket5)
            )
        default: throw .bad("Upgrade request required")
        }
    }
}
