"""Lists in brackets, with commas: on one line, an item on each, or as many on each as fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from ruleconv.kql.layout.document import LINE, SOFT, Doc, Fill, concat, group, join, nest
from ruleconv.kql.layout.writer import Writer

T = TypeVar("T")

_SHORT, _MIDDLE, _MANY = 14, 40, 20
"""Constants up to the first width, and names, share lines when their list is too long for one; where there are many, up to the second."""
ALONE = 1 << 30
"""The width of an item that shares no line."""


def items(w: Writer, nodes: Iterable[T], each: Callable[[T], Doc]) -> list[Doc]:
    """Each node with the comma that follows it."""
    written: list[Doc] = []
    pending: Doc | None = None
    for node in nodes:
        if pending is not None:
            written.append(concat(pending, w.word(",")))
        pending = each(node)
    return written if pending is None else [*written, pending]


def brackets(
    w: Writer, left: str, write: Callable[[], list[Doc]], right: str, *, hug: bool = False, fill: bool | Callable[[], bool] = False
) -> Doc:
    """What ``write`` writes, between brackets: on one line, or each item on its own; ``fill``: as many on a line as fit."""
    opened = w.word(left)
    parts = write()
    if w.next_is(",") and parts:
        parts[-1] = concat(parts[-1], w.word(","))
    inside = [Fill(parts) if (fill() if callable(fill) else fill) else join(LINE, parts), *w.closing()]
    closed = w.word(right)
    if hug or (len(inside) == 1 and not parts):
        return concat(opened, *inside, closed)
    return group(opened, nest(SOFT, *inside), SOFT, closed)


def fills(sizes: Sequence[int]) -> bool:
    """Whether items of these widths share lines when their list is too long for one line."""
    return len(sizes) > 1 and max(sizes) <= (_SHORT if len(sizes) <= _MANY else _MIDDLE)
