"""What a Sigma rule matches, read from the specification alone: rules as plain Python values, events as dicts, no SQL and none of our code.

Sources: SigmaHQ/sigma-specification, sigma-rules-specification.md and sigma-appendix-modifiers.md. Where these say nothing,
docs/semantics.md, S26 to S29. Slow, and small enough to be checked by reading it beside the specification.
"""

from __future__ import annotations

import base64
import ipaddress
import itertools
import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

Event = Mapping[str, Any]
ANY, ONE = "*", "?"
DASHES = "-/\u2013\u2014\u2015"
COMPARE: dict[str, Callable[[float, float], bool]] = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le}
PARTS: dict[str, Callable[[datetime], int]] = {
    "minute": lambda t: t.minute,
    "hour": lambda t: t.hour,
    "day": lambda t: t.day,
    "week": lambda t: t.isocalendar().week,
    "month": lambda t: t.month,
    "year": lambda t: t.year,
}


@dataclass(frozen=True)
class Token:
    """A character (``wild`` false) or a wildcard."""

    char: str
    wild: bool = False


@dataclass(frozen=True)
class Pattern:
    tokens: tuple[Token, ...]
    cased: bool = False
    keyword: bool = False


def tokens(text: str) -> tuple[Token, ...]:
    """Section "Escaping": a backslash takes its meaning from a wildcard, or from a second backslash; before anything else it is plain."""
    found = []
    at = 0
    while at < len(text):
        if text[at] == "\\" and text[at + 1 : at + 2] in ("\\", "*", "?"):
            found.append(Token(text[at + 1]))
            at += 2
            continue
        found.append(Token(text[at], text[at] in "*?"))
        at += 1
    return tuple(found)


def matches(rule: Mapping[str, Any], event: Event) -> bool:
    """Whether one of the rule's conditions holds."""
    detection = dict(rule["detection"])
    conditions = detection.pop("condition")
    return any(Condition(text, detection, event).value() for text in (conditions if isinstance(conditions, list) else [conditions]))


# ---------------------------------------------------------------- conditions
class Condition:
    """Precedence, least binding first: or, and, not, "x of", parentheses."""

    def __init__(self, text: str, detection: Mapping[str, Any], event: Event) -> None:
        self.words = re.findall(r"[()]|[^\s()]+", text)
        self.detection, self.event = detection, event

    def value(self) -> bool:
        result = self.either()
        assert not self.words, self.words
        return result

    def either(self) -> bool:
        values = [self.both()]
        while self.words[:1] == ["or"]:
            self.words.pop(0)
            values.append(self.both())
        return any(values)

    def both(self) -> bool:
        values = [self.single()]
        while self.words[:1] == ["and"]:
            self.words.pop(0)
            values.append(self.single())
        return all(values)

    def single(self) -> bool:
        word = self.words.pop(0)
        if word == "not":
            return not self.single()
        if word == "(":
            value = self.either()
            assert self.words.pop(0) == ")"
            return value
        if word in ("1", "any", "all") and self.words[:1] == ["of"]:
            self.words.pop(0)
            pattern = self.words.pop(0)
            held = [search(self.detection[name], self.event) for name in chosen(self.detection, pattern)]
            return all(held) if word == "all" else any(held)
        return search(self.detection[word], self.event)


def chosen(names: Iterable[str], pattern: str) -> list[str]:
    """ "Detections starting with underscores are excluded by convention", where the pattern does not ask for them."""
    fitting = [name for name in names if pattern == "them" or fnmatchcase(name, pattern)]
    return [name for name in fitting if pattern.startswith("_") or not name.startswith("_")]


def search(given: object, event: Event) -> bool:
    """A map is all of its items, a list any of them; what is neither is a keyword."""
    if isinstance(given, Mapping):
        return all(item(key, value, event) for key, value in given.items())
    if isinstance(given, list) and any(isinstance(each, (list, Mapping)) for each in given):
        return any(search(each, event) for each in given)
    return item("", given, event)


# ---------------------------------------------------------------- modifiers
Test = Callable[[Event], bool]


def item(key: str, given: object, event: Event) -> bool:
    """One field with its modifiers, applied from left to right; no field: keywords."""
    field, *names = key.split("|")
    values: list[object] = list(given) if isinstance(given, list) else [given]
    if not values:
        values = [None]
    every, negated = False, False
    made: list[list[object]] = [[value if "re" in names or not isinstance(value, str) else Pattern(tokens(value))] for value in values]
    for at, name in enumerate(names):
        if name == "all":
            every = True
        elif name == "neq":
            negated = True
        else:
            made = [[new for value in group for new in modified(name, value, names[:at])] for group in made]
    held = [any(holds(field, value, event) for value in group) for group in made]
    return (all(held) if every else any(held)) is not negated


