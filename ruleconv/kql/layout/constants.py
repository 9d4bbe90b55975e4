"""The inside of ``dynamic(...)``: JSON, as Kusto takes it."""

from __future__ import annotations

from ruleconv.kql.layout import lists
from ruleconv.kql.layout.document import EMPTY, SPACE, Doc, concat
from ruleconv.kql.layout.writer import Reader


def dynamic(w: Reader) -> Doc:
    """The next ``dynamic(...)``; ``w`` reads a text, be it this constant's alone."""
    return concat(w.word("dynamic"), w.word("("), _value(w), *w.closing(), w.word(")"))


def _value(w: Reader) -> Doc:
    if w.next_is("["):
        return _list(w, "[", "]")
    if w.next_is("{"):
        return _list(w, "{", "}")
    if w.next_is("dynamic"):
        return dynamic(w)
    sign = w.word("-", "+") if w.next_is("-", "+") else EMPTY
    return concat(sign, w.any())


def _pair(w: Reader) -> Doc:
    return concat(w.any(), w.word(":"), SPACE, _value(w))


def _list(w: Reader, left: str, right: str) -> Doc:
    sizes: list[int] = []

    def write() -> list[Doc]:
        parts: list[Doc] = []
        while not w.next_is(right):
            part = _pair(w) if left == "{" else _value(w)
            sizes.append(lists.ALONE if part.breaks or left == "{" else part.flat)
            parts.append(concat(part, w.word(",")) if w.next_is(",") else part)
        return parts

    return lists.brackets(w, left, write, right, fill=lambda: lists.fills(sizes))
