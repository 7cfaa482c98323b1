import Testing

@testable import Kubernetes

@Suite struct ManifestWriterTests {
    @Test("an object in kubectl's style")
    func style() throws {
        let object: JSONValue = [
            "kind": "Deployment", "apiVersion": "apps/v1", "status": ["x": 1],
            "spec": [
                "replicas": 2, "empty": [:], "none": [],
                "template": [
                    "spec": [
                        "containers": [
                            [
                                "name": "a", "args": ["-c", "echo \"hi\""], "image": "x:1",
                                "ports": [["containerPort": 80]],
                            ]
                        ]
                    ]
                ],
            ], "metadata": ["name": "a", "labels": ["b": "yes", "a": "0755"]],
        ]
        #expect(
            ManifestWriter.text(object) == """
                apiVersion: apps/v1
                kind: Deployment
                metadata:
                  name: a
                  labels:
                    a: "0755"
                    b: "yes"
                spec:
                  empty: {}
                  none: []
                  replicas: 2
                  template:
                    spec:
                      containers:
                      - name: a
                        image: x:1
                        args:
                        - "-c"
                        - "echo \\"hi\\""
                        ports:
                        - containerPort: 80
                status:
                  x: 1

                """)
    }

    static let strings = [
        "", " ", "a", "yes", "no", "on", "y", "n", "null", "~", "true", "0755", "1e3", "1.5", ".5", "0x1f", "-", "- a",
        "a: b",
        "a:", ":a", "a #b", "#a", "a b", " a", "a ", "*a", "&a", "!a", "%a", "@a", "`a", "{a", "[a", "}", "]", ",", "|",
        ">", "?",
        "? a", "'", "\"", "\\", "a\tb", "\ta", "a\nb", "a\nb\n", "a\nb\n\n\n", "\na", "\n", "\n\n", " a\nb", "a\n  b\n",
        "a \nb",
        "a\n \n", "a\nb \n", "a\r\nb", "\u{1}", "\u{7F}", "\u{85}", "\u{2028}", "a\u{FEFF}", "ä ö 漢 🚀", "🚀\nb",
        "2020-01-01",
        "12:30:45", "<<", "=", "---", "...", "--- a", "a\n---\nb", "key: |\n  x\n", "100%", "$(A)", "${A}", "a=b",
        "1_000", "0o7", "1e400",
        ".inf", ".nan", "+1", "NaN", "null\n", "# a\nb\n", "\t\na", "a\n\tb\n",
    ]

    @Test("any string comes back as it was, as a value, in a list and as a key", arguments: strings)
    func roundTrip(string: String) throws {
        let value: JSONValue = [
            "apiVersion": "v1", "a": .string(string),
            "l": [.string(string), [.string(string)], ["k": .string(string)]], string: 1,
        ]
        let text = ManifestWriter.text(value)
        #expect(try Manifest.value(parsing: Array(text.utf8), file: "x") == value, "\(text)")
    }

    @Test("numbers come back as they were", arguments: [0, -1, 9_223_372_036_854_775_807] as [Int64])
    func integers(number: Int64) throws {
        let text = ManifestWriter.text([
            "a": .integer(number), "b": .number(0.25), "c": .number(1e30), "d": nil, "e": false,
        ])
        #expect(
            try Manifest.value(parsing: Array(text.utf8), file: "x")
                == ["a": .integer(number), "b": .number(0.25), "c": .number(1e30), "d": nil, "e": false])
    }

    @Test("several objects make one stream, the same bytes each time")
    func stream() throws {
        let objects = ["a", "b"].map {
            KubernetesObject(["apiVersion": "v1", "kind": "Pod", "metadata": ["name": .string($0)]])
        }
        let text = ManifestWriter.text(objects)
        #expect(try Manifest(parsing: Array(text.utf8), file: "x").objects == objects)
        #expect(text == ManifestWriter.text(objects))
    }
}
