"""Actions that make lists or pick a child."""

from __future__ import annotations

from typing import Any

from ruleconv.kql.build.action import Values, action


@action
def none(v: Values, start: int, end: int) -> list[Any]:
    return []


@action
def nothing(v: Values, start: int, end: int) -> None:
    return None


@action
def one(v: Values, start: int, end: int) -> list[Any]:
    return v


@action
def two(v: Values, start: int, end: int) -> list[Any]:
    return v


@action
def more(v: Values, start: int, end: int) -> Any:
    """``list separator element``: the list grows in place, nobody else holds it yet."""
    v[0].append(v[2])
    return v[0]


@action
def append(v: Values, start: int, end: int) -> Any:
    v[0].append(v[1])
    return v[0]


@action
def first(v: Values, start: int, end: int) -> Any:
    return v[0]


@action
def second(v: Values, start: int, end: int) -> Any:
    return v[1]


@action
def third(v: Values, start: int, end: int) -> Any:
    return v[2]


@action
def fourth(v: Values, start: int, end: int) -> Any:
    return v[3]
