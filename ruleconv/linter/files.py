"""Many files: read, linted (in several processes when there are enough of them), remembered in the cache."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ruleconv.diagnostic import Diagnostic, Edit, Fix, RuleconvError, SchemaError, Severity, UsageError
from ruleconv.linter import cache as caches
from ruleconv.linter.config import Config
from ruleconv.linter.facts_of import RuleFacts
from ruleconv.reading import decode, read_bytes
from ruleconv.rulefile.detect import detect, may_be_rule
from ruleconv.rulefile.model import Kind
from ruleconv.text import Source, Span

PARALLEL_FROM = 200
"""Files from which on a second process pays for its start."""
_CHUNK = 40
MOST_SQL = 1_000_000
"""Characters of an SQL file; its tokens and trees take a hundred bytes of memory for each."""


@dataclass(frozen=True)
class Job:
    """A file to lint: its name as the user sees it, the configuration for it, where to read it (or its bytes, which then count), and the
    kind if the user gave it."""

    name: str
    config: Config
    path: str = ""
    content: bytes | None = None
    kind: Kind | None = None

    def load(self) -> bytes:
        """The bytes. UsageError when they cannot be read."""
        return self.content if self.content is not None else read_bytes(self.path)


@dataclass
class Outcome:
    """What became of a file. ``unreadable``: why it could not be opened; ``broken``: it holds no text; ``skipped``: it is no rule. ``text``
    is there when there are findings; ``facts`` are for ``across.py``; ``digest`` is that of the bytes that were linted."""

    name: str
    text: str = ""
    findings: list[Diagnostic] = field(default_factory=list)
    facts: tuple[RuleFacts, ...] = ()
    unreadable: str = ""
    broken: bool = False
    skipped: bool = False
    digest: str = ""


def lint_all(jobs: Sequence[Job], *, processes: int = 1, cache: caches.Cache | None = None) -> list[Outcome]:
    """The outcome of each file, in the order given. UsageError when the configuration's tables cannot be read."""
    if cache is None:
        _read_tables(jobs)
        return list(_work(jobs, processes))
    settings: dict[int, str] = {}
    for job in jobs:
        if id(job.config) not in settings:
            settings[id(job.config)] = _settings(job.config)
    keys: list[str] = []
    for job in jobs:
        try:
            digest = caches.digest(job.load())
        except UsageError:
            digest = ""
        keys.append(_key(job, digest, settings[id(job.config)]))
    known = cache.get(keys)
    made: dict[int, Outcome] = {at: outcome for at, job in enumerate(jobs) if (outcome := _unpacked(job, known.get(keys[at]))) is not None}
    todo = [at for at in range(len(jobs)) if at not in made]
    _read_tables([jobs[at] for at in todo])
    fresh = dict(zip(todo, _work([jobs[at] for at in todo], processes), strict=True))
    # The key of what was linted: the file may have changed since it was looked up.
    cache.put(
        {
            _key(jobs[at], outcome.digest, settings[id(jobs[at].config)]): _packed(outcome)
            for at, outcome in fresh.items()
            if not outcome.broken and not outcome.unreadable and not any(each.code == "internal" for each in outcome.findings)
        }
    )
    made.update(fresh)
    return [made[at] for at in range(len(jobs))]


def _key(job: Job, digest: str, settings: str) -> str:
    return caches.key(job.name, digest, job.kind.value if job.kind else "", settings)


def _settings(config: Config) -> str:
    """All of a configuration, with the content of the files that it names."""
    if not config.schema_files:
        return repr(config)
    from ruleconv.schema.files import files_of

    return repr((config, [caches.digest(read_bytes(path)) for path in files_of(config.schema_files)]))


def _read_tables(jobs: Sequence[Job]) -> None:
    """Before the work begins, and once: the other processes then have them."""
    for config in {id(job.config): job.config for job in jobs if job.config.schema_files}.values():
        try:
            _ = config.tables
        except SchemaError as error:
            raise UsageError(f"{error.place}: {error.message}", hint=error.hint) from None


