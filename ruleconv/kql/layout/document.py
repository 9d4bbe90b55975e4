"""Documents: text with places where a line may end, and their fitting to a width.

The pretty printer of Wadler ("A prettier printer") with comments: a group stands on one line where it fits, else all of its own line
ends are taken. Each document knows at its making how wide it is on one line, so that fitting looks at nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

INDENT = 4


class Doc:
    """``flat``: width on one line. ``hard``: cannot stand on one line. ``lead``: width up to its first line end, if it has any
    (``breaks``). ``tail``: ends in a comment, after which the line ends at the next chance."""

    __slots__ = ("breaks", "flat", "hard", "lead", "tail")
    flat: int
    hard: bool
    lead: int
    breaks: bool
    tail: bool


class Text(Doc):
    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text
        at = text.find("\n")
        self.flat = self.lead = len(text) if at < 0 else at
        self.hard = self.breaks = self.tail = False


class Space(Doc):
    """A blank that vanishes where a line ends."""

    __slots__ = ()

    def __init__(self) -> None:
        self.flat = self.lead = 1
        self.hard = self.breaks = self.tail = False


class Line(Doc):
    """A line end; in a group on one line a blank, or nothing (``soft``). ``always``: never on one line. ``blank``: and an empty line."""

    __slots__ = ("always", "blank", "soft")

    def __init__(self, soft: bool = False, always: bool = False, blank: bool = False) -> None:
        self.soft, self.always, self.blank = soft, always or blank, blank
        self.flat = 0 if soft else 1
        self.lead = 0
        self.hard = self.always
        self.breaks, self.tail = True, False


class Trailing(Doc):
    """A comment that ends the line it is on."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text
        self.flat = self.lead = 0
        self.hard = self.breaks = False
        self.tail = True


class Own(Doc):
    """A comment on a line of its own, indented where it cuts a line in two; ``blank``: with an empty line before it."""

    __slots__ = ("blank", "text")

    def __init__(self, text: str, blank: bool = False) -> None:
        self.text, self.blank = text, blank
        self.flat = self.lead = 0
        self.hard = self.breaks = True
        self.tail = False


class Concat(Doc):
    __slots__ = ("parts",)

    def __init__(self, parts: Sequence[Doc]) -> None:
        self.parts = parts
        flat = lead = 0
        hard = breaks = tail = False
        for part in parts:
            flat += part.flat
            if not breaks:
                lead += part.lead
            if part.hard or (tail and part.breaks):
                hard = True
            tail = part.tail or (tail and not part.breaks)
            breaks = breaks or part.breaks
        self.flat, self.hard, self.lead, self.breaks, self.tail = flat, hard, lead, breaks, tail


class _Wrapper(Doc):
    __slots__ = ("inner",)

    def __init__(self, inner: Doc) -> None:
        self.inner = inner
        self.flat, self.hard, self.lead, self.breaks, self.tail = inner.flat, inner.hard, inner.lead, inner.breaks, inner.tail


class Group(_Wrapper):
    """On one line where it fits."""

    __slots__ = ()


class Nest(_Wrapper):
    """Its lines are indented."""

    __slots__ = ()


class Fill(Concat):
    """Items with blanks between, as many on each line as fit."""

    __slots__ = ()

    def __init__(self, parts: Sequence[Doc]) -> None:
        super().__init__(parts)
        self.flat += max(0, len(parts) - 1)
        self.breaks = self.breaks or len(parts) > 1
        self.hard = self.hard or any(part.tail for part in parts[:-1])
        self.lead = parts[0].lead if parts else 0


EMPTY = Concat(())
SPACE = Space()
LINE = Line()
SOFT = Line(soft=True)
HARD = Line(always=True)
BLANK = Line(blank=True)


def concat(*parts: Doc) -> Doc:
    return Concat(parts)


def group(*parts: Doc) -> Doc:
    return Group(Concat(parts))


def nest(*parts: Doc) -> Doc:
    return Nest(Concat(parts))


def join(between: Doc, parts: Iterable[Doc]) -> Doc:
    """The parts with ``between`` between each two."""
    joined: list[Doc] = []
    for part in parts:
        if joined:
            joined.append(between)
        joined.append(part)
    return Concat(joined)


