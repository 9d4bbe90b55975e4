"""Places and texts of a rule, out of spans."""

from __future__ import annotations

import re
from textwrap import dedent

from ruleconv.inspection.model import Place
from ruleconv.text import Source, Span

_BLANKS = re.compile(r"\s+")
LONGEST = 400
"""Characters of an expression that is shown where a name belongs."""


def place(source: Source, span: Span) -> Place:
    """Where in the file a span of the query (or of the file itself) is."""
    line, column = source.position(span.start)
    outer = source.file_span(span)
    return Place(line, column, outer.start, outer.end)


def piece(source: Source, span: Span) -> str:
    """The text of a span, its lines moved to the left."""
    text = source.text[span.start : span.end]
    first, newline, rest = text.partition("\n")
    return first.rstrip() + newline + dedent(rest).rstrip() if newline else text


def one_line(text: str, most: int = LONGEST) -> str:
    """The text with single blanks, cut where it is too long."""
    plain = _BLANKS.sub(" ", text).strip()
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def without(source: Source, span: Span, holes: list[Span]) -> str:
    """The text of a span in which each hole is shown as ``(…)``."""
    made, at = "", span.start
    for hole in sorted(holes):
        if hole.start >= at and hole.end <= span.end:
            made += source.text[at : hole.start] + "(…)"
            at = hole.end
    made += source.text[at : span.end]
    lines = (line.strip() for line in made.splitlines())
    return " ".join(line for line in lines if line and not line.startswith("//"))
