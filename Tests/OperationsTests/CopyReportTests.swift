import Testing

@testable import Operations

@Suite("What a copy says when pods fail")
struct CopyReportTests {
    private func report(_ failures: [OperationError?]) -> CopyReport {
        var report = CopyReport(direction: .download, source: "grq2:/x", destination: "x", isDryRun: false)
        report.pods = failures.enumerated().map { index, failure in
            var pod = CopyReport.Pod(pod: "grq2-\(index)", workload: "grq2", container: nil)
            if let failure { pod.fail(failure) } else { pod.result = .copied }
            return pod
        }
        return report
    }

    @Test func `what won't mend itself isn't to be tried again`() throws {
        let gone = OperationError(.failed, "/x: no such file or folder")
        let one = try #require(report([gone]).error)
        #expect(one.hint == nil && one.message == "grq2-0: /x: no such file or folder")
        let all = try #require(report([gone, gone]).error)
        #expect(all.hint == nil && all.exitCode == 1)
        let some = try #require(report([nil, gone]).error)
        #expect(some.exitCode == 7 && some.hint == "all others are done; mend that and run the same command again")
    }

    @Test func `what was cut short goes on`() throws {
        let cut = OperationError(.unreachable, "the connection broke", hint: "run the same command again")
        #expect(report([cut]).error?.hint == "run the same command again")
        #expect(report([nil, cut]).error?.hint == "all others are done; run the same command again")
    }
}
