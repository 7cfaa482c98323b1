import Testing

@testable import Kubernetes

@Suite struct ValueTests {
    @Test(
        "quantities compare whatever their suffix",
        arguments: [
            ("1Gi", 1_073_741_824), ("1.5Gi", 1_610_612_736), ("500m", 1), ("2", 2), ("1e3", 1000), ("1E3", 1000),
            ("1k", 1000),
            ("0.1", 1), ("-1", -1), ("100n", 1), ("1E", 1_000_000_000_000_000_000), (".5", 1), ("5.", 5), ("+3", 3),
            ("1e-3", 1),
        ])
    func quantities(text: String, units: Int) throws {
        #expect(try Quantity(text).units == units)
    }

    @Test("equal amounts are equal, smaller ones smaller")
    func ordering() throws {
        #expect(try Quantity("1000m") == Quantity("1"))
        #expect(try Quantity("1Gi") > Quantity("1G"))
        #expect(try Quantity("0.5") == Quantity("500m"))
        #expect(try Quantity("999999Ei") > Quantity("1"))
    }

    @Test(
        "what is no quantity", arguments: ["", "a", "1 Gi", "1gi", "1.2.3", ".", "1e", "--1", "1e99", "1K", "Mi", "٣"])
    func badQuantities(text: String) {
        #expect(throws: KubernetesError.self) { try Quantity(text) }
    }

    @Test(
        "selectors as text",
        arguments: [
            ("a=b", true), ("a==b", true), ("a!=b", false), ("a in (b,c)", true), ("a notin (b, c)", false),
            ("a", true),
            ("!a", false), ("z", false), ("!z", true), ("z!=x", true), ("z notin (x)", true), ("a=b,x.y/z=1", true),
            ("a=b, c", false), ("", true),
        ])
    func selectors(text: String, matches: Bool) throws {
        let labels = ["a": "b", "x.y/z": "1"]
        let selector = try LabelSelector(parsing: text)
        #expect(selector.matches(labels) == matches)
        #expect(try LabelSelector(parsing: selector.description) == selector)
    }

    @Test(
        "what is no selector",
        arguments: ["=a", "a in b", "a in (b", "a b", ",", "a,,b", "a=b c", "a near (b)", "!", "a=b/c"])
    func badSelectors(text: String) {
        #expect(throws: KubernetesError.self) { try LabelSelector(parsing: text) }
    }

    @Test("selectors of objects")
    func objectSelectors() throws {
        let json: JSONValue = [
            "matchLabels": ["a": "b"],
            "matchExpressions": [
                ["key": "c", "operator": "In", "values": ["d"]], ["key": "e", "operator": "DoesNotExist"],
            ],
        ]
        let selector = try LabelSelector(json)
        #expect(selector.description == "a=b,c in (d),!e")
        #expect(selector.matches(["a": "b", "c": "d"]))
        #expect(!selector.matches(["a": "b", "c": "d", "e": ""]))
        #expect(try LabelSelector(["app": "x"]).description == "app=x")
        #expect(throws: KubernetesError.self) {
            try LabelSelector(["matchExpressions": [["key": "a", "operator": "Gt"]]])
        }
    }

    @Test(
        "names", arguments: [("a-b", true), ("a.b", false), ("-a", false), ("A", false), ("", false), ("a_b", false)])
    func labels(name: String, isLabel: Bool) {
        #expect(ObjectName.isLabel(name) == isLabel)
    }

    @Test("integers of a JSON text stay exact")
    func integers() throws {
        #expect(try JSONValue(parsing: Array("9223372036854775807".utf8)) == .integer(.max))
        #expect(try JSONValue(parsing: Array(#"{"a":[1,1.5,true,null,"x"]}"#.utf8)) == ["a": [1, 1.5, true, nil, "x"]])
    }
}
