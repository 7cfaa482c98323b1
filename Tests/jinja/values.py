"""Context values: how they are made at random and how a case file writes them."""

import random

WORDS = [
    "",
    "a",
    "b",
    "Abc",
    "hello world",
    "10.0.0.1",
    "https://host:9200",
    "x-y_z",
    "  pad ",
    "ÄÖü ß",
    "日本",
    "é😀",
    "e\u0301",
    "line1\nline2",
    "tab\there",
    "it's",
    'say "hi"',
    "both ' and \"",
    "back\\slash",
    "<b>&amp;</b>",
    "42",
    "-7",
    "3.14",
    "0x1F",
    "1e3",
    "True",
    "a,b,c",
    "ONE two Three",
    "\x01\x7f",
    "\u00a0\u2028",
    "%s",
    "{0}",
    "a.b.c",
]
INTEGERS = [0, 1, 2, 3, -1, -2, 5, 7, 10, 42, 100, 255, 256, 1000, -17, 123456789, 2**31, -(2**40)]
FLOATS = [
    0.0,
    1.0,
    -1.0,
    0.5,
    1.5,
    2.5,
    3.14159,
    -0.1,
    1e16,
    1e-5,
    123456.789,
    1e22,
    2.675,
    0.1,
    100.0,
    -0.0,
    1e300,
]


def scalar(rng):
    return rng.choice(
        [
            lambda: rng.choice(WORDS),
            lambda: rng.choice(INTEGERS),
            lambda: rng.choice(FLOATS),
            lambda: rng.choice([True, False]),
            lambda: None,
            lambda: rng.choice(WORDS),
            lambda: rng.choice(INTEGERS),
        ]
    )()


def value(rng, depth=2):
    kind = rng.random()
    if depth == 0 or kind < 0.6:
        return scalar(rng)
    if kind < 0.8:
        return [value(rng, depth - 1) for _ in range(rng.randint(0, 4))]
    return {
        rng.choice(["a", "b", "name", "id", "Key", 1, "items"]): value(rng, depth - 1)
        for _ in range(rng.randint(0, 4))
    }


def context(rng):
    """Names with fixed types, so that expressions often succeed, and a few random ones."""
    people = [
        {
            "name": rng.choice(["Bob", "alice", "Carol", "bob", "Dave"]),
            "age": rng.choice([1, 30, 7, 30, 55]),
            "tags": rng.sample(["x", "y", "Z"], rng.randint(0, 3)),
            "ok": rng.choice([True, False]),
        }
        for _ in range(rng.randint(0, 4))
    ]
    return {
        "s": rng.choice(WORDS),
        "t": rng.choice(WORDS),
        "url": "https://10.0.0.1:9200/a b?c=d&e",
        "i": rng.choice(INTEGERS[:14]),
        "j": rng.choice(INTEGERS[:10]),
        "f": rng.choice(FLOATS),
        "g": rng.choice(FLOATS),
        "yes": True,
        "no": False,
        "nil": None,
        "xs": [rng.choice(INTEGERS[:12]) for _ in range(rng.randint(0, 5))],
        "ws": [rng.choice(WORDS) for _ in range(rng.randint(0, 5))],
        "mixed": [value(rng, 1) for _ in range(rng.randint(0, 4))],
        "d": {
            "a": 1,
            "b": rng.choice(WORDS),
            "c": {"x": [1, 2, {"y": "z"}]},
            "items": "own",
            "B": rng.choice(INTEGERS),
        },
        "people": people,
        "tree": [{"n": 1, "kids": [{"n": 2, "kids": []}, {"n": 3, "kids": [{"n": 4, "kids": []}]}]}],
        "v": value(rng),
        "w": value(rng),
        "USER": "ops",
        "HOSTS": rng.choice(["10.0.0.1", ["10.0.0.1", "10.0.0.2"], [], "https://es.amazonaws.com"]),
        "text": "The quick brown fox-trot -- jumps over  the lazy dog's well-known e-mail.\nSecond line\n\nFourth: averyveryverylongwordindeed",
        "html": '<p class="x">Hello <!-- c --> &lt;World&gt; &copy; 2024</p>\n  more',
    }


def tagged(value):
    """A value with its type, which JSON alone would lose."""
    if value is None:
        return ["n"]
    if value is True or value is False:
        return ["b", value]
    if isinstance(value, int):
        return ["i", value]
    if isinstance(value, float):
        return ["f", repr(value)]
    if isinstance(value, str):
        return ["s", value]
    if isinstance(value, dict):
        return ["d", [[tagged(k), tagged(v)] for k, v in value.items()]]
    return ["l", [tagged(v) for v in value]]
