"""What a detection means, in plain Python and straight from the specification: two-valued, one event at a time."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ruleconv.sigma.conditions import Condition, Joined, Name, Negated, Several, parse

Event = Mapping[str, object]


def matches(detection: Mapping[str, object], event: Event) -> bool:
    searches = {name: value for name, value in detection.items() if name != "condition"}
    conditions = detection["condition"]
    return any(_holds(parse(each), searches, event) for each in (conditions if isinstance(conditions, list) else [conditions]))


def _holds(condition: Condition, searches: Mapping[str, object], event: Event) -> bool:
    match condition:
        case Name():
            return _search(searches[condition.name], event)
        case Several():
            found = [_search(searches[name], event) for name in condition.names(searches)]
            return all(found) if condition.all else any(found)
        case Negated():
            return not _holds(condition.term, searches, event)
        case Joined():
            found = [_holds(term, searches, event) for term in condition.terms]
            return all(found) if condition.all else any(found)


def _search(search: object, event: Event) -> bool:
    if isinstance(search, dict):
        return all(_item(key, value, event) for key, value in search.items())
    if isinstance(search, list) and any(isinstance(each, dict | list) for each in search):
        return any(_search(each, event) for each in search)
    return _item("", search, event)


def _item(key: str, value: object, event: Event) -> bool:
    field, *modifiers = key.split("|")
    values = value if isinstance(value, list) else [value]
    tests = [_value(field, modifiers, each, event) for each in values]
    found = all(tests) if "all" in modifiers else any(tests)
    return found != ("neq" in modifiers)


def _value(field: str, modifiers: list[str], value: object, event: Event) -> bool:
    if not field:
        return any(_text(modifiers, f"*{value}*", each) for each in event.values() if each is not None)
    mine = event.get(field)
    if "exists" in modifiers:
        return (field in event) == value
    if value is None:
        return mine is None
    if mine is None:
        return False
    for name, test in (("gte", lambda a, b: a >= b), ("gt", lambda a, b: a > b), ("lte", lambda a, b: a <= b), ("lt", lambda a, b: a < b)):
        if name in modifiers:
            number = _number(mine)
            return number is not None and test(number, value)
    if "fieldref" in modifiers:
        other = event.get(str(value))
        return other is not None and printed(mine).lower() == printed(other).lower()
    if "re" in modifiers:
        return re.search(str(value), printed(mine), re.IGNORECASE if "i" in modifiers else 0) is not None
    return _text(modifiers, value, mine)


def _text(modifiers: list[str], value: object, mine: object) -> bool:
    if not isinstance(value, str):
        return printed(value).lower() == printed(mine).lower()
    pattern = wildcards(value)
    before, after = ("contains" in modifiers or end in modifiers for end in ("endswith", "startswith"))
    pattern = (".*" if before else "") + pattern + (".*" if after else "")
    return re.fullmatch(pattern, printed(mine), re.DOTALL | (0 if "cased" in modifiers else re.IGNORECASE)) is not None


def wildcards(value: str) -> str:
    r"""As a regular expression: ``*``, ``?``, and a backslash before ``*``, ``?`` or a backslash takes its meaning away."""
    result, at = "", 0
    while at < len(value):
        char = value[at]
        if char == "\\" and value[at + 1 : at + 2] in ("*", "?", "\\"):
            at += 1
            result += re.escape(value[at])
        else:
            result += {"*": ".*", "?": "."}.get(char) or re.escape(char)
        at += 1
    return result


def printed(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _number(value: object) -> float | None:
    try:
        return None if isinstance(value, bool) else float(value)  # type: ignore[arg-type]
    except ValueError:
        return None
