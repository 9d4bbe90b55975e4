"""JSON as the same nodes that YAML gives, with places: for the rule files that portals export.

Not YAML's reader, though JSON is nearly YAML: that one refuses tabs and the two halves of an escaped emoji.
"""

from __future__ import annotations

import re

from ruleconv.diagnostic import ParseError, SchemaError
from ruleconv.rulefile.yaml_nodes import Node
from ruleconv.schema import json_nodes
from ruleconv.text import Embedding, Source

STRING = "json"
"""The tag of a string node: its escapes are JSON's (``embedding``)."""

_ESCAPE = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.", re.DOTALL)
_HINT = "check the commas, quotes and brackets before this place"


def parse(source: Source) -> Node:
    """The document. ParseError for what is no JSON, or nests too deep."""
    text = " " + source.text[1:] if source.text.startswith("\ufeff") else source.text
    try:
        return _node(json_nodes.parse(Source(text, source.name)), text)
    except SchemaError as error:
        raise ParseError(error.message, error.span, _HINT, source) from None


def _node(value: json_nodes.Node, text: str) -> Node:
    """As deep as the parser lets a document be, so that this may recurse."""
    if value.items is not None:
        return Node("sequence", "seq", value.span, items=[_node(item, text) for item in value.items])
    if value.members is not None:
        pairs = [(_node(key, text), _node(member, text)) for key, member in value.members]
        return Node("mapping", "map", value.span, pairs=pairs)
    if isinstance(value.value, str):
        return Node("scalar", STRING, value.span, value.value, '"')
    tags = {bool: "bool", int: "int", float: "float", type(None): "null"}
    return Node("scalar", tags[type(value.value)], value.span, text[value.span.start : value.span.end])


def embedding(source: Source, node: Node) -> Embedding:
    """Maps offsets in a string node's text to the file, escape by escape."""
    start = node.span.start + 1
    pieces = [(0, start)]
    wide: dict[int, int] = {}
    inner, at = 0, start
    for match in _ESCAPE.finditer(source.text, start, node.span.end - 1):
        inner += match.start() - at + 1
        at = match.end()
        pieces.append((inner, at))
        wide[inner - 1] = len(match[0])
    return Embedding(source.text, tuple(pieces), wide)
