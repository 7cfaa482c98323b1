"""Random templates, alone and in families that include, import and extend each other."""

from expressions import Expressions
from typed import Typed

TEXTS = ["text", " ", "\n", "  \n", "a b\n  c", "{", "}", "%", "#", "x = ", "\t", "\n\n", "é", "{ {", "\r\n"]


class Templates:
    def __init__(self, rng):
        self.rng = rng
        self.counter = 0
        self.typed = Typed(rng)
        self.wild = Expressions(
            rng,
            ["s", "i", "j", "xs", "ws", "d", "people", "x", "y", "item", "v", "USER", "HOSTS", "yes", "no"],
        )

    def expression(self, depth):
        return (self.typed if self.rng.random() < 0.93 else self.wild).any(depth)

    def sign(self):
        return self.rng.choice(["", "", "", "-", "+"]), self.rng.choice(["", "", "", "-", "+"])

    def tag(self, body):
        before, after = self.sign()
        return "{%" + before + " " + body + " " + after + "%}"

    def output(self):
        before, after = self.rng.choice(["", "", "-", "+"]), self.rng.choice(["", "", "-"])
        return "{{" + before + " " + self.expression(2) + " " + after + "}}"

    def body(self, depth, count=None):
        return "".join(self.piece(depth) for _ in range(count or self.rng.randint(1, 4)))

    def piece(self, depth):
        rng = self.rng
        kind = rng.random()
        if kind < 0.25 or depth <= 0:
            return rng.choice(TEXTS)
        if kind < 0.45:
            return self.output()
        return rng.choice(
            [
                self.loop,
                self.loop,
                self.branch,
                self.branch,
                self.set,
                self.set,
                self.block_set,
                self.macro,
                self.call,
                self.filter,
                self.with_,
                self.comment,
                self.raw,
                self.named_block,
                self.simple,
            ]
        )(depth - 1)

    def simple(self, depth):
        return self.rng.choice(
            [
                "{{ x|default('nx') }}",
                "{{ y|default('none') }}",
                "{{ item|default }}",
                "{{ loop.index if loop is defined }}",
                "{{ x is defined }}",
                "{{ s }}",
                "{{ i }}",
            ]
        )

    def name(self):
        return self.rng.choice(["x", "y", "item", "s", "i"])

    def loop(self, depth):
        rng = self.rng
        target, sequence = rng.choice(
            [
                ("item", "xs"),
                ("item", "ws"),
                ("x", "range(3)"),
                ("k, v", "d.items()"),
                ("item", "people"),
                ("(a, b)", "[(1, 2), (3, 4)]"),
                ("item", "[]"),
                ("c", "s"),
                ("item", "xs|select('odd')"),
                ("a, (b, c)", "[[1, [2, 3]]]"),
                ("item", "d"),
                ("x", "missing|default([1])"),
                ("item", "HOSTS"),
                ("i", "[1, 2, 3]"),
            ]
        )
        test = rng.choice(
            ["", "", "", " if loop is defined", " if item is defined", " if item != 1", " if x|default(1)"]
        )
        extra = rng.choice(
            [
                "",
                "",
                "{{ loop.index }}/{{ loop.length }}",
                "{{ loop.first }}{{ loop.last }}",
                "{{ loop.cycle('a', 'b') }}",
                "{{ loop.previtem|default('-') }}>{{ loop.nextitem|default('-') }}",
                "{% if not loop.last %},{% endif %}",
                "{{ loop.changed(item|default(0)) }}",
                "{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.index0 }}{{ loop.depth }}",
                "{{ loop }}",
            ]
        )
        other = self.tag("else") + self.body(depth, 1) if rng.random() < 0.3 else ""
        return (
            self.tag(f"for {target} in {sequence}{test}")
            + self.body(depth)
            + extra
            + other
            + self.tag("endfor")
        )

    def branch(self, depth):
        rng = self.rng
        result = self.tag("if " + self.expression(2)) + self.body(depth)
        if rng.random() < 0.4:
            result += self.tag("elif " + self.expression(1)) + self.body(depth, 1)
        if rng.random() < 0.5:
            result += self.tag("else") + self.body(depth, 1)
        return result + self.tag("endif")

    def set(self, depth):
        rng = self.rng
        return self.tag(
            rng.choice(
                [
                    f"set {self.name()} = {self.expression(2)}",
                    "set x, y = 1, 2",
                    "set x = x|default(0)|int(3) + 1",
                    f"set {self.name()} = {self.name()}",
                    "set ns = namespace(n=0, m=[])",
                    "set ns = namespace(n=5) %}{% set ns.n = ns.n + 1",
                    "set x = [1, 2]",
                    "set y = x|default([])",
                ]
            )
        ) + rng.choice(["", "", "{{ x|default(0) }}"])

    def block_set(self, depth):
        return (
            self.tag(f"set {self.name()}{self.rng.choice(['', '|upper', '|trim|length', '|indent(2)'])}")
            + self.body(depth, 2)
            + self.tag("endset")
        )

    def macro(self, depth):
        self.counter += 1
        name = f"m{self.counter}"
        rng = self.rng
        signature, call = rng.choice(
            [
                ("", ""),
                ("a", "1"),
                ("a, b=2", "1"),
                ("a, b=a", "s, b=3"),
                ("a=x|default(5)", ""),
                ("a", ""),
                ("a, b", "b=1, a=2"),
                ("", "1, 2, k=3"),
                ("a", "1, 2"),
                ("x, y=x", "7"),
                ("caller=none", ""),
            ]
        )
        extra = rng.choice(
            [
                "",
                "{{ a }}",
                "{{ a|default('-') }}{{ b|default('-') }}",
                "{{ varargs }}{{ kwargs }}",
                "{{ caller() if caller is defined }}",
                "{{ x|default('nx') }}{% set x = 3 %}",
                f"{{{{ {name}.name }}}}{{{{ {name}.arguments }}}}",
            ]
        )
        return (
            self.tag(f"macro {name}({signature})")
            + extra
            + self.body(depth, 1)
            + self.tag("endmacro")
            + rng.choice(
                [
                    f"{{{{ {name}({call}) }}}}",
                    f"{{{{ {name}({call})|upper }}}}",
                    "",
                    f"{{% call {name}({call}) %}}in{{{{ x|default('') }}}}{{% endcall %}}",
                ]
            )
        )

    def call(self, depth):
        self.counter += 1
        name = f"c{self.counter}"
        arguments = self.rng.choice([("", "()"), ("(q)", "(1)"), ("(q, r=2)", "('z')"), ("", "(5)")])
        return (
            f"{{% macro {name}(n=1) %}}<{{{{ caller{arguments[1]} }}}}{{{{ n }}}}>{{% endmacro %}}"
            + self.tag(f"call{arguments[0]} {name}()")
            + "{{ q|default('-') }}{{ r|default('') }}"
            + self.body(depth, 1)
            + self.tag("endcall")
        )

    def filter(self, depth):
        return (
            self.tag(
                "filter "
                + self.rng.choice(
                    [
                        "upper",
                        "trim",
                        "replace('a', 'b')|title",
                        "indent(2)",
                        "title",
                        "escape",
                        "center(9)",
                        "default(x|default('q'))",
                    ]
                )
            )
            + self.body(depth, 2)
            + self.tag("endfilter")
        )

    def with_(self, depth):
        return (
            self.tag(
                "with "
                + self.rng.choice(["", "x = 5", "x = 1, y = x|default(9)", "x, y = [1, 2]", "item = s"])
            )
            + self.body(depth, 2)
            + self.tag("endwith")
        )

    def comment(self, depth):
        before, after = self.sign()
        return "{#" + before + self.rng.choice([" c ", "", "{{ x }}", "\n", "{% if %}"]) + after + "#}"

    def raw(self, depth):
        before, after = self.rng.choice(["", "-"]), self.rng.choice(["", "-"])
        return (
            "{%"
            + before
            + " raw "
            + after
            + "%}"
            + self.rng.choice(["{{ x }}", " {% if %} ", "\n  {# #}\n"])
            + self.tag("endraw")
        )

    def named_block(self, depth):
        self.counter += 1
        name = f"b{self.counter}"
        return (
            self.tag(f"block {name}" + self.rng.choice(["", " scoped"]))
            + self.body(depth, 2)
            + self.tag(f"endblock{self.rng.choice(['', ' ' + name])}")
        )

    def family(self):
        """A base with named blocks, a child, a library of macros and a part to include."""
        rng = self.rng
        base = (
            "{% set top = 'base' %}[{% block head %}H{{ title|default('none') }}{% endblock %}|"
            + self.body(1)
            + "{% for item in xs %}{% block row scoped %}{{ item|default('-') }}{% endblock %}{% endfor %}|{% block tail %}T{{ x|default('') }}{{ top|default('?') }}{% endblock %}]{{ self.head() }}"
        )
        part = rng.choice(
            [
                "P{{ x|default('-') }}{{ item|default('-') }}{% set x = 'inner' %}",
                "{{ s }}{{ y|default('ny') }}",
                "{% macro pm() %}pm{% endmacro %}{{ pm() }}{{ USER }}",
            ]
        )
        library = "{% macro hi(n, g='hi') %}{{ g }} {{ n }}{{ x|default('') }}{{ USER|default('nouser') }}{% endmacro %}{% set exported = 7 %}{% set _hidden = 1 %}lib text{% macro wrap() %}<{{ caller() }}>{% endmacro %}"
        uses = [
            "{% include 'part' %}",
            "{% include ['nope', 'part'] %}",
            "{% include 'nope' ignore missing %}",
            "{% include 'part' without context %}",
            "{% for item in [1, 2] %}{% set x = item %}{% include 'part' %}{% endfor %}",
            "{% import 'lib' as lib %}{{ lib.hi('bob') }}{{ lib.exported }}{{ lib._hidden|default('hidden') }}",
            "{% from 'lib' import hi %}{{ hi('eve', g='yo') }}",
            "{% from 'lib' import hi as h, exported with context %}{{ h(1) }}{{ exported }}",
            "{% import 'lib' as lib with context %}{{ lib.hi(2) }}{{ lib }}",
            "{% from 'lib' import wrap %}{% call wrap() %}in{% endcall %}",
            "{% from 'lib' import absent %}{{ absent is defined }}",
            "{% include 'nope' %}",
            "{% include part_name %}",
        ]
        child = (
            rng.choice(["", "before", "{% set title = 'T1' %}", "{% set x = 'cx' %}"])
            + "{% extends "
            + rng.choice(["'base'", "'base'", "'ba' ~ 'se'", "missing"])
            + " %}"
            + rng.choice(["", "ignored {{ missing }}", "{% set title = 'T2' %}", "{% set x = 'late' %}"])
            + rng.choice(["", "{% block head %}child {{ super() }} {{ title|default('nt') }}{% endblock %}"])
            + rng.choice(["", "{% block tail %}{{ x|default('nx') }}{{ self.head() }}{% endblock %}"])
            + rng.choice(
                [
                    "",
                    "{% block row %}<{{ item|default('no') }}>{% endblock %}",
                    "{% block row %}{{ loop.index }}{% endblock %}",
                ]
            )
        )
        grandchild = "{% extends 'child' %}{% block head %}G{{ super() }}{% endblock %}" + rng.choice(
            [
                "",
                "{% block tail %}{{ super.super() }}{% endblock %}",
                "{% if yes %}x{% endif %}{% for q in [1] %}loop{% endfor %}",
            ]
        )
        conditional = (
            "{% if "
            + rng.choice(["yes", "no"])
            + " %}{% extends 'base' %}{% endif %}own {{ s }}{% block head %}cond{% endblock %}"
        )
        main = rng.choice(
            [
                child,
                child,
                grandchild,
                conditional,
                "".join(rng.sample(uses, 3)),
                "".join(rng.sample(uses, 2)) + self.body(2),
            ]
        )
        return main, {"base": base, "child": child, "lib": library, "part": part}
