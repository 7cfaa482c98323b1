import Testing

@testable import Templates

@Suite("A runaway template ends with an error", .timeLimit(.minutes(2)))
struct LimitTests {
    static let bombs = [
        "{% for i in range(10**9) %}x{% endfor %}", "{{ range(10**9)|list }}", "{{ 'x' * 10**12 }}",
        "{{ 'x'|center(10**12) }}",
        "{% set ns = namespace(x='ab') %}{% for i in range(99) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
        "{% set l = [1] %}{% for a in l %}{{ l.append(a) or '' }}{% endfor %}", "{{ '%999999999d' % 1 }}",
        "{{ '{:999999999}'.format(1) }}", "{{ [1]|batch(10**12, 0)|list }}", "{{ 2 ** 10**9 }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "{% include 'self' %}", "{% extends 'again' %}",
        "{% block a %}{{ self.a() }}{% endblock %}", "{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{% set ns = namespace(x=[]) %}{% for i in range(9999) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}",
        "{% set ns = namespace(x=[]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
        "{% set ns = namespace(x=()) %}{% for i in range(60) %}{% set ns.x = (ns.x, ns.x) %}{% endfor %}{{ {ns.x: 1} }}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(9999) %}{% set ns.x = ns.x|map('string') %}{% endfor %}{{ ns.x|list }}",
        "{{ " + String(repeating: "(", count: 9999) + "1" + String(repeating: ")", count: 9999) + " }}",
        "{{ 1" + String(repeating: "+1", count: 9999) + " }}", "{{ " + String(repeating: "not ", count: 9999) + "1 }}",
        String(repeating: "{% if 1 %}", count: 9999) + String(repeating: "{% endif %}", count: 9999),
    ]

    @Test("instead of a crash or a hang", arguments: bombs)
    func ends(bomb: String) {
        let sources = ["self": "{% include 'self' %}", "again": "{% extends 'again' %}"]
        var options = TemplateOptions()
        options.limits.work = 300_000
        let error = #expect(throws: TemplateError.self) {
            _ = try Template(source: bomb, name: "bomb", options: options).render(
                context: [:], loader: TemplateLoader { sources[$0] })
        }
        #expect(error?.kind == .limit)
    }

    static let expressions = [
        "'a'.center(N)", "'a'.ljust(N)", "'a'.zfill(N)", "'a'|center(N)", "'a'.expandtabs(N)", "'a\tb'.expandtabs(N)",
        "'abc'[N:]", "'abc'[:N]",
        "'abc'[::N]", "'abc'[N]", "[1][N]", "[1][N:N:N]", "range(N)|length", "range(N)[N:N:N]", "range(N)[1:]",
        "range(0, N, N)", "range(N, 0)|first", "N in range(N)",
        "1 in range(0, N, -1)", "range(3, N, -1)[-1]", "N in range(5, -5, -1)", "'abc'.find('b', N)",
        "'abc'.find('b', N, N)", "'a b'.split(' ', N)", "'a b'.rsplit(None, N)", "'abc'.replace('b', 'c', N)",
        "'%*d' % (N, 1)", "'%.*f' % (N, 1.5)", "'%d' % N", "'%x' % N", "'%c' % N", "'{:x}'.format(N)",
        "'{:,}'.format(N)", "'{:c}'.format(N)", "'abc'|truncate(N)", "'abc' * 9|truncate(5, false, '', N)",
        "'abc'|wordwrap(N)", "'abc'|indent(N)", "1.5|round(N)", "15|round(N)", "15|round(N, 'ceil')",
        "1.5|round(N, 'floor')", "[1]|batch(N)|list", "[1]|batch(N, 0)|list", "[1]|slice(N)|list",
        "'http://a.com'|urlize(N)",
        "[1]|tojson(N)", "[1].insert(N, 2)", "[1].pop(N)", "[1].index(1, N)", "'a' * N", "[1] * N", "N * N", "N // -1",
        "N % -1", "N ** N", "-N", "N|abs", "N / 3", "N + 1", "N - 1", "N|float|int", "N|filesizeformat",
        "N|string", "1.5 * N", "N == 1.5", "N < 1e300", "(N|float) < N", "N is divisibleby(-1)", "N.bit_length()",
        "[1]|map('batch', N)|list", "[N]|sum", "[N, N]|sum", "cycler(1).pos + N", "'a'|int(0, N)", "{N: 1}[N]",
    ]

    @Test("and so do the largest and smallest arguments", arguments: expressions)
    func hugeArguments(expression: String) {
        for number in [
            "9223372036854775807", "(-9223372036854775807 - 1)", "-9223372036854775807", "4611686018427387904", "0",
            "-1",
        ] {
            let source = "{{ " + expression.replacing("N", with: number) + " }}"
            // Whether it fails does not matter, only that it comes back.
            _ = try? Template(source: source, name: "t").render(context: [:])
        }
    }

    @Test("values nested by the thousand are freed without a crash")
    func releasesDeepValues() throws {
        let source = "{% set ns = namespace(x=[]) %}{% for i in range(50000) %}{% set ns.x = [ns.x] %}{% endfor %}done"
        #expect(try Template(source: source, name: "t").render(context: [:]) == "done")
    }

    @Test("macros may recurse as deep as in Python")
    func recursesDeep() throws {
        let source = "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{% endif %}x{% endmacro %}{{ m(240)|length }}"
        #expect(try Template(source: source, name: "t").render(context: [:]) == "241")
    }
}
