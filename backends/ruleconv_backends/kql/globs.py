"""Sigma's wildcards in KQL: an operator where one says the same, else a regular expression.

Source: the Sigma specification (specification/sigma-rules-specification.md, "Wildcards" and "Escaping"): ``*`` any characters,
``?`` one; ``\\*``, ``\\?`` and ``\\\\`` are the characters themselves.
"""

from __future__ import annotations

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir

_SPECIAL = frozenset(r"\.+*?()|[]{}^$")

STAR, ONE = object(), object()


def parts(text: str) -> list[object]:
    """Runs of plain text (str) and the wildcards between them."""
    found: list[object] = []
    run: list[str] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char == "\\" and at + 1 < len(text) and text[at + 1] in "*?\\":
            run.append(text[at + 1])
            at += 2
            continue
        if char in "*?":
            if run:
                found.append("".join(run))
                run = []
            wildcard = STAR if char == "*" else ONE
            if not (wildcard is STAR and found and found[-1] is STAR):
                found.append(wildcard)
        else:
            run.append(char)
        at += 1
    if run:
        found.append("".join(run))
    return found


def plainest(pattern: ir.Expr, fold: bool) -> tuple[ir.How | None, str]:
    """How to look for the pattern, and for what text; None: any text that is not missing."""
    if not isinstance(pattern, ir.Literal) or not isinstance(pattern.value, str):
        raise Unsupported("a pattern with wildcards that is computed", pattern.span)
    pieces = parts(pattern.value)
    match pieces:
        case []:
            return ir.How.EQUALS, ""
        case [one] if one is STAR:
            return None, ""
        case [str() as text]:
            return ir.How.EQUALS, text
        case [first, str() as text, last] if first is last is STAR:
            return ir.How.CONTAINS, text
        case [str() as text, last] if last is STAR:
            return ir.How.PREFIX, text
        case [first, str() as text] if first is STAR:
            return ir.How.SUFFIX, text
    return ir.How.REGEX, _regex(pieces, fold)


def _regex(pieces: list[object], fold: bool) -> str:
    """The whole text must match; a wildcard at an end needs no border there."""
    start = "" if pieces[0] is STAR else "^"
    end = "" if pieces[-1] is STAR else "$"
    inner = pieces[(not start) : len(pieces) - (not end)]
    body = "".join(".*" if piece is STAR else "." if piece is ONE else quoted(str(piece)) for piece in inner)
    return f"(?{'i' if fold else ''}s){start}{body}{end}"


def quoted(text: str) -> str:
    """The text as a regular expression that finds it."""
    return "".join("\\" + char if char in _SPECIAL else char for char in text)
