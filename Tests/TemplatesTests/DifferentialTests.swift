import Foundation
import Testing

@testable import Templates

@Suite("Swift renders what Python's Jinja2 renders", .serialized)
struct DifferentialTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    private static let hasJinja = (try? python(["-c", "import jinja2"])) != nil

    /// Runs Python and answers what it printed.
    private static func python(_ arguments: [String]) throws -> Data {
        struct Failed: Error { let status: Int32 }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-B"] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(status: process.terminationStatus) }
        return data
    }

    private static func generate(_ arguments: [String]) throws -> [JinjaCase] {
        let script = tests.appending(path: "jinja/generate.py").path
        return try JinjaCase.cases(in: try python([script] + arguments))
    }

    private func compare(_ cases: [JinjaCase]) {
        #expect(!cases.isEmpty)
        for example in cases {
            guard let difference = example.difference else { continue }
            Issue.record(
                "\(example.kind) lenient=\(example.lenient) \(example.options)\n\(example.source)\n  \(difference)")
        }
    }

    @Test(
        "for the hand-picked corpus and random templates",
        .enabled(if: hasJinja || environment["SDS_JINJA_CASES"] != nil, "python3 with jinja2 is not installed"))
    func randomTemplates() throws {
        if let path = Self.environment["SDS_JINJA_CASES"] {
            compare(try JinjaCase.cases(in: try Data(contentsOf: URL(fileURLWithPath: path))))
        } else {
            let seed = Self.environment["SDS_JINJA_SEED"] ?? "1"
            compare(try Self.generate(["--count", Self.environment["SDS_JINJA_COUNT"] ?? "2000", "--seed", seed]))
        }
    }

    @Test(
        "for the templates of this project and of SDS_JINJA_TEMPLATES",
        .enabled(if: hasJinja, "python3 with jinja2 is not installed"))
    func realTemplates() throws {
        let own = Self.tests.deletingLastPathComponent().appending(path: "conf").path
        let folders = [own, Self.environment["SDS_JINJA_TEMPLATES"]].compactMap { $0 }
        for folder in folders where FileManager.default.fileExists(atPath: folder) {
            compare(try Self.generate(["--templates", folder]))
        }
    }
}
