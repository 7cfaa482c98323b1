"""Random uses of the two formatting languages."""

FORMAT_VALUES = [
    "i",
    "f",
    "s",
    "yes",
    "nil",
    "-5",
    "3.14159",
    "'abc'",
    "1e10",
    "0.00001",
    "1234567",
    "-0.5",
    "255",
    "-1234567.891",
    "[1]",
    "1e100",
    "12.0",
    "100000.0",
    "'é'",
]


def percent(rng):
    directive = (
        "%"
        + "".join(rng.choice(["", "-", "+", " ", "0", "#"]) for _ in range(rng.randint(0, 2)))
        + rng.choice(["", "5", "10", "2", "*"])
        + rng.choice(["", ".2", ".0", ".5", "."])
        + rng.choice("sdifFeEgGxXorca%")
    )
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
    spec = (
        rng.choice(["", rng.choice(["<", ">", "^", "*^", "=", "0=", "_<"])])
        + rng.choice(["", "+", "-", " "])
        + rng.choice(["", "", "#"])
        + rng.choice(["", "0"])
        + rng.choice(["", "5", "12"])
        + rng.choice(["", "", ",", "_"])
        + rng.choice(["", ".2", ".0", ".5"])
        + rng.choice(["", "s", "d", "f", "e", "g", "x", "X", "b", "o", "%", "c", "G", "E", "n"])
    )
    field = rng.choice(["", "0", "k", "0!r", "!s", "d[a]", "d[c][x][2][y]", "xs[0]", "1", "!a"])
    return (
        f"'[{{{field}:{spec}}}]'.format({rng.choice(FORMAT_VALUES)}, {rng.choice(FORMAT_VALUES)}, k={rng.choice(FORMAT_VALUES)}, d=d, xs=xs)"
        if rng.random() < 0.9
        else f"'{{:{{}}}}|{{{{}}}}'.format({rng.choice(FORMAT_VALUES)}, 10)"
    )
