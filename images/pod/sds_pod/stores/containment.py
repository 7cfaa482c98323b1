"""Whether what was asked for is contained in what a store holds, past the store's own ways of writing it."""

from __future__ import annotations

from typing import Any, Dict, Optional


def difference(have: Any, want: Any, at: str = "") -> Optional[str]:
    """The first place where `want` isn't contained in `have`, in words; `None` when it is.

    More keys are fine. Numbers and booleans may be strings, and a single value may be a list of one.
    """
    if want is None:
        return None
    if isinstance(want, dict) and isinstance(have, dict):
        for key, value in want.items():
            place = f"{at}.{key}" if at else str(key)
            if key not in have and value is not None and value != {} and value != []:
                return f"{place} is missing"
            found = difference(have[key], value, place) if key in have else None
            if found:
                return found
        return None
    if isinstance(want, list) != isinstance(have, list):
        want, have = (value if isinstance(value, list) else [value] for value in (want, have))
    if isinstance(want, list) and isinstance(have, list):
        if len(want) != len(have):
            return f"{at or 'the list'} has {len(have)} values, wanted {len(want)}"
        for index, value in enumerate(want):
            found = difference(have[index], value, f"{at}[{index}]")
            if found:
                return found
        return None
    if plain(have) != plain(want):
        return f"{at or 'the value'} is {plain(have)!r}, wanted {plain(want)!r}"
    return None


def plain(value: Any) -> str:
    """A scalar as Elasticsearch writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def flat_settings(settings: Dict[str, Any]) -> Dict[str, Any]:
    """Index settings under their full dotted names, whether given nested, dotted, or without `index.`."""
    result: Dict[str, Any] = {}

    def visit(value: Any, name: str) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                visit(inner, f"{name}.{key}" if name else key)
        else:
            result[name if name.startswith("index.") else f"index.{name}"] = value

    visit(settings, "")
    return result


def index_shape(body: Dict[str, Any]) -> Dict[str, Any]:
    """An index's or a template's body with its settings flat and its patterns a list under today's key."""
    result = dict(body)
    if isinstance(result.get("template"), str):
        # Elasticsearch 5's name for it, still accepted by 7.
        result["index_patterns"] = [result.pop("template")]
    if isinstance(result.get("index_patterns"), str):
        result["index_patterns"] = [result["index_patterns"]]
    if "settings" in result:
        result["settings"] = flat_settings(result["settings"])
    if isinstance(result.get("template"), dict):
        result["template"] = index_shape(result["template"])
    return result
