"""What ``ruleconv lint --fix`` writes and ``--diff`` shows."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator, Sequence
from itertools import count
from typing import TYPE_CHECKING

from ruleconv.cli import files, printing
from ruleconv.cli.files import STDIN, Input
from ruleconv.linter.files import Job, Outcome

if TYPE_CHECKING:
    from ruleconv.linter.repair import Repaired

_NO_END = "\n\\ No newline at end of file"


def _repaired(jobs: Sequence[Job], outcomes: Sequence[Outcome], *, unsafe: bool) -> Iterator[tuple[int, Repaired]]:
    if not any(each.fix is not None for outcome in outcomes for each in outcome.findings):
        return
    from ruleconv.linter.repair import repair

    for at, job, outcome in zip(count(), jobs, outcomes, strict=False):
        made = repair(job, outcome, unsafe=unsafe)
        if made is not None:
            yield at, made


def show(jobs: Sequence[Job], outcomes: Sequence[Outcome], *, unsafe: bool) -> int:
    """Prints what would change as a unified diff. How many files would."""
    changed = 0
    for at, made in _repaired(jobs, outcomes, unsafe=unsafe):
        changed += 1
        name = jobs[at].name
        before, after = (_lines(text) for text in (made.before, made.after))
        for line in difflib.unified_diff(before, after, name, name, lineterm=""):
            printing.put(line, nl=True)
    return changed


def _lines(text: str) -> list[str]:
    """The lines without their line ends, with ``diff``'s mark where the last has none."""
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else [*lines[:-1], lines[-1] + _NO_END]


def write(inputs: Sequence[Input], jobs: Sequence[Job], outcomes: list[Outcome], *, unsafe: bool) -> int:
    """Repairs the files, each whole or not at all, and puts what is left into ``outcomes``; what stdin gave goes to stdout, repaired or
    not. How many files have changed. UsageError when one cannot be written."""
    changed = dict(_repaired(jobs, outcomes, unsafe=unsafe))
    for at, each in enumerate(inputs):
        made = changed.get(at)
        if each.path == STDIN:
            sys.stdout.buffer.write(made.data if made is not None else jobs[at].load())
            sys.stdout.buffer.flush()
        elif made is not None:
            files.rewrite(each.path, made.data)
        if made is not None:
            outcomes[at] = made.outcome
    return len(changed)
