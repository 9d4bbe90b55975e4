"""Regular expressions with their flags, as Kusto takes them (the IR has its spelling): https://learn.microsoft.com/kusto/query/regex."""

from __future__ import annotations

import re
from dataclasses import replace
from warnings import catch_warnings, simplefilter

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir

_FLAGS = re.compile(r"\(\?([imsxU]+)\)")


def regex(pattern: ir.Expr, fold: bool) -> ir.Expr:
    """The pattern with its flags inside, as Kusto takes them. Raises Unsupported for a computed one that needs any."""
    if not isinstance(pattern, ir.Literal) or not isinstance(pattern.value, str):
        if fold:
            raise Unsupported("a computed regular expression that ignores case", pattern.span)
        return pattern
    text = pattern.value
    if fold:
        flags = _FLAGS.match(text)
        if flags is None:
            text = f"(?i){text}"
        elif "i" not in flags[1]:
            text = f"(?i{flags[1]}){text[flags.end() :]}"
    return replace(pattern, value=text)


_UNKNOWN_TO_PYTHON = re.compile(r"\\\\|\\[pP](?:\{[^}]*\}|.)|\\x\{[^}]*\}|\\z|\[:\^?[a-z]+:\]")
"""One character each, but for the end of the text."""


def takes_empty(pattern: ir.Expr) -> bool:
    """Whether the empty text matches; True when in doubt."""
    if not isinstance(pattern, ir.Literal) or not isinstance(pattern.value, str):
        return True
    plain = _UNKNOWN_TO_PYTHON.sub(lambda found: r"\Z" if found[0] == r"\z" else found[0] if found[0] == r"\\" else "a", pattern.value)
    try:
        with catch_warnings():
            simplefilter("ignore")
            return re.search(plain, "") is not None
    except (re.error, RecursionError, OverflowError):
        return True
