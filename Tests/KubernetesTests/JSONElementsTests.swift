import Testing

@testable import Kubernetes

@Suite("A JSON object of lists, taken apart")
struct JSONElementsTests {
    private func take(_ text: String, chunk: Int) throws -> (elements: [String], keys: [String]) {
        var reader = JSONElements()
        var elements: [String] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            try reader.take(bytes[start..<min(start + chunk, bytes.count)]) { element in
                let index = element.index.map { "[\($0)]" } ?? ""
                elements.append(
                    "\(element.key)\(index)@\(element.line)=\(String(decoding: element.text, as: UTF8.self))")
            }
        }
        try reader.finish()
        return (elements, reader.keys)
    }

    @Test("gives each element with its place, however the text is cut", arguments: [1, 2, 3, 7, 1000])
    func elements(chunk: Int) throws {
        let text = """
            {"a": [1, {"x": "]}\\"{"},
              [2, [3]]], "b" : [], "c": "text", "d": {"k": [1]}, "e": [true,null ]}
            """
        let (elements, keys) = try take(text, chunk: chunk)
        #expect(
            elements == [
                "a[0]@1=1", #"a[1]@1={"x": "]}\"{"}"#, "a[2]@2=[2, [3]]", "c@2=\"text\"", #"d@2={"k": [1]}"#,
                "e[0]@2=true", "e[1]@2=null",
            ])
        #expect(keys == ["a", "b", "c", "d", "e"])
    }

    @Test("an object may be empty")
    func empty() throws {
        #expect(try take(" {} \n", chunk: 2).keys.isEmpty)
    }

    @Test(
        "refuses what is none, with the line",
        arguments: [
            ("[1]", "line 1"), ("{\"a\": [1\n 2]}", "line 2"), ("{\"a\": [", "line 1"), ("{\"a\" [1]}", "line 1"),
            ("{\"a\": [1]} x", "line 1"), ("{,}", "line 1"), ("", "line 1"), ("{\"a\": \"cut", "line 1"),
            ("{\"a\": [1]\n\n,\n}", "line 4"),
        ])
    func refused(text: String, line: String) {
        let error = #expect(throws: KubernetesError.self) { try take(text, chunk: 4) }
        #expect(error?.subject == line)
    }
}
