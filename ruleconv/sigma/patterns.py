"""The texts and numbers of a rule as patterns of the IR."""

from __future__ import annotations

from collections.abc import Iterable

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir.expr import How
from ruleconv.ir.types import Type
from ruleconv.sigma import detection as d
from ruleconv.sigma.detection import Wildcard
from ruleconv.text import Span

_LONG = 1 << 63


def glob(parts: Iterable[str | Wildcard]) -> tuple[How, str]:
    """The plainest comparison that says the pattern. Only GLOB's text has escapes; a lone ``*`` stays one."""
    runs: list[str | Wildcard] = []
    for part in parts:
        if part is Wildcard.MANY and runs and runs[-1] is Wildcard.MANY:
            continue
        if runs and not isinstance(part, Wildcard) and not isinstance(runs[-1], Wildcard):
            runs[-1] += part
        elif part != "":
            runs.append(part)
    match runs:
        case []:
            return How.EQUALS, ""
        case [str() as only] if not isinstance(only, Wildcard):
            return How.EQUALS, only
        case [Wildcard.MANY, str() as only, Wildcard.MANY] if not isinstance(only, Wildcard):
            return How.CONTAINS, only
        case [str() as only, Wildcard.MANY] if not isinstance(only, Wildcard):
            return How.PREFIX, only
        case [Wildcard.MANY, str() as only] if not isinstance(only, Wildcard):
            return How.SUFFIX, only
    return How.GLOB, "".join(part.value if isinstance(part, Wildcard) else _escaped(part) for part in runs)


def _escaped(run: str) -> str:
    return run.replace("\\", "\\\\").replace("*", "\\*").replace("?", "\\?")


def regex(value: d.Pattern) -> str:
    """With the flags that the pattern must carry itself; ``i`` is the comparison's."""
    flags = value.flags.replace("i", "")
    return f"(?{flags}){value.regex}" if flags else value.regex


def number_text(number: float) -> str:
    """As logs write it: whole numbers without a fraction."""
    if isinstance(number, float) and number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    return str(number)


def number_literal(number: float, span: Span) -> ir.Literal:
    if isinstance(number, int) and -_LONG <= number < _LONG:
        return ir.Literal(number, Type.LONG, span)
    try:
        return ir.Literal(float(number), Type.REAL, span)
    except OverflowError:
        raise Unsupported("a number of this size", span) from None
