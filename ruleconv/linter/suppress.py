"""Suppression by comment: ``ruleconv: ignore[ATT002, KQL026] reason`` after ``#`` (YAML), ``//`` (KQL) or ``--`` (SQL).

At the end of a line it holds for that line, alone on a line for the next one that is no comment; where a YAML value of several lines
begins there (``description: |``), for all of them, as no comment can stand inside. ``ignore-file[..]`` holds for the whole file. Codes may
be prefixes (``KQL``). A code that suppresses nothing is a finding itself (XRF011).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ruleconv.diagnostic import Diagnostic, Edit, Fix, Severity
from ruleconv.linter.comments import comments
from ruleconv.linter.config import Config
from ruleconv.linter.rule import codes_of, nearest_code, rules_of
from ruleconv.rulefile.model import Kind
from ruleconv.text import Source, Span

if TYPE_CHECKING:
    from ruleconv.linter.subject import Subject
    from ruleconv.rulefile.yaml_nodes import Node

UNUSED = "XRF011"
_WORD = "ruleconv:"
_COMMENT = re.compile(
    r"(?P<mark>#|//|--)[ \t]*ruleconv:[ \t]*(?P<scope>ignore-file|ignore)\b[ \t]*(?:\[(?P<codes>[^\]\r\n]*)\])?[^\r\n]*", re.IGNORECASE
)
_CODE = re.compile(r"[^\s,;]+")
_MARKS = {Kind.KQL: "//", Kind.SQL: "--", Kind.SENTINEL: "#", Kind.SIGMA: "#"}


@dataclass
class Suppression:
    """One comment. ``first`` to ``last``: the lines that it holds for; ``codes`` with their places in the file."""

    span: Span
    codes: list[tuple[str, Span]]
    first: int
    last: int
    whole_file: bool
    used: set[str] = field(default_factory=set)

    def hides(self, finding: Diagnostic) -> bool:
        if not self.whole_file and not self.first <= finding.line <= self.last:
            return False
        hidden = {code for code, _ in self.codes if finding.code.startswith(code)}
        self.used |= hidden
        return bool(hidden)

    @property
    def reach(self) -> str:
        if self.whole_file:
            return "in this file"
        return f"in line {self.first}" if self.first == self.last else f"in lines {self.first} to {self.last}"


def apply(file: Source, kind: Kind, found: Sequence[Diagnostic], config: Config, subjects: Sequence[Subject]) -> list[Diagnostic]:
    """The findings that no comment suppresses, with one for each code of a comment that suppresses nothing."""
    if _WORD not in file.text.casefold():
        return list(found)
    stand = list(suppressions(file, kind, subjects))
    kept = without_hidden(found, stand)
    if config.selects(UNUSED):
        kept.extend(each for comment in stand for each in _unused(file, kind, config, comment))
    return kept


def without_hidden(found: Sequence[Diagnostic], stand: Sequence[Suppression]) -> list[Diagnostic]:
    """The findings that none of the comments hides."""
    kept = []
    for each in found:
        # Every comment is asked: two that hide the same finding are both of use.
        hidden = [comment.hides(each) for comment in stand]
        if not any(hidden):
            kept.append(each)
    return kept


def suppressions(file: Source, kind: Kind, subjects: Sequence[Subject]) -> Iterator[Suppression]:
    """The comments of a file that suppress something, for better or worse."""
    if _WORD not in file.text.casefold():
        return
    if kind in (Kind.KQL, Kind.SQL):
        yield from _in_query(file, kind)
        return
    scalars = [node for subject in subjects if subject.root is not None for node in _scalars(subject.root)]
    content = [_content(file.text, node) for node in scalars]
    for match in _COMMENT.finditer(file.text):
        at = match.start()
        blank_before = at == 0 or file.text[at - 1] in " \t\r\n"
        if match["mark"] == "#" and blank_before and not any(each.start <= at < each.end for each in content):
            yield _with_values(_made(match, file, "#"), file, scalars)
    for subject in subjects:
        if subject.query is not None:
            yield from _in_query(subject.query, Kind.KQL)


def _in_query(query: Source, kind: Kind) -> Iterator[Suppression]:
    for comment in comments(query.text, kind):
        match = _COMMENT.search(query.text, comment.start, comment.end)
        if match is not None and match["mark"] == _MARKS[kind]:
            yield _made(match, query, _MARKS[kind])


def _made(match: re.Match[str], source: Source, mark: str) -> Suppression:
    """``source`` may be a query in a file: lines are counted in the file."""
    text = source.text
    start = match.start("codes")
    codes = [(m.group().upper(), source.file_span(Span(start + m.start(), start + m.end()))) for m in _CODE.finditer(match["codes"] or "")]
    at = match.start()
    if not text[text.rfind("\n", 0, at) + 1 : at].strip():
        at = _next_line(text, at, mark)
    line, _ = source.position(at)
    return Suppression(source.file_span(Span(*match.span())), codes, line, line, match["scope"].lower() == "ignore-file")


def _next_line(text: str, at: int, mark: str) -> int:
    """Where the next line begins that is neither blank nor a comment; ``at`` when there is none."""
    end = text.find("\n", at)
    while end >= 0:
        start, end = end + 1, text.find("\n", end + 1)
        line = text[start : end if end >= 0 else len(text)].strip()
        if line and not line.startswith(mark):
            return start
    return at


def _with_values(made: Suppression, file: Source, scalars: list[Node]) -> Suppression:
    """Over all lines of the YAML values that begin in the comment's line."""
    if made.whole_file:
        return made
    for node in scalars:
        if node.span.end > node.span.start and file.position(node.span.start)[0] == made.first:
            end = node.span.start + len(file.text[node.span.start : node.span.end].rstrip()) - 1
            made.last = max(made.last, file.position(end)[0])
    return made


