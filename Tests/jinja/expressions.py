"""Random expressions of Jinja2."""

NAMES = ["s", "t", "url", "i", "j", "f", "g", "yes", "no", "nil", "xs", "ws", "mixed", "d", "people", "v", "w", "USER", "HOSTS", "text", "html"]
STRINGS = ["'a'", '"b"', "''", "'x y'", '"it\'s"', "'\\n\\t\\\\'", "'\\u00e9'", "'é'", "'%s-%s'", "'{}/{}'", "'a' 'b'", "'Hello World'", "'1,2,3'", "' pad '", "'<i>'", "'\\x41\\101'", "'42'", "'3.5'"]
NUMBERS = ["0", "1", "2", "3", "7", "10", "1_000", "0x1f", "0b101", "0o17", "1.5", "0.1", "2.0", "1e3", "1.5e-3", "100", "255", "1E10"]
CONSTANTS = ["true", "false", "none", "True", "False", "None"]
BINARY = ["+", "-", "*", "/", "//", "%", "~", "~", "+"]
COMPARISONS = ["==", "!=", "<", ">", "<=", ">=", "in", "not in"]

FILTERS = {
    "abs": [""], "attr": ["('x')", "('upper')"], "batch": ["(2)|list", "(3, 'f')|list", "(2, 0)|list"], "capitalize": [""],
    "center": ["(20)", "(7)", "(width=8)"], "count": [""], "d": ["(1)", "('x', true)"],
    "default": ["", "('dflt')", "('dflt', true)", "(default_value='q', boolean=true)"],
    "dictsort": ["", "(true)", "(false, 'value')", "(reverse=true)", "(by='key')"], "e": [""], "escape": [""], "filesizeformat": ["", "(true)"],
    "first": [""], "float": ["", "(2.5)", "(default='n')"], "forceescape": [""], "format": ["(1)", "('a', 2)", "(x=1)", "(3.14159)", ""],
    "groupby": ["('age')", "('name')", "('name', case_sensitive=true)", "('tags')", "('nope', default='z')"],
    "indent": ["", "(2)", "(2, true)", "('> ', blank=true)", "(width=3, first=true)", "(2, true, true)"],
    "int": ["", "(7)", "(default=-1)", "(0, 16)", "(0, 8)", "(0, base=2)", "(0, 0)"], "items": ["|list"], "join": ["", "(',')", "('-', 'name')", "(d=', ')", "(', ', attribute='age')", "(1)"],
    "last": [""], "length": [""], "list": [""], "lower": [""],
    "map": ["('upper')|list", "('string')|list", "(attribute='name')|list", "(attribute='nope', default='z')|list", "('int')|join(',')", "('default', 'q')|list", "('length')|list", "(attribute=0)|list", "('replace', 'a', 'b')|list", "(attribute='tags.0')|list"],
    "max": ["", "(attribute='age')", "(case_sensitive=true)"], "min": ["", "(attribute='name')"], "pprint": [""],
    "reject": ["|list", "('odd')|list", "('in', [1, 2])|list", "('string')|list", "('none')|list"],
    "rejectattr": ["('ok')|list", "('age', 'gt', 7)|map(attribute='name')|list"],
    "replace": ["('a', 'b')", "('', '-')", "('l', 'LL', 1)", "(1, 2)", "('o', '', count=1)"], "reverse": ["|list", ""],
    "round": ["", "(1)", "(2)", "(0, 'ceil')", "(1, 'floor')", "(-1)", "(2, method='ceil')", "(method='floor')"], "safe": [""],
    "select": ["|list", "('even')|list", "('divisibleby', 3)|list", "('eq', 'a')|list", "('number')|list", "('gt', 3)|list"],
    "selectattr": ["('ok')|list", "('age', 'eq', 30)|map(attribute='name')|join(',')", "('name', 'defined')|list|length"],
    "slice": ["(2)|list", "(3, 'f')|list"], "sort": ["", "(true)", "(case_sensitive=true)", "(attribute='age')", "(attribute='age,name')", "(reverse=true, attribute='name')"],
    "string": [""], "striptags": [""], "sum": ["", "(attribute='age')", "(start=10)", "('age', 5)"], "title": [""],
    "tojson": ["", "(2)", "(indent=1)"], "trim": ["", "('a')", "(chars=' hd')"], "truncate": ["(10)", "(9, true)", "(12, false, '..')", "(5, true, '', 0)", "(20, leeway=0)"],
    "unique": ["|list", "(true)|list", "(attribute='age')|list", "(attribute='name')|map(attribute='name')|list"], "upper": [""],
    "urlencode": [""], "urlize": ["", "(10)", "(20, true)", "(target='_blank')"], "wordcount": [""],
    "wordwrap": ["(10)", "(20, false)", "(15, wrapstring='|')", "(12, break_on_hyphens=false)", "(5)", ""], "xmlattr": ["", "(false)"],
}
TESTS = ["boolean", "callable", "defined", "divisibleby 3", "divisibleby(2)", "eq 1", "equalto 'a'", "escaped", "even", "false", "filter", "float", "ge 2", "gt 1",
         "in [1, 'a', none]", "integer", "iterable", "le 5", "lower", "lt 10", "mapping", "ne 1", "none", "number", "odd", "sequence", "string", "test", "true", "undefined", "upper",
         "not none", "not defined", "sameas none", "not string", "greaterthan(3)", "lessthan 3", "sameas true"]
