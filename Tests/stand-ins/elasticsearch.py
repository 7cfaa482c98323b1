#!/usr/bin/env python3
"""A STAND-IN for Elasticsearch 7.10.2, for tests and demonstrations only. Never for real data.

It speaks the part of the HTTP interface that a HySDS set-up, its services and its tests use, in Elasticsearch's own
JSON forms and status codes, from one file and Python's standard library. What is acknowledged is on disk (SQLite,
fsync before the answer), so it survives `kill -9`. What it does not do: relevance (every score is 1.0), analysers
other than lower-cased words, shards and replicas, ingest pipelines (stored, never run), life-cycle policies (stored,
never acted on), authentication. A query or aggregation it does not know is refused with status 400, never guessed.

    elasticsearch.py [--host 0.0.0.0] [--port 9200] [--data /usr/share/elasticsearch/data]

Each option can come from the environment: ELASTICSEARCH_HOST, ELASTICSEARCH_PORT, ELASTICSEARCH_DATA,
ELASTICSEARCH_CLUSTER_NAME.
"""

import argparse
import base64
import datetime
import fcntl
import fnmatch
import itertools
import json
import os
import re
import signal
import ssl
import sqlite3
import sys
import threading
import time
import traceback
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

VERSION = "7.10.2"
KINDS = ("index", "template", "index_template", "component_template", "ilm", "ism", "pipeline", "cluster")


class Refusal(Exception):
    """An error as Elasticsearch words it: a status, a type, a reason, and the type's own fields."""

    def __init__(self, status, kind, reason, **fields):
        super().__init__(reason)
        self.status, self.kind, self.reason, self.fields = status, kind, reason, fields

    def cause(self):
        return dict({"type": self.kind, "reason": self.reason}, **self.fields)

    def body(self):
        return {"error": dict({"root_cause": [self.cause()]}, **self.cause()), "status": self.status}


def bad(reason, kind="illegal_argument_exception"):
    return Refusal(400, kind, reason)


def index_not_found(name):
    return Refusal(
        404, "index_not_found_exception", f"no such index [{name}]",
        **{"resource.type": "index_or_alias", "resource.id": name, "index_uuid": "_na_", "index": name})


def short_id():
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")


def is_pattern(text):
    return "*" in text


def like(name, pattern):
    return re.fullmatch(".*".join(re.escape(part) for part in pattern.split("*")), name) is not None


def merged(base, over):
    """`over` laid on `base`, key by key, the way partial updates and templates do it."""
    if not (isinstance(base, dict) and isinstance(over, dict)):
        return over
    out = dict(base)
    for key, value in over.items():
        out[key] = merged(out[key], value) if key in out else value
    return out


def listed(value):
    return value if isinstance(value, list) else [] if value is None else [value]


# --- settings, mappings, aliases -------------------------------------------------------------------------------------


