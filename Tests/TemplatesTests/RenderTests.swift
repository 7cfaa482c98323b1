import Testing

@testable import Templates

@Suite("A template renders as Jinja2 renders it")
struct RenderTests {
    static let context: [String: TemplateValue] = [
        "name": "mozart", "hosts": ["10.0.0.1", "10.0.0.2"], "port": 9200, "ratio": 0.5, "on": true, "nothing": nil,
        "queues": .dictionary([TemplatePair("b", 2), TemplatePair("a", 1)]),
    ]

    static let cases: [(source: String, output: String)] = [
        ("plain text\n", "plain text"),
        ("{{ name }}:{{ port }}", "mozart:9200"),
        (
            "{{ hosts }} {{ on }} {{ nothing }} {{ ratio }} {{ queues }}",
            "['10.0.0.1', '10.0.0.2'] True None 0.5 {'b': 2, 'a': 1}"
        ),
        ("{{ undefined_name or 'x' if false else 'y' }}", "y"),
        ("{%- for h in hosts %}{{ h }}{{ ',' if not loop.last }}{% endfor %}", "10.0.0.1,10.0.0.2"),
        ("{% if 'amazonaws' in name %}a{% elif port > 9000 %}b{% else %}c{% endif %}", "b"),
        (
            "{% set x = port + 1 %}{{ x }} {{ x // 2 }} {{ x / 2 }} {{ x % 7 }} {{ 2 ** 3 ** 2 }}",
            "9201 4600 4600.5 3 64"
        ),
        ("{{ 'https://' ~ name ~ ':' ~ port }}", "https://mozart:9200"),
        ("{% raw %}{{ name }}{% endraw %}{# nothing #}", "{{ name }}"),
        (
            "{% macro q(n, p=1) %}{{ n }}-{{ p }}{{ caller() if caller }}{% endmacro %}{% call q('a') %}!{% endcall %}",
            "a-1!"
        ),
        ("{{ queues|dictsort }} {{ hosts|map('replace', '10.', '')|join(' ') }}", "[('a', 1), ('b', 2)] 0.0.1 0.0.2"),
        ("{{ '%s=%05.1f' % (name, ratio) }} {{ '{:>8}|{!r}'.format(name, name) }}", "mozart=000.5   mozart|'mozart'"),
        (
            "{{ queues|tojson }} {{ 'a<b'|e }} {{ {'z': [1]}|tojson(1) }}",
            "{\"a\": 1, \"b\": 2} a&lt;b {\n \"z\": [\n  1\n ]\n}"
        ),
        ("{% set l = [] %}{% set m = l %}{{ m.append(1) or '' }}{{ l }}", "[1]"),
        ("{% set ns = namespace(n=0) %}{% for h in hosts %}{% set ns.n = ns.n + 1 %}{% endfor %}{{ ns.n }}", "2"),
        ("{% for n in [[1, [2, [3]]]] recursive %}{{ n if n is number else loop(n) }}{% endfor %}", "123"),
        ("{{ 'e\u{301}'|length }}{{ '\r\n'|length }}{{ 'e\u{301}' == '\u{e9}' }}", "21False"),
        ("{{ 'inf'|int }} {{ '0x1F'|int(0, 16) }} {{ 'x'|int(7) }}", "0 31 7"),
        ("a  {%- if on -%}  b  {%- endif %}  c", "ab  c"),
    ]

    @Test("source and output", arguments: cases)
    func renders(source: String, output: String) throws {
        #expect(try Template(source: source, name: "test").render(context: Self.context) == output)
    }

    @Test("a template that extends another one fills its blocks, and includes and imports find theirs")
    func loadsTemplates() throws {
        let sources = [
            "base": "[{% block a %}A{% endblock %}|{% block b %}B{% endblock %}]",
            "part": "part of {{ name }}", "macros": "{% macro twice(x) %}{{ x }}{{ x }}{% endmacro %}",
        ]
        let template = try Template(
            source: """
                {% extends 'base' %}{% from 'macros' import twice %}{% block a %}{{ super() }}{{ twice('x') }}{% endblock %}
                {% block b %}{% include 'part' %}{% endblock %}
                """, name: "child")
        let output = try template.render(context: ["name": "mozart"], loader: TemplateLoader { sources[$0] })
        #expect(output == "[Axx|part of mozart]")
    }

    @Test("a lenient template prints an undefined name as nothing")
    func lenient() throws {
        var options = TemplateOptions()
        options.undefined = .lenient
        let template = try Template(
            source: "a{{ missing }}b{% for x in missing %}x{% endfor %}", name: "t", options: options)
        #expect(try template.render(context: [:]) == "ab")
    }

    @Test("the whitespace options follow Jinja2's")
    func whitespaceOptions() throws {
        var options = TemplateOptions()
        options.trimsBlocks = true
        options.stripsBlocks = true
        options.keepsTrailingNewline = true
        let source = "a\n  {% if true %}\nb\n  {% endif %}\n"
        #expect(try Template(source: source, name: "t", options: options).render(context: [:]) == "a\nb\n")
    }

    @Test("one template renders many times and in parallel, each time alike")
    func parallel() async throws {
        let template = try Template(source: "{% set l = [n] %}{{ l.append(n) or '' }}{{ l }}", name: "t")
        try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<50 {
                group.addTask { try template.render(context: ["n": .integer(number % 2)]) }
            }
            for try await output in group { #expect(output == "[0, 0]" || output == "[1, 1]") }
        }
    }
}
