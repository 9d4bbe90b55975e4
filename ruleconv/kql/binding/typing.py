"""Type rules of Kusto's operators, as Microsoft's parser has them.

UNKNOWN (a column of an open table, or something that was reported already) goes with everything.
Source: https://learn.microsoft.com/kusto/query/numerical-operators, datetime-timespan-arithmetic and the parser's operator tables.
"""

from __future__ import annotations

from collections.abc import Iterable

from ruleconv.ir.expr import Operator
from ruleconv.ir.types import Type

BOOL, INT, LONG, REAL, DECIMAL = Type.BOOL, Type.INT, Type.LONG, Type.REAL, Type.DECIMAL
STRING, DATETIME, TIMESPAN, GUID, DYNAMIC, UNKNOWN = Type.STRING, Type.DATETIME, Type.TIMESPAN, Type.GUID, Type.DYNAMIC, Type.UNKNOWN

_WIDTH = {INT: 0, LONG: 1, REAL: 2, DECIMAL: 3}
SUMMABLE = (INT, LONG, REAL, DECIMAL, DATETIME, TIMESPAN)


def widest(types: Iterable[Type]) -> Type:
    """The widest numeric type: int < long < real < decimal."""
    return max((t for t in types if t in _WIDTH), key=_WIDTH.__getitem__, default=UNKNOWN)


def common(types: Iterable[Type]) -> Type | None:
    """The one type that branches of a case, or the arguments of coalesce, have together; None when there is none."""
    found: Type | None = None
    for type_ in types:
        if found is None or found is type_:
            found = type_
        elif UNKNOWN in (found, type_):
            found = UNKNOWN
        elif DYNAMIC in (found, type_):
            found = DYNAMIC
        elif found in _WIDTH and type_ in _WIDTH:
            found = widest((found, type_))
        else:
            return None
    return found


def common_branch(types: Iterable[Type]) -> Type:
    """The type of ``iff`` and ``case``: of the branches that are not dynamic; dynamic when they have none together."""
    known = list(types)
    return common([t for t in known if t is not DYNAMIC] or known) or DYNAMIC


_TIME: dict[tuple[Operator, Type, Type], Type] = {
    (Operator.ADD, DATETIME, TIMESPAN): DATETIME,
    (Operator.ADD, TIMESPAN, DATETIME): DATETIME,
    (Operator.ADD, TIMESPAN, TIMESPAN): TIMESPAN,
    (Operator.SUB, DATETIME, DATETIME): TIMESPAN,
    (Operator.SUB, DATETIME, TIMESPAN): DATETIME,
    (Operator.SUB, TIMESPAN, TIMESPAN): TIMESPAN,
    (Operator.DIV, TIMESPAN, TIMESPAN): REAL,
    (Operator.MOD, TIMESPAN, TIMESPAN): TIMESPAN,
    (Operator.MOD, DATETIME, TIMESPAN): TIMESPAN,
    (Operator.ADD, DATETIME, DYNAMIC): DATETIME,
    (Operator.ADD, DYNAMIC, DATETIME): DATETIME,
    (Operator.ADD, TIMESPAN, DYNAMIC): TIMESPAN,
    (Operator.ADD, DYNAMIC, TIMESPAN): TIMESPAN,
    (Operator.SUB, DATETIME, DYNAMIC): TIMESPAN,
    (Operator.SUB, DYNAMIC, DATETIME): TIMESPAN,
    (Operator.SUB, TIMESPAN, DYNAMIC): TIMESPAN,
    (Operator.SUB, DYNAMIC, TIMESPAN): TIMESPAN,
}


def arithmetic(op: Operator, left: Type, right: Type) -> Type | None:
    """The type of ``left op right``, or None where Kusto has no such operator."""
    if left in _WIDTH and right in _WIDTH:
        wide = widest((left, right))
        return LONG if wide is INT else wide
    if UNKNOWN in (left, right):
        return _of_unknown(op, left, right)
    found = _TIME.get((op, left, right))
    if found is not None:
        return found
    numbers = left in _WIDTH or right in _WIDTH
    if DYNAMIC in (left, right) and numbers:
        wide = widest((left, right))
        return LONG if wide is INT else wide
    if left is right is DYNAMIC:
        return DYNAMIC
    if numbers and op in (Operator.MUL, Operator.DIV) and (left is TIMESPAN or (right is TIMESPAN and op is Operator.MUL)):
        return TIMESPAN
    if op is Operator.MOD and left is TIMESPAN and right in _WIDTH:
        return TIMESPAN
    return None


def _of_unknown(op: Operator, left: Type, right: Type) -> Type:
    other = right if left is UNKNOWN else left
    if other in (REAL, DECIMAL):
        return other
    if other is TIMESPAN:
        return TIMESPAN if op in (Operator.MUL, Operator.MOD) else UNKNOWN
    return UNKNOWN


def ordered(left: Type, right: Type) -> bool:
    """Whether ``<`` and the like are defined."""
    if UNKNOWN in (left, right):
        return True
    numbers = (*_WIDTH, BOOL)
    if left in numbers and right in numbers:
        return True
    if left is right and left in (DATETIME, TIMESPAN):
        return True
    return (left is DYNAMIC and right in _WIDTH) or (right is DYNAMIC and left in _WIDTH)


def between(subject: Type, low: Type, high: Type) -> bool:
    """Whether ``subject between (low .. high)`` is defined; a datetime takes a timespan at its high end."""
    known = [t for t in (subject, low, high) if t not in (UNKNOWN, DYNAMIC)]
    if all(t in _WIDTH for t in known):
        return len(known) > 1 or UNKNOWN in (subject, low, high)
    if all(t is TIMESPAN for t in known):
        return DYNAMIC not in (subject, low, high)
    if all(t is DATETIME for t in known) or (all(t is DATETIME for t in known[:-1]) and high is TIMESPAN):
        return DYNAMIC not in (subject, low, high)
    return False
