"""Random expressions that mostly have a value."""

from tables import COMPARISONS, STRINGS

SEPARATORS = ["','", "' '", "'l', 1"]


class Typed:
    """Expressions whose operands have types that fit, so that most of them have a value."""

    def __init__(self, rng):
        self.rng = rng

    def any(self, depth):
        return self.rng.choice(
            [self.text, self.text, self.integer, self.number, self.list, self.flag, self.dict]
        )(depth)

    def text(self, depth):
        rng = self.rng
        if depth <= 0:
            return rng.choice(STRINGS + ["s", "t", "url", "USER", "text", "html"])
        text, integer, items = self.text(depth - 1), self.integer(depth - 1), self.list(depth - 1)
        return rng.choice(
            [
                f"{text} ~ {self.any(depth - 1)}",
                f"({text} + {self.text(depth - 1)})",
                f"({text})|{rng.choice(['upper', 'lower', 'title', 'capitalize', 'trim', 'e', 'striptags', 'string', 'reverse', 'urlencode', 'forceescape', 'safe', 'indent', 'urlize', 'wordwrap(9)', 'truncate(8)', 'center(13)'])}",
                f"({text})|replace({self.text(0)}, {self.text(0)})",
                f"{items}|join({self.text(0)})",
                f"({text})[{rng.choice(['1:', ':3', '::-1', '-4:', ':-1', '2:5'])}]",
                f"({text}).{rng.choice(['upper()', 'lower()', 'strip()', 'title()', 'swapcase()', 'capitalize()', 'zfill(9)', 'center(9)', 'ljust(9)', 'rjust(5)', 'expandtabs(3)'])}",
                f"({text} if {self.flag(depth - 1)} else {self.text(depth - 1)})",
                f"({integer})|string",
                f"'{{}}:{{!r}}'.format({integer}, {text})",
                f"('%s/%03d' % ({text}, {integer}))",
                f"({self.any(depth - 1)})|tojson",
                f"({self.any(depth - 1)})|pprint",
                f"({text}) * 2",
                f"({text}).replace({self.text(0)}, '_', 1)",
                f"({items}|first|default('none'))|string",
                f"({text})|default('x', true)",
                f"({text} or {self.text(0)})",
            ]
        )

    def integer(self, depth):
        rng = self.rng
        if depth <= 0:
            return rng.choice(["0", "1", "2", "7", "10", "i", "j", "0x10", "-3"])
        left, right = self.integer(depth - 1), self.integer(depth - 1)
        return rng.choice(
            [
                f"({left} + {right})",
                f"({left} - {right})",
                f"({left} * {self.integer(0)})",
                f"({left} // 3)",
                f"({left} % 7)",
                f"({self.text(depth - 1)})|length",
                f"{self.list(depth - 1)}|length",
                f"({left})|abs",
                f"({self.text(0)})|int",
                f"({self.number(depth - 1)})|int(5)",
                f"({self.text(depth - 1)})|wordcount",
                f"({self.text(depth - 1)}).count('a')",
                f"({self.text(depth - 1)}).find('l')",
                "d.a",
                "d['a']",
                "d.get('a', 2)",
                f"-{left}",
                f"({left} if {self.flag(depth - 1)} else {right})",
                "xs|sum",
                "people|sum(attribute='age')",
            ]
        )

    def number(self, depth):
        rng = self.rng
        if depth <= 0:
            return rng.choice(["f", "g", "1.5", "0.1", "2.0", "1e3", "3"])
        left = self.number(depth - 1)
        return rng.choice(
            [
                f"({left} + {self.number(0)})",
                f"({left} * {self.number(0)})",
                f"({left} / 4)",
                f"({left} // 0.5)",
                f"({left} % 3)",
                f"({left})|round({rng.choice(['0', '1', '2', '3', '-1'])})",
                f"({left})|round(1, '{rng.choice(['ceil', 'floor'])}')",
                f"({self.integer(depth - 1)})|float",
                f"({self.integer(0)} / 7)",
                f"({left} - {self.number(0)})",
                f"-{left}",
                f"({left})|abs",
                f"[{left}, 1, {self.number(0)}]|max",
            ]
        )

    def list(self, depth):
        rng = self.rng
        if depth <= 0:
            return rng.choice(
                [
                    "xs",
                    "ws",
                    "[]",
                    "[1, 2, 3]",
                    "['b', 'a', 'C']",
                    "range(4)|list",
                    "(1, 'x')",
                    "people|map(attribute='name')|list",
                ]
            )
        items = self.list(depth - 1)
        return rng.choice(
            [
                f"[{self.any(depth - 1)}, {self.any(depth - 1)}]",
                f"({self.any(depth - 1)},)",
                f"({items}|list + {self.list(0)}|list)",
                f"{items}|map('string')|list",
                f"{items}|map('string')|sort",
                f"{items}|map('string')|map('upper')|list",
                f"{items}|select('string')|list",
                f"{items}|reject('none')|list",
                f"{items}|map('string')|unique|list",
                f"{items}|list|reverse|list",
                f"{items}|batch(2, 'f')|list",
                f"{items}|slice(2)|list",
                f"({items})[{rng.choice(['1:', ':2', '::-1', '-1:'])}]",
                f"({self.text(depth - 1)}).split()",
                f"({self.text(depth - 1)}).split({rng.choice(SEPARATORS)})",
                f"({self.text(depth - 1)}).splitlines()",
                f"{self.dict(depth - 1)}|dictsort",
                f"({self.dict(depth - 1)}).items()|list",
                f"({self.text(depth - 1)}).partition('l')",
                "people|groupby('age')",
                "people|sort(attribute='age,name')|map(attribute='name')|list",
                f"({self.text(depth - 1)})|list",
                f"({items} or {self.list(0)})",
                f"{items}|map('default', 'd', true)|list",
            ]
        )

    def dict(self, depth):
        rng = self.rng
        if depth <= 0:
            return rng.choice(["d", "{}", "{'k': 1, 'a': 'b'}", "dict(x=i, y=s)"])
        return rng.choice(
            [
                f"{{'p': {self.any(depth - 1)}, 'q': {self.any(depth - 1)}}}",
                f"dict(d, z={self.any(depth - 1)})",
                f"dict([('k', {self.any(depth - 1)})])",
                f"({self.dict(depth - 1)}).copy()",
            ]
        )

    def flag(self, depth):
        rng = self.rng
        if depth <= 0:
            return rng.choice(["yes", "no", "true", "1 in xs", "s is string", "missing is defined"])
        return rng.choice(
            [
                f"{self.integer(depth - 1)} {rng.choice(COMPARISONS[:6])} {self.number(0)}",
                f"({self.text(depth - 1)} {rng.choice(COMPARISONS)} {self.text(0)})",
                f"not {self.flag(depth - 1)}",
                f"({self.flag(depth - 1)} {rng.choice(['and', 'or'])} {self.flag(0)})",
                f"({self.any(depth - 1)}) is {rng.choice(['string', 'number', 'mapping', 'iterable', 'sequence', 'none', 'defined', 'boolean', 'integer', 'float', 'callable'])}",
                f"({self.text(depth - 1)}).{rng.choice(['startswith', 'endswith'])}({self.text(0)})",
                f"({self.text(depth - 1)}).{rng.choice(['isdigit', 'isalpha', 'isupper', 'islower', 'isspace', 'istitle', 'isalnum'])}()",
                f"({self.integer(depth - 1)}) is {rng.choice(['odd', 'even', 'divisibleby 3', 'gt 2', 'eq 1'])}",
                f"{self.any(depth - 1)} in {self.list(0)}",
                f"({self.list(depth - 1)} == {self.list(0)})",
            ]
        )
