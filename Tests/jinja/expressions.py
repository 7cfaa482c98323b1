"""Random expressions of Jinja2, most of them wrong somewhere."""

from tables import BINARY, COMPARISONS, CONSTANTS, FILTERS, METHODS, NAMES, NUMBERS, STRINGS, TESTS


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
        return (
            "[" + part() + ":" + part() + rng.choice(["", ":" + rng.choice(["", "1", "2", "-1", "-2"])]) + "]"
        )

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
                f" {rng.choice(COMPARISONS)} {self.any(depth - 1)}" if rng.random() < 0.2 else ""
            )
        if kind < 0.71:
            return f"{self.any(depth - 1)} {rng.choice(['and', 'or'])} {self.any(depth - 1)}"
        if kind < 0.75:
            return f"{self.any(depth - 1)} is {rng.choice(TESTS)}"
        if kind < 0.80:
            return f"{self.any(depth - 1)} if {self.any(depth - 1)}" + (
                f" else {self.any(depth - 1)}" if rng.random() < 0.7 else ""
            )
        if kind < 0.84:
            return (
                rng.choice(
                    [
                        "s",
                        "t",
                        "url",
                        "text",
                        "xs",
                        "ws",
                        "mixed",
                        "people",
                        "v",
                        "HOSTS",
                        "'abcdef'",
                        "[1, 2, 3, 4]",
                        "(s, i, f)",
                        "range(7)",
                    ]
                )
                + self.slice()
            )
        if kind < 0.88:
            return self.postfix_base(depth) + f"[{self.any(depth - 2)}]"
        if kind < 0.91:
            return rng.choice(["not ", "-", "+"]) + self.any(depth - 1)
        if kind < 0.93:
            return f"{self.atom()} ** {rng.choice(['2', '3', '0', '-1', 'j'])}"
        if kind < 0.95:
            return rng.choice(
                [
                    "range(i)|list",
                    "range(1, 6)|list",
                    "range(10, 0, -3)|list",
                    "dict(a=1, b=s)",
                    "dict([('k', v)])",
                    "range(3)",
                    "dict(d, z=1)",
                    "namespace(a=1)",
                    "range(5)[1:3]",
                    "cycler(1, 2).next()",
                    "joiner('x')()",
                ]
            )
        return self.container(depth)

    def postfix_base(self, depth):
        return self.rng.choice(self.names) if self.rng.random() < 0.6 else f"({self.any(depth - 1)})"
