import Foundation
import HySDS
import Testing

@testable import Operations

@Suite("A file of rules")
struct RuleFileTests {
    private func reading(_ text: String) throws -> (rules: [String], strangers: [String]) {
        let path = FileManager.default.temporaryDirectory.appending(path: "rules-\(UUID().uuidString).json").path
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        defer { unlink(path) }
        var file = try RuleFile(path)
        var rules: [String] = []
        do {
            while let entry = try file.next() { rules.append("\(entry.store.rawValue) \(entry.rule.name)") }
        } catch let error as OperationError {
            throw OperationError(error.kind, error.message.replacing(path, with: "FILE"), hint: error.hint)
        }
        return (rules, file.strangers)
    }

    private func rule(_ name: String, _ more: String = "") -> String {
        #"{"rule_name": "\#(name)", "job_type": "t", "queue": "q", "priority": 0, "kwargs": "{}", "query_string": "{}"\#(more)}"#
    }

    @Test("gives all rules, however many there are")
    func reading() throws {
        let many = (0..<2000).map { rule("r\($0)") }.joined(separator: ",\n")
        let found = try reading("{\"grq\": [\(rule("g"))], \"mozart\": [\(many)], \"more\": 1}")
        #expect(found.rules.count == 2001 && found.rules[0] == "grq g" && found.rules[2000] == "mozart r1999")
        #expect(found.strangers == ["more"])
    }

    @Test("is refused as a whole, naming every bad rule by line, index and key")
    func faults() {
        let text = "{\"mozart\": [\(rule("a")),\n\(rule("b", #", "kwargs": "x""#)),\n3],\n\"grq\": [{}]}"
        let error = #expect(throws: OperationError.self) { try reading(text) }
        let lines = error?.message.split(separator: "\n").map(String.init) ?? []
        #expect(error?.kind == .usage)
        #expect(
            lines.first?.hasPrefix("FILE:2: mozart[1].kwargs: expected a JSON object in the text") == true, "\(lines)")
        #expect(lines.dropFirst().first == "FILE:3: mozart[2]: expected an object, found a number")
        #expect(lines.contains { $0.hasPrefix("FILE:4: grq[0].rule_name: is missing") })
    }

    @Test("needs both keys, once")
    func keys() {
        for (text, part) in [
            (#"{"mozart": []}"#, "'grq' is missing"), (#"{"grq": []}"#, "'mozart' is missing"),
            (#"{"mozart": [], "grq": [], "grq": []}"#, "more than once"),
            (#"{"mozart": {}, "grq": []}"#, "a list of rules"),
            ("{\"mozart\": [", "line 1: the text ends too early"), ("[]", "line 1: expected an object"),
        ] {
            let error = #expect(throws: OperationError.self) { try reading(text) }
            #expect(error?.message.contains(part) == true, "\(text): \(String(describing: error))")
        }
    }
}
