"""Repairing one file: fixes in rounds, until none is left, and none that would leave the file broken."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from ruleconv.diagnostic import Diagnostic, ParseError
from ruleconv.linter import fix
from ruleconv.linter.engine import read
from ruleconv.linter.files import Job, Outcome, lint_one
from ruleconv.reading import encode
from ruleconv.rulefile.detect import detect
from ruleconv.rulefile.model import Kind
from ruleconv.text import Source

_ROUNDS = 10
"""One fix may make room for the next."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """``before`` and ``after`` are texts, ``data`` the bytes of the second in the file's own encoding; ``outcome`` is what is left."""

    before: str
    after: str
    data: bytes
    outcome: Outcome


def repair(job: Job, outcome: Outcome, *, unsafe: bool = False) -> Repaired | None:
    """The file repaired; None when there is nothing that could be. UsageError when it cannot be read any more."""
    if not any(each.fix is not None and (each.fix.safe or unsafe) for each in outcome.findings):
        return None
    content = job.load()
    now = replace(job, content=content)
    # Fixes count the characters of the text that was linted: a file that has changed in between is linted again.
    left = lint_one(now)
    if left.broken or left.skipped:
        return None
    kind = job.kind or detect(Source(left.text, job.name))
    seen = [left.text]
    for _ in range(_ROUNDS):
        text = _round(seen[-1], left.findings, unsafe, Source(left.text, job.name), kind)
        if text in seen:
            break
        seen.append(text)
        left = lint_one(replace(now, content=encode(text, content)))
        left.text = text
    before, after = seen[0], seen[-1]
    return Repaired(before, after, encode(after, content), left) if before != after else None


def _round(text: str, findings: list[Diagnostic], unsafe: bool, source: Source, kind: Kind) -> str:
    """All fixes at once; one by one, without those that break the file, when that is what all of them do."""
    repaired = fix.apply(text, findings, unsafe=unsafe)
    broken = _broken(source, kind)
    if _broken(Source(repaired, source.name), kind) <= broken:
        return repaired
    kept: list[Diagnostic] = []
    for each in findings:
        if each.fix is not None and _broken(Source(fix.apply(text, [*kept, each], unsafe=unsafe), source.name), kind) <= broken:
            kept.append(each)
    return fix.apply(text, kept, unsafe=unsafe)


def _broken(file: Source, kind: Kind) -> Counter[str]:
    """What does not parse in a file, whichever rules are selected."""
    try:
        subjects, problems = read(file, kind)
    except ParseError:
        return Counter({"file": 1})
    found = Counter(problem.code for problem in problems)
    for at, subject in enumerate(subjects):
        if subject.query is not None and subject.tree is None:
            found[f"query {at}"] += 1
        if kind is Kind.SQL:
            found["sql"] += sum(statement.problem is not None for statement in subject.sql.statements)
    return found
