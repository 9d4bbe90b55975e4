"""Edits of YAML values that keep the file's style: quotes stay quotes, comments and layout stay where they are.

None is made of a value that an alias puts into several places (``Node.shared``): what is right in one may be wrong in the other.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ruleconv.diagnostic import Edit, Fix
from ruleconv.rulefile import json_nodes
from ruleconv.rulefile.scalar import place
from ruleconv.text import Source, Span

if TYPE_CHECKING:
    from ruleconv.rulefile.yaml_nodes import Node

_PLAIN = re.compile(r"[A-Za-z0-9_./][A-Za-z0-9_./:@+ -]*")


def replace_scalar(node: Node, text: str) -> Edit | None:
    """The scalar's text replaced, in its own quotes; None where that cannot be said on one line without more thought (block scalars,
    a text that would need other quotes)."""
    if not _is_flow(node) or "\n" in text or not text:
        return None
    if not _PLAIN.fullmatch(text) or text != text.strip() or ": " in text or text.endswith(":"):
        return None
    if node.style and node.span.end - node.span.start < 2:
        return None
    return Edit(node.span, f"{node.style}{text}{node.style}")


def quote(node: Node, text: str) -> Edit | None:
    """The scalar's text replaced by another in single quotes, in which a backslash is just that."""
    if not _is_flow(node) or not text.isprintable():
        return None
    return Edit(node.span, "'" + text.replace("'", "''") + "'") if node.tag != json_nodes.STRING else None


def unquote(node: Node, text: str) -> Edit | None:
    """The scalar's text replaced by another without quotes."""
    return Edit(node.span, text) if _is_flow(node) else None


def replace_part(file: Source, node: Node, part: Span, text: str) -> Edit | None:
    """Some characters (``part`` counts in the scalar's text) replaced by others, which need neither quotes nor escapes."""
    if not _is_flow(node) or part.end > len(node.text):
        return None
    return Edit(place(file, node, part), text)


def _is_flow(node: Node) -> bool:
    """A scalar of no block style, in one place only."""
    return node.kind == "scalar" and node.style not in ("|", ">") and not node.shared


def rewrite(node: Node, text: str, *, safe: bool = True) -> Fix | None:
    """A fix that writes ``text`` for the scalar."""
    edit = replace_scalar(node, text)
    return Fix(f"Write {text}", (edit,), safe) if edit is not None else None


def delete_item(file: Source, sequence: Node, item: Node) -> Edit | None:
    """An item of a list taken out, with its line or its comma; None for the only item, one of several lines, or one among comments."""
    if file.text.startswith("[", sequence.span.start):
        return _delete_in_brackets(file, sequence, item)
    start = file.text.rfind("\n", 0, item.span.start) + 1
    end = file.text.find("\n", item.span.end)
    line = file.text[start : end if end >= 0 else len(file.text)]
    if (
        sequence.shared
        or len(sequence.items) < 2
        or not line.lstrip().startswith("- ")
        or "\n" in file.text[item.span.start : item.span.end]
    ):
        return None
    return Edit(Span(start, end + 1 if end >= 0 else len(file.text)), "")


def _delete_in_brackets(file: Source, sequence: Node, item: Node) -> Edit | None:
    at = next((at for at, each in enumerate(sequence.items) if each is item), 0)
    if sequence.shared or len(sequence.items) < 2:
        return None
    # With the comma before it, or after it where it is the first.
    one, other = (sequence.items[at - 1].span, item.span) if at else (item.span, sequence.items[1].span)
    if file.text[one.end : other.start].strip(" \t") != ",":
        return None
    return Edit(Span(one.end, other.end) if at else Span(one.start, other.start), "")


def delete(file: Source, sequence: Node, item: Node, title: str) -> Fix | None:
    """A fix that takes an item out."""
    edit = delete_item(file, sequence, item)
    return Fix(title, (edit,)) if edit is not None else None


def append(node: Node, suffix: str) -> Edit | None:
    """Characters put at the end of a scalar of one line, inside its quotes (they must need no quotes themselves)."""
    if not _is_flow(node) or node.span.start == node.span.end:
        return None
    end = node.span.end - len(node.style)
    return Edit(Span(end, end), suffix)


def cut(file: Source, node: Node, front: int, back: int) -> list[Edit] | None:
    """Characters taken from both ends of a quoted scalar; None for other scalars."""
    if node.style not in ("'", '"') or node.shared or len(node.text) <= front + back:
        return None
    end = len(node.text)
    parts = [part for part in (Span(0, front), Span(end - back, end)) if part.start < part.end]
    return [Edit(place(file, node, part), "") for part in parts]
