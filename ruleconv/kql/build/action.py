"""The register of actions, and the error with which one says that its piece cannot stand there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from ruleconv.text import Span

Values: TypeAlias = list[Any]
Action: TypeAlias = Callable[[Values, int, int], Any]

ACTIONS: dict[str, Action] = {}


class Misplaced(Exception):
    """A piece that the grammar lets through and Kusto does not: ``print (1)[x:long]``, ``datetime(2020-13-01)``."""

    def __init__(self, message: str, span: Span, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.span, self.hint = message, span, hint


def action(function: Action) -> Action:
    """Registers ``function`` under its own name."""
    ACTIONS[function.__name__] = function
    return function