METHODS = ["upper()", "lower()", "title()", "capitalize()", "swapcase()", "casefold()", "strip()", "strip('a ')", "lstrip()", "rstrip()", "lstrip('h')", "split()", "split(',')", "split(None, 1)", "split(sep='.', maxsplit=1)",
           "rsplit('.', 1)", "rsplit(None, 1)", "rsplit()", "splitlines()", "splitlines(true)", "partition('.')", "rpartition('.')", "partition(' ')", "replace('a', 'b')", "replace('l', 'L', 1)", "replace('', '.')",
           "find('l')", "find('a', 1)", "find('o', -3, -1)", "rfind('l')", "index('a')", "count('l')", "count('')", "startswith('h')", "startswith(('a', 'h'))", "endswith('d')", "endswith('c', 0, -1)", "isdigit()", "isalpha()", "isalnum()",
           "isupper()", "islower()", "isspace()", "istitle()", "isnumeric()", "isdecimal()", "isidentifier()", "isascii()", "isprintable()", "zfill(8)", "zfill(3)", "center(11)", "center(10, '*')", "ljust(9) ~ '|'", "rjust(9, '.')",
           "join(ws)", "join(['x', 'y'])", "join('abc')", "removeprefix('h')", "removesuffix('d')", "expandtabs(4)", "expandtabs()", "format(1, 2)", "format(*xs)", "nope", "nope()",
           "get('a')", "get('zz', 5)", "get('zz')", "keys()|list", "values()|list", "items()|list", "items()|list|length", "keys()", "items()", "values()", "copy()", "pop()", "pop(0)", "pop('a')", "pop('zz', 1)", "append(9)", "extend([1])", "insert(0, 'z')",
           "index(1)", "count(1)", "update({'q': 1})", "update(q=2)", "setdefault('a', 3)", "setdefault('q', 3)", "sort()", "reverse()", "remove(1)", "clear()", "popitem()", "name", "a", "c.x", "0", "items", "real", "bit_length()", "is_integer()"]


