"""Rules of a folder, each as what the index needs of its inspection; in several processes when there are enough of them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from ruleconv.diagnostic import RuleconvError
from ruleconv.inspection.engine import inspect_each
from ruleconv.inspection.model import Card, Coverage, Exclusion, Indicator, Inspection, Problem, Role
from ruleconv.reading import decode
from ruleconv.rulefile.detect import detect, may_be_rule
from ruleconv.schema import Schema

PARALLEL_FROM = 200
_CHUNK = 25


@dataclass(frozen=True, slots=True)
class Job:
    """``source``: the language, None to detect it. ``unreadable``: why there is no content."""

    name: str
    content: bytes
    source: str | None = None
    unreadable: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule. ``indicators``: those that events must pass, without their places; ``problems``: why the file could not be read
    (``broken``; it then has no card), or what was left out."""

    file: str
    language: str
    card: Card = field(default_factory=Card)
    period: str = ""
    coverage: Coverage = field(default_factory=Coverage)
    indicators: tuple[Indicator, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    stage_count: int = 0
    problems: tuple[Problem, ...] = ()
    fingerprint: str = ""
    broken: bool = False

    @property
    def name(self) -> str:
        return self.card.title or self.file


def of(inspection: Inspection) -> Entry:
    return Entry(
        inspection.filename,
        inspection.language,
        inspection.card,
        inspection.window.period,
        inspection.coverage,
        tuple(replace(each, places=()) for each in inspection.indicators if each.role is Role.MATCH),
        tuple(
            replace(each, place=None, conditions=tuple(replace(one, places=()) for one in each.conditions))
            for each in inspection.exclusions
        ),
        inspection.stage_count,
        inspection.problems,
        inspection.fingerprint,
    )


def read(job: Job, schema: Schema | None = None) -> list[Entry]:
    """The rules of one file; no exception leaves it: a broken rule or file is one entry that says why. A YAML or JSON file that holds no
    rule has none."""
    if job.unreadable:
        return [_broken(job, Problem("error", job.unreadable, 1, 1))]
    made: list[Entry] = []
    try:
        file = decode(job.content, job.name)
        if job.source is None and file.text.strip() and not may_be_rule(file, detect(file)):
            return []
        found = inspect_each(file, job.source, schema)
        made.extend(_broken(job, _problem(each)) if isinstance(each, RuleconvError) else of(each) for each in found)
    except RuleconvError as error:
        made.append(_broken(job, _problem(error)))
    except Exception as error:
        if os.environ.get("RULECONV_DEBUG"):
            raise
        made.append(_broken(job, Problem("internal", f"a fault of ruleconv itself: {type(error).__name__}: {error}", 1, 1)))
    return made


def _problem(error: RuleconvError) -> Problem:
    return Problem("error", error.message, *(error.source.position(error.span.start) if error.source is not None else (1, 1)))


def _broken(job: Job, problem: Problem) -> Entry:
    return Entry(job.name, job.source or "", problems=(problem,), broken=True)


def read_all(jobs: Sequence[Job], *, processes: int = 1, schema: Schema | None = None) -> Iterator[list[Entry]]:
    """The rules of each file, in the order given. A schema of the user's own keeps the work in this process."""
    if processes < 2 or len(jobs) < PARALLEL_FROM or schema is not None:
        for job in jobs:
            yield read(job, schema)
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(read, jobs, chunksize=_CHUNK)
