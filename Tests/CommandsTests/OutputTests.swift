import Glibc
import HySDS
import Testing

@testable import Commands
@testable import Operations

@Suite("What is printed")
struct OutputTests {
    private let console = Console(format: .text, environment: ["NO_COLOR": "1", "TERM": "dumb"])

    @Test func `without a terminal a question is an error with the way out`() throws {
        // Test runs have no terminal, or one that nobody answers at.
        guard isatty(0) == 0 else { return }
        #expect {
            try Confirmation.ask("Updating component[s]: grq")
        } throws: { error in
            let error = error as? OperationError
            return error?.exitCode == 2 && error?.hint == "say -f to do it unasked"
        }
    }

    @Test func `a window that is too small gets what doesn't run first, and the rest as numbers`() {
        func line(_ name: String, _ state: Program.State) -> StatusReport.Line {
            StatusReport.Line(
                program: name, workload: name, state: state, ready: 1, wanted: 1, releases: [:], finishing: 0,
                detail: "d", causes: [])
        }
        let programs = (0..<30).map { line("p\($0)", $0 == 17 ? .backingOff : .running) } + [line("off", .stopped)]
        let report = StatusReport(
            venue: "test", namespace: "test", marker: "test",
            sections: [.init(component: "mozart", stores: [line("es", .running)], programs: programs)],
            queues: [
                .init(name: "small", ready: 3, unacknowledged: 1, consumers: 2),
                .init(name: "idle", ready: 0, unacknowledged: 0, consumers: 2),
            ],
            omitted: [:], interrupted: [])
        let text = StatusText(report: report, console: console)
        #expect(text.lines(fitting: 100) == text.lines())
        #expect(
            text.lines(fitting: 20) == [
                "mozart: 30 RUNNING, 1 STOPPED", "p17                              BACKOFF   d",
                "QUEUE  WAITING  RUNNING  CONSUMERS", "small  3        1        2",
            ])
        let short = text.lines(fitting: 3)
        #expect(short.count == 3 && short[2] == "… 2 more lines: name a component, or enlarge the window")
    }

    @Test func `log lines are cut where a narrow terminal ends, causes are not`() {
        let long = String(repeating: "x", count: 200)
        let error = OperationError(.unhealthy, "m", causes: ["RuntimeError: \(long)", "log: \(long)", "log: a"])
        let lines = error.description.split(separator: "\n")
        #expect(lines[1] == "  cause: RuntimeError: \(long)")
        #expect(lines[2].count == 80 && lines[2].hasSuffix("x…") && lines[3] == "    log: a")
    }

    @Test func `status has sdscli's banners and words`() {
        let lines = [
            StatusReport.Line(
                program: "grq2", workload: "grq2", state: .running, ready: 2, wanted: 2, releases: ["3": 2],
                finishing: 0, detail: "2 of 2 pods ready, release 3", causes: []),
            StatusReport.Line(
                program: "pele", workload: "pele", state: .backingOff, ready: 0, wanted: 1, releases: [:], finishing: 0,
                detail: "0 of 1 pods ready", causes: ["pod pele-1: container pele: Error, exit code 3"]),
        ]
        let stopped = StatusReport.Line(
            program: "factotum", workload: "factotum", state: .stopped, ready: 0, wanted: 0, releases: [:],
            finishing: 0, detail: "", causes: [])
        let report = StatusReport(
            venue: "test", namespace: "test", marker: "test",
            sections: [
                .init(component: "grq", stores: [], programs: lines),
                .init(component: "factotum", stores: [], programs: [stopped]),
            ],
            queues: [.init(name: "small", ready: 3, unacknowledged: 1, consumers: 2)],
            omitted: ["kibana": "disabled"], interrupted: [])
        #expect(
            StatusText(report: report, console: console).lines().joined(separator: "\n") == """
                ########################################
                grq
                ########################################
                ----------------------------------------
                supervised services
                ----------------------------------------
                grq2                             RUNNING   2 of 2 pods ready, release 3
                pele                             BACKOFF   0 of 1 pods ready
                    pod pele-1: container pele: Error, exit code 3
                ########################################
                factotum
                ########################################
                ----------------------------------------
                supervised services
                ----------------------------------------
                Supervisord is not running on factotum.
                factotum                         STOPPED
                ########################################
                queues
                ########################################
                QUEUE  WAITING  RUNNING  CONSUMERS
                small  3        1        2
                kibana is off: disabled
                """)
    }

    @Test func `history is a table with the short digest and the commits`() {
        let report = HistoryReport(
            namespace: "test",
            entries: [
                .init(
                    workload: "grq2", component: "grq", sequence: 4, time: "2026-01-02T00:00:00Z", user: "ops",
                    host: "here", command: "rollback grq", release: String(repeating: "a", count: 64),
                    commits: ["hysds": "0123456789ab+dirty", "grq2": "ba9876543210", "osaka": "0123456789ab+dirty"],
                    copyOf: 2, isWanted: true, pods: 1, hasFailed: false, isKept: true),
                .init(
                    workload: "grq2", component: "grq", sequence: 3, time: "2026-01-01T00:00:00Z", user: "ops",
                    host: "here", command: "update grq", release: nil, commits: [:], copyOf: nil, isWanted: false,
                    pods: 0, hasFailed: true, isKept: true),
            ])
        #expect(
            HistoryText(report: report).lines().joined(separator: "\n") == """
                WORKLOAD  SEQ  WHEN                  WHO       VERB                 RELEASE       COMMITS                                          STATE
                grq2      4    2026-01-02 00:00:00Z  ops@here  rollback grq (to 2)  aaaaaaaaaaaa  0123456789ab+dirty (2 trees), ba9876543210 grq2  wanted, 1 pod
                grq2      3    2026-01-01 00:00:00Z  ops@here  update grq           -             -                                                failed
                """)
    }

    @Test func `nothing recorded is said in words`() {
        #expect(
            HistoryText(report: HistoryReport(namespace: "test", entries: [])).lines() == [
                "nothing was recorded in the namespace test yet"
            ])
    }

    @Test func `a difference reads from code to pods`() {
        var report = DifferenceReport(isDifferent: true)
        report.code = [
            .init(
                tree: "mozart", workloads: ["mozart-rest"], old: "aaaa", new: "bbbb",
                files: [
                    .init(path: "a.py", change: "changed", lines: ["@@ -1,1 +1,1 @@", "-1", "+2"]),
                    .init(path: "b.bin", change: "changed", remark: "binary or large: 1 → 2 bytes"),
                ])
        ]
        report.objects = [
            .init(
                object: "deployment/mozart-rest", change: "changed",
                fields: [
                    FieldChange(path: "spec.x", old: "1", new: "2"), FieldChange(path: "spec.y", old: nil, new: "3"),
                    FieldChange(path: "spec.z", old: "4", new: nil),
                ])
        ]
        report.pods = [
            .init(
                workload: "mozart-rest", count: 2, effect: "replaced one after the other", reasons: ["code of mozart"])
        ]
        #expect(
            DifferenceText(report: report, console: console).lines().joined(separator: "\n") == """
                == code of mozart aaaa → bbbb: mozart-rest
                  changed a.py
                    @@ -1,1 +1,1 @@
                    -1
                    +2
                  changed b.bin (binary or large: 1 → 2 bytes)
                == objects
                  changed deployment/mozart-rest
                    spec.x: 1 → 2
                    spec.y: (none) → 3
                    spec.z: 4 → (removed)
                == pods
                  mozart-rest: 2 pods, replaced one after the other (code of mozart)
                """)
        #expect(
            DifferenceText(report: DifferenceReport(isDifferent: false), console: console).lines() == [
                "nothing to update"
            ])
    }

    @Test func `the lock's text names holder, verb and age`() {
        #expect(
            LockCommand.text(LockState(nil, namespace: "test", now: 0))
                == "nobody holds the lock of the namespace test")
    }

    @Test(arguments: [
        (Duration.milliseconds(400), "0.4 s"), (.seconds(12), "12 s"), (.seconds(185), "3 min 5 s"),
    ])
    func `durations are short`(duration: Duration, text: String) {
        #expect(duration.brief == text)
    }
}