class Expressions:
    def __init__(self, rng, names=NAMES):
        self.rng = rng
        self.names = list(names)

    def atom(self):
        rng = self.rng
        kind = rng.random()
        if kind < 0.45:
            return rng.choice(self.names)
        if kind < 0.65:
            return rng.choice(STRINGS)
        if kind < 0.83:
            return rng.choice(NUMBERS)
        if kind < 0.88:
            return rng.choice(CONSTANTS)
        if kind < 0.90:
            return "missing"
        return self.container(1)

    def container(self, depth):
        rng = self.rng
        items = [self.any(depth - 1) for _ in range(rng.randint(0, 3))]
        kind = rng.random()
        if kind < 0.5:
            return "[" + ", ".join(items) + (rng.choice(["", ","]) if items else "") + "]"
        if kind < 0.75:
            return "(" + ", ".join(items) + ("," if len(items) == 1 else "") + ")"
        return "{" + ", ".join(f"{rng.choice(STRINGS + NUMBERS[:6])}: {item}" for item in items) + "}"

    def filter(self):
        name = self.rng.choice(list(FILTERS))
        return "|" + name + self.rng.choice(FILTERS[name])

    def slice(self):
        rng = self.rng
        part = lambda: rng.choice(["", "0", "1", "2", "-1", "-2", "10", "none", "i"])
        return "[" + part() + ":" + part() + rng.choice(["", ":" + rng.choice(["", "1", "2", "-1", "-2"])]) + "]"

    def any(self, depth=3):
        rng = self.rng
        if depth <= 0:
            return self.atom()
        kind = rng.random()
        if kind < 0.12:
            return self.atom()
        if kind < 0.30:
            return self.any(depth - 1) + self.filter()
        if kind < 0.42:
            return self.postfix_base(depth) + "." + rng.choice(METHODS)
        if kind < 0.54:
            return f"{self.any(depth - 1)} {rng.choice(BINARY)} {self.any(depth - 1)}"
        if kind < 0.60:
            return f"({self.any(depth - 1)} {rng.choice(BINARY)} {self.any(depth - 1)})"
        if kind < 0.66:
            return f"{self.any(depth - 1)} {rng.choice(COMPARISONS)} {self.any(depth - 1)}" + (
                f" {rng.choice(COMPARISONS)} {self.any(depth - 1)}" if rng.random() < 0.2 else "")
        if kind < 0.71:
            return f"{self.any(depth - 1)} {rng.choice(['and', 'or'])} {self.any(depth - 1)}"
        if kind < 0.75:
            return f"{self.any(depth - 1)} is {rng.choice(TESTS)}"
        if kind < 0.80:
            return f"{self.any(depth - 1)} if {self.any(depth - 1)}" + (f" else {self.any(depth - 1)}" if rng.random() < 0.7 else "")
        if kind < 0.84:
            return rng.choice(["s", "t", "url", "text", "xs", "ws", "mixed", "people", "v", "HOSTS", "'abcdef'", "[1, 2, 3, 4]", "(s, i, f)", "range(7)"]) + self.slice()
        if kind < 0.88:
            return self.postfix_base(depth) + f"[{self.any(depth - 2)}]"
        if kind < 0.91:
            return rng.choice(["not ", "-", "+"]) + self.any(depth - 1)
        if kind < 0.93:
            return f"{self.atom()} ** {rng.choice(['2', '3', '0', '-1', '0.5', 'j'])}"
        if kind < 0.95:
            return rng.choice(["range(i)|list", "range(1, 6)|list", "range(10, 0, -3)|list", "dict(a=1, b=s)", "dict([('k', v)])", "range(3)", "dict(d, z=1)", "namespace(a=1)", "range(5)[1:3]", "cycler(1, 2).next()", "joiner('x')()"])
        return self.container(depth)

    def postfix_base(self, depth):
        return self.rng.choice(self.names) if self.rng.random() < 0.6 else f"({self.any(depth - 1)})"


FORMAT_VALUES = ["i", "f", "s", "yes", "nil", "-5", "3.14159", "'abc'", "1e10", "0.00001", "1234567", "-0.5", "255", "-1234567.891", "[1]", "1e100", "12.0", "100000.0", "'é'"]


def percent(rng):
    directive = "%" + "".join(rng.choice(["", "-", "+", " ", "0", "#"]) for _ in range(rng.randint(0, 2))) + rng.choice(["", "5", "10", "2", "*"]) + rng.choice(["", ".2", ".0", ".5", "."]) + rng.choice("sdifFeEgGxXorca%")
    values = rng.choice(FORMAT_VALUES)
    if "*" in directive:
        values = f"({rng.choice(['7', '3', '-6'])}, {values})"
    elif rng.random() < 0.3:
        values = f"({values}, {rng.choice(FORMAT_VALUES)})"
        directive += " %" + rng.choice("sdr")
    elif rng.random() < 0.1:
        directive = directive.replace("%", "%(k)", 1)
        values = f"{{'k': {values}}}"
    return f"'[{directive}]' % {values}"


def braces(rng):
    spec = rng.choice(["", rng.choice(["<", ">", "^", "*^", "=", "0=", "_<"])]) + rng.choice(["", "+", "-", " "]) + rng.choice(["", "", "#"]) + rng.choice(["", "0"]) + rng.choice(["", "5", "12"]) + rng.choice(["", "", ",", "_"]) + rng.choice(["", ".2", ".0", ".5"]) + rng.choice(["", "s", "d", "f", "e", "g", "x", "X", "b", "o", "%", "c", "G", "E", "n"])
    field = rng.choice(["", "0", "k", "0!r", "!s", "d[a]", "d[c][x][2][y]", "xs[0]", "1", "!a"])
    return f"'[{{{field}:{spec}}}]'.format({rng.choice(FORMAT_VALUES)}, {rng.choice(FORMAT_VALUES)}, k={rng.choice(FORMAT_VALUES)}, d=d, xs=xs)" if rng.random() < 0.9 else f"'{{:{{}}}}|{{{{}}}}'.format({rng.choice(FORMAT_VALUES)}, 10)"
