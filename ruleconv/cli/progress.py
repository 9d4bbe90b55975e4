"""A progress bar on stderr, when a person looks and the run is long."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

FEW = 20
PATIENCE = 1.0
"""Seconds that nobody minds waiting without a bar."""


def tracked(items: Sequence[T], what: str, quiet: bool) -> Iterator[T]:
    """The items; with a bar after a second, when there are many and stderr is a terminal."""
    if quiet or len(items) < FEW or not sys.stderr.isatty():
        yield from items
        return
    start = time.monotonic()
    done = 0
    for item in items:
        if time.monotonic() - start > PATIENCE:
            break
        yield item
        done += 1
    else:
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False) as progress:
        task = progress.add_task(what, total=len(items), completed=done)
        for item in items[done:]:
            yield item
            progress.advance(task)
