import Testing

@testable import Kubernetes

/// Each row is what kubectl 1.32 made of the scalar (`kubectl annotate --local -o json`).
@Suite struct ManifestScalarTests {
    @Test(
        "words are booleans and null where kubectl says so",
        arguments: [
            ("yes", true), ("no", false), ("on", true), ("off", false), ("y", true), ("Y", true), ("n", false),
            ("N", false),
            ("True", true), ("TRUE", true), ("YES", true), ("On", true), ("ON", true), ("~", nil), ("null", nil),
            ("Null", nil),
            ("NULL", nil), ("", nil), ("tRue", "tRue"), ("oN", "oN"), ("nUll", "nUll"), ("=", "="),
        ] as [(String, JSONValue)])
    func words(text: String, expected: JSONValue) {
        #expect(ManifestScalar.resolve(text) == expected)
    }

    @Test(
        "numbers are read in kubectl's bases",
        arguments: [
            ("0755", 493), ("0o755", 493), ("0x1F", 31), ("0X1f", 31), ("0b101", 5), ("-0x10", -16), ("-0b1", -1),
            ("0_7", 7),
            ("1_000", 1000), ("1__0", 10), ("1_", 1), ("-_1", -1), ("00", 0), ("-00", 0), ("+0", 0), ("+1", 1),
            ("-0", 0),
            ("089", 89), ("-089", -89), ("08", 8), ("00089", 89), ("-0755", -493), ("+0x1f", 31), ("0777_1", 4089),
            ("0_o7", 7),
            ("0o_17", 15), ("-0o17", -15), ("0x_1f", 31), ("0b1_0", 2),
            ("9223372036854775807", 9_223_372_036_854_775_807),
            ("-0x8000000000000000", -9_223_372_036_854_775_808),
        ] as [(String, JSONValue)])
    func integers(text: String, expected: JSONValue) {
        #expect(ManifestScalar.resolve(text) == expected)
    }

    @Test(
        "fractions and exponents are numbers",
        arguments: [
            (".5", 0.5), ("-.5", -0.5), ("+.5", 0.5), ("1.", 1), ("3.", 3), ("1e3", 1000), ("1E+3", 1000),
            ("1_e3", 1000),
            ("1e3_0", 1e30), ("123e2", 12300), ("0.", 0), (".5e2", 50), ("1.e3", 1000), ("+.5e-3", 0.0005),
            ("1_0.5", 10.5),
            ("0789.5", 789.5), ("1__.5", 1.5), ("5_.", 5), ("1.0", 1), ("-0.0", 0), ("9e-999", 0), ("1e21", 1e21),
            ("9223372036854775808", 9_223_372_036_854_775_808.0), ("0xFFFFFFFFFFFFFFFF", 18_446_744_073_709_551_615.0),
        ] as [(String, Double)])
    func floats(text: String, expected: Double) {
        switch ManifestScalar.resolve(text) {
        case .integer(let value): #expect(Double(value) == expected)
        case .number(let value): #expect(value == expected)
        case let other: Issue.record("\(String(describing: other))")
        }
    }

    @Test(
        "what resembles a number but is none stays text",
        arguments: [
            "2020-01-01", "12:30:45", "190:20:30", "1e", "1e+", "_1", "0o8", "0b12", "0x", "0b", "0o", "0xg", "1e3.5",
            ".", ".e3",
            "1,000", "12h", "1.2.3", "Infinity", "nan", "inf", "NaN", "0x1p4", "0x1.8p1", "._5", "--1", "+-1", "0.0.0",
            "1e400",
            "9e999", "-9e999", "-", "+",
        ])
    func texts(text: String) {
        #expect(ManifestScalar.resolve(text) == .string(text))
    }

    @Test("infinity and not-a-number have no JSON", arguments: [".inf", "-.Inf", "+.INF", ".nan", ".NaN"])
    func notFinite(text: String) {
        #expect(ManifestScalar.resolve(text) == nil)
    }
}
