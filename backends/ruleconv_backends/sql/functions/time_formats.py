"""``format_datetime`` and ``format_timespan``: Kusto's pattern letters as the engines' own.

Semantics: https://learn.microsoft.com/kusto/query/format-datetime-function (the letters and the delimiters that are allowed).
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv.ir.expr import Call
from ruleconv_backends.sql.arguments import call as anonymous
from ruleconv_backends.sql.arguments import constant_text
from ruleconv_backends.sql.registry import lowers
from ruleconv_backends.sql.value import SqlValue

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering

_DELIMITERS = " /-:,._[]"
_POSTGRES = {
    "d": "FMDD", "dd": "DD", "h": "FMHH12", "hh": "HH12", "H": "FMHH24", "HH": "HH24", "m": "FMMI", "mm": "MI", "M": "FMMM", "MM": "MM",
    "s": "FMSS", "ss": "SS", "y": "FMYY", "yy": "YY", "yyyy": "YYYY", "tt": "AM",
    "f": "FF1", "ff": "FF2", "fff": "FF3", "ffff": "FF4", "fffff": "FF5", "ffffff": "FF6", "fffffff": 'FF6"0"',
}  # fmt: skip
_DUCKDB = {
    "d": "%-d", "dd": "%d", "h": "%-I", "hh": "%I", "H": "%-H", "HH": "%H", "m": "%-M", "mm": "%M", "M": "%-m", "MM": "%m",
    "s": "%-S", "ss": "%S", "y": "%-y", "yy": "%y", "yyyy": "%Y", "tt": "%p", "fff": "%g", "ffffff": "%f", "fffffff": "%f0",
}  # fmt: skip
_TIMESPAN = re.compile(r"d{1,8}|f{1,7}|F{1,7}|HH?|hh?|mm?|ss?")


def tokens(call: Call, letters: str) -> list[str]:
    """The pattern in runs of one letter; delimiters as they are."""
    pattern = constant_text(call, 1, "a format")
    found = []
    for character, run in groupby(pattern):
        text = "".join(run)
        if character not in _DELIMITERS and character not in letters:
            raise Unsupported(f"{call.function}() with '{text}' in the format", call.args[1].span)
        found.append(text)
    return found


@lowers("format_datetime")
def format_datetime(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """One TO_CHAR or STRFTIME, joined with what they cannot say."""
    known = _POSTGRES if lowering.postgres else _DUCKDB
    pieces: list[exp.Expression] = []
    pattern = ""
    time = args[0].node

    def close() -> None:
        nonlocal pattern
        if pattern:
            pieces.append(anonymous("TO_CHAR" if lowering.postgres else "STRFTIME", time.copy(), exp.Literal.string(pattern)))
        pattern = ""

    for token in tokens(call, "dfFhHmMsyt"):
        if token[0] in _DELIMITERS:
            pattern += token
        elif token in known:
            pattern += known[token]
        elif token[0] in "fF" and len(token) <= 7:
            close()
            digits = (
                anonymous("TO_CHAR", time.copy(), exp.Literal.string("US"))
                if lowering.postgres
                else anonymous("STRFTIME", time.copy(), exp.Literal.string("%f"))
            )
            piece: exp.Expression = digits if len(token) > 5 else lowering.template(f"LEFT(_x, {len(token)})", x=digits)
            pieces.append(lowering.template("RTRIM(_x, '0')", x=piece) if token[0] == "F" else piece)
        else:
            raise Unsupported(f"format_datetime() with '{token}' in the format", call.args[1].span)
    close()
    return joined(pieces)


def joined(pieces: list[exp.Expression]) -> exp.Expression:
    if not pieces:
        return exp.Literal.string("")
    node = pieces[0]
    for piece in pieces[1:]:
        node = exp.DPipe(this=node, expression=piece)
    return node


@lowers("format_timespan")
def format_timespan(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """Over the microseconds of the timespan; a sign in front where it is below zero."""
    divide = "/" if lowering.postgres else "//"
    total = "ABS(CAST(EXTRACT(EPOCH FROM _x) * 1000000 AS BIGINT))" if lowering.postgres else "ABS(EPOCH_US(_x))"
    parts = ["CASE WHEN _x < INTERVAL '0 SECOND' THEN '-' ELSE '' END"]
    for token in tokens(call, "dfFhHms"):
        if token[0] in _DELIMITERS:
            parts.append(f"'{token}'")
            continue
        if not _TIMESPAN.fullmatch(token):
            raise Unsupported(f"format_timespan() with '{token}' in the format", call.args[1].span)
        match token[0]:
            case "d":
                days = f"CAST({total} {divide} 86400000000 AS TEXT)"
                parts.append(f"LPAD({days}, CAST(GREATEST(LENGTH({days}), {len(token)}) AS INT), '0')" if len(token) > 1 else days)
            case "f" | "F":
                digits = f"LPAD(CAST({total} % 1000000 AS TEXT), 6, '0')"
                digits = f"LEFT({digits}, {len(token)})" if len(token) < 6 else digits if len(token) == 6 else f"{digits} || '0'"
                parts.append(f"RTRIM({digits}, '0')" if token[0] == "F" else digits)
            case letter:
                size, most = {"h": (3_600_000_000, 24), "m": (60_000_000, 60), "s": (1_000_000, 60)}[letter.lower()]
                number = f"CAST({total} {divide} {size} % {most} AS TEXT)"
                parts.append(f"LPAD({number}, 2, '0')" if len(token) == 2 else number)
    return lowering.template(" || ".join(parts), x=args[0].node)
