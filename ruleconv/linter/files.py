"""Many files: read, linted (in several processes when there are enough of them), remembered in the cache."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ruleconv.diagnostic import Diagnostic, Edit, Fix, RuleconvError, Severity
from ruleconv.linter import cache as caches
from ruleconv.linter import facts_of
from ruleconv.linter.config import Config
from ruleconv.linter.engine import check_subjects
from ruleconv.linter.facts_of import RuleFacts
from ruleconv.reading import MAX_BYTES, decode
from ruleconv.rulefile.detect import detect
from ruleconv.rulefile.model import Kind
from ruleconv.text import Source, Span

PARALLEL_FROM = 200
"""Files from which on a second process pays for its start."""
_CHUNK = 40


@dataclass
class Job:
    """A file to lint: its name as the user sees it, its bytes, the configuration for it, and the kind if the user gave it."""

    name: str
    content: bytes
    config: Config
    kind: Kind | None = None


@dataclass
class Outcome:
    """``broken``: the file could not be read; ``text`` is then empty. ``facts``: of its rules, for ``across.py``."""

    name: str
    text: str
    findings: list[Diagnostic] = field(default_factory=list)
    broken: bool = False
    facts: tuple[RuleFacts, ...] = ()


def lint_all(jobs: Sequence[Job], *, processes: int = 1, cache: caches.Cache | None = None) -> list[Outcome]:
    """The outcome of each file, in the order given."""
    keys: list[str] = []
    known: dict[str, str] = {}
    if cache is not None:
        settings: dict[int, str] = {}
        for job in jobs:
            text = settings.setdefault(id(job.config), repr(job.config))
            keys.append(caches.key(job.name, job.content, job.kind.value if job.kind else "", text))
        known = cache.get(keys)
    todo = [at for at in range(len(jobs)) if cache is None or keys[at] not in known]
    made = dict(zip(todo, _work([jobs[at] for at in todo], processes), strict=True))
    if cache is not None:
        cache.put({keys[at]: _packed(outcome) for at, outcome in made.items() if not outcome.broken})
    return [made[at] if at in made else _unpacked(job, known[keys[at]]) for at, job in enumerate(jobs)]


def _work(jobs: list[Job], processes: int) -> Iterator[Outcome]:
    if processes < 2 or len(jobs) < PARALLEL_FROM:
        yield from map(lint_one, jobs)
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(lint_one, jobs, chunksize=_CHUNK)


def lint_one(job: Job) -> Outcome:
    """One file; no exception leaves it."""
    from dataclasses import replace

    try:
        source = decode(job.content[: MAX_BYTES + 1], job.name)
    except RuleconvError as error:
        return Outcome(job.name, "", [Diagnostic.at(Source("", job.name), Span(0, 0), "SCH001", error.message, hint=error.hint)], True)
    try:
        kind = job.kind or detect(source)
        found, subjects = check_subjects(source, kind, job.config)
        facts = tuple(facts_of.of(subject) for subject in subjects)
    except Exception as error:  # one file's fault must not stop the others
        if os.environ.get("RULECONV_DEBUG"):
            raise
        message = f"a fault of ruleconv itself: {type(error).__name__}: {error}"
        found, facts = [Diagnostic.at(source, Span(0, 0), "internal", message, hint="please report it with the file")], ()
    return Outcome(job.name, source.text, [replace(each, name=job.name) for each in found], facts=facts)


def usable_processors() -> int:
    """How many processes may run at once on this machine."""
    counted: Callable[[], int | None] = getattr(os, "process_cpu_count", os.cpu_count)
    return counted() or 1


# ---------------------------------------------------------------- the cache's form
def _packed(outcome: Outcome) -> str:
    packed = [[_as_list(each) for each in outcome.findings], [each.packed() for each in outcome.facts]]
    return json.dumps(packed, separators=(",", ":"))


def _as_list(each: Diagnostic) -> list[Any]:
    fix = each.fix
    packed = [fix.title, fix.safe, [[e.span.start, e.span.end, e.text] for e in fix.edits]] if fix is not None else None
    return [each.code, each.severity, each.message, each.span.start, each.span.end, each.line, each.column, each.hint, packed]


def _unpacked(job: Job, value: str) -> Outcome:
    findings = []
    kept, facts = json.loads(value)
    for code, severity, message, start, end, line, column, hint, packed in kept:
        fix = Fix(packed[0], tuple(Edit(Span(a, b), text) for a, b, text in packed[2]), packed[1]) if packed else None
        findings.append(Diagnostic(code, Severity(severity), message, Span(start, end), line, column, hint, job.name, fix))
    text = decode(job.content, job.name).text if findings else ""
    return Outcome(job.name, text, findings, facts=tuple(map(RuleFacts.unpacked, facts)))
