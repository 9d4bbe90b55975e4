"""JSON as the same nodes that YAML gives, with places: for the rule files that portals export.

Not YAML's reader, though JSON is nearly YAML: that one refuses tabs and the two halves of an escaped emoji.
"""

from __future__ import annotations

import json
import re
from json.decoder import scanstring  # type: ignore[attr-defined,unused-ignore]  # the standard library's own, but not in typeshed

from ruleconv.diagnostic import ParseError
from ruleconv.rulefile.yaml_nodes import MAX_DEPTH, MAX_NODES, Node
from ruleconv.text import Embedding, Source, Span

STRING = "json"
"""The tag of a string node: its escapes are JSON's (``embedding``)."""

_BLANK = re.compile(r"[ \t\r\n]*")
_SCALAR = re.compile(r"(?P<null>null)|(?P<bool>true|false)|(?P<float>-?\d+(?:\.\d+(?:[eE][+-]?\d+)?|[eE][+-]?\d+))|(?P<int>-?\d+)")
_ESCAPE = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.", re.DOTALL)
_HINT = "check the commas, quotes and brackets before this place"


def parse(source: Source) -> Node:
    """The document. ParseError for what is no JSON, nests deeper than a rule file's YAML may, or holds more values."""
    reader = _Reader(source)
    start = 1 if source.text.startswith("\ufeff") else 0
    node, end = reader.value(reader.skip(start), 0)
    end = reader.skip(end)
    if end < len(source.text):
        raise reader.wrong("text after the end of the JSON document", end)
    return node


def embedding(source: Source, node: Node) -> Embedding:
    """Maps offsets in a string node's text to the file, escape by escape."""
    start = node.span.start + 1
    pieces = [(0, start)]
    inner, at = 0, start
    for match in _ESCAPE.finditer(source.text, start, node.span.end - 1):
        inner += match.start() - at + 1
        at = match.end()
        pieces.append((inner, at))
    return Embedding(source.text, tuple(pieces))


class _Reader:
    def __init__(self, source: Source) -> None:
        self.source, self.text, self.nodes = source, source.text, 0

    def wrong(self, message: str, at: int) -> ParseError:
        return ParseError(f"this is not JSON: {message}", Span(at, min(at + 1, len(self.text))), _HINT, self.source)

    def skip(self, at: int) -> int:
        match = _BLANK.match(self.text, at)
        return match.end() if match else at

    def value(self, at: int, depth: int) -> tuple[Node, int]:
        """The value that begins at a place, and where it ends."""
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            limit = f"nested more than {MAX_DEPTH} deep" if depth > MAX_DEPTH else f"more than {MAX_NODES:,} values"
            raise ParseError(limit, Span(at, at + 1), source=self.source)
        opening = self.text[at : at + 1]
        if opening == "{":
            return self.mapping(at, depth)
        if opening == "[":
            return self.sequence(at, depth)
        if opening == '"':
            return self.string(at)
        match = _SCALAR.match(self.text, at)
        if match is None:
            raise self.wrong("a value is expected", at)
        return Node("scalar", match.lastgroup or "null", Span(at, match.end()), match.group()), match.end()

    def string(self, at: int) -> tuple[Node, int]:
        try:
            text, end = scanstring(self.text, at + 1, True)
        except json.JSONDecodeError as error:
            raise self.wrong(error.msg[:1].lower() + error.msg[1:], min(error.pos, len(self.text))) from None
        return Node("scalar", STRING, Span(at, end), text, '"'), end

    def sequence(self, start: int, depth: int) -> tuple[Node, int]:
        node = Node("sequence", "seq", Span(start, start))
        at = self.skip(start + 1)
        while self.text[at : at + 1] != "]":
            item, at = self.value(at, depth + 1)
            node.items.append(item)
            at = self.separator(at, "]")
        node.span = Span(start, at + 1)
        return node, at + 1

    def mapping(self, start: int, depth: int) -> tuple[Node, int]:
        node = Node("mapping", "map", Span(start, start))
        at = self.skip(start + 1)
        while self.text[at : at + 1] != "}":
            if self.text[at : at + 1] != '"':
                raise self.wrong("a name in double quotes is expected", at)
            key, at = self.string(at)
            at = self.skip(at)
            if self.text[at : at + 1] != ":":
                raise self.wrong("':' is expected", at)
            value, at = self.value(self.skip(at + 1), depth + 1)
            node.pairs.append((key, value))
            at = self.separator(at, "}")
        node.span = Span(start, at + 1)
        return node, at + 1

    def separator(self, at: int, closing: str) -> int:
        """The start of the next element, or of the closing bracket."""
        at = self.skip(at)
        if self.text[at : at + 1] == closing:
            return at
        if self.text[at : at + 1] != ",":
            raise self.wrong(f"',' or '{closing}' is expected", at)
        after = self.skip(at + 1)
        if self.text[after : after + 1] == closing:
            raise self.wrong(f"a ',' stands before '{closing}'", at)
        return after
