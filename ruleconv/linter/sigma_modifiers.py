"""Which modifiers a value can have, in which order.

Source: SigmaHQ/sigma-specification, sigma-appendix-modifiers.md; what pySigma refuses decides where it is silent. A value goes through the
modifiers from the left; each takes certain kinds and makes another.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from ruleconv.linter.sigma_values import has_wildcard, kind

if TYPE_CHECKING:
    from ruleconv.linter.sigma_view import Item

TEXT, REGEX, FIELD, NUMBER, BOOL, NULL = "text", "regular expression", "field", "number", "truth value", "null"
_KINDS = {"text": TEXT, "number": NUMBER, "bool": BOOL, "null": NULL, "odd": NUMBER}
_PLACES = frozenset(("contains", "startswith", "endswith"))
_FLAGS = frozenset(("i", "m", "s", "ignorecase", "multiline", "dotall"))
_COMPARE = frozenset(("lt", "lte", "gt", "gte"))
_TIMES = frozenset(("minute", "hour", "day", "week", "month", "year"))
_ENCODINGS = frozenset(("base64", "base64offset", "wide", "utf16", "utf16le", "utf16be"))
KNOWN = _PLACES | _FLAGS | _COMPARE | _TIMES | _ENCODINGS | {"all", "neq", "cased", "cidr", "exists", "expand", "fieldref", "re", "windash"}
_OF_FIELDS = _COMPARE | _TIMES | {"cidr", "exists", "fieldref"}
_MAKERS = _ENCODINGS | {"windash"}
"""What they make may have characters that the value had not."""
_FIRST = frozenset(("re", "cidr", "exists"))
_DASH = re.compile(r"[-/]")


def unknown(item: Item) -> list[str]:
    return [name for name in item.modifiers if name not in KNOWN]


@lru_cache(maxsize=4096)
def chain(modifiers: tuple[str, ...], start: str, is_keyword: bool) -> str:
    """What is wrong with the modifiers for a value of that kind (``sigma_values.kind``); the empty string when nothing is."""
    at = TEXT if "re" in modifiers and start not in ("null", "bool") else _KINDS[start]
    for index, name in enumerate(modifiers):
        before = modifiers[:index]
        if is_keyword and name in _OF_FIELDS:
            return f"{name} asks for a field, and there is none"
        if name in _FIRST and before:
            return f"{name} takes a value as it is written: it stands before {before[-1]}"
        if name in _PLACES:
            if at not in (TEXT, REGEX, FIELD):
                return _not_for(name, at)
        elif name in _FLAGS:
            if at != REGEX:
                return f"{name} belongs to a regular expression: re|{name}"
        elif name in _COMPARE:
            if at != NUMBER:
                return _not_for(name, at)
            at = "comparison"
        elif name in _TIMES:
            if at != NUMBER:
                return _not_for(name, at)
        elif name == "re":
            if at != TEXT:
                return _not_for(name, at)
            at = REGEX
        elif name == "cidr":
            if at != TEXT:
                return _not_for(name, at)
            at = "network"
        elif name == "exists":
            if at != BOOL:
                return "exists takes true or false"
            at = "presence"
        elif name == "fieldref":
            if at != TEXT:
                return _not_for(name, at)
            if not _PLACES.isdisjoint(before):
                return f"fieldref takes the name of a field as it is written: it stands before {before[-1]}"
            at = FIELD
        elif name == "expand":
            if at not in (TEXT, REGEX):
                return _not_for(name, at)
        elif name in ("cased", "windash") or name in _ENCODINGS:
            if at != TEXT:
                return _not_for(name, at)
            if name in ("base64", "base64offset") and not _PLACES.isdisjoint(before):
                return f"{name} encodes a text without wildcards: it stands before {next(each for each in before if each in _PLACES)}"
    return ""


def _not_for(name: str, at: str) -> str:
    return f"{name} is not for a {at}" if at != NULL else f"{name} is not for null"


def objection(item: Item) -> tuple[int, str] | None:
    """Which value (by its index) the modifiers are not for, and why; None when they fit, or one is unknown."""
    if not item.modifiers or not KNOWN.issuperset(item.modifiers):
        return None
    for index, value in enumerate(item.values):
        if found := chain(item.modifiers, kind(value), not item.field):
            return index, found
    return None


def is_plain(item: Item) -> bool:
    """Surely taken by pySigma, as far as its modifiers go (``objection`` had none): nobody needs to ask it."""
    if not item.modifiers:
        return all(kind(value) != "odd" for value in item.values)
    if any(kind(value) == "odd" for value in item.values) or sum(name in _MAKERS for name in item.modifiers) > 1:
        return False
    for name in item.modifiers:
        if name == "windash":
            if any(len(_DASH.findall(value.text)) > 3 for value in item.values):
                return False
        elif name in _ENCODINGS:
            if any(not value.text.isascii() or has_wildcard(value.text) for value in item.values):
                return False
        elif name == "fieldref" and any(has_wildcard(value.text) for value in item.values):
            return False
    return len(item.modifiers) < 5
