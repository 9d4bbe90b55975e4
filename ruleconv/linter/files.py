"""Many files: read, linted (in several processes when there are enough of them), remembered in the cache."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ruleconv.diagnostic import Diagnostic, Edit, Fix, RuleconvError, Severity
from ruleconv.linter import cache as caches
from ruleconv.linter.config import Config
from ruleconv.linter.engine import check_file
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
    """``broken``: the file could not be read; ``text`` is then empty."""

    name: str
    text: str
    findings: list[Diagnostic] = field(default_factory=list)
    broken: bool = False


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
        found = check_file(source, job.kind or detect(source), job.config)
    except Exception as error:  # one file's fault must not stop the others
        if os.environ.get("RULECONV_DEBUG"):
            raise
        message = f"a fault of ruleconv itself: {type(error).__name__}: {error}"
        found = [Diagnostic.at(source, Span(0, 0), "internal", message, hint="please report it with the file")]
    return Outcome(job.name, source.text, [replace(each, name=job.name) for each in found])


def usable_processors() -> int:
    """How many processes may run at once on this machine."""
    counted: Callable[[], int | None] = getattr(os, "process_cpu_count", os.cpu_count)
    return counted() or 1


# ---------------------------------------------------------------- the cache's form
def _packed(outcome: Outcome) -> str:
    return json.dumps([_as_list(each) for each in outcome.findings], separators=(",", ":"))


def _as_list(each: Diagnostic) -> list[Any]:
    fix = each.fix
    packed = [fix.title, fix.safe, [[e.span.start, e.span.end, e.text] for e in fix.edits]] if fix is not None else None
    return [each.code, each.severity, each.message, each.span.start, each.span.end, each.line, each.column, each.hint, packed]


def _unpacked(job: Job, value: str) -> Outcome:
    findings = []
    for code, severity, message, start, end, line, column, hint, packed in json.loads(value):
        fix = Fix(packed[0], tuple(Edit(Span(a, b), text) for a, b, text in packed[2]), packed[1]) if packed else None
        findings.append(Diagnostic(code, Severity(severity), message, Span(start, end), line, column, hint, job.name, fix))
    return Outcome(job.name, decode(job.content, job.name).text if findings else "", findings)
