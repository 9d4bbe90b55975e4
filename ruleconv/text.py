"""Text and places in it: spans, lines and columns, and a query that is embedded in a file."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of characters, ``start <= i < end``, counted from 0."""

    start: int
    end: int

    def cover(self, other: Span) -> Span:
        """The smallest span that holds both."""
        return Span(min(self.start, other.start), max(self.end, other.end))


NOWHERE = Span(0, 0)


@dataclass(frozen=True)
class Embedding:
    """Where the characters of an embedded text (a ``query: |`` block) stand in the file around it.

    ``pieces`` are ``(inner, outer)`` offsets of the first character of each run that was copied unchanged, in order;
    a YAML block scalar has one piece a line. ``wide``: the inner offsets of characters that stand there as an escape, and how many
    characters that has.
    """

    file_text: str
    pieces: tuple[tuple[int, int], ...]
    wide: Mapping[int, int] = field(default_factory=dict, compare=False)

    def outer(self, offset: int) -> int:
        """The file's offset for an offset of the embedded text."""
        at = bisect_right(self.pieces, (offset, 1 << 62)) - 1
        inner, outer = self.pieces[max(at, 0)]
        return outer + offset - inner

    def outer_end(self, offset: int) -> int:
        """Where the file's characters for the one at this offset end."""
        return self.outer(offset) + self.wide.get(offset, 1)


@dataclass(frozen=True)
class Source:
    """A text with its name, able to say line and column (both from 1) of an offset.

    When ``embedding`` is given, places are those of the file in which the text stands.
    """

    text: str
    name: str = "<query>"
    embedding: Embedding | None = field(default=None, compare=False)

    @property
    def file_text(self) -> str:
        return self.embedding.file_text if self.embedding else self.text

    @cached_property
    def _line_starts(self) -> list[int]:
        starts, at = [0], self.file_text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = self.file_text.find("\n", at + 1)
        return starts

    def file_offset(self, offset: int) -> int:
        """The offset in the file for an offset in ``text``."""
        return self.embedding.outer(offset) if self.embedding else offset

    def file_span(self, span: Span) -> Span:
        """The span in the file for a span in ``text``."""
        if self.embedding is None:
            return Span(span.start, max(span.start, span.end))
        start = self.embedding.outer(span.start)
        return Span(start, max(start, self.embedding.outer_end(span.end - 1)) if span.end > span.start else start)

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column in the file, both from 1, of an offset in ``text``."""
        at = self.file_offset(offset)
        line = bisect_right(self._line_starts, at)
        return line, at - self._line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The file's line of that number (from 1), without its line end."""
        start = self._line_starts[number - 1]
        end = self.file_text.find("\n", start)
        return self.file_text[start : end if end >= 0 else len(self.file_text)].rstrip("\r")
