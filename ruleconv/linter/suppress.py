"""Suppression by comment: ``ruleconv: ignore[ATT002, KQL026] reason`` after ``#`` (YAML), ``//`` (KQL) or ``--`` (SQL).

At the end of a line it holds for that line, alone on a line for the next one that is no comment; ``ignore-file[..]`` for the whole file.
Codes may be prefixes (``KQL``). A comment that suppresses nothing is a finding itself (XRF011).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ruleconv.diagnostic import Diagnostic, Edit, Fix, Severity
from ruleconv.linter.config import Config
from ruleconv.rulefile.model import Kind
from ruleconv.text import Source, Span

UNUSED = "XRF011"
_COMMENT = re.compile(r"(?P<mark>#|//|--)[ \t]*ruleconv:[ \t]*(?P<scope>ignore(?:-file)?)[ \t]*\[(?P<codes>[^\]\n]*)\][^\n]*")
_MARKS = {Kind.SENTINEL: ("#", "//"), Kind.SIGMA: ("#",), Kind.KQL: ("//",), Kind.SQL: ("--",)}


@dataclass
class _Suppression:
    span: Span
    codes: list[tuple[str, Span]]
    line: int
    """The line that it holds for; 0: the whole file."""
    used: set[str] = field(default_factory=set)


def apply(file: Source, kind: Kind, found: Sequence[Diagnostic], config: Config) -> list[Diagnostic]:
    """The findings that no comment suppresses, with one for each comment that suppresses nothing."""
    if "ruleconv:" not in file.text:
        return list(found)
    comments = _comments(file, kind)
    kept = [each for each in found if not _hidden(each, comments)]
    if not config.selects(UNUSED):
        return kept
    for comment in comments:
        for code, span in comment.codes:
            if code not in comment.used and config.could_find(code):
                message = f"nothing to suppress: no finding {code} " + ("in this file" if comment.line == 0 else f"in line {comment.line}")
                unused = Diagnostic.at(file, span, UNUSED, message, severity=Severity.WARNING, hint="take the code out")
                fix = Fix("Take the comment out", (Edit(_with_blanks(file.text, comment.span), ""),)) if len(comment.codes) == 1 else None
                kept.append(unused if fix is None else _with_fix(unused, fix))
    return kept


def _with_fix(found: Diagnostic, fix: Fix) -> Diagnostic:
    from dataclasses import replace

    return replace(found, fix=fix)


def _hidden(found: Diagnostic, comments: list[_Suppression]) -> bool:
    hidden = False
    for comment in comments:
        if comment.line not in (0, found.line):
            continue
        for code, _ in comment.codes:
            if found.code.startswith(code):
                comment.used.add(code)
                hidden = True
    return hidden


def _comments(file: Source, kind: Kind) -> list[_Suppression]:
    found = []
    for match in _COMMENT.finditer(file.text):
        if match["mark"] not in _MARKS[kind]:
            continue
        line, column = file.position(match.start())
        start = match.start("codes")
        codes = [(m.group(), Span(start + m.start(), start + m.end())) for m in re.finditer(r"[A-Za-z]+[0-9]*", match["codes"])]
        alone = not file.line(line)[: column - 1].strip()
        target = 0 if match["scope"] == "ignore-file" else _next_line(file, line, match["mark"]) if alone else line
        found.append(_Suppression(Span(match.start(), match.end()), codes, target))
    return found


def _next_line(file: Source, line: int, mark: str) -> int:
    """The next line that is neither blank nor a comment."""
    last = file.text.count("\n") + 1
    for number in range(line + 1, last + 1):
        text = file.line(number).strip()
        if text and not text.startswith(mark):
            return number
    return line


def _with_blanks(text: str, span: Span) -> Span:
    """The comment with the blanks before it, and with its line when nothing else stands there."""
    start = span.start
    while start > 0 and text[start - 1] in " \t":
        start -= 1
    if (start == 0 or text[start - 1] == "\n") and text[span.end : span.end + 1] == "\n":
        return Span(start, span.end + 1)
    return Span(start, span.end)
