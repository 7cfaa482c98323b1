import Cluster
import FakeCluster
import Testing

/// A command that goes wrong, and what must come of it: never success.
struct ExecTrouble: Sendable, CustomTestStringConvertible {
    enum Outcome: Sendable {
        case exits(Int)
        case fails
        case breaks(Set<ClusterError.Kind>)
    }

    let testDescription: String
    let script: ExecScript
    let outcome: Outcome

    init(_ name: String, _ outcome: Outcome, _ steps: ExecScript.Step...) {
        testDescription = name
        var script = ExecScript()
        script.steps = steps
        self.script = script
        self.outcome = outcome
    }

    /// Only silence has to wait for it; what is missing at an end is waited for a while, too.
    var timeout: Duration { script.steps.last == .hang ? .seconds(2) : .seconds(20) }

    private static let lost: Outcome = .breaks([.interrupted])

    static let all = [
        ExecTrouble("a reset before any output", lost, .cut(reset: true)),
        ExecTrouble("a reset after output", lost, .output("half"), .wait(.milliseconds(50)), .cut(reset: true)),
        ExecTrouble("a close after output", lost, .output("half"), .wait(.milliseconds(50)), .cut(reset: false)),
        ExecTrouble("an orderly end without a status", lost, .output("all of it"), .endWithoutStatus),
        ExecTrouble("a status that is no JSON", lost, .output("x"), .status("fine")),
        ExecTrouble("a status of nothing", lost, .status("{}")),
        ExecTrouble("half a status", lost, .status(#"{"status":"Succ"#)),
        ExecTrouble("an unknown outcome", lost, .status(#"{"status":"Maybe"}"#)),
        ExecTrouble("an exit code of 300", .fails, .status(status("300"))),
        ExecTrouble("an exit code that is empty", .fails, .status(status(""))),
        ExecTrouble("an exit code of -1", .fails, .status(status("-1"))),
        ExecTrouble("a failure with exit code 0", .fails, .status(status("0"))),
        ExecTrouble("a failure of the runtime", .fails, .fail("the container is gone")),
        ExecTrouble("a killed command", .exits(137), .output("x"), .exit(137)),
        ExecTrouble(
            "bytes that are no protocol", .breaks([.interrupted, .malformed]),
            .garbage([0x7F, 0x7F, 0x7F, 0x7F, 1, 2, 3, 4, 5]), .cut(reset: false)),
        ExecTrouble("silence", .breaks([.timeout]), .hang),
        ExecTrouble("silence after output", .breaks([.timeout]), .output("x"), .hang),
    ]

    private static func status(_ code: String) -> String {
        #"{"status":"Failure","reason":"NonZeroExitCode","message":"it ended","details":{"causes":[{"reason":"ExitCode","message":"\#(code)"}]}}"#
    }
}

@Suite("Commands in pods that go wrong", .timeLimit(.minutes(5)))
struct ExecFaultTests {
    static let transports = ExecTransport.allCases

    @Test("No trouble of a command is taken for success", arguments: ExecTrouble.all, transports)
    func trouble(trouble: ExecTrouble, transport: ExecTransport) async throws {
        try await FakeCluster.run { cluster in
            try cluster.createPod("target")
            cluster.script(["work"], trouble.script)
            let client = try client(cluster, transport)
            let start = ContinuousClock.now
            let result: Result<ExecResult, ClusterError>
            do throws(ClusterError) {
                result = .success(
                    try await client.run(
                        ExecTarget(namespace: "test", pod: "target"), ["work"], timeout: trouble.timeout))
            } catch {
                result = .failure(error)
            }
            #expect(start.duration(to: .now) < trouble.timeout + .seconds(5))
            switch (trouble.outcome, result) {
            case (.exits(let code), .success(let result)): #expect(result.status == .exited(code))
            case (.fails, .success(let result)):
                guard case .failed(let message) = result.status else {
                    Issue.record("\(result.status)")
                    return
                }
                #expect(!message.isEmpty)
            case (.breaks(let kinds), .failure(let error)):
                #expect(kinds.contains(error.kind), "\(error)")
                #expect(error.description.contains("pod/target"))
            default: Issue.record("\(result)")
            }
        }
    }

    @Test("A connection that breaks while stdin flows ends the command's run", arguments: transports)
    func brokenInput(transport: ExecTransport) async throws {
        try await FakeCluster.run { cluster in
            try cluster.createPod("target")
            cluster.script(["take"], ExecScript(.take(bytes: 100_000), .cut(reset: true)))
            let client = try client(cluster, transport)
            let input = [UInt8](repeating: 7, count: 4 << 20)
            do throws(ClusterError) {
                let result = try await client.run(
                    ExecTarget(namespace: "test", pod: "target"), ["take"], input: .bytes(input), timeout: .seconds(30))
                Issue.record("\(result.status)")
            } catch {
                #expect(error.kind == .interrupted)
            }
        }
    }

    @Test("A command that ends before it has read all says so", arguments: transports)
    func earlyEnd(transport: ExecTransport) async throws {
        try await FakeCluster.run { cluster in
            try cluster.createPod("target")
            cluster.script(["refuse"], ExecScript(.take(bytes: 10), .errors("no space left\n"), .exit(1)))
            let client = try client(cluster, transport)
            let input = [UInt8](repeating: 7, count: 32 << 20)
            let result = try await client.run(
                ExecTarget(namespace: "test", pod: "target"), ["refuse"], input: .bytes(input), timeout: .seconds(30))
            #expect(result.status == .exited(1))
            #expect(result.errorText == "no space left\n")
            #expect(!result.isInputComplete)
        }
    }

    @Test("Where SPDY is refused, WebSocket does it, and is remembered", arguments: [403, 404, 400, 502])
    func fallback(status: Int) async throws {
        var settings = FakeClusterSettings()
        settings.exec = [.webSocket5]
        try await FakeCluster.run(settings) { cluster in
            try cluster.createPod("target")
            if status != 404 {
                cluster.inject(Fault(.exec, .say(status, body: "<html>proxy</html>", type: "text/html")))
            }
            let client = try ClusterClient(cluster.access, settings: Cell.settings())
            for _ in 0..<2 {
                let result = try await client.run(
                    ExecTarget(namespace: "test", pod: "target"), ["echo", "hi"], timeout: .seconds(30))
                #expect(result.outputText == "hi\n")
                #expect(result.transport == .webSocket)
            }
            #expect(cluster.ledger.requests.count == 3)
        }
    }

    @Test("Fifty commands at once each get their own output", arguments: transports)
    func many(transport: ExecTransport) async throws {
        try await FakeCluster.run { cluster in
            try cluster.createPod("target")
            let client = try client(cluster, transport)
            let outputs = try await withThrowingTaskGroup(of: (Int, String).self) { group in
                for number in 0..<50 {
                    group.addTask {
                        let target = ExecTarget(namespace: "test", pod: "target")
                        let input = Array("input \(number)".utf8)
                        let result = try await client.run(target, ["cat"], input: .bytes(input), timeout: .seconds(20))
                        return (number, result.outputText)
                    }
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            #expect(outputs == Dictionary(uniqueKeysWithValues: (0..<50).map { ($0, "input \($0)") }))
        }
    }

    private func client(_ cluster: FakeCluster, _ transport: ExecTransport) throws -> ClusterClient {
        var settings = Cell.settings()
        settings.execTransport = transport
        return try ClusterClient(cluster.access, settings: settings)
    }
}