@dataclass(frozen=True)
class Regex:
    text: str
    flags: str = ""
    starts: bool = False
    ends: bool = False


@dataclass(frozen=True)
class Compared:
    op: str
    number: float
    part: str = ""


@dataclass(frozen=True)
class Part:
    unit: str
    number: int


@dataclass(frozen=True)
class Reference:
    field: str
    starts: bool = False
    ends: bool = False


@dataclass(frozen=True)
class Network:
    text: str


@dataclass(frozen=True)
class Exists:
    wanted: bool


def plain(value: Pattern) -> str:
    assert not any(token.wild for token in value.tokens)
    return "".join(token.char for token in value.tokens)


def literal(text: str) -> Pattern:
    return Pattern(tuple(map(Token, text)))


def modified(name: str, value: Any, before: Sequence[str]) -> list[object]:
    match name, value:
        case (("contains" | "startswith" | "endswith"), Pattern()):
            left = (Token(ANY, True),) if name != "startswith" else ()
            right = (Token(ANY, True),) if name != "endswith" else ()
            return [replace(value, tokens=(*left, *value.tokens, *right))]
        case "contains", Reference():
            return [replace(value, starts=True, ends=True)]
        case "startswith", (Reference() | Regex()):
            return [replace(value, starts=True)]
        case "endswith", (Reference() | Regex()):
            return [replace(value, ends=True)]
        case "contains", Regex():
            return [value]
        case "cased", Pattern():
            return [replace(value, cased=True)]
        case "re", str():
            return [Regex(value)]
        case (("i" | "m" | "s" | "ignorecase" | "multiline" | "dotall"), Regex()):
            return [replace(value, flags=value.flags + {"d": "s"}.get(name[0], name[0]))]
        case "windash", Pattern():
            return dashes(value)
        case (("wide" | "utf16le" | "utf16be" | "utf16"), Pattern()):
            code = "utf-16-be" if name == "utf16be" else "utf-16-le"
            wide = [
                token if token.wild else Token(char)
                for token in value.tokens
                for char in (token.char if token.wild else token.char.encode(code).decode("latin-1"))
            ]
            return [replace(value, tokens=((Token("\xff"), Token("\xfe")) if name == "utf16" else ()) + tuple(wide))]
        case "base64", Pattern():
            return [literal(base64.b64encode(octets(value, before)).decode())]
        case "base64offset", Pattern():
            return [literal(each) for each in offsets(octets(value, before))]
        case (("gt" | "gte" | "lt" | "lte"), Part(unit, number)):
            return [Compared(name, number, unit)]
        case (("gt" | "gte" | "lt" | "lte"), (int() | float())):
            return [Compared(name, value)]
        case (("minute" | "hour" | "day" | "week" | "month" | "year"), int()):
            return [Part(name, value)]
        case "cidr", Pattern():
            return [Network(plain(value))]
        case "fieldref", Pattern():
            return [Reference(plain(value))]
        case "exists", bool():
            return [Exists(value)]
    raise AssertionError(f"{name} of {value!r}")


def octets(value: Pattern, before: Sequence[str]) -> bytes:
    wide = {"wide", "utf16", "utf16le", "utf16be"} & set(before)
    return plain(value).encode("latin-1" if wide else "utf-8")


