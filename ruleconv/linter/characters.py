"""Characters that are not what they seem."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ruleconv.linter import comments
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.text import Source, Span

SMART: Mapping[str, str] = {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "‐": "-"}
"""Typographic characters and the plain ones that they stand for."""

INVISIBLE = re.compile(
    "[\u00a0\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb"
    "\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]"
)


def outside_of_texts(subject: Subject, wanted: Mapping[str, str]) -> Iterator[tuple[Span, str]]:
    """The places (in the file) of the wanted characters in the query's or the statement's own words: not in texts and comments."""
    source, kind = _query(subject)
    if source is None or source.text.isascii():
        return
    spans = [*comments.texts(source.text, kind), *comments.comments(source.text, kind)]
    covered = {at for each in spans for at in range(each.start, each.end)}
    for at, char in enumerate(source.text):
        if char in wanted and at not in covered:
            yield source.file_span(Span(at, at + 1)), char


def inside_of_texts(subject: Subject) -> dict[int, str]:
    """The places (in the file) of all invisible characters in the texts of the query or the statement, with these texts."""
    source, kind = _query(subject)
    if source is None:
        return {}
    return {
        source.file_offset(match.start()): source.text[each.start : each.end]
        for each in comments.texts(source.text, kind)
        for match in INVISIBLE.finditer(source.text, each.start, each.end)
    }


def _query(subject: Subject) -> tuple[Source | None, Kind]:
    return (subject.file, Kind.SQL) if subject.kind is Kind.SQL else (subject.query, Kind.KQL)