def _scalars(root: Node) -> Iterator[Node]:
    stack = [root]
    while stack:
        node = stack.pop()
        if node.kind == "scalar":
            yield node
        stack.extend(node.items)
        for pair in node.pairs:
            stack.extend(pair)


def _content(text: str, node: Node) -> Span:
    """Where no YAML comment can stand: the scalar; of a block scalar what follows the line of its ``|``."""
    if node.style not in ("|", ">"):
        return node.span
    start = text.find("\n", node.span.start, node.span.end)
    return Span(start, node.span.end) if start >= 0 else Span(node.span.end, node.span.end)


# ---------------------------------------------------------------- what suppresses nothing
def _unused(file: Source, kind: Kind, config: Config, comment: Suppression) -> Iterator[Diagnostic]:
    if not comment.codes:
        message = "this suppresses nothing: it names no code"
        yield _finding(file, config, comment.span, message, "write ruleconv: ignore[CODE] reason")
        return
    idle = [(code, span, *_idle(code, kind, config)) for code, span in comment.codes if code not in comment.used]
    idle = [each for each in idle if each[2]]
    for code, span, message, hint in idle:
        found = _finding(file, config, span, message if hint else f"{message} {comment.reach}", hint or "take the code out")
        yield replace(found, fix=_fix(file, comment, code, alone=len(idle) == len(comment.codes)))


def _idle(code: str, kind: Kind, config: Config) -> tuple[str, str]:
    """What to say of a code that has hidden nothing, and a hint; nothing where that is no wonder: its rules did not run."""
    if not any(known.startswith(code) for known in codes_of()):
        near = nearest_code(code)
        return (
            f"this suppresses nothing: there is no rule {code}",
            f"did you mean {near}?" if near else "ruleconv rule --all lists the rules",
        )
    rules = [rule for rule in rules_of(kind) if rule.code.startswith(code)]
    if not rules:
        return f"this suppresses nothing: no rule {code} looks at {kind} files", "take the code out"
    # What compares files runs elsewhere, and not at all when a single file is given.
    ran = all(config.runs(rule) for rule in rules if rule.recommended or rule.code == code) and not any(rule.across for rule in rules)
    return (f"nothing to suppress: no finding {code}", "") if ran else ("", "")


def _finding(file: Source, config: Config, span: Span, message: str, hint: str) -> Diagnostic:
    return Diagnostic.at(file, span, UNUSED, message, severity=config.severity.get(UNUSED, Severity.WARNING), hint=hint)


def _fix(file: Source, comment: Suppression, code: str, *, alone: bool) -> Fix:
    if alone:
        return Fix("Take the comment out", (Edit(_with_blanks(file.text, comment.span), ""),))
    spans = [span for _, span in comment.codes]
    at = next(place for place, (each, _) in enumerate(comment.codes) if each == code)
    cut = Span(spans[at].start, spans[at + 1].start) if at + 1 < len(spans) else Span(spans[at - 1].end, spans[at].end)
    return Fix(f"Take {code} out", (Edit(cut, ""),))


def _with_blanks(text: str, span: Span) -> Span:
    """The comment with the blanks before it, and with its line when nothing else stands there."""
    start = span.start
    while start > 0 and text[start - 1] in " \t":
        start -= 1
    end = span.end + 1 if text.startswith("\r\n", span.end) else span.end
    if (start == 0 or text[start - 1] == "\n") and text.startswith("\n", end):
        return Span(start, end + 1)
    return Span(start, span.end)
