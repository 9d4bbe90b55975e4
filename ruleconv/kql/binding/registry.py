"""Which function binds which tabular operator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from ruleconv.kql import tree
from ruleconv.kql.binding.scope import Bound
from ruleconv.kql.binding.session import Context

Binder: TypeAlias = Callable[[Context, Any, Bound], Bound]

OPERATORS: dict[type[tree.Node], Binder] = {}
"""By the node's class. The context has the operator's scope and no row; the last argument is the input."""


def operator(*kinds: type[tree.Node]) -> Callable[[Binder], Binder]:
    """Registers the function for these nodes."""

    def register(function: Binder) -> Binder:
        for kind in kinds:
            OPERATORS[kind] = function
        return function

    return register