def as_setting(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return [as_setting(each) for each in value]
    return None if value is None else str(value)


def settings_form(settings):
    """Settings as Elasticsearch hands them back: nested below `index`, every value a string."""
    flat = {}

    def walk(prefix, value):
        if isinstance(value, dict):
            for key, each in value.items():
                walk(f"{prefix}.{key}" if prefix else key, each)
        else:
            flat[prefix] = as_setting(value)

    walk("", settings or {})
    out = {}
    for key, value in flat.items():
        parts = (key if key.startswith("index.") else "index." + key).split(".")
        node = out
        for part in parts[:-1]:
            node = node.setdefault(part, {})
            if not isinstance(node, dict):
                raise bad(f"setting [{key}] is both a value and a group")
        node[parts[-1]] = value
    return out


def mappings_form(mappings):
    """Mappings without the type layer of old versions (`_doc` and the like)."""
    mappings = mappings or {}
    known = {"properties", "dynamic", "dynamic_templates", "date_detection", "numeric_detection", "_source", "_meta",
             "_routing", "dynamic_date_formats", "_all", "_field_names", "runtime"}
    if len(mappings) == 1 and not known & set(mappings) and isinstance(next(iter(mappings.values())), dict):
        return next(iter(mappings.values()))
    return mappings


def alias_form(body):
    out = dict(body or {})
    if "routing" in out:
        routing = out.pop("routing")
        out.setdefault("index_routing", routing)
        out.setdefault("search_routing", routing)
    return out


def dynamic_type(mappings, name, path, value):
    """The mapping a new field gets, from the dynamic templates or else by the shape of its value."""
    if isinstance(value, bool):
        found = "boolean"
    elif isinstance(value, int):
        found = "long"
    elif isinstance(value, float):
        found = "float"
    elif mappings.get("date_detection", True) and DATE.fullmatch(value):
        found = "date"
    else:
        found = "string"
    matching = "double" if found == "float" else found
    for entry in mappings.get("dynamic_templates", []):
        for rule in entry.values():
            if (rule.get("match_mapping_type", "*") in ("*", matching) and like(name, rule.get("match", "*"))
                    and like(path, rule.get("path_match", "*"))
                    and not ("unmatch" in rule and like(name, rule["unmatch"]))
                    and not ("path_unmatch" in rule and like(path, rule["path_unmatch"]))):
                text = json.dumps(rule.get("mapping", {}))
                by_default = "text" if found == "string" else found
                out = json.loads(text.replace("{dynamic_type}", by_default).replace("{name}", name))
                out.setdefault("type", by_default)
                return out
    if found == "string":
        return {"type": "text", "fields": {"keyword": {"type": "keyword", "ignore_above": 256}}}
    return {"type": found}


def learn(mappings, source):
    """Add the fields of a document that the mapping does not have; True when it grew."""
    grew = False

    def walk(node, prefix, body):
        nonlocal grew
        for key, value in body.items():
            sample = next((each for each in listed(value) if each is not None), None)
            parts = key.split(".")
            holder, path = node, prefix
            for part in parts[:-1]:
                holder = holder.setdefault("properties", {}).setdefault(part, {})
                path += part + "."
            properties = holder.get("properties", {})
            have = properties.get(parts[-1])
            if sample is None or (have is not None and not isinstance(sample, dict)):
                continue
            if have is None:
                if mappings.get("dynamic", True) in (False, "false"):
                    continue
                grew = True
                have = {} if isinstance(sample, dict) else dynamic_type(mappings, parts[-1], path + parts[-1], sample)
                holder.setdefault("properties", {})[parts[-1]] = have
            if isinstance(sample, dict) and have.get("type", "object") in ("object", "nested"):
                if have.get("enabled", True) is not False:
                    for each in listed(value):
                        if isinstance(each, dict):
                            walk(have, path + parts[-1] + ".", each)

    walk(mappings, "", source)
    return grew


def field_type(mappings, path):
    """The type of a field and the path of the values behind it (`name.keyword` reads `name`)."""
    parts = path.split(".")
    node = mappings
    for place, part in enumerate(parts):
        below = node.get("properties", {})
        if part in below:
            node = below[part]
        elif part in node.get("fields", {}) and place == len(parts) - 1:
            return node["fields"][part].get("type", "keyword"), ".".join(parts[:-1])
        elif place == len(parts) - 1 and part in ("keyword", "raw"):
            return "keyword", ".".join(parts[:-1])
        else:
            return None, path
    return node.get("type", "object"), path


# --- values and queries ----------------------------------------------------------------------------------------------

DATE = re.compile(r"\d{4}([-/]\d\d?){1,2}([T ]\d\d:\d\d(:\d\d([.,]\d+)?)?)?(Z|[+-]\d\d:?\d\d)?")
NOW = re.compile(r"(?P<base>now|.*\|\|)(?P<ops>([+-]\d+[yMwdhHms])*)(/[yMwdhHms])?")
SECONDS = {"s": 1, "m": 60, "h": 3600, "H": 3600, "d": 86400, "w": 604800, "M": 2592000, "y": 31536000}


def moment(value):
    """Seconds since 1970 of a date as documents and ranges write it, or None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return value / 1000.0
    math = NOW.fullmatch(value) if isinstance(value, str) else None
    if math:
        base = math.group("base")
        start = time.time() if base == "now" else moment(base[:-2])
        if start is None:
            return None
        for sign, amount, unit in re.findall(r"([+-])(\d+)([yMwdhHms])", math.group("ops")):
            start += (1 if sign == "+" else -1) * int(amount) * SECONDS[unit]
        return start
    if not (isinstance(value, str) and DATE.fullmatch(value)):
        return None
    found = re.match(r"(\d{4})[-/](\d\d?)(?:[-/](\d\d?))?(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?(.*)", value)
    year, month, day, hour, minute, second, part, zone = found.groups()
    micro = int(((part or "") + "000000")[:6])
    try:
        when = datetime.datetime(int(year), int(month), int(day or 1), int(hour or 0), int(minute or 0),
                                 int(second or 0), micro, datetime.timezone.utc).timestamp()
    except ValueError:
        return None
    if zone not in ("", "Z"):
        digits = zone[1:].replace(":", "")
        when -= (1 if zone[0] == "+" else -1) * (int(digits[:2]) * 3600 + int(digits[2:]) * 60)
    return when


def values_at(source, path):
    """All values of a document at a dotted path, through lists; keys with dots in them count too."""
    if path == "":
        if isinstance(source, list):
            return [value for each in source for value in values_at(each, "")]
        return [] if source is None else [source]
    if isinstance(source, list):
        return [value for each in source for value in values_at(each, path)]
    if not isinstance(source, dict):
        return []
    parts = path.split(".")
    out = []
    for cut in range(1, len(parts) + 1):
        key = ".".join(parts[:cut])
        if key in source:
            out += values_at(source[key], ".".join(parts[cut:]))
    return out


def leaves(source):
    if isinstance(source, dict):
        return [leaf for value in source.values() for leaf in leaves(value)]
    if isinstance(source, list):
        return [leaf for value in source for leaf in leaves(value)]
    return [] if source is None else [source]


def words(value):
    return re.findall(r"[^\W_]+(?:[._'][^\W_]+|_+[^\W_]+)*", plain(value).lower())


def plain(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value) if isinstance(value, (dict, list)) else str(value)


def number(value):
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def same(kind, value, wanted):
    if plain(value) == plain(wanted):
        return True
    if kind == "date":
        left = moment(value)
        return left is not None and left == moment(wanted)
    if kind in ("keyword", "constant_keyword", "ip", "boolean"):
        return False
    left = number(value)
    return not isinstance(value, str) and left is not None and left == number(wanted)


TOKEN = re.compile(r"""\(|\)|&&|\|\||(?<!\S)[+\-!](?=\S)|(?:(?:\\.|[^\s():"\[\]{}])+:)?(?:"(?:\\.|[^"])*"|"""
                   r"""[\[{][^\]}]*[\]}]|(?:\\.|[^\s()"])+)|(?:\\.|[^\s()":])+:(?=\()""")


class Document:
    __slots__ = ("index", "id", "version", "seq", "source")

    def __init__(self, index, name, version, seq, source):
        self.index, self.id, self.version, self.seq, self.source = index, name, version, seq, source


class Query:
    """A query of the DSL, evaluated on one document at a time."""

    def __init__(self, mappings):
        self.mappings, self.parsed = mappings, {}

    def matches(self, query, doc):
        if not isinstance(query, dict) or len(query) != 1:
            raise bad("[query] malformed query, expected one key", "parsing_exception")
        name, body = next(iter(query.items()))
        method = getattr(self, "q_" + name, None)
        if method is None:
            raise bad(f"this stand-in for Elasticsearch does not know query [{name}]", "parsing_exception")
        return method(body, doc)

    def found(self, path, doc):
        if path == "_id":
            return "keyword", [doc.id]
        if path == "_index":
            return "keyword", [doc.index]
        kind, base = field_type(self.mappings(doc.index), path)
        return kind, [value for value in values_at(doc.source, base) if not isinstance(value, dict)]

    def one(self, body, key="value"):
        body = {name: value for name, value in body.items() if name not in ("boost", "_name")}
        if len(body) != 1:
            raise bad("query doesn't support multiple fields", "parsing_exception")
        path, value = next(iter(body.items()))
        options = value if isinstance(value, dict) else {key: value}
        return path, options.get(key, options.get("value")), options

    def has(self, path, wanted, doc):
        kind, values = self.found(path, doc)
        if kind == "text":
            return any(plain(wanted) in words(value) for value in values)
        return any(same(kind, value, wanted) for value in values)

    def q_match_all(self, body, doc):
        return True

    def q_match_none(self, body, doc):
        return False

    def q_ids(self, body, doc):
        return doc.id in [str(each) for each in listed(body.get("values"))]

    def q_term(self, body, doc):
        path, wanted, _ = self.one(body)
        return self.has(path, wanted, doc)

    def q_terms(self, body, doc):
        path, wanted, _ = self.one({key: {"value": value} for key, value in body.items() if key not in ("boost", "_name")})
        if not isinstance(wanted, list):
            raise bad("[terms] query requires a list of values", "parsing_exception")
        return any(self.has(path, each, doc) for each in wanted)

    def q_match(self, body, doc):
        path, wanted, options = self.one(body, "query")
        return self.text(path, wanted, doc, str(options.get("operator", "or")).lower() == "and")

    def text(self, path, wanted, doc, all_words=False):
        kind, values = self.found(path, doc)
        if kind != "text":
            return any(same(kind, value, wanted) for value in values)
        asked = words(wanted)
        have = {word for value in values for word in words(value)}
        return bool(asked) and (all if all_words else any)(word in have for word in asked)

    def q_match_phrase(self, body, doc):
        path, wanted, _ = self.one(body, "query")
        return self.phrase(path, wanted, doc)

    def phrase(self, path, wanted, doc):
        kind, values = self.found(path, doc)
        if kind != "text":
            return any(same(kind, value, wanted) for value in values)
        asked = words(wanted)
        for value in values:
            have = words(value)
            if asked and any(have[at:at + len(asked)] == asked for at in range(len(have))):
                return True
        return False

    def q_multi_match(self, body, doc):
        paths = body.get("fields") or ["*"]
        return any(self.anywhere(body["query"], doc) if path == "*" else self.text(path.split("^")[0], body["query"], doc)
                   for path in paths)

    def q_exists(self, body, doc):
        path = body.get("field")
        if not path:
            raise bad("[exists] must be provided with a [field]", "parsing_exception")
        kind, base = field_type(self.mappings(doc.index), path)
        return any(leaves(value) for value in values_at(doc.source, base))

    def q_range(self, body, doc):
        path, _, limits = self.one(body)
        kind, values = self.found(path, doc)
        return any(all(self.within(kind, value, name, limit) for name, limit in limits.items()
                       if name in ("gt", "gte", "lt", "lte") and limit is not None) for value in values)

    def within(self, kind, value, name, limit):
        if kind == "date" or (kind is None and moment(limit) is not None and isinstance(limit, str)):
            left, right = moment(value), moment(limit)
            if right is None:
                raise bad(f"failed to parse date field [{limit}]", "parse_exception")
        elif kind in ("keyword", "text") and isinstance(value, str):
            left, right = value, plain(limit)
        else:
            left, right = number(value), number(limit)
        if left is None or right is None:
            return False
        return {"gt": left > right, "gte": left >= right, "lt": left < right, "lte": left <= right}[name]

    def shaped(self, path, doc, test):
        kind, values = self.found(path, doc)
        return any(test(word) for value in values for word in (words(value) if kind == "text" else [plain(value)]))

    def q_wildcard(self, body, doc):
        path, wanted, options = self.one(body, "value")
        wanted = plain(options.get("wildcard", wanted))
        return self.shaped(path, doc, lambda word: fnmatch.fnmatchcase(word, wanted.replace("[", "[[]")))

    def q_prefix(self, body, doc):
        path, wanted, _ = self.one(body)
        return self.shaped(path, doc, lambda word: word.startswith(plain(wanted)))

    def q_regexp(self, body, doc):
        path, wanted, _ = self.one(body)
        return self.shaped(path, doc, lambda word: re.fullmatch(plain(wanted), word) is not None)

    def q_constant_score(self, body, doc):
        return self.matches(body["filter"], doc)

    def q_nested(self, body, doc):
        return self.matches(body["query"], doc)

    def q_bool(self, body, doc):
        known = {"must", "filter", "should", "must_not", "minimum_should_match", "boost", "_name", "adjust_pure_negative"}
        for key in body:
            if key not in known:
                raise bad(f"[bool] query does not support [{key}]", "parsing_exception")
        for each in listed(body.get("must")) + listed(body.get("filter")):
            if not self.matches(each, doc):
                return False
        if any(self.matches(each, doc) for each in listed(body.get("must_not"))):
            return False
        should = listed(body.get("should"))
        least = body.get("minimum_should_match", 0 if "must" in body or "filter" in body else min(1, len(should)))
        least = len(should) * int(least[:-1]) // 100 if str(least).endswith("%") else int(least)
        return sum(self.matches(each, doc) for each in should) >= least

    def anywhere(self, wanted, doc):
        if is_pattern(wanted) or "?" in wanted:
            return any(fnmatch.fnmatchcase(word, wanted.lower()) for leaf in leaves(doc.source)
                       for word in words(leaf) + [plain(leaf).lower()])
        asked = words(wanted)
        return any(plain(leaf) == wanted or any(word in words(leaf) for word in asked) for leaf in leaves(doc.source))

    def q_simple_query_string(self, body, doc):
        return self.q_query_string(body, doc)

    def q_query_string(self, body, doc):
        text = body.get("query")
        if not isinstance(text, str):
            raise bad("[query_string] must be provided with a [query]", "parsing_exception")
        fields = listed(body.get("default_field")) or [each.split("^")[0] for each in listed(body.get("fields"))]
        if text not in self.parsed:
            default = "+" if str(body.get("default_operator", "or")).lower() == "and" else ""
            self.parsed[text] = self.clauses(TOKEN.findall(text), default)
        return self.all_of(self.parsed[text], doc, fields)

    def clauses(self, tokens, default):
        """A group of query_string as [sign, clause]: "+" required, "-" forbidden, "" optional; a clause can be a group."""
        out, sign, joined = [], None, False
        while tokens:
            token = tokens.pop(0)
            if token == ")":
                break
            if token in ("AND", "&&"):
                joined = True
                if out and out[-1][0] == "":
                    out[-1][0] = "+"
            elif token in ("OR", "||"):
                if out and out[-1][0] == "+" and default == "+":
                    out[-1][0] = ""
                sign = sign or ""
            elif token in ("NOT", "!", "-", "+"):
                sign = "+" if token == "+" else "-"
            else:
                if token.endswith(":"):
                    raise bad(f"this stand-in for Elasticsearch does not know [{token}(…)] in query_string", "parsing_exception")
                out.append([("+" if joined else default) if sign is None else "+" if joined and not sign else sign,
                            self.clauses(tokens, default) if token == "(" else token])
                sign, joined = None, False
        return out

    def all_of(self, clauses, doc, fields):
        required = any(sign == "+" for sign, _ in clauses)
        optional = []
        for sign, clause in clauses:
            if sign == "" and required:
                continue
            found = self.all_of(clause, doc, fields) if isinstance(clause, list) else self.clause(clause, doc, fields)
            if sign == "":
                optional.append(found)
            elif found != (sign == "+"):
                return False
        return any(optional) or not optional

    def clause(self, token, doc, fields):
        name, colon, wanted = self.split(token)
        if not colon:
            if token == "*":
                return True
            wanted = re.sub(r"\\(.)", r"\1", token.strip('"'))
            if fields and fields != ["*"]:
                return any(self.field_clause(path, wanted, doc, token.startswith('"')) for path in fields)
            return self.anywhere(wanted, doc)
        name = name.replace("\\", "")
        if name == "_exists_":
            return self.q_exists({"field": wanted}, doc)
        if name == "*" and wanted == "*":
            return True
        return self.field_clause(name, wanted, doc, False)

    def split(self, token):
        found = re.match(r'((?:\\.|[^\\:"])+):(.+)', token, re.S)
        return (found.group(1), ":", found.group(2)) if found and not token.startswith('"') else (token, "", "")

    def field_clause(self, path, wanted, doc, quoted):
        span = re.fullmatch(r"([\[{])(\S+) TO (\S+)([\]}])", wanted)
        if span:
            limits = {}
            if span.group(2) != "*":
                limits["gte" if span.group(1) == "[" else "gt"] = span.group(2).strip('"')
            if span.group(3) != "*":
                limits["lte" if span.group(4) == "]" else "lt"] = span.group(3).strip('"')
            return self.q_range({path: limits}, doc)
        comparison = re.fullmatch(r"(>=|<=|>|<)(.+)", wanted)
        if comparison:
            name = {">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}[comparison.group(1)]
            return self.q_range({path: {name: comparison.group(2)}}, doc)
        if quoted or wanted.startswith('"'):
            return self.phrase(path, re.sub(r"\\(.)", r"\1", wanted.strip('"')), doc)
        if wanted == "*":
            return self.q_exists({"field": path}, doc)
        if is_pattern(wanted) or "?" in wanted:
            kind, _ = self.found(path, doc)
            return self.q_wildcard({path: {"value": wanted.lower() if kind == "text" else wanted}}, doc)
        return self.text(path, re.sub(r"\\(.)", r"\1", wanted), doc)


def refuse_text(kind, path):
    if kind == "text":
        raise bad("Text fields are not optimised for operations that require per-document field data like aggregations "
                  "and sorting, so these operations are disabled by default. Please use a keyword field instead. "
                  f"Alternatively, set fielddata=true on [{path}]")


def order_key(value):
    if isinstance(value, bool):
        return (0, int(value), "")
    if isinstance(value, (int, float)):
        return (0, value, "")
    when = moment(value)
    return (0, when * 1000, "") if when is not None else (1, 0, plain(value))


def picked(source, wanted):
    """`_source` filtering: true, false, a list of patterns, or includes and excludes."""
    if wanted is None or wanted is True:
        return source
    if wanted is False:
        return None
    includes = listed(wanted.get("includes", wanted.get("include"))) if isinstance(wanted, dict) else listed(wanted)
    excludes = listed(wanted.get("excludes", wanted.get("exclude"))) if isinstance(wanted, dict) else []

    def chosen(path):
        parts = path.split(".")
        above = [".".join(parts[:cut]) for cut in range(1, len(parts) + 1)]
        return ((not includes or any(like(each, rule) for each in above for rule in includes))
                and not any(like(each, rule) for each in above for rule in excludes))

    def walk(body, prefix):
        out = {}
        for key, value in body.items():
            path = prefix + key
            if isinstance(value, dict) and value:
                below = walk(value, path + ".")
                if below:
                    out[key] = below
            elif isinstance(value, list) and any(isinstance(each, dict) for each in value):
                below = [walk(each, path + ".") if isinstance(each, dict) else each for each in value]
                if any(below):
                    out[key] = below
            elif chosen(path):
                out[key] = value
        return out

    return walk(source, "")


# --- aggregations ----------------------------------------------------------------------------------------------------


def aggregate(query, specs, docs):
    out = {}
    for name, spec in (specs or {}).items():
        kinds = [key for key in spec if key not in ("aggs", "aggregations", "meta")]
        if len(kinds) != 1:
            raise bad(f"Expected one aggregation type in [{name}]", "parsing_exception")
        body, inner = spec[kinds[0]], spec.get("aggs", spec.get("aggregations"))
        out[name] = one_aggregation(query, kinds[0], body, inner, docs)
    return out


def one_aggregation(query, kind, body, inner, docs):
    def bucket(key, chosen):
        return dict({"key": key, "doc_count": len(chosen)}, **aggregate(query, inner, chosen))

    if kind in ("filter", "filters", "missing", "global"):
        if kind == "filters":
            return {"buckets": {key: one_aggregation(query, "filter", each, inner, docs)
                                for key, each in body["filters"].items()}}
        test = {"bool": {"must_not": {"exists": body}}} if kind == "missing" else body
        chosen = docs if kind == "global" else [doc for doc in docs if query.matches(test, doc)]
        return dict({"doc_count": len(chosen)}, **aggregate(query, inner, chosen))
    if kind == "composite":
        return composite(query, body, bucket, docs)
    path = body.get("field")
    for doc in docs:
        refuse_text(query.found(path or "", doc)[0], path)
    if kind == "terms":
        groups = {}
        for doc in docs:
            values = query.found(path, doc)[1] or ([body["missing"]] if "missing" in body else [])
            for value in {json.dumps(each): each for each in values}.values():
                groups.setdefault(json.dumps(value), (value, []))[1].append(doc)
        order = next(iter(listed(body.get("order"))), {"_count": "desc"})
        by, way = next(iter(order.items()))
        rows = sorted(groups.values(), key=lambda row: order_key(row[0]))
        if by in ("_key", "_term"):
            rows = rows if way == "asc" else rows[::-1]
        elif by == "_count":
            rows.sort(key=lambda row: len(row[1]), reverse=way == "desc")
        else:
            raise bad(f"this stand-in for Elasticsearch does not know order [{by}] in terms", "parsing_exception")
        size = int(body.get("size", 10))
        buckets = []
        for value, chosen in rows[:size]:
            each = bucket(int(value) if isinstance(value, bool) else value, chosen)
            if isinstance(value, bool):
                each["key_as_string"] = plain(value)
            buckets.append(each)
        return {"doc_count_error_upper_bound": 0, "sum_other_doc_count": sum(len(row[1]) for row in rows[size:]),
                "buckets": buckets}
    if kind in ("min", "max", "sum", "avg", "stats", "value_count", "cardinality"):
        values = [value for doc in docs for value in query.found(path, doc)[1]]
        if kind == "value_count":
            return {"value": len(values)}
        if kind == "cardinality":
            return {"value": len({plain(value) for value in values})}
        keys = [order_key(value)[1] for value in values]
        stats = {"count": len(keys), "min": min(keys, default=None), "max": max(keys, default=None),
                 "avg": sum(keys) / len(keys) if keys else None, "sum": float(sum(keys))}
        return stats if kind == "stats" else {"value": stats[kind]}
    raise bad(f"this stand-in for Elasticsearch does not know aggregation [{kind}]", "parsing_exception")


def composite(query, body, bucket, docs):
    """Groups by several fields, a page at a time, in the order of their keys: what has no value comes first."""
    sources = []
    for each in body["sources"]:
        name, how = next(iter(each.items()))
        if list(how) != ["terms"]:
            raise bad(f"this stand-in for Elasticsearch knows terms only in composite, not {list(how)}", "parsing_exception")
        sources.append((name, how["terms"]["field"], how["terms"].get("missing_bucket", False)))
    groups = {}
    for doc in docs:
        values = []
        for _, path, with_missing in sources:
            kind, found = query.found(path, doc)
            refuse_text(kind, path)
            values.append(found or ([None] if with_missing else []))
        for key in itertools.product(*values):
            groups.setdefault(json.dumps(key), (key, []))[1].append(doc)
    def order(key):
        return [(value is not None, order_key(value) if value is not None else ()) for value in key]
    rows = sorted(groups.values(), key=lambda row: order(row[0]))
    if "after" in body:
        last = order([body["after"].get(name) for name, _, _ in sources])
        rows = [row for row in rows if order(row[0]) > last]
    rows = rows[:int(body.get("size", 10))]
    names = [name for name, _, _ in sources]
    buckets = [bucket(dict(zip(names, key)), chosen) for key, chosen in rows]
    return dict({"after_key": buckets[-1]["key"]} if buckets else {}, buckets=buckets)


# --- what is kept ----------------------------------------------------------------------------------------------------


class Node:
    """Everything the stand-in holds: in memory for reading, and on disk before a change is acknowledged."""

    def __init__(self, folder, cluster="standin-cluster"):
        os.makedirs(folder, exist_ok=True)
        self.guard = open(os.path.join(folder, "node.lock"), "a")
        try:
            fcntl.flock(self.guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SystemExit(f"elasticsearch stand-in: {folder} is in use by another one")
        self.lock = threading.RLock()
        self.cluster = cluster
        self.scrolls = {}
        self.database = sqlite3.connect(os.path.join(folder, "standin.sqlite3"), check_same_thread=False,
                                        isolation_level=None)
        for line in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL",
                     "CREATE TABLE IF NOT EXISTS meta(kind, name, body, PRIMARY KEY(kind, name))",
                     "CREATE TABLE IF NOT EXISTS docs(idx, id, version, seq, source, PRIMARY KEY(idx, id))"):
            self.database.execute(line)
        self.meta = {kind: {} for kind in KINDS}
        self.docs = {}
        self.next_seq = {}
        for kind, name, body in self.database.execute("SELECT kind, name, body FROM meta"):
            self.meta.setdefault(kind, {})[name] = json.loads(body)
        for name in self.meta["index"]:
            self.docs[name] = {}
        for index, name, version, seq, source in self.database.execute("SELECT * FROM docs ORDER BY seq"):
            self.docs[index][name] = Document(index, name, version, seq, json.loads(source))
            self.next_seq[index] = seq + 1
        if "node" not in self.meta["cluster"]:
            self.keep("cluster", "node", {"uuid": short_id()})
            self.commit()

    def close(self):
        with self.lock:
            self.commit()
            self.database.close()
            self.guard.close()

    def write(self, *statement):
        if not self.database.in_transaction:
            self.database.execute("BEGIN")
        self.database.execute(*statement)

    def commit(self):
        try:
            if self.database.in_transaction:
                self.database.execute("COMMIT")
        except sqlite3.Error as error:
            # Memory now holds what the disk does not; ending is the only honest answer.
            print(f"elasticsearch stand-in: cannot write: {error}", file=sys.stderr, flush=True)
            os._exit(1)

    def keep(self, kind, name, body):
        self.meta[kind][name] = body
        self.write("INSERT OR REPLACE INTO meta VALUES(?, ?, ?)", (kind, name, json.dumps(body)))

    def drop(self, kind, name):
        del self.meta[kind][name]
        self.write("DELETE FROM meta WHERE kind = ? AND name = ?", (kind, name))

    # names

    @property
    def indices(self):
        return self.meta["index"]

    def mappings(self, index):
        return self.indices[index]["mappings"]

    def aliases(self):
        out = {}
        for index, body in sorted(self.indices.items()):
            for alias, options in body["aliases"].items():
                out.setdefault(alias, {})[index] = options
        return out

    def resolve(self, expression, options=None, aliases=True):
        """Concrete index names of an expression, each with the alias filters it was reached by (None: unfiltered)."""
        options = options or {}
        lenient = options.get("ignore_unavailable") == "true"
        known, out = self.aliases(), {}

        def add(index, rule):
            out.setdefault(index, []).append(rule)

        parts = [part for part in expression.split(",") if part] if expression else ["*"]
        for place, part in enumerate(parts):
            part = "*" if part == "_all" else part
            if part.startswith("-") and place > 0:
                for index in [each for each in out if like(each, part[1:])]:
                    del out[index]
            elif is_pattern(part):
                for index in sorted(self.indices):
                    if like(index, part):
                        add(index, None)
                for alias, members in sorted(known.items() if aliases else []):
                    if like(alias, part):
                        for index, options_of in members.items():
                            add(index, options_of.get("filter"))
                if options.get("allow_no_indices") == "false" and not out:
                    raise index_not_found(part)
            elif part in self.indices:
                add(part, None)
            elif part in known and aliases:
                for index, options_of in known[part].items():
                    add(index, options_of.get("filter"))
            elif part in known:
                raise bad(f"The provided expression [{part}] matches an alias, specify the corresponding concrete "
                          "indices instead.")
            elif not lenient:
                raise index_not_found(part)
        return out

    def target(self, name, require_alias=False):
        """The index a document goes to: the name itself, or the write index of an alias; made when it is missing."""
        members = self.aliases().get(name)
        if members:
            writers = [index for index, options in members.items() if options.get("is_write_index")]
            if not writers and len(members) == 1:
                writers = [index for index, options in members.items() if options.get("is_write_index") is not False]
            if len(writers) != 1:
                raise bad(f"no write index is defined for alias [{name}]. The write index may be explicitly disabled "
                          "using is_write_index=false or the alias points to multiple indices without one being "
                          "designated as a write index")
            return writers[0]
        if require_alias:
            raise Refusal(404, "index_not_found_exception",
                          f"no such index [{name}] and [require_alias] request flag is [true] and [{name}] is not an "
                          "alias", index_uuid="_na_", index=name)
        if name not in self.indices:
            self.create(name, {})
        return name

    # indices

    def templated(self, name):
        """Settings, mappings and aliases that templates give a new index: one composable, else all legacy ones."""
        composable = [(body.get("priority", 0), key) for key, body in self.meta["index_template"].items()
                      if any(like(name, each) for each in body["index_patterns"])]
        if composable:
            body = self.meta["index_template"][max(composable)[1]]
            layers = [self.meta["component_template"].get(each, {}).get("template", {})
                      for each in body.get("composed_of", [])] + [body.get("template", {})]
        else:
            legacy = [(body.get("order", 0), key) for key, body in self.meta["template"].items()
                      if any(like(name, each) for each in body["index_patterns"])]
            layers = [self.meta["template"][key] for _, key in sorted(legacy)]
        out = {"settings": {}, "mappings": {}, "aliases": {}}
        for layer in layers:
            for part in out:
                out[part] = merged(out[part], layer.get(part) or {})
        return out

    def create(self, name, body):
        if name in self.indices:
            key = self.indices[name]["uuid"]
            raise Refusal(400, "resource_already_exists_exception", f"index [{name}/{key}] already exists",
                          index_uuid=key, index=name)
        why = ("must be lowercase" if name != name.lower() else
               'must not contain the following characters [ , ", *, \\, <, |, ,, >, /, ?]' if set(name) & set(' "*\\<|,>/?')
               else "must not start with '_', '-', or '+'" if name[:1] in ("_", "-", "+")
               else "already exists as alias" if name in self.aliases() else None)
        if why:
            raise Refusal(400, "invalid_index_name_exception", f"Invalid index name [{name}], {why}",
                          index_uuid="_na_", index=name)
        for key in body:
            if key not in ("settings", "mappings", "aliases"):
                raise bad(f"unknown key [{key}] for create index", "parse_exception")
        base = self.templated(name)
        key = short_id()
        settings = merged(settings_form(base["settings"]), settings_form(body.get("settings")))
        own = {"index": {"creation_date": str(int(time.time() * 1000)), "uuid": key, "provided_name": name,
                         "version": {"created": "7100299"}}}
        settings = merged(merged({"index": {"number_of_shards": "1", "number_of_replicas": "1"}}, settings), own)
        aliases = merged(base["aliases"], body.get("aliases") or {})
        self.keep("index", name, {
            "uuid": key, "settings": settings,
            "mappings": merged(base["mappings"], mappings_form(body.get("mappings"))),
            "aliases": {alias.replace("{index}", name): alias_form(options) for alias, options in aliases.items()}})
        self.docs[name] = {}
        self.next_seq[name] = 0

    def delete_index(self, name):
        self.drop("index", name)
        self.write("DELETE FROM docs WHERE idx = ?", (name,))
        del self.docs[name]
        self.next_seq.pop(name, None)

    # documents

    def put(self, index, name, source, only_new=False, options=None):
        options = options or {}
        if not isinstance(source, dict):
            raise bad("failed to parse", "mapper_parsing_exception")
        pipeline = options.get("pipeline")
        if pipeline and pipeline != "_none" and pipeline not in self.meta["pipeline"]:
            raise bad(f"pipeline with id [{pipeline}] does not exist")
        created_id = name is None
        name = short_id()[:20] if created_id else str(name)
        if len(name.encode()) > 512:
            raise bad("Validation Failed: 1: id is too long", "action_request_validation_exception")
        have = self.docs[index].get(name)
        if have is not None and (only_new or options.get("op_type") == "create"):
            raise self.conflict(index, name, f"document already exists (current version [{have.version}])")
        self.check_sequence(index, name, have, options)
        body = self.indices[index]
        if learn(body["mappings"], source):
            self.keep("index", index, body)
        seq = self.next_seq.get(index, 0)
        self.next_seq[index] = seq + 1
        doc = Document(index, name, have.version + 1 if have else 1, seq, source)
        self.docs[index][name] = doc
        self.write("INSERT OR REPLACE INTO docs VALUES(?, ?, ?, ?, ?)",
                   (index, name, doc.version, seq, json.dumps(source)))
        return (200 if have else 201), self.written(doc, "updated" if have else "created")

    def check_sequence(self, index, name, have, options):
        if "if_seq_no" not in options:
            return
        wanted = int(options["if_seq_no"])
        found = have.seq if have else -1
        if wanted != found:
            raise self.conflict(index, name, f"required seqNo [{wanted}], primary term [1]. but no document was found"
                                if have is None else f"required seqNo [{wanted}], primary term [1]. current document "
                                f"has seqNo [{found}] and primary term [1]")

    def conflict(self, index, name, why):
        return Refusal(409, "version_conflict_engine_exception", f"[{name}]: version conflict, {why}",
                       index_uuid=self.indices[index]["uuid"], shard="0", index=index)

    def written(self, doc, result):
        return {"_index": doc.index, "_type": "_doc", "_id": doc.id, "_version": doc.version, "result": result,
                "_shards": {"total": 1, "successful": 1, "failed": 0}, "_seq_no": doc.seq, "_primary_term": 1}

    def remove(self, index, name, options=None):
        have = self.docs[index].get(name)
        self.check_sequence(index, name, have, options or {})
        seq = self.next_seq.get(index, 0)
        self.next_seq[index] = seq + 1
        gone = Document(index, name, have.version + 1 if have else 1, seq, {})
        if have is None:
            return 404, self.written(gone, "not_found")
        del self.docs[index][name]
        self.write("DELETE FROM docs WHERE idx = ? AND id = ?", (index, name))
        return 200, self.written(gone, "deleted")

    def update(self, index, name, body, options=None):
        have = self.docs[index].get(name)
        for key in body:
            if key not in ("doc", "upsert", "doc_as_upsert", "detect_noop", "_source", "scripted_upsert"):
                raise bad(f"this stand-in for Elasticsearch does not know [{key}] in an update", "x_content_parse_exception")
        if have is None:
            start = body.get("doc") if body.get("doc_as_upsert") else body.get("upsert")
            if start is None:
                raise Refusal(404, "document_missing_exception", f"[_doc][{name}]: document missing",
                              index_uuid=self.indices[index]["uuid"], shard="0", index=index)
            return self.put(index, name, start)
        if "doc" not in body:
            raise bad("Validation Failed: 1: script or doc is missing;", "action_request_validation_exception")
        fresh = merged(have.source, body["doc"])
        if fresh == have.source and body.get("detect_noop", True) and "if_seq_no" not in (options or {}):
            return 200, self.written(have, "noop")
        return self.put(index, name, fresh, options=options)

    # searching

    def select(self, expression, query, options):
        reader = Query(lambda index: self.mappings(index) if index else {})
        query = query or {"match_all": {}}
        chosen = []
        for index, rules in self.resolve(expression, options).items():
            limit = None if None in rules else {"bool": {"should": rules}}
            for doc in list(self.docs[index].values()):
                if (limit is None or reader.matches(limit, doc)) and reader.matches(query, doc):
                    chosen.append(doc)
        if not chosen:
            reader.matches(query, Document("", "", 0, 0, {}))  # a malformed query is refused on an empty index too
        return reader, chosen

    def search(self, expression, body, options):
        started = time.time()
        known = {"query", "from", "size", "sort", "aggs", "aggregations", "_source", "track_total_hits", "version",
                 "seq_no_primary_term", "search_after", "timeout", "post_filter", "min_score", "track_scores",
                 "stored_fields", "docvalue_fields", "highlight", "explain", "fields", "profile"}
        for key in body:
            if key not in known:
                raise bad(f"Unknown key for a VALUE in [{key}].", "parsing_exception")
        query = body.get("query")
        if "q" in options:
            query = {"query_string": {"query": options["q"], "default_operator": options.get("default_operator", "or")}}
        start = int(options.get("from", body.get("from", 0)))
        size = int(options.get("size", body.get("size", 10)))
        if start < 0 or size < 0:
            raise bad(f"[{'from' if start < 0 else 'size'}] parameter cannot be negative")
        if start + size > 10000:
            raise Refusal(400, "illegal_argument_exception", "Result window is too large, from + size must be less "
                          f"than or equal to: [10000] but was [{start + size}].")
        reader, docs = self.select(expression, query, options)
        sort = listed(body.get("sort"))
        if "sort" in options:
            sort = [{each.split(":")[0]: each.partition(":")[2] or "asc"} for each in options["sort"].split(",")]
        rows = self.sorted(reader, docs, sort)
        total = len(rows)
        aggregations = aggregate(reader, body.get("aggs", body.get("aggregations")), docs)
        if "search_after" in body:
            after = [order_key(each) for each in body["search_after"]]
            rows = [row for row in rows if self.beyond(row[1], after, sort)]
        wanted = body.get("_source")
        if "_source" in options:
            wanted = {"true": True, "false": False}.get(options["_source"], options["_source"].split(","))
        if "_source_includes" in options or "_source_excludes" in options:
            wanted = {"includes": [each for each in options.get("_source_includes", "").split(",") if each],
                      "excludes": [each for each in options.get("_source_excludes", "").split(",") if each]}
        hits = [self.hit(row, sort, wanted, body) for row in (rows if "scroll" in options else rows[start:start + size])]
        out = {"took": int((time.time() - started) * 1000), "timed_out": False,
               "_shards": {"total": 1, "successful": 1, "skipped": 0, "failed": 0},
               "hits": {"total": total if options.get("rest_total_hits_as_int") == "true"
                        else {"value": total, "relation": "eq"},
                        "max_score": None if sort or not total else 1.0, "hits": hits[:size]}}
        if aggregations:
            out["aggregations"] = aggregations
        if "scroll" in options:
            key = short_id()
            self.scrolls[key] = (hits[size:], size, total, options.get("rest_total_hits_as_int") == "true")
            out["_scroll_id"] = key
        return out

    def hit(self, row, sort, wanted, body):
        doc, keys = row
        out = {"_index": doc.index, "_type": "_doc", "_id": doc.id, "_score": None if sort else 1.0}
        if body.get("version"):
            out["_version"] = doc.version
        if body.get("seq_no_primary_term"):
            out.update(_seq_no=doc.seq, _primary_term=1)
        source = picked(doc.source, wanted)
        if source is not None:
            out["_source"] = source
        if sort:
            out["sort"] = keys
        return out

    def sorted(self, reader, docs, sort):
        rules = []
        for each in sort:
            path, how = next(iter(each.items())) if isinstance(each, dict) else (each, {})
            how = how if isinstance(how, dict) else {"order": how}
            way = how.get("order", "desc" if path == "_score" else "asc")
            if way not in ("asc", "desc"):
                raise bad(f"Unknown SortOrder [{way}]")
            rules.append((path, way, how.get("missing", "_last")))
        rows = []
        for doc in docs:
            keys = []
            for path, way, _ in rules:
                if path in ("_score", "_doc"):
                    values = [1.0 if path == "_score" else doc.seq]
                else:
                    kind, values = reader.found(path, doc)
                    refuse_text(kind, path)
                    if kind == "date":
                        values = [int(when * 1000) for when in map(moment, values) if when is not None]
                keys.append((min if way == "asc" else max)(values, key=order_key) if values else None)
            rows.append((doc, keys))
        for place in reversed(range(len(rules))):
            _, way, missing = rules[place]
            have = [row for row in rows if row[1][place] is not None]
            lack = [row for row in rows if row[1][place] is None]
            have.sort(key=lambda row: order_key(row[1][place]), reverse=way == "desc")
            rows = lack + have if missing == "_first" else have + lack
        return rows

    def beyond(self, keys, after, sort):
        for key, limit, each in zip(keys, after, sort):
            how = next(iter(each.values())) if isinstance(each, dict) else "asc"
            way = how.get("order", "asc") if isinstance(how, dict) else how
            key = order_key(key) if key is not None else (2, 0, "")
            if key != limit:
                return (key > limit) == (way == "asc")
        return False


# --- the HTTP interface ----------------------------------------------------------------------------------------------

ROUTES = []


def route(methods, *paths):
    def add(handler):
        for path in paths:
            pattern = re.sub(r"\{(\w+)\}", lambda name: rf"(?P<{name.group(1)}>"
                             + (r"(?!_(?!all$|all/|all,))" if name.group(1) == "index" and name.start() <= 1 else "")
                             + "[^/]+)", path)
            ROUTES.append((methods.split(), re.compile(pattern), handler))
        return handler
    return add


class Request:
    def __init__(self, node, method, path, options, raw):
        self.node, self.method, self.path, self.options, self.raw = node, method, path, options, raw

    def flag(self, name):
        return self.options.get(name) in ("true", "")

    @property
    def body(self):
        if not self.raw.strip():
            return {}
        try:
            body = json.loads(self.raw)
        except ValueError as error:
            raise bad(f"request body is not JSON: {error}", "json_parse_exception")
        if not isinstance(body, dict):
            raise bad("request body is not a JSON object", "parsing_exception")
        return body


ACKNOWLEDGED = {"acknowledged": True}


@route("GET HEAD", "/")
def about(ask):
    return {"name": os.uname().nodename, "cluster_name": ask.node.cluster,
            "cluster_uuid": ask.node.meta["cluster"]["node"]["uuid"],
            "version": {"number": VERSION, "build_flavor": "oss", "build_type": "docker", "build_hash": "stand-in",
                        "build_date": "2021-01-13T00:42:12.435326Z", "build_snapshot": False,
                        "lucene_version": "8.7.0", "minimum_wire_compatibility_version": "6.8.0",
                        "minimum_index_compatibility_version": "6.0.0-beta1"},
            "tagline": "You Know, for Search"}


@route("GET HEAD", "/_cluster/health", "/_cluster/health/{index}")
def health(ask, index=None):
    indices = ask.node.resolve(index, ask.options)
    shards = [ask.node.indices[name]["settings"]["index"] for name in indices]
    primaries = sum(int(each["number_of_shards"]) for each in shards)
    waiting = sum(int(each["number_of_shards"]) * int(each["number_of_replicas"]) for each in shards)
    return {"cluster_name": ask.node.cluster, "status": "yellow" if waiting else "green", "timed_out": False,
            "number_of_nodes": 1, "number_of_data_nodes": 1, "active_primary_shards": primaries,
            "active_shards": primaries, "relocating_shards": 0, "initializing_shards": 0, "unassigned_shards": waiting,
            "delayed_unassigned_shards": 0, "number_of_pending_tasks": 0, "number_of_in_flight_fetch": 0,
            "task_max_waiting_in_queue_millis": 0,
            "active_shards_percent_as_number": 100.0 * primaries / max(1, primaries + waiting)}


@route("GET PUT", "/_cluster/settings")
def cluster_settings(ask):
    have = ask.node.meta["cluster"].get("settings", {"persistent": {}, "transient": {}})
    if ask.method == "PUT":
        have = merged(have, ask.body)
        ask.node.keep("cluster", "settings", have)
        return dict(ACKNOWLEDGED, **have)
    return have


@route("GET", "/_nodes", "/_nodes/_local", "/_nodes/http")
def nodes(ask):
    return {"_nodes": {"total": 1, "successful": 1, "failed": 0}, "cluster_name": ask.node.cluster,
            "nodes": {ask.node.meta["cluster"]["node"]["uuid"]: {"name": os.uname().nodename, "version": VERSION}}}


def table(ask, rows, columns):
    wanted = [each for each in ask.options.get("h", "").split(",") if each] or columns
    rows = [{name: row.get(name) for name in wanted} for row in rows]
    if ask.options.get("format") == "json":
        return rows
    lines = [[str(row[name] if row[name] is not None else "") for name in wanted] for row in rows]
    if ask.flag("v"):
        lines.insert(0, wanted)
    widths = [max((len(line[place]) for line in lines), default=0) for place in range(len(wanted))]
    return "".join(" ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() + "\n" for line in lines)


@route("GET", "/_cat/indices", "/_cat/indices/{index}")
def cat_indices(ask, index=None):
    rows = []
    for name in sorted(ask.node.resolve(index, ask.options)):
        body = ask.node.indices[name]
        settings = body["settings"]["index"]
        size = f"{sum(len(json.dumps(doc.source)) for doc in ask.node.docs[name].values())}b"
        rows.append({"health": "green" if settings["number_of_replicas"] == "0" else "yellow", "status": "open",
                     "index": name, "uuid": body["uuid"], "pri": settings["number_of_shards"],
                     "rep": settings["number_of_replicas"], "docs.count": str(len(ask.node.docs[name])),
                     "docs.deleted": "0", "store.size": size, "pri.store.size": size})
    return table(ask, rows, ["health", "status", "index", "uuid", "pri", "rep", "docs.count", "docs.deleted",
                             "store.size", "pri.store.size"])


@route("GET", "/_cat/health")
def cat_health(ask):
    body = health(ask)
    return table(ask, [dict(body, cluster=body["cluster_name"])], ["cluster", "status", "number_of_nodes"])


@route("GET", "/_cat/aliases")
def cat_aliases(ask):
    rows = [{"alias": alias, "index": index, "is_write_index": plain(options.get("is_write_index", "-"))}
            for alias, members in sorted(ask.node.aliases().items()) for index, options in members.items()]
    return table(ask, rows, ["alias", "index", "is_write_index"])


# templates, policies, pipelines


def named(ask, kind, name):
    """The kept things of a kind that a comma list with wildcards names; everything without one."""
    patterns = name.split(",") if name else ["*"]
    return {key: body for key, body in sorted(ask.node.meta[kind].items()) if any(like(key, each) for each in patterns)}


def must_delete(ask, kind, name, missing):
    found = named(ask, kind, name)
    if not found and name != "*":
        raise missing
    for key in found:
        ask.node.drop(kind, key)
    return ACKNOWLEDGED


@route("GET HEAD PUT POST DELETE", "/_template", "/_template/{name}")
def template(ask, name=None):
    if ask.method in ("GET", "HEAD"):
        found = named(ask, "template", name)
        return (200 if found or not name or is_pattern(name) else 404), found
    if name is None:
        raise bad("template name is missing", "action_request_validation_exception")
    if ask.method == "DELETE":
        return must_delete(ask, "template", name, Refusal(
            404, "index_template_missing_exception", f"index_template [{name}] missing"))
    body = ask.body
    for key in body:
        if key not in ("index_patterns", "template", "order", "version", "settings", "mappings", "aliases"):
            raise bad(f"unknown key [{key}] in the template ", "parse_exception")
    patterns = listed(body.get("index_patterns", body.get("template")))
    if not patterns:
        raise bad("Validation Failed: 1: index patterns are missing;", "action_request_validation_exception")
    if ask.flag("create") and name in ask.node.meta["template"]:
        raise bad(f"index_template [{name}] already exists")
    kept = {"order": int(body.get("order", ask.options.get("order", 0))), "index_patterns": patterns,
            "settings": settings_form(body.get("settings")), "mappings": mappings_form(body.get("mappings")),
            "aliases": {key: alias_form(each) for key, each in (body.get("aliases") or {}).items()}}
    if "version" in body:
        kept["version"] = body["version"]
    ask.node.keep("template", name, kept)
    return ACKNOWLEDGED


def composable(ask, kind, name, outer, inner, wording):
    if ask.method in ("GET", "HEAD"):
        found = named(ask, kind, name)
        if name and not found and not is_pattern(name):
            raise Refusal(404, "resource_not_found_exception", f"{wording} matching [{name}] not found")
        return {outer: [{"name": key, inner: body} for key, body in found.items()]}
    if ask.method == "DELETE":
        return must_delete(ask, kind, name, Refusal(
            404, "index_template_missing_exception", f"index_template [{name}] missing"))
    body = dict(ask.body)
    allowed = {"template", "version", "_meta"} | ({"index_patterns", "composed_of", "priority", "data_stream",
                                                   "allow_auto_create"} if kind == "index_template" else set())
    for key in body:
        if key not in allowed:
            raise bad(f"[1:1] [{inner}] unknown field [{key}]", "x_content_parse_exception")
    if kind == "index_template" and not listed(body.get("index_patterns")):
        raise bad("Validation Failed: 1: index patterns are missing;", "action_request_validation_exception")
    if kind == "component_template" and "template" not in body:
        raise bad("Required [template]", "x_content_parse_exception")
    if ask.flag("create") and name in ask.node.meta[kind]:
        raise bad(f"{wording} [{name}] already exists")
    inside = dict(body.get("template") or {})
    for key in inside:
        if key not in ("settings", "mappings", "aliases"):
            raise bad(f"[1:1] [template] unknown field [{key}]", "x_content_parse_exception")
    if "settings" in inside:
        inside["settings"] = settings_form(inside["settings"])
    if "mappings" in inside:
        inside["mappings"] = mappings_form(inside["mappings"])
    if "template" in body:
        body["template"] = inside
    if kind == "index_template":
        body["index_patterns"] = listed(body["index_patterns"])
        body.setdefault("composed_of", [])
        lacking = [each for each in body["composed_of"] if each not in ask.node.meta["component_template"]]
        if lacking:
            raise bad(f"index template [{name}] specifies component templates [{', '.join(lacking)}] that do not exist",
                      "invalid_index_template_exception")
    ask.node.keep(kind, name, body)
    return ACKNOWLEDGED


@route("GET HEAD PUT POST DELETE", "/_index_template", "/_index_template/{name}")
def index_template(ask, name=None):
    return composable(ask, "index_template", name, "index_templates", "index_template", "index template")


@route("GET HEAD PUT POST DELETE", "/_component_template", "/_component_template/{name}")
def component_template(ask, name=None):
    return composable(ask, "component_template", name, "component_templates", "component_template",
                      "component template")


@route("GET PUT DELETE", "/_ilm/policy", "/_ilm/policy/{name}")
def life_cycle(ask, name=None):
    missing = Refusal(404, "resource_not_found_exception", f"Lifecycle policy not found: {name}")
    if ask.method == "GET":
        found = named(ask, "ilm", name)
        if name and not found and not is_pattern(name):
            raise missing
        return found
    if ask.method == "DELETE":
        return must_delete(ask, "ilm", name, missing)
    policy = ask.body.get("policy")
    if not isinstance(policy, dict) or not isinstance(policy.get("phases"), dict):
        raise bad("[1:1] [put_lifecycle_request] failed to parse field [policy]", "x_content_parse_exception")
    version = ask.node.meta["ilm"].get(name, {}).get("version", 0) + 1
    when = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    ask.node.keep("ilm", name, {"version": version, "modified_date": when, "policy": policy})
    return ACKNOWLEDGED


@route("GET HEAD PUT DELETE", "/_opendistro/_ism/policies", "/_opendistro/_ism/policies/{name}",
       "/_plugins/_ism/policies", "/_plugins/_ism/policies/{name}")
def state_policy(ask, name=None):
    kept = ask.node.meta["ism"]
    have = kept.get(name)
    if ask.method in ("GET", "HEAD"):
        if name is None:
            return {"policies": list(kept.values()), "total_policies": len(kept)}
        if have is None:
            raise Refusal(404, "status_exception", "Policy not found")
        return have
    if ask.method == "DELETE":
        if have is None:
            raise Refusal(404, "status_exception", "Policy not found")
        ask.node.drop("ism", name)
        return {"_id": name, "_version": have["_version"] + 1, "result": "deleted"}
    policy = ask.body.get("policy")
    if not isinstance(policy, dict) or "states" not in policy:
        raise bad("Policy states must be specified")
    if have is not None and str(have["_seq_no"]) != ask.options.get("if_seq_no"):
        raise Refusal(409, "version_conflict_engine_exception", f"[{name}]: version conflict, document already exists "
                      f"(current version [{have['_version']}])", index=".opendistro-ism-config", shard="0")
    policy = dict(policy, policy_id=name, last_updated_time=int(time.time() * 1000), schema_version=1)
    fresh = {"_id": name, "_version": have["_version"] + 1 if have else 1, "_seq_no": have["_seq_no"] + 1 if have else 0,
             "_primary_term": 1, "policy": policy}
    ask.node.keep("ism", name, fresh)
    return (200 if have else 201), dict(fresh, policy={"policy": policy})


@route("GET PUT DELETE", "/_ingest/pipeline", "/_ingest/pipeline/{name}")
def pipeline(ask, name=None):
    if ask.method == "GET":
        found = named(ask, "pipeline", name)
        return (200 if found or not name or is_pattern(name) else 404), found
    if ask.method == "DELETE":
        return must_delete(ask, "pipeline", name, Refusal(
            404, "resource_not_found_exception", f"pipeline [{name}] is missing"))
    body = ask.body
    if not isinstance(body.get("processors"), list):
        raise Refusal(400, "parse_exception", "[processors] required property is missing", property_name="processors")
    ask.node.keep("pipeline", name, body)
    return ACKNOWLEDGED


# aliases


@route("POST", "/_aliases")
def change_aliases(ask):
    steps = []
    for entry in ask.body.get("actions", []):
        verb, body = next(iter(entry.items()))
        names = listed(body.get("indices", body.get("index")))
        aliases = listed(body.get("aliases", body.get("alias")))
        if verb not in ("add", "remove", "remove_index"):
            raise bad(f"[aliases] unknown field [{verb}]", "x_content_parse_exception")
        indices = list(ask.node.resolve(",".join(names), aliases=False))
        options = {key: value for key, value in body.items() if key not in ("index", "indices", "alias", "aliases", "must_exist")}
        for alias in aliases:
            if verb == "add" and alias in ask.node.indices and alias not in \
                    [each for step in steps if step[0] == "remove_index" for each in step[1]]:
                raise Refusal(400, "invalid_alias_name_exception", f"Invalid alias name [{alias}], an index exists "
                              "with the same name as the alias", index_uuid="_na_", index=alias)
            if verb == "remove" and not any(like(each, alias) for index in indices
                                            for each in ask.node.indices[index]["aliases"]):
                raise Refusal(404, "aliases_not_found_exception", f"aliases [{alias}] missing",
                              **{"resource.type": "aliases", "resource.id": alias})
        steps.append((verb, indices, aliases, alias_form(options)))
    for verb, indices, aliases, options in steps:
        for index in indices:
            if verb == "remove_index":
                ask.node.delete_index(index)
                continue
            body = ask.node.indices[index]
            for alias in aliases:
                if verb == "add":
                    body["aliases"][alias] = options
                else:
                    body["aliases"] = {key: value for key, value in body["aliases"].items() if not like(key, alias)}
            ask.node.keep("index", index, body)
    return ACKNOWLEDGED


@route("GET HEAD", "/_alias", "/_alias/{name}", "/{index}/_alias", "/{index}/_alias/{name}")
def show_aliases(ask, index=None, name=None):
    out, found = {}, set()
    for key in ask.node.resolve(index, ask.options):
        aliases = ask.node.indices[key]["aliases"]
        chosen = {alias: options for alias, options in aliases.items()
                  if name is None or any(like(alias, each) for each in name.replace("_all", "*").split(","))}
        found |= set(chosen)
        if chosen or (name is None):
            out[key] = {"aliases": chosen}
    lacking = [each for each in (name or "").split(",") if each and not is_pattern(each) and each != "_all" and each not in found]
    if lacking:
        return 404, dict({"error": f"alias{'es' if len(lacking) > 1 else ''} [{','.join(lacking)}] missing",
                          "status": 404}, **out)
    return out


@route("PUT POST DELETE", "/{index}/_alias/{name}", "/{index}/_aliases/{name}")
def one_alias(ask, index, name):
    verb = "remove" if ask.method == "DELETE" else "add"
    body = dict({} if verb == "remove" else ask.body, indices=index.split(","), aliases=name.split(","))
    return change_aliases(Request(ask.node, "POST", "/_aliases", {}, json.dumps({"actions": [{verb: body}]}).encode()))


# searching and documents (before the index routes: their paths are longer)


@route("GET POST", "/_search", "/{index}/_search")
def search(ask, index=None):
    return ask.node.search(index, ask.body, ask.options)


@route("GET POST DELETE", "/_search/scroll", "/_search/scroll/{key}")
def scroll(ask, key=None):
    body = ask.body
    keys = [key] if key else listed(body.get("scroll_id", ask.options.get("scroll_id")))
    if ask.method == "DELETE":
        freed = sum(ask.node.scrolls.pop(each, None) is not None for each in keys)
        return (200 if freed else 404), {"succeeded": True, "num_freed": freed}
    if not keys or keys[0] not in ask.node.scrolls:
        raise Refusal(404, "search_context_missing_exception", f"No search context found for id [{(keys or [''])[0]}]")
    rest, size, total, plain_total = ask.node.scrolls[keys[0]]
    ask.node.scrolls[keys[0]] = (rest[size:], size, total, plain_total)
    return {"_scroll_id": keys[0], "took": 0, "timed_out": False,
            "_shards": {"total": 1, "successful": 1, "skipped": 0, "failed": 0},
            "hits": {"total": total if plain_total else {"value": total, "relation": "eq"}, "max_score": 1.0,
                     "hits": rest[:size]}}


@route("GET POST", "/_count", "/{index}/_count")
def count(ask, index=None):
    query = ask.body.get("query")
    if "q" in ask.options:
        query = {"query_string": {"query": ask.options["q"]}}
    _, docs = ask.node.select(index, query, ask.options)
    return {"count": len(docs), "_shards": {"total": 1, "successful": 1, "skipped": 0, "failed": 0}}


@route("POST", "/{index}/_delete_by_query")
def delete_by_query(ask, index):
    if "query" not in ask.body and "q" not in ask.options:
        raise bad("Validation Failed: 1: query is missing;", "action_request_validation_exception")
    query = ask.body.get("query") or {"query_string": {"query": ask.options["q"]}}
    _, docs = ask.node.select(index, query, ask.options)
    for doc in docs:
        ask.node.remove(doc.index, doc.id)
    return {"took": 0, "timed_out": False, "total": len(docs), "deleted": len(docs), "batches": 1 if docs else 0,
            "version_conflicts": 0, "noops": 0, "retries": {"bulk": 0, "search": 0}, "throttled_millis": 0,
            "requests_per_second": -1.0, "throttled_until_millis": 0, "failures": []}


@route("GET POST", "/_refresh", "/{index}/_refresh", "/_flush", "/{index}/_flush", "/_forcemerge",
       "/{index}/_forcemerge", "/{index}/_cache/clear")
def refresh(ask, index=None):
    reached = len(ask.node.resolve(index, ask.options))
    return {"_shards": {"total": reached, "successful": reached, "failed": 0}}


@route("POST PUT", "/_bulk", "/{index}/_bulk")
def bulk(ask, index=None):
    lines = ask.raw.split(b"\n")
    if not ask.raw.endswith(b"\n"):
        raise bad("The bulk request must be terminated by a newline [\\n]")
    items, failed, place = [], False, 0
    while place < len(lines):
        line = lines[place].strip()
        place += 1
        if not line:
            continue
        try:
            verb, head = next(iter(json.loads(line).items()))
            source = None
            if verb != "delete":
                source = json.loads(lines[place])
                place += 1
        except (ValueError, IndexError, StopIteration, AttributeError):
            raise bad(f"Malformed action/metadata line [{place}], expected START_OBJECT")
        if verb not in ("index", "create", "update", "delete"):
            raise bad(f"Malformed action/metadata line [{place}], expected one of [create, delete, index, update] but "
                      f"found [{verb}]")
        name, key = head.get("_index", index), head.get("_id")
        options = dict(ask.options, **{each: str(head[each]) for each in ("if_seq_no", "pipeline") if each in head})
        try:
            if not name:
                raise bad("Validation Failed: 1: index is missing;", "action_request_validation_exception")
            if key is None and verb in ("update", "delete"):
                raise bad("Validation Failed: 1: id is missing;", "action_request_validation_exception")
            real = ask.node.target(name, bool(head.get("require_alias")) or ask.flag("require_alias"))
            if verb == "delete":
                status, body = ask.node.remove(real, str(key), options)
            elif verb == "update":
                status, body = ask.node.update(real, str(key), source, options)
            else:
                status, body = ask.node.put(real, key, source, only_new=verb == "create", options=options)
        except Refusal as refusal:
            status, failed = refusal.status, True
            body = {"_index": name, "_type": "_doc", "_id": key, "error": refusal.cause()}
        items.append({verb: dict(body, status=status)})
    return {"took": 0, "errors": failed, "items": items}


@route("GET POST", "/_mget", "/{index}/_mget")
def several(ask, index=None):
    body = ask.body
    asked = body.get("docs") or [{"_id": each} for each in body.get("ids", [])]
    out = []
    for each in asked:
        name = each.get("_index", index)
        try:
            out.append(fetched(ask, name, str(each["_id"]))[1])
        except Refusal as refusal:
            out.append({"_index": name, "_type": "_doc", "_id": each["_id"], "error": refusal.body()["error"]})
    return {"docs": out}


def fetched(ask, index, key):
    real = list(ask.node.resolve(index))
    if len(real) > 1:
        raise bad(f"alias [{index}] has more than one index associated with it [{', '.join(real)}], can't execute a "
                  "single index op")
    doc = ask.node.docs[real[0]].get(key) if real else None
    if doc is None:
        return 404, {"_index": real[0] if real else index, "_type": "_doc", "_id": key, "found": False}
    wanted = None
    if "_source" in ask.options:
        wanted = {"true": True, "false": False}.get(ask.options["_source"], ask.options["_source"].split(","))
    out = {"_index": doc.index, "_type": "_doc", "_id": key, "_version": doc.version, "_seq_no": doc.seq,
           "_primary_term": 1, "found": True}
    source = picked(doc.source, wanted)
    return 200, out if source is None else dict(out, _source=source)


@route("POST", "/{index}/_doc", "/{index}/_doc/")
def add_document(ask, index):
    return ask.node.put(ask.node.target(index, ask.flag("require_alias")), None, ask.body, options=ask.options)


@route("GET HEAD PUT POST DELETE", "/{index}/_doc/{key}")
def document(ask, index, key):
    if ask.method in ("GET", "HEAD"):
        return fetched(ask, index, key)
    if ask.method == "DELETE":
        if index not in ask.node.indices and index not in ask.node.aliases():
            raise index_not_found(index)
        return ask.node.remove(ask.node.target(index), key, ask.options)
    if not ask.raw.strip():
        raise bad("request body is required", "parse_exception")
    return ask.node.put(ask.node.target(index, ask.flag("require_alias")), key, ask.body, options=ask.options)


@route("PUT POST", "/{index}/_create/{key}")
def create_document(ask, index, key):
    return ask.node.put(ask.node.target(index, ask.flag("require_alias")), key, ask.body, only_new=True,
                        options=ask.options)


@route("POST", "/{index}/_update/{key}")
def update_document(ask, index, key):
    return ask.node.update(ask.node.target(index), key, ask.body, ask.options)


@route("GET HEAD", "/{index}/_source/{key}")
def source_only(ask, index, key):
    status, body = fetched(ask, index, key)
    if status == 404:
        raise Refusal(404, "resource_not_found_exception", f"Document not found [{index}]/[_doc]/[{key}]")
    return body.get("_source", {})


# indices


@route("GET PUT POST", "/_mapping", "/_mappings", "/{index}/_mapping", "/{index}/_mappings")
def mapping(ask, index=None):
    found = ask.node.resolve(index, ask.options)
    if ask.method == "GET":
        return {name: {"mappings": ask.node.mappings(name)} for name in found}
    for name in found:
        body = ask.node.indices[name]
        fresh = mappings_form(ask.body)
        for path, each in fresh.get("properties", {}).items():
            old = body["mappings"].get("properties", {}).get(path, {})
            if "type" in old and "type" in each and old["type"] != each["type"]:
                raise bad(f"mapper [{path}] cannot be changed from type [{old['type']}] to [{each['type']}]")
        body["mappings"] = merged(body["mappings"], fresh)
        ask.node.keep("index", name, body)
    return ACKNOWLEDGED


@route("GET POST", "/_field_caps", "/{index}/_field_caps")
def field_capabilities(ask, index=None):
    """Which types fields have, and, where indices differ, in which of them."""
    wanted = [each for each in ask.options.get("fields", "").split(",") if each]
    found, fields = list(ask.node.resolve(index, ask.options)), {}
    for path in wanted:
        kinds = {}
        for name in found:
            kind, _ = field_type(ask.node.mappings(name), path)
            # A keyword beside a text is there by the mapping alone.
            if kind and (kind != "keyword" or declared(ask.node.mappings(name), path)):
                kinds.setdefault(kind, []).append(name)
        for kind, names in kinds.items():
            about = {"type": kind, "searchable": True, "aggregatable": kind not in ("text", "object")}
            fields.setdefault(path, {})[kind] = dict(about, indices=names) if len(kinds) > 1 else about
    return {"indices": found, "fields": fields}


def declared(mappings, path):
    node = mappings
    for part in path.split("."):
        below = dict(node.get("properties", {}), **node.get("fields", {}))
        if part not in below:
            return False
        node = below[part]
    return True


@route("GET PUT", "/_settings", "/{index}/_settings", "/{index}/_settings/{name}")
def index_settings(ask, index=None, name=None):
    found = ask.node.resolve(index, ask.options)
    if ask.method == "GET":
        return {key: {"settings": ask.node.indices[key]["settings"]} for key in found}
    body = ask.body
    fresh = settings_form(body.get("settings", body))
    for key in found:
        kept = ask.node.indices[key]
        if "number_of_shards" in fresh.get("index", {}):
            raise bad("Can't update non dynamic settings [[index.number_of_shards]] for open indices "
                      f"[[{key}/{kept['uuid']}]]")
        kept["settings"] = merged(kept["settings"], fresh)
        ask.node.keep("index", key, kept)
    return ACKNOWLEDGED


@route("GET", "/_stats", "/{index}/_stats")
def stats(ask, index=None):
    out = {name: {"uuid": ask.node.indices[name]["uuid"],
                  "primaries": {"docs": {"count": len(ask.node.docs[name]), "deleted": 0}},
                  "total": {"docs": {"count": len(ask.node.docs[name]), "deleted": 0}}}
           for name in ask.node.resolve(index, ask.options)}
    return {"_shards": {"total": len(out), "successful": len(out), "failed": 0}, "indices": out}


@route("GET HEAD PUT DELETE", "/{index}")
def one_index(ask, index):
    if ask.method == "PUT":
        ask.node.create(index, ask.body)
        return {"acknowledged": True, "shards_acknowledged": True, "index": index}
    if ask.method == "DELETE":
        for name in ask.node.resolve(index, ask.options, aliases=False):
            ask.node.delete_index(name)
        return ACKNOWLEDGED
    found = {name: {part: ask.node.indices[name][part] for part in ("aliases", "mappings", "settings")}
             for name in ask.node.resolve(index, ask.options)}
    if ask.method == "HEAD" and not found:
        return 404, {}
    return found


class Handler(BaseHTTPRequestHandler):
    """One connection: HTTP/1.1 with keep-alive, every body with its length."""

    protocol_version = "HTTP/1.1"
    server_version = "elasticsearch-stand-in"
    disable_nagle_algorithm = True
    timeout = 300

    def log_message(self, *words):
        if self.server.chatty:
            super().log_message(*words)

    def read_body(self):
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            parts = []
            while True:
                size = int(self.rfile.readline().split(b";")[0], 16)
                part = self.rfile.read(size)
                self.rfile.readline()
                if size == 0:
                    return b"".join(parts)
                parts.append(part)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def answer(self):
        raw = self.read_body()
        parts = urlsplit(self.path)
        path = parts.path if parts.path == "/" else parts.path.rstrip("/")
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        try:
            status, body = self.dispatch(path, options, raw)
        except Refusal as refusal:
            status, body = refusal.status, refusal.body()
        except Exception as error:
            traceback.print_exc()
            status, body = 500, {"error": {"root_cause": [], "type": "exception", "reason": f"stand-in: {error!r}"},
                                 "status": 500}
        kind = "text/plain; charset=UTF-8" if isinstance(body, str) else "application/json; charset=UTF-8"
        if not isinstance(body, str):
            body = json.dumps(body, indent=2 if options.get("pretty") in ("", "true") else None)
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def dispatch(self, path, options, raw):
        allowed = []
        for methods, pattern, handler in ROUTES:
            found = pattern.fullmatch(path)
            if found is None:
                continue
            if self.command not in methods:
                allowed += methods
                continue
            names = {key: unquote(value) for key, value in found.groupdict().items() if value is not None}
            node = self.server.node
            with node.lock:
                try:
                    out = handler(Request(node, self.command, path, options, raw), **names)
                    return (out[0], out[1]) if isinstance(out, tuple) else (200, out)
                finally:
                    node.commit()
        if allowed:
            return 405, {"error": f"Incorrect HTTP method for uri [{path}] and method [{self.command}], allowed: "
                                  f"[{', '.join(sorted(set(allowed)))}]", "status": 405}
        return 400, {"error": f"no handler found for uri [{path}] and method [{self.command}]"}

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = answer


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address, node, chatty=False, certificate=None, key=None):
        self.node, self.chatty = node, chatty
        self.certificate, self.key = certificate, key
        self.loaded = self.context = None
        super().__init__(address, Handler)

    def get_request(self):
        """As Elasticsearch does, a certificate is read again when its file has changed. The handshake is the handler's."""
        link, address = super().get_request()
        if not self.certificate:
            return link, address
        version = os.stat(self.certificate).st_mtime_ns
        if version != self.loaded:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate, self.key)
            self.loaded, self.context = version, context
        return self.context.wrap_socket(link, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, request, client_address):
        # A client that doesn't like the certificate, or speaks plain, is its own business.
        if not isinstance(sys.exc_info()[1], (ssl.SSLError, ConnectionError)):
            super().handle_error(request, client_address)


def main(arguments=None):
    environment = os.environ
    options = argparse.ArgumentParser(description="stand-in for Elasticsearch 7.10.2; for tests and demonstrations only")
    options.add_argument("--host", default=environment.get("ELASTICSEARCH_HOST", "0.0.0.0"))
    options.add_argument("--port", type=int, default=int(environment.get("ELASTICSEARCH_PORT", "9200")))
    options.add_argument("--data", default=environment.get("ELASTICSEARCH_DATA", "/usr/share/elasticsearch/data"))
    options.add_argument("--cluster-name", default=environment.get("ELASTICSEARCH_CLUSTER_NAME", "standin-cluster"))
    options.add_argument("--log-requests", action="store_true")
    chosen = options.parse_args(arguments)
    node = Node(chosen.data, chosen.cluster_name)
    certificate = key = None
    if environment.get("xpack.security.http.ssl.enabled") == "true":
        certificate, key = (environment[f"xpack.security.http.ssl.{part}"] for part in ("certificate", "key"))
    server = Server((chosen.host, chosen.port), node, chosen.log_requests, certificate, key)
    for number_of in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number_of, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"elasticsearch stand-in (for tests and demonstrations only) on {chosen.host}:{server.server_address[1]}, "
          f"data in {chosen.data}", flush=True)
    server.serve_forever(poll_interval=0.2)
    node.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
