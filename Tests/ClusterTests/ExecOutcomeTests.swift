import Testing

@testable import Cluster

struct ExecOutcomeTests {
    private static let success = #"{"metadata":{},"status":"Success"}"#

    private static func outcome(_ status: String, closing channels: [ExecChannel] = []) -> ExecOutcome {
        var outcome = ExecOutcome()
        _ = outcome.take([.bytes(.status, Array(status.utf8)[...])] + channels.map { .closed($0) })
        return outcome
    }

    @Test(arguments: [
        (success, ExecStatus.exited(0)),
        (
            #"{"status":"Failure","reason":"NonZeroExitCode","message":"command terminated with non-zero exit code","#
                + #""details":{"causes":[{"reason":"ExitCode","message":"3"}]}}"#,
            .exited(3)
        ),
        (
            #"{"status":"Failure","message":"no such file","reason":"InternalError","code":500}"#,
            .failed("no such file")
        ),
    ])
    func `the server's status says how the command ended`(text: String, status: ExecStatus) {
        #expect(Self.outcome(text).status == status)
    }

    @Test(arguments: ["", "{", "{}", #"{"status":""}"#, #"{"status":"success"}"#, "null", #"{"status":"Succ"#])
    func `what is no status is never success`(text: String) {
        #expect(Self.outcome(text).status == nil)
    }

    @Test func `it is over when all has been closed, not before`() {
        #expect(!Self.outcome(Self.success).isOver)
        #expect(Self.outcome(Self.success).isEnding)
        #expect(!Self.outcome(Self.success, closing: [.status, .errors]).isOver)
        #expect(Self.outcome(Self.success, closing: [.status, .errors, .output]).isOver)
        #expect(Self.outcome("", closing: [.errors, .output]).isEnding)
        #expect(!Self.outcome("", closing: [.errors]).isEnding)
    }

    @Test func `a status may come in pieces and before the last output`() {
        var outcome = ExecOutcome()
        let text = Array(Self.success.utf8)
        let (events, replies) = outcome.take([
            .bytes(.status, text[..<9]), .bytes(.output, [1]), .bytes(.status, text[9...]), .reply([5]),
            .bytes(.errors, [2]),
            .ended,
        ])
        #expect(events == [.output([1]), .errors([2])])
        #expect(replies == [[5]])
        #expect(outcome.isOver)
        #expect(outcome.status == .exited(0))
    }
}
