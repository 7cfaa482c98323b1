import Kubernetes
import Testing

@testable import HySDS

@Suite("Files of dashboards")
struct DashboardTests {
    private func objects(_ text: String) throws -> [SavedObject] {
        try DashboardFile.objects(Array(text.utf8), file: "f")
    }

    private let line = #"{"type":"dashboard","id":"a","attributes":{"title":"A"},"version":"W","updated_at":"t"}"#

    @Test("are sdscli's, a list, or an export with an object a line")
    func forms() throws {
        for text in [
            "{\"version\":\"7.10.2\",\"objects\":[\(line)]}", "[\(line)]", line, "\(line)\n",
            "\(line)\n\n{\"exportedCount\":1,\"missingReferences\":[]}\n",
        ] {
            let objects = try objects(text)
            #expect(objects.map(\.key.description) == ["dashboard/a"], "\(text)")
            // Only what may be sent, and an object without versions is brought up from the beginning.
            #expect(
                Set(objects.first?.json.object?.keys ?? [:].keys) == [
                    "type", "id", "attributes", "references", "migrationVersion",
                ])
            #expect(objects.first?.migrationVersion == [:])
        }
    }

    @Test(
        "are refused by the place that is bad",
        arguments: [
            (#"{"objects":[{"type":"dashboard"}]}"#, "f: objects[0]"), ("{\"type\":\"x\"", "f:1"), ("[1]", "f: [0]"),
            (#"{"type":"a","id":"b","attributes":{}}"# + "\nno", "f:2"),
        ])
    func bad(text: String, place: String) {
        let error = #expect(throws: HySDSError.self) { try objects(text) }
        #expect(error?.subject == place)
    }

    @Test("an index pattern that has learnt fields is still the same")
    func covered() throws {
        let saved = SavedObject([
            "type": "index-pattern", "id": "logstash-*",
            "attributes": ["title": "logstash-*", "timeFieldName": "@timestamp", "fields": "[]"],
        ])
        #expect(SavedObject.patterns[0].isCovered(by: try #require(saved)))
        let dashboard = try #require(try objects(line).first)
        #expect(dashboard.isCovered(by: dashboard))
        let other = try #require(SavedObject(["type": "dashboard", "id": "a", "attributes": ["title": "B"]]))
        #expect(!dashboard.isCovered(by: other))
    }
}
