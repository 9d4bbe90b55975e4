"""Whether an expression is a whole number for certain, as far as the statement itself tells: counts, lengths, literals, casts.

Source: https://www.postgresql.org/docs/current/functions-math.html ("for integral types, division truncates the result towards zero")
"""

from __future__ import annotations

from ruleconv.sql.tree import Node, bare

_COUNTS = frozenset(("count", "countif", "length", "rownumber", "denserank", "rank", "arraysize"))
_SAME = frozenset(("add", "sub", "mul", "div"))
"""Of two whole numbers they make one again."""
_OF_FIRST = frozenset(("filter", "window", "neg", "abs", "max", "min", "nullif"))
_OF_ALL = frozenset(("coalesce", "greatest", "least"))
_TYPES = frozenset(("INT", "BIGINT", "SMALLINT", "TINYINT"))


def is_integer(node: Node | None) -> bool:
    """False where it cannot be told, as of a column."""
    stack = [node]
    while stack:
        at = bare(stack.pop())
        if at is None:
            return False
        if at.kind in _SAME:
            stack += (at.get("this"), at.get("expression"))
        elif at.kind in _OF_FIRST:
            stack.append(at.get("this"))
        elif at.kind in _OF_ALL:
            stack += [each for role in ("this", "expressions") for each in at.all(role)]
        elif at.kind == "cast":
            if type_of(at) not in _TYPES:
                return False
        elif at.kind == "literal":
            if at.flags.get("is_string") or not at.name.isdecimal():
                return False
        elif at.kind not in _COUNTS:
            return False
    return True


def type_of(cast: Node) -> str:
    """The name of the type that a cast gives (sqlglot's: INT, DOUBLE, DECIMAL)."""
    to = cast.get("to")
    return to.flags.get("this", "").rpartition(".")[2] if to is not None else ""