def offsets(data: bytes) -> list[str]:
    """What stays the same of the text's base64 wherever it stands in a longer one: only the whole sextets."""
    found = []
    for shift in range(3):
        bits = "".join(f"{byte:08b}" for byte in data)
        skip = (-8 * shift) % 6
        whole = [bits[at : at + 6] for at in range(skip, len(bits) - 5, 6)]
        found.append("".join("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[int(each, 2)] for each in whole))
    return found


def dashes(value: Pattern) -> list[object]:
    """A dash before a word and after none is any of the five."""
    chars = value.tokens

    def word(at: int) -> bool:
        return 0 <= at < len(chars) and not chars[at].wild and (chars[at].char.isalnum() or chars[at].char == "_")

    places = [at for at, token in enumerate(chars) if not token.wild and token.char in "-/" and word(at + 1) and not word(at - 1)]
    found: list[object] = []
    for choice in itertools.product(DASHES, repeat=len(places)):
        changed = list(chars)
        for at, dash in zip(places, choice, strict=True):
            changed[at] = Token(dash)
        found.append(replace(value, tokens=tuple(changed)))
    return found


# ---------------------------------------------------------------- events
def values_of(event: Event, name: str) -> object:
    """By its name; else by its dots into nested objects."""
    if name in event:
        return event[name]
    first, dot, rest = name.partition(".")
    inner = event.get(first)
    return values_of(inner, rest) if dot and isinstance(inner, Mapping) else None


def leaves(value: object) -> list[object]:
    """The values in it, at any depth; no nulls."""
    if isinstance(value, Mapping):
        return [leaf for each in value.values() for leaf in leaves(each)]
    if isinstance(value, list):
        return [leaf for each in value for leaf in leaves(each)]
    return [] if value is None else [value]


def shown(value: object) -> str:
    """A value as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def folded(text: str) -> str:
    return text.lower()


def number(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return value
    return float(str(value)) if re.fullmatch(r"[+-]?\d+(\.\d+)?", str(value), re.ASCII) else None


def holds(field: str, value: Any, event: Event) -> bool:
    if not field:
        return any(keyword(value, leaf) for leaf in leaves(event))
    found = values_of(event, field)
    if value is None:
        return found is None
    if isinstance(value, Exists):
        return (found is not None or field in event) is value.wanted
    if isinstance(value, Reference):
        return any(referred(value, mine, other) for mine in leaves(found) for other in leaves(values_of(event, value.field)))
    return any(fits(value, leaf) for leaf in leaves(found))


def keyword(value: Any, leaf: object) -> bool:
    """Anywhere in the event; ``contains`` and its relatives are no news to a keyword, but for where they anchor it."""
    if isinstance(value, Pattern):
        anchored = value.tokens and (value.tokens[0] == Token(ANY, True) or value.tokens[-1] == Token(ANY, True))
        return fits(
            value if anchored and value.keyword else replace(value, tokens=(Token(ANY, True), *value.tokens, Token(ANY, True))), leaf
        )
    if isinstance(value, Regex):
        return fits(value, leaf)
    return folded(shown(value)) in folded(shown(leaf))


def fits(value: Any, leaf: object) -> bool:
    """One value of the event, which is not null."""
    match value:
        case Pattern():
            parts = ("[\\s\\S]*" if token.char == ANY else "[\\s\\S]" for token in value.tokens)
            regex = "".join(
                part if token.wild else re.escape(token.char if value.cased else folded(token.char))
                for part, token in zip(parts, value.tokens, strict=True)
            )
            text = shown(leaf)
            return re.fullmatch(regex, text if value.cased else folded(text)) is not None
        case bool():
            return folded(shown(leaf)) == shown(value)
        case int() | float():
            return value == leaf if isinstance(leaf, (int, float)) and not isinstance(leaf, bool) else shown(value) == folded(shown(leaf))
        case Regex(text, flags, starts, ends):
            mode = re.RegexFlag(0)
            for flag in flags:
                mode |= {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}[flag]
            # $ is the end of the text, not a place before its last newline; the tests escape none.
            body = text if "m" in flags else text.replace("$", r"\Z")
            return re.search((r"\A" if starts else "") + f"(?:{body})" + (r"\Z" if ends else ""), shown(leaf), mode) is not None
        case Compared(op, limit, ""):
            mine = number(leaf)
            return mine is not None and COMPARE[op](mine, limit)
        case Compared(op, limit, unit):
            return (moment := time(leaf)) is not None and COMPARE[op](PARTS[unit](moment), limit)
        case Part(unit, wanted):
            return (moment := time(leaf)) is not None and PARTS[unit](moment) == wanted
        case Network(text):
            try:
                return ipaddress.ip_address(str(leaf)) in ipaddress.ip_network(text)
            except ValueError:
                return False
    raise AssertionError(value)


def time(leaf: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(leaf))
    except ValueError:
        return None


def referred(value: Reference, found: object, other: object) -> bool:
    if not value.starts and not value.ends and isinstance(found, (int, float)) and isinstance(other, (int, float)):
        return found == other and isinstance(found, bool) is isinstance(other, bool)
    mine, theirs = folded(shown(found)), folded(shown(other))
    if value.starts and value.ends:
        return theirs in mine
    if value.starts:
        return mine.startswith(theirs)
    return mine.endswith(theirs) if value.ends else mine == theirs
