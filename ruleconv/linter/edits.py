"""Edits of YAML values that keep the file's style: quotes stay quotes, comments and layout stay where they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ruleconv.diagnostic import Edit, Fix
from ruleconv.text import Source, Span

if TYPE_CHECKING:
    from ruleconv.rulefile.yaml_nodes import Node

_PLAIN = re.compile(r"[A-Za-z0-9_./][A-Za-z0-9_./:@+ -]*")


def replace_scalar(node: Node, text: str) -> Edit | None:
    """The scalar's text replaced, in its own quotes; None where that cannot be said on one line without more thought (block scalars,
    a text that would need other quotes)."""
    if node.kind != "scalar" or node.style in ("|", ">") or "\n" in text or not text:
        return None
    if not _PLAIN.fullmatch(text) or text != text.strip() or ": " in text or text.endswith(":"):
        return None
    if node.style and node.span.end - node.span.start < 2:
        return None
    return Edit(node.span, f"{node.style}{text}{node.style}")


def rewrite(node: Node, text: str, *, safe: bool = True) -> Fix | None:
    """A fix that writes ``text`` for the scalar."""
    edit = replace_scalar(node, text)
    return Fix(f"Write {text}", (edit,), safe) if edit is not None else None


def delete_item(file: Source, sequence: Node, item: Node) -> Edit | None:
    """An item of a block list taken out with its line; None for a list in brackets, the last item, or one of several lines."""
    start = file.text.rfind("\n", 0, item.span.start) + 1
    end = file.text.find("\n", item.span.end)
    line = file.text[start : end if end >= 0 else len(file.text)]
    if len(sequence.items) < 2 or not line.lstrip().startswith("- ") or "\n" in file.text[item.span.start : item.span.end]:
        return None
    return Edit(Span(start, end + 1 if end >= 0 else len(file.text)), "")


def delete(file: Source, sequence: Node, item: Node, title: str) -> Fix | None:
    """A fix that takes an item out."""
    edit = delete_item(file, sequence, item)
    return Fix(title, (edit,)) if edit is not None else None


def append(node: Node, suffix: str) -> Edit | None:
    """Characters put at the end of a scalar of one line, inside its quotes (they must need no quotes themselves)."""
    if node.kind != "scalar" or node.style in ("|", ">") or node.span.start == node.span.end:
        return None
    end = node.span.end - len(node.style)
    return Edit(Span(end, end), suffix)


def cut(node: Node, front: int, back: int) -> list[Edit] | None:
    """Characters taken from both ends of a quoted scalar (they must be written there as they are); None for other scalars."""
    if node.style not in ("'", '"') or len(node.text) <= front + back:
        return None
    first, last = node.span.start + 1, node.span.end - 1
    edits = [Edit(Span(first, first + front), ""), Edit(Span(last - back, last), "")]
    return [edit for edit in edits if edit.span.start < edit.span.end]
