"""Values of Sigma rules: what kind of value a scalar is, and texts with wildcards.

Source: SigmaHQ/sigma-specification, sigma-rules-specification.md ("Escaping"): a backslash escapes ``*``, ``?`` and itself before one of
these, and stands for itself elsewhere.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ruleconv.rulefile.yaml_nodes import Node

_SPECIAL = re.compile(r"\\[*?\\]|[*?]")
MANY, ONE = "\ue000", "\ue001"
"""Stand for the wildcards in ``marked`` texts: characters that no rule has."""


def kind(node: Node) -> str:
    """``text``, ``number``, ``bool`` or ``null``; ``odd`` for a number that is not plainly one."""
    match node.tag:
        case "null":
            return "null"
        case "bool":
            return "bool"
        case "int" | "float":
            if len(node.text) > 15:
                return "odd"
            value = node.plain()
            if isinstance(value, str):
                return "text"
            return "number" if isinstance(value, int | float) and abs(value) < 1e300 else "odd"
        case _:
            return "text"


@lru_cache(maxsize=8192)
def marked(text: str) -> str:
    """The text that is looked for, with ``MANY`` and ``ONE`` where its wildcards are."""
    if "*" not in text and "?" not in text and "\\" not in text:
        return text
    return _SPECIAL.sub(lambda found: {"*": MANY, "?": ONE}.get(found[0]) or found[0][1:], text)


def shown(text: str) -> str:
    """A value as messages have it: in quotes, its backslashes as they are written."""
    return f"'{text[:80]}'" if text.isprintable() else repr(text[:80])


def has_wildcard(text: str) -> bool:
    """Whether an unescaped ``*`` or ``?`` stands in it."""
    if "*" not in text and "?" not in text:
        return False
    plain = marked(text)
    return MANY in plain or ONE in plain


def pattern(wanted: str) -> re.Pattern[str]:
    """Matches the ``marked`` texts that a ``marked`` text covers: whatever one of them finds, this finds as well."""
    pieces = (".*" if char == MANY else f"[^{MANY}]" if char == ONE else re.escape(char) for char in wanted)
    return re.compile("".join(pieces), re.DOTALL)


# ---------------------------------------------------------------- lists of values
_PLACES = ("contains", "startswith", "endswith")
_COMPARED_AS_TEXT = frozenset((*_PLACES, "cased", "windash", "neq"))
_EXACT = frozenset(("cased", "re", "base64", "base64offset", "wide", "utf16", "utf16le", "utf16be", "fieldref", "expand"))
_SEPARATOR = "\0"
_DASHES = "-/\u2013\u2014\u2015"
_LONG, _STARS, _MOST, _PAIRS = 500, 3, 2_000, 50_000
"""Limits of texts and wildcards that are compared as patterns, of the values of a list and of the pairs of them with wildcards: what is
past them is left alone."""


def ignores_case(modifiers: tuple[str, ...]) -> bool:
    """Values that differ in case alone find the same."""
    return _EXACT.isdisjoint(modifiers)


def escaped(text: str) -> str:
    """The first escaped wildcard as it is written, empty when there is none."""
    return next((found[0] for found in _SPECIAL.finditer(text) if found[0] in ("\\*", "\\?")), "")


def covered(modifiers: tuple[str, ...], values: list[Node]) -> list[tuple[Node, Node]]:
    """Values that another one of the same list covers, each with the shortest that does. Values that are the same are not told, nor any of
    a list that is not compared as text, one value or the other (``all``, regular expressions, encodings)."""
    places = [name for name in modifiers if name in _PLACES]
    if not _COMPARED_AS_TEXT.issuperset(modifiers) or len(places) > 1:
        return []
    place = places[0] if places else ""
    texts: dict[str, Node] = {}
    for value in values:
        if kind(value) in ("text", "number"):
            text = marked(value.text)
            text = text if "cased" in modifiers else text.casefold()
            if place in ("contains", "endswith"):
                text = text.lstrip(MANY)
            if place in ("contains", "startswith"):
                text = text.rstrip(MANY)
            texts.setdefault(text, value)
    if not 2 <= len(texts) <= _MOST:
        return []
    patterns = sum(MANY in text or ONE in text for text in texts)
    if patterns * len(texts) > _PAIRS:
        return []
    everything = _SEPARATOR + _SEPARATOR.join(texts) + _SEPARATOR
    found: dict[str, str] = {}
    for text in sorted(texts, key=len):
        if text in found or ("windash" in modifiers and text[:1] + text[-1:] != text[:1].strip(_DASHES) + text[-1:].strip(_DASHES)):
            continue
        for other in _candidates(text, place, texts, everything):
            if other != text and other not in found:
                found[other] = text
    return [(texts[other], texts[text]) for other, text in found.items()]


def _candidates(text: str, place: str, texts: dict[str, Node], everything: str) -> list[str]:
    """The texts that this one covers, itself perhaps among them."""
    if MANY in text or ONE in text:
        if len(text) > _LONG or text.count(MANY) > _STARS:
            return []
        front, back = MANY * (place in ("contains", "endswith")), MANY * (place in ("contains", "startswith"))
        compiled = pattern(f"{front}{text}{back}")
        return [other for other in texts if len(other) <= _LONG and compiled.fullmatch(f"{front}{other}{back}")]
    if not place:
        return []
    wanted = _SEPARATOR * (place == "startswith") + text + _SEPARATOR * (place == "endswith")
    first = everything.find(wanted)
    if first < 0 or everything.find(wanted, first + 1) < 0:
        return []
    test = {"contains": str.__contains__, "startswith": str.startswith, "endswith": str.endswith}[place]
    return [other for other in texts if test(other, text)]
