"""Writes test cases with what Python's Jinja2 makes of them, one JSON object a line.

generate.py --count 4000 --seed 1 > cases.jsonl
generate.py --templates FOLDER > cases.jsonl      every file below FOLDER, with several contexts
"""

import argparse
import json
import os
import random
import re
import signal
import sys
import warnings

try:
    import jinja2
    import jinja2.meta
except ImportError:
    sys.exit("python3 has no jinja2")

import corpus
import values
from expressions import Expressions
from formats import braces, percent
from templates import Templates
from typed import Typed

warnings.simplefilter("ignore")
# What depends on the run: memory addresses.
ADDRESS = re.compile(r"\bat 0x[0-9a-f]{6,}|id=\d{9,}")


class TooSlow(Exception):
    pass


def stop(*_):
    raise TooSlow


def case(kind, source, context, templates=None, lenient=False, options=None):
    """Renders `source`; None if the outcome says nothing about Jinja2."""
    options = options or {}
    environment = jinja2.Environment(
        undefined=jinja2.Undefined if lenient else jinja2.StrictUndefined,
        loader=jinja2.DictLoader(templates or {}),
        **options,
    )
    record = {
        "kind": kind,
        "source": source,
        "templates": templates or {},
        "lenient": lenient,
        "options": options,
        "context": {name: values.tagged(value) for name, value in context.items()},
    }
    signal.alarm(5)
    try:
        record["expected"] = environment.from_string(source).render(**context)
        record["expected"].encode()
    except (TooSlow, MemoryError, UnicodeEncodeError):
        return None
    except Exception as error:
        record["error"] = type(error).__name__
        record["message"] = str(error)[:200]
        if isinstance(error, jinja2.TemplateSyntaxError):
            record["line"] = error.lineno
        elif isinstance(error, SyntaxError):
            return None
    finally:
        signal.alarm(0)
    if ADDRESS.search(record.get("expected", "")) or re.search(r"\d{19,}", record.get("expected", "")):
        return None
    return record


def mutated(rng, source):
    """The source with a few characters changed, moved or dropped."""
    characters = list(source)
    for _ in range(rng.randint(1, 3)):
        place = rng.randrange(len(characters) + 1)
        if rng.random() < 0.4 and characters:
            del characters[min(place, len(characters) - 1)]
        else:
            characters.insert(
                place,
                rng.choice(
                    list("{}%#-+|()[].,'\"~ \n=x1")
                    + ["{{", "}}", "{%", "%}", " if ", " else ", "endif", " is ", " not "]
                ),
            )
    return "".join(characters)


def random_cases(rng, count):
    expressions = Expressions(rng)
    # Types as values and HTML 5's thousands of entities are left out in Swift.
    mutable = [
        source for source, _ in corpus.CASES if "__class__" not in source and "striptags" not in source
    ]
    for number in range(count):
        context = values.context(rng)
        lenient = rng.random() < 0.4
        kind = number % 10
        if kind < 3:
            yield case("typed", "{{ " + Typed(rng).any(3) + " }}", context, lenient=lenient)
        elif kind < 5:
            yield case("expression", "{{ " + expressions.any(3) + " }}", context, lenient=lenient)
        elif kind == 5:
            yield case("format", "{{ " + rng.choice([percent, braces])(rng) + " }}", context, lenient=lenient)
        elif kind == 6:
            yield case("mutation", mutated(rng, rng.choice(mutable)), context, lenient=lenient)
        elif kind == 7:
            source, templates = Templates(rng).family()
            yield case("family", source, dict(context, part_name="part"), templates, lenient=lenient)
        else:
            options = rng.choice(
                [
                    {},
                    {},
                    {"trim_blocks": True},
                    {"lstrip_blocks": True},
                    {"trim_blocks": True, "lstrip_blocks": True},
                    {"keep_trailing_newline": True},
                ]
            )
            yield case(
                "template",
                Templates(rng).body(3, rng.randint(1, 6)),
                context,
                lenient=lenient,
                options=options,
            )


def corpus_cases():
    for source, templates in corpus.CASES:
        for lenient in (False, True):
            yield case(
                "corpus",
                source,
                dict(values.context(random.Random(7)), part_name="part"),
                templates,
                lenient=lenient,
            )


def file_cases(folder):
    """Every file that Jinja2 can read as text, with names that are absent, texts, lists, flags and numbers."""
    for directory, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            path = os.path.join(directory, name)
            try:
                with open(path, encoding="utf-8", newline="") as file:
                    source = file.read()
            except (UnicodeDecodeError, OSError):
                continue
            if ".git/" in path or len(source) > 300_000 or "{{" not in source and "{%" not in source:
                continue
            try:
                found = sorted(jinja2.meta.find_undeclared_variables(jinja2.Environment().parse(source)))
            except jinja2.TemplateSyntaxError:
                found = []
            contexts = [
                {},
                {n: f"<{n}>" for n in found},
                {n: [f"{n}-1", "https://es.amazonaws.com"] for n in found},
                {n: True for n in found},
                {n: 9200 for n in found},
                {n: None for n in found},
                {n: "https://10.0.0.1" for n in found},
                {n: {"a": 1, "get": 2} for n in found},
                {n: [{"instance": "x", "queue": f"{n}-q"}] for n in found},
            ]
            for context in contexts:
                for lenient in (False, True):
                    yield case(os.path.relpath(path, folder), source, context, lenient=lenient)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--templates")
    options = parser.parse_args()
    signal.signal(signal.SIGALRM, stop)
    if options.templates:
        cases = file_cases(options.templates)
    else:
        cases = (
            case
            for source in (corpus_cases(), random_cases(random.Random(options.seed), options.count))
            for case in source
        )
    for record in cases:
        if record is not None:
            print(json.dumps(record))


if __name__ == "__main__":
    main()