def _work(jobs: Sequence[Job], processes: int) -> Iterator[Outcome]:
    if processes < 2 or len(jobs) < PARALLEL_FROM:
        yield from map(lint_one, jobs)
        return
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    done = 0
    try:
        with ProcessPoolExecutor(processes) as pool:
            for outcome in pool.map(lint_one, jobs, chunksize=_CHUNK):
                yield outcome
                done += 1
    except (OSError, NotImplementedError, BrokenProcessPool):
        # No semaphores here (some sandboxes), or one process was killed: then in this one.
        yield from map(lint_one, jobs[done:])


def lint_one(job: Job) -> Outcome:
    """One file; no exception leaves it."""
    made = Outcome(job.name)
    try:
        content = job.load()
        made.digest = caches.digest(content)
        source = decode(content, job.name)
    except UsageError as error:
        made.unreadable = error.message.removeprefix(f"{job.path}: ")
        return made
    except RuleconvError as error:
        at = error.source or Source("", job.name)
        made.findings, made.broken = [Diagnostic.at(at, error.span, "SCH001", error.message, hint=error.hint)], True
        return made
    try:
        kind = job.kind or detect(source)
        if job.kind is None and not may_be_rule(source, kind):
            made.skipped = True
            return made
        if kind is Kind.SQL and len(source.text) > MOST_SQL:
            message = f"too large to be looked at: more than {MOST_SQL:,} characters of SQL"
            made.findings, made.broken = [Diagnostic.at(Source("", job.name), Span(0, 0), "SCH001", message)], True
            return made
        from ruleconv.linter.engine import check_subjects
        from ruleconv.linter.facts_of import of

        found, subjects = check_subjects(source, kind, job.config)
        made.facts = tuple(of(subject) for subject in subjects)
    except Exception as error:  # one file's fault must not stop the others
        if os.environ.get("RULECONV_DEBUG"):
            raise
        message = f"a fault of ruleconv itself: {type(error).__name__}: {error}"
        found = [Diagnostic.at(source, Span(0, 0), "internal", message, hint="please report it with the file")]
    made.findings = [replace(each, name=job.name) for each in found]
    made.text = source.text if found else ""
    return made


def facts(job: Job) -> tuple[RuleFacts, ...]:
    """What is known of a file's rules without any rule looking at them; nothing of a file that cannot be read."""
    from ruleconv.linter.engine import read
    from ruleconv.linter.facts_of import of

    try:
        source = decode(job.load(), job.name)
        return tuple(of(subject) for subject in read(source, job.kind or detect(source), job.config)[0])
    except RuleconvError:
        return ()


def usable_processors() -> int:
    """How many processes may run at once on this machine."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


# ---------------------------------------------------------------- the cache's form
def _packed(outcome: Outcome) -> str:
    packed = [[_as_list(each) for each in outcome.findings], [each.packed() for each in outcome.facts], outcome.skipped]
    return json.dumps(packed, separators=(",", ":"))


def _as_list(each: Diagnostic) -> list[Any]:
    fix = each.fix
    packed = [fix.title, fix.safe, [[e.span.start, e.span.end, e.text] for e in fix.edits]] if fix is not None else None
    return [each.code, each.severity, each.message, each.span.start, each.span.end, each.line, each.column, each.hint, packed]


def _unpacked(job: Job, value: str | None) -> Outcome | None:
    """None for what is not there or not ours."""
    if value is None:
        return None
    try:
        findings = []
        kept, facts, skipped = json.loads(value)
        for code, severity, message, start, end, line, column, hint, packed in kept:
            fix = Fix(packed[0], tuple(Edit(Span(a, b), text) for a, b, text in packed[2]), packed[1]) if packed else None
            findings.append(Diagnostic(code, Severity(severity), message, Span(start, end), line, column, hint, job.name, fix))
        text = decode(job.load(), job.name).text if findings else ""
        return Outcome(job.name, text, findings, tuple(map(RuleFacts.unpacked, facts)), skipped=bool(skipped))
    except (ValueError, TypeError, LookupError, RuleconvError):
        return None
