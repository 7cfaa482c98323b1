import Kubernetes
import Testing

@testable import HySDS

@Suite("JSON as Python writes it")
struct PythonJSONTests {
    @Test("has two blanks a level, sorted keys and nothing but ASCII")
    func text() {
        let value: JSONValue = [
            "b": [], "a": ["x": .object([:]), "é\u{1F600}": "\u{7F}\t\"\\/"],
            "Z": [1, .number(1), .number(-0.5), .null, true],
            "c": [.number(1e16), .number(9_007_199_254_740_994), .number(1e-7)],
        ]
        // json.dumps(value, indent=2, sort_keys=True) of Python 3.11
        let expected = #"""
            {
              "Z": [
                1,
                1.0,
                -0.5,
                null,
                true
              ],
              "a": {
                "x": {},
                "\u00e9\ud83d\ude00": "\u007f\t\"\\/"
              },
              "b": [],
              "c": [
                1e+16,
                9007199254740994.0,
                1e-07
              ]
            }
            """#
        #expect(String(decoding: PythonJSON.text(value), as: UTF8.self) == expected)
    }

    @Test("continues a text at any depth")
    func depth() {
        #expect(String(decoding: PythonJSON.text(["a": 1], depth: 2), as: UTF8.self) == "{\n      \"a\": 1\n    }")
    }
}
