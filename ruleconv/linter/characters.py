"""Characters that are not what they seem."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind

SMART: Mapping[str, str] = {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "‐": "-"}
"""Typographic characters and the plain ones that they stand for."""

INVISIBLE = re.compile(
    "[\u00a0\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb"
    "\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]"
)

_TEXTS = re.compile(
    r"```.*?```|~~~.*?~~~|@?\"(?:\\.|[^\"\n])*\"|@?'(?:\\.|[^'\n])*'|//[^\n]*|--[^\n]*|/\*.*?\*/",
    re.DOTALL,
)


def outside_of_texts(subject: Subject, wanted: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    """The places (in the file) of the wanted characters in the query's or the statement's own words: not in texts and comments."""
    source = subject.file if subject.kind is Kind.SQL else subject.query
    if source is None or source.text.isascii():
        return
    covered = _TEXTS.sub(lambda match: " " * len(match.group()), source.text)
    for at, char in enumerate(covered):
        if char in wanted:
            yield source.file_offset(at), char
