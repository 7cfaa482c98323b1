import Testing

@testable import Templates

@Suite("A template error says what, where and what to do")
struct ErrorTests {
    struct Expectation: Sendable {
        var source: String
        var kind: TemplateError.Kind
        var line: Int
        var message: String
        var template = "main"
    }

    static let cases: [Expectation] = [
        Expectation(source: "a\nb\n{{ FOO }}", kind: .undefined, line: 3, message: "'FOO' is undefined"),
        Expectation(
            source: "{% if x %}\n{{ d.nope }}{% endif %}", kind: .undefined, line: 2,
            message: "'dict object' has no attribute 'nope'"),
        Expectation(
            source: "{% for a in [1] %}\n\n{{ a +\n 'x' }}{% endfor %}", kind: .type, line: 3,
            message: "'+' does not work on int and str"),
        Expectation(source: "\n{% if FOO.bar %}{% endif %}", kind: .undefined, line: 2, message: "'FOO' is undefined"),
        Expectation(
            source: "{% macro m() %}\n{{ FOO }}\n{% endmacro %}\n{{ m() }}", kind: .undefined, line: 2,
            message: "'FOO' is undefined"),
        Expectation(
            source: "x\n{% include 'part' %}", kind: .undefined, line: 2, message: "'BAR' is undefined",
            template: "part"),
        Expectation(
            source: "\n{% include 'nope' %}", kind: .missingTemplate, line: 2, message: "there is no template 'nope'"),
        Expectation(
            source: "\n{% include 'bad' %}", kind: .syntax, line: 1, message: "unknown tag 'nope'", template: "bad"),
        Expectation(source: "{{ 1 }}\n{{ 1 / 0 }}", kind: .value, line: 2, message: "division by zero"),
        Expectation(
            source: "a\n{% if x %}\nb", kind: .syntax, line: 3,
            message: "expected '{% elif %}' or '{% else %}' or '{% endif %}', found the end of the template"),
        Expectation(source: "a\n{{ x", kind: .syntax, line: 2, message: "expected '}}', found the end of the template"),
        Expectation(source: "a\n\n{{ x y }}", kind: .syntax, line: 3, message: "expected '}}', found 'y'"),
        Expectation(source: "\n{{ x|nope }}", kind: .syntax, line: 2, message: "no filter named 'nope'"),
        Expectation(source: "{% endfor %}", kind: .syntax, line: 1, message: "unknown tag 'endfor'"),
        Expectation(
            source: "\n{{ 'abc }}", kind: .syntax, line: 2, message: "unexpected character ''': the string has no end"),
        Expectation(
            source: "{{ x.append }}", kind: .undefined, line: 1, message: "'int object' has no attribute 'append'"),
        Expectation(
            source: "{{ [].append }}", kind: .runtime, line: 1,
            message: "a builtin_function_or_method has no text: Python would print its memory address"),
        Expectation(
            source: "{{ 9223372036854775807 + 1 }}", kind: .limit, line: 1,
            message: "the integer does not fit in 64 bits"),
        Expectation(
            source: "{{ [1, 2]|random }}", kind: .runtime, line: 1,
            message: "the filter 'random' would make every render another one"),
    ]

    @Test("kind, template, line and message", arguments: cases)
    func explains(_ expectation: Expectation) {
        let sources = ["part": "\n{{ BAR }}", "bad": "{% nope %}"]
        let error = #expect(throws: TemplateError.self) {
            let template = try Template(source: expectation.source, name: "main")
            _ = try template.render(context: ["x": 1, "d": ["a": 1]], loader: TemplateLoader { sources[$0] })
        }
        #expect(error?.kind == expectation.kind)
        #expect(error?.message == expectation.message)
        #expect(error?.line == expectation.line)
        #expect(error?.template == expectation.template)
    }

    @Test("an error reads as place, message and hint")
    func description() {
        let error = TemplateError(
            kind: .undefined, template: "a.tmpl", line: 7, message: "'X' is undefined", hint: "set it")
        #expect("\(error)" == "a.tmpl:7: 'X' is undefined (set it)")
    }

    @Test("what a loader throws is reported with the template that asked")
    func loaderFails() {
        struct Broken: Error {}
        let error = #expect(throws: TemplateError.self) {
            let template = try Template(source: "\n{% include 'a' %}", name: "main")
            _ = try template.render(context: [:], loader: TemplateLoader { _ in throw Broken() })
        }
        #expect(error?.template == "main")
        #expect(error?.line == 2)
        #expect(error?.message == "the template 'a' cannot be read: Broken()")
    }
}
