"""Where each character of a YAML scalar's value stands in the file: the Embedding of a query in its rule.

The value is libyaml's. This file only finds, run by run, where it was copied from: a block scalar has one run a line, a quoted or plain one
also a new run after each escape and each folded line end. Blanks that folding made stand at the line end that they replaced.
"""

from __future__ import annotations

import re

from ruleconv.rulefile import json_nodes
from ruleconv.rulefile.yaml_nodes import Node
from ruleconv.text import Embedding, Source, Span

_BREAK = r"(?:\r\n|[\n\r\x85\u2028\u2029])"
_HEADER = re.compile(rf"[|>][^\n\r\x85\u2028\u2029]*(?:{_BREAK}|\Z)")
_LINE = re.compile(rf"([^\n\r\x85\u2028\u2029]*)({_BREAK}|\Z)")
_FOLD = re.compile(rf"(?:[ \t]|{_BREAK})+")
_BREAKS = re.compile(_BREAK)
_ESCAPE_WIDTH = {"x": 4, "u": 6, "U": 10}
_BLANKS = " \t\n\r\x85\u2028\u2029"

Pieces = list[tuple[int, int]]


def embedding(source: Source, node: Node) -> Embedding:
    """Maps offsets in ``node.text`` to offsets in the file."""
    if node.tag == json_nodes.STRING:
        return json_nodes.embedding(source, node)
    at = node.span.start
    wide: dict[int, int] = {}
    if node.style in ("|", ">"):
        pieces = _block(source.text, at, node)
    else:
        pieces = _flow(source.text, at, node, wide)
    return Embedding(source.text, tuple(pieces or [(0, at)]), wide)


def place(source: Source, node: Node, span: Span) -> Span:
    """Where a part of a scalar's text (``span`` counts in it) stands in the file."""
    if not node.style and node.span.end - node.span.start == len(node.text):
        return Span(node.span.start + span.start, node.span.start + span.end)
    return Source(node.text, embedding=embedding(source, node)).file_span(span)


def _block(text: str, at: int, node: Node) -> Pieces:
    header = _HEADER.match(text, at)
    start = header.end() if header else at
    lines = [(match.start(1), match.group(1)) for match in _LINE.finditer(text, start, node.span.end) if match.group()]
    return _literal(lines, node.text) if node.style == "|" else _folded(lines, node.text)


def _literal(lines: list[tuple[int, str]], value: str) -> Pieces:
    """Line k of the value is line k of the block without its indentation, which is a suffix of it."""
    pieces: Pieces = []
    inner = 0
    for (start, line), content in zip(lines, re.split(r"[\n\u2028\u2029]", value), strict=False):
        pieces.append((inner, start + len(line) - len(content)))
        inner += len(content) + 1
    return pieces


def _folded(lines: list[tuple[int, str]], value: str) -> Pieces:
    """Every line with text stands in the value, from its first visible character on; between two there are blanks only."""
    pieces: Pieces = []
    inner = 0
    for start, line in lines:
        content = line.lstrip(" \t")
        if not content:
            continue
        found = inner
        while found < len(value) and value[found] in _BLANKS:
            found += 1
        if not value.startswith(content, found):
            return pieces
        # A line that is indented more keeps its own blanks: they belong to this run.
        outer = start + len(line) - len(content)
        inner_end = found + len(content)
        while found > inner and outer > start and value[found - 1] == line[outer - start - 1]:
            found, outer = found - 1, outer - 1
        pieces.append((found, outer))
        inner = inner_end
    return pieces


def _flow(text: str, at: int, node: Node, wide: dict[int, int]) -> Pieces:
    """Quoted and plain scalars: runs end at escapes and at line ends, which fold. The widths of escapes go into ``wide``."""
    if node.style:
        at += 1
    pieces: Pieces = [(0, at)]
    inner, value = 0, node.text
    while inner < len(value) and at < node.span.end:
        char = text[at]
        if node.style == '"' and char == "\\":
            before, start = inner, at
            inner, at = _escape(text, inner, at)
            if inner == before + 1:
                wide[before] = at - start
        elif node.style == "'" and char == "'":
            wide[inner] = 2
            inner, at = inner + 1, at + 2
        elif blanks := _FOLD.match(text, at):
            breaks = len(_BREAKS.findall(blanks.group()))
            inner, at = inner + (max(1, breaks - 1) if breaks else len(blanks.group())), blanks.end()
        else:
            inner, at = inner + 1, at + 1
            continue
        pieces.append((inner, at))
    return pieces


def _escape(text: str, inner: int, at: int) -> tuple[int, int]:
    """Past an escape; an escaped line end vanishes, with the blanks after it (further line ends stay)."""
    if _BREAKS.match(text, at + 1) and (fold := _FOLD.match(text, at + 1)):
        return inner + len(_BREAKS.findall(fold.group())) - 1, fold.end()
    return inner + 1, at + _ESCAPE_WIDTH.get(text[at + 1 : at + 2], 2)