_Task: TypeAlias = tuple[int, bool, Doc, int]
"""Indentation, whether on one line, the document, and for a Fill how many of its items stand."""


_SEPARATORS = (",", ";")
"""They stand at the line of what they follow, before its comment."""


class _Page:
    """The text so far."""

    def __init__(self, newline: str) -> None:
        self.out: list[str] = []
        self.line_end = newline
        self.column = 0
        self.fresh = True
        """Nothing stands on the line yet."""
        self.space = False
        self.indent = 0
        self.cut = False
        """A comment cut the line in two: the rest is indented."""
        self.comments: list[str] = []
        """They wait for the end of the line."""

    def text(self, text: str) -> None:
        """Writes a word, on the next line when a comment ends this one."""
        if self.comments and text not in _SEPARATORS:
            self.cut_line()
        self._write(text)
        self.space = False

    def _write(self, text: str) -> None:
        if self.fresh:
            self.column = self.indent + INDENT if self.cut else self.indent
            self.out.append(" " * self.column)
            self.fresh = False
        elif self.space:
            self.out.append(" ")
            self.column += 1
        self.out.append(text)
        at = text.rfind("\n")
        self.column = self.column + len(text) if at < 0 else len(text) - at - 1

    def newline(self, indent: int, blank: bool = False) -> None:
        """Ends the line, unless nothing stands on it."""
        self.indent, self.cut = indent, False
        self._end_line(blank)

    def cut_line(self) -> None:
        """Ends the line where the layout has no line end."""
        self.cut = True
        self._end_line()

    def _end_line(self, blank: bool = False) -> None:
        for comment in self.comments:  # the second and further ones stand on lines of their own
            self.space = True
            self._write(comment)
            self.out.append(self.line_end)
            self.fresh = True
        self.comments.clear()
        if not self.fresh:
            self.out.append(self.line_end)
            self.fresh = True
        if blank and self.out:
            self.out.append(self.line_end)
        self.space = False
        self.column = self.indent + INDENT if self.cut else self.indent

    def own(self, comment: Own) -> None:
        """A line of its own for a comment."""
        if not self.fresh:
            self.cut_line()
        self._end_line(comment.blank)
        self._write(comment.text)
        self._end_line()


def render(doc: Doc, width: int, newline: str = "\n") -> str:
    """The document as text, without a line end at its end; ``width`` is where lines should end at the latest."""
    page = _Page(newline)
    stack: list[_Task] = [(0, False, doc, 0)]
    while stack:
        indent, flat, doc, done = stack.pop()
        match doc:
            case Text():
                page.text(doc.text)
            case Space():
                page.space = True
            case Line():
                if not flat:
                    page.newline(indent, doc.blank)
                elif not doc.soft:
                    page.space = True
            case Trailing():
                page.comments.append(doc.text)
            case Own():
                page.own(doc)
            case Fill():
                _fill(page, stack, (indent, flat, doc, done), width)
            case Group():
                flat = flat or (not doc.hard and _start(page) + doc.flat + _rest(stack) <= width)
                stack.append((indent, flat, doc.inner, 0))
            case Nest():
                stack.append((indent + INDENT, flat, doc.inner, 0))
            case Concat():
                stack.extend((indent, flat, part, 0) for part in reversed(doc.parts))
            case _:
                raise TypeError(type(doc).__name__)
    page.newline(0)
    return "".join(page.out).rstrip("\r\n")


def _start(page: _Page) -> int:
    return page.column + page.space


def _rest(stack: list[_Task]) -> int:
    """The width of what follows on the same line at least."""
    total = 0
    for _, _, doc, done in reversed(stack):
        if done:  # a Fill can end its line before its next item
            break
        total += doc.lead
        if doc.breaks:
            break
    return total


def _fill(page: _Page, stack: list[_Task], task: _Task, width: int) -> None:
    indent, flat, doc, done = task
    assert isinstance(doc, Fill)
    if done == len(doc.parts):
        return
    item = doc.parts[done]
    last = done + 1 == len(doc.parts)
    if done and not flat:
        fits = not page.comments and not item.hard and page.column + 1 + item.flat + (_rest(stack) if last else 0) <= width
        if not fits:
            page.newline(indent)
    page.space = page.space or bool(done)
    if not last:
        stack.append((indent, flat, doc, done + 1))
    stack.append((indent, flat, item, 0))
