"""JSON with the place of every value, for messages about a user's schema file: ``json`` itself keeps no places."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from json.decoder import scanstring  # type: ignore[attr-defined,unused-ignore]  # the standard library's own, but not in typeshed

from ruleconv.diagnostic import SchemaError
from ruleconv.text import Source, Span

MAX_DEPTH = 32
_BLANK = re.compile(r"[ \t\r\n]*")
_SCALAR = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Node:
    """A value and where it stands. ``value``: a scalar, a list of Nodes, or a list of (key Node, value Node)."""

    value: object
    span: Span

    @property
    def items(self) -> list[Node] | None:
        """The elements, when this is an array."""
        return self.value if isinstance(self.value, list) else None

    @property
    def members(self) -> tuple[tuple[Node, Node], ...] | None:
        """Keys and values, when this is an object."""
        return self.value if isinstance(self.value, tuple) else None

    def get(self, *keys: str) -> Node | None:
        """The member of the first of these keys that is there; the case of a key does not count."""
        for wanted in keys:
            for key, value in self.members or ():
                if isinstance(key.value, str) and key.value.casefold() == wanted.casefold():
                    return value
        return None


def parse(source: Source) -> Node:
    """The document; SchemaError when it is no JSON."""
    text = source.text
    try:
        node, end = _value(source, _skip(text, 0), 0)
    except json.JSONDecodeError as error:
        raise SchemaError(f"this is not JSON: {error.msg}", Span(error.pos, error.pos), source=source) from None
    end = _skip(text, end)
    if end < len(text):
        raise SchemaError("text after the end of the JSON document", Span(end, len(text)), source=source)
    return node


def _skip(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at


def _value(source: Source, at: int, depth: int) -> tuple[Node, int]:
    text = source.text
    if depth > MAX_DEPTH:
        raise SchemaError(f"nested more than {MAX_DEPTH} deep", Span(at, at), source=source)
    opening = text[at : at + 1]
    if opening == "[":
        return _array(source, at, depth)
    if opening == "{":
        return _object(source, at, depth)
    value, end = _scalar(text, at)
    return Node(value, Span(at, end)), end


def _scalar(text: str, at: int) -> tuple[object, int]:
    try:
        return _SCALAR.raw_decode(text, at)
    except ValueError as error:
        if isinstance(error, json.JSONDecodeError):
            raise
        raise json.JSONDecodeError("a number with too many digits", text, at) from None


def _array(source: Source, start: int, depth: int) -> tuple[Node, int]:
    text, items = source.text, []
    at = _skip(text, start + 1)
    while text[at : at + 1] != "]":
        node, at = _value(source, at, depth + 1)
        items.append(node)
        at = _separator(text, at, "]")
    return Node(items, Span(start, at + 1)), at + 1


def _object(source: Source, start: int, depth: int) -> tuple[Node, int]:
    text, members = source.text, []
    at = _skip(text, start + 1)
    while text[at : at + 1] != "}":
        if text[at : at + 1] != '"':
            raise json.JSONDecodeError("expected a name in double quotes", text, at)
        key, end = scanstring(text, at + 1, True)
        key_node = Node(key, Span(at, end))
        at = _skip(text, end)
        if text[at : at + 1] != ":":
            raise json.JSONDecodeError("expected ':'", text, at)
        node, at = _value(source, _skip(text, at + 1), depth + 1)
        members.append((key_node, node))
        at = _separator(text, at, "}")
    return Node(tuple(members), Span(start, at + 1)), at + 1


def _separator(text: str, at: int, closing: str) -> int:
    """The start of the next element, or of the closing bracket."""
    at = _skip(text, at)
    if text[at : at + 1] == closing:
        return at
    if text[at : at + 1] != ",":
        raise json.JSONDecodeError(f"expected ',' or '{closing}'", text, at)
    at = _skip(text, at + 1)
    if text[at : at + 1] == closing:
        raise json.JSONDecodeError(f"a ',' before '{closing}'", text, at)
    return at
