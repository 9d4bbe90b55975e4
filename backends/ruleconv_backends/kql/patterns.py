"""Regular expressions: what Kusto can run, and whether one matches the empty text.

Source: https://learn.microsoft.com/kusto/query/regex (neither look-around nor back-references, nor possessive repetition).
"""

from __future__ import annotations

import re
from dataclasses import replace
from warnings import catch_warnings, simplefilter

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir

_FLAGS = re.compile(r"\(\?([imsxU]+)\)")
_PIECE = re.compile(
    r"""\\Q.*?(?:\\E|$)
    | (?P<escape>\\(?:[pPxuU]\{[^}]*\}|b\{[^}]*\}|.))
    | (?P<around>\(\?(?:[=!>(]|<[=!]|P[=>]|\#|R\)|&))
    | (?P<possessive>(?:[*+?]|\{\d+(?:,\d*)?\})\+)
    | (?P<class>\[\^?\]?)
    | .""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPES = frozenset("dDsSwWbBAzpPxuUaftnrv")
"""Letters and digits that have a meaning after a backslash (``\\0`` is an octal number)."""


def regex(pattern: ir.Expr, fold: bool) -> ir.Expr:
    """The pattern with its flags inside, as Kusto takes them. Raises Unsupported for syntax that Kusto has not."""
    if not isinstance(pattern, ir.Literal) or not isinstance(pattern.value, str):
        if fold:
            raise Unsupported("a computed regular expression that ignores case", pattern.span)
        return pattern
    text = pattern.value
    if foreign := what_is_foreign(text):
        raise Unsupported(f"{foreign} in a regular expression", pattern.span, "Kusto has none")
    if not fold:
        return pattern
    flags = _FLAGS.match(text)
    if flags is None:
        return replace(pattern, value=f"(?i){text}")
    return pattern if "i" in flags[1] else replace(pattern, value=f"(?i{flags[1]}){text[flags.end() :]}")


def what_is_foreign(text: str) -> str:
    """What of the pattern no engine of Kusto's kind has; empty when there is nothing."""
    at = depth = 0
    while at < len(text) and (piece := _PIECE.match(text, at)):
        at = piece.end()
        escape = piece["escape"]
        if escape is not None:
            char = escape[1]
            if not depth and char in "123456789k":
                return "a back-reference"
            if char.isascii() and char.isalnum() and char not in _ESCAPES and not char.isdigit():
                return f"\\{char}"
        elif piece["class"] is not None:
            depth += 1
        elif depth:
            depth -= piece[0] == "]"
        elif piece["around"] is not None:
            return f"{piece[0]}...)"
        elif piece["possessive"] is not None:
            return f"the possessive {piece[0]}"
    return ""


def takes_empty(pattern: ir.Expr) -> bool:
    """Whether the empty text matches; True when in doubt."""
    if not isinstance(pattern, ir.Literal) or not isinstance(pattern.value, str):
        return True
    try:
        with catch_warnings():
            simplefilter("ignore")  # of [[:alpha:]], which Python reads in another way: no matter here
            return re.search(pattern.value, "") is not None
    except (re.error, RecursionError, OverflowError):
        return True
