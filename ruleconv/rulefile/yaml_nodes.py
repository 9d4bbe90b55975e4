"""The one door to YAML: text -> nodes with places, within limits.

The nodes are made from libyaml's events with a stack of our own: its ``compose`` recurses on the C stack and dies of deep nesting.
Nothing is constructed: a value stays text with a tag until ``plain`` asks, so that no date or number can fail on the way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

import yaml

from ruleconv.diagnostic import Diagnostic, ParseError, Severity
from ruleconv.text import Source, Span

MAX_DEPTH = 64
MAX_NODES = 200_000
"""Of one file, with every alias counted as often as it is used: the "billion laughs" end here."""

Kind = Literal["scalar", "sequence", "mapping"]
_TAG = "tag:yaml.org,2002:"
_LONGEST_NUMBER = 400
"""Characters. Python refuses to print numbers of more than 4,300 digits (and reads hexadecimal ones as long as any)."""
_PROPERTIES = re.compile(r"(?:[&!]\S*(?:\s+(?:#[^\r\n]*\s+)*|\Z))*")
_WRONG_TEXT = "check the indentation and the quotes of this line and the one before"


@dataclass(slots=True)
class Node:
    """A YAML value. ``span`` leaves its anchor and its tag out; ``text`` and ``style`` (``|``, ``>``, ``'``, ``"`` or nothing) are a
    scalar's; ``tag`` is short (``str``, ``int``). ``shared``: an alias puts it, or the list that it stands in, into another place too."""

    kind: Kind
    tag: str
    span: Span
    text: str = ""
    style: str = ""
    items: list[Node] = field(default_factory=list)
    pairs: list[tuple[Node, Node]] = field(default_factory=list)
    shared: bool = False

    def get(self, key: str) -> Node | None:
        """The value of a mapping's key; of a key that stands there twice, the last (as YAML readers do)."""
        found = None
        for name, value in self.pairs:
            if name.kind == "scalar" and name.text == key:
                found = value
        return found

    @property
    def is_null(self) -> bool:
        return self.kind == "scalar" and self.tag == "null"

    def plain(self) -> object:
        """As Python values: str, int, float, bool, None, list, dict. Dates stay text; a mapping's keys become text."""
        if self.kind == "sequence":
            return [item.plain() for item in self.items]
        if self.kind == "mapping":
            return {key.text if key.kind == "scalar" else str(key.plain()): value.plain() for key, value in self.pairs}
        return _scalar(self.tag, self.text)


def compose(source: Source) -> tuple[Node | None, tuple[Diagnostic, ...]]:
    """The document of a YAML text and what is doubtful about it (duplicate keys); None for an empty one.

    Raises ParseError for anything that is no YAML, for several documents, and for a text past the limits.
    """
    documents, problems = compose_all(source)
    if len(documents) > 1:
        raise ParseError("several YAML documents in one file", documents[1].span, "one rule a file", source)
    return (documents[0] if documents else None), problems


def compose_all(source: Source) -> tuple[list[Node], tuple[Diagnostic, ...]]:
    """As ``compose``, for a text of any number of documents; empty ones are left out."""
    shift = 1 if source.text.startswith("\ufeff") else 0
    composer = _Composer(source, shift)
    loader = None
    try:
        # CSafeLoader is libyaml's event reader with the safe resolver; no constructor of it is ever called.
        loader = yaml.CSafeLoader(source.text[shift:])
        while (event := loader.get_event()) is not None:
            composer.take(loader, event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = _index(mark) + shift
        message = ": ".join(part for part in (error.context, error.problem) if part)
        raise ParseError(
            f"this is not YAML: {message}", Span(at, at), _hint(error.problem or "", source.text[at : at + 1]), source
        ) from None
    except yaml.reader.ReaderError as error:
        at = _reader_position(source.text[shift:], error) + shift
        raise ParseError(f"this is not YAML: {error.reason}", Span(at, at + 1), source=source) from None
    except UnicodeEncodeError as error:
        at = error.start + shift
        raise ParseError("half a character: a surrogate without its partner", Span(at, at + 1), source=source) from None
    finally:
        if loader is not None:
            loader.dispose()
    return composer.documents, tuple(composer.problems)


def _hint(problem: str, char: str) -> str:
    """What most often causes such an error in rules."""
    if char == "\t":
        return "YAML is indented with blanks, not with tabs"
    if "escape" in problem or "hexdecimal" in problem:
        return "in double quotes a backslash begins an escape; in single quotes it is just a backslash"
    if "cannot start" in problem:
        return f"a value that begins with {char} is written in single quotes"
    if "alphabetic or numeric" in problem:
        return "a value that begins with * or & is written in single quotes"
    if "mapping values are not allowed" in problem:
        return "a value with a colon and a blank in it is written in quotes; or else " + _WRONG_TEXT
    return _WRONG_TEXT


def _reader_position(text: str, error: yaml.reader.ReaderError) -> int:
    """ReaderError counts bytes of UTF-8."""
    return len(text.encode()[: error.position].decode(errors="ignore"))


class _Composer:
    def __init__(self, source: Source, shift: int) -> None:
        self.source, self.shift = source, shift
        self.documents: list[Node] = []
        self.problems: list[Diagnostic] = []
        self._open: list[Node] = []
        self._keys: list[Node | None] = []
        self._seen: list[dict[str, Node]] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._pending: list[str] = []
        self._sizes: list[int] = []
        self._nodes = 0

    def take(self, loader: yaml.CSafeLoader, event: yaml.Event) -> None:
        """One event more."""
        start, end = event.start_mark, event.end_mark
        assert start is not None  # libyaml's events have both, whatever the stubs say
        assert end is not None
        span = Span(start.index + self.shift, end.index + self.shift)
        if isinstance(event, yaml.NodeEvent) and (event.anchor or getattr(event, "tag", None)):
            span = self._value(span, span.end if isinstance(event, yaml.ScalarEvent) else len(self.source.text))
        if isinstance(event, yaml.ScalarEvent):
            tag = event.tag
            if not tag:
                # What is quoted is text; only a plain scalar has to be looked at.
                tag = loader.resolve(yaml.ScalarNode, event.value, event.implicit) if event.implicit[0] else "str"  # type: ignore[no-untyped-call]
            style = event.style if event.style in ("|", ">", "'", '"') else ""
            self._add(Node("scalar", _short(tag), span, event.value, style), event.anchor)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event.anchor or "", span)
        elif isinstance(event, yaml.SequenceStartEvent):
            self._start(Node("sequence", _short(event.tag or "seq"), span), event.anchor)
        elif isinstance(event, yaml.MappingStartEvent):
            self._start(Node("mapping", _short(event.tag or "map"), span), event.anchor)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end(span)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._anchors.clear()

    def _value(self, span: Span, end: int) -> Span:
        """Without the anchor and the tag, which libyaml counts in; what follows them begins before ``end``."""
        found = _PROPERTIES.match(self.source.text, span.start, end)
        start = found.end() if found else span.start
        return Span(start, max(start, span.end))

    def _start(self, node: Node, anchor: str | None) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise self._fail(f"nested more than {MAX_DEPTH} deep", node.span)
        self._count(1, node.span)
        self._open.append(node)
        self._keys.append(None)
        self._seen.append({})
        self._pending.append(anchor or "")
        self._sizes.append(1)

    def _end(self, span: Span) -> None:
        node = self._open.pop()
        self._keys.pop()
        self._seen.pop()
        node.span = Span(node.span.start, span.end)
        size = self._sizes.pop()
        self._place(node, size)
        # The anchor counts from here on: a node that holds itself cannot be printed, compared or walked.
        if anchor := self._pending.pop():
            self._anchors[anchor] = node, size

    def _add(self, node: Node, anchor: str | None) -> None:
        self._count(1, node.span)
        self._place(node, 1)
        if anchor:
            self._anchors[anchor] = node, 1

    def _alias(self, anchor: str, span: Span) -> None:
        found = self._anchors.get(anchor)
        if found is None:
            if anchor in self._pending:
                raise self._fail(f"the alias *{anchor} stands inside of what it names", span)
            message, hint = (
                f"the alias *{anchor} names nothing that stands before it",
                "a value that begins with * is written in single quotes",
            )
            raise ParseError(message, span, hint, self.source)
        node, size = found
        self._count(size, span)
        _share(node)
        self._place(node, size)

    def _place(self, node: Node, size: int) -> None:
        """Puts a node, with so many values in it, where it belongs."""
        if not self._open:
            if not node.is_null:
                self.documents.append(node)
            return
        parent = self._open[-1]
        self._sizes[-1] += size
        if parent.kind == "sequence":
            parent.items.append(node)
            return
        key = self._keys[-1]
        if key is None:
            self._keys[-1] = node
            return
        self._keys[-1] = None
        if key.kind == "scalar":
            first = self._seen[-1].setdefault(key.text, key)
            if first is not key and key.text != "<<":
                self._duplicate(first, key)
        parent.pairs.append((key, node))

    def _duplicate(self, first: Node, key: Node) -> None:
        line, _ = self.source.position(first.span.start)
        message = f"the key {key.text[:80]!r} stands here twice (first in line {line}); readers take the last one"
        self.problems.append(Diagnostic.at(self.source, key.span, "YAML001", message, severity=Severity.WARNING))

    def _count(self, nodes: int, span: Span) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            raise self._fail(f"more than {MAX_NODES:,} values, aliases counted as often as they are used", span)

    def _fail(self, message: str, span: Span) -> ParseError:
        return ParseError(message, span, source=self.source)


def _share(node: Node) -> None:
    """The value and, of a list, all in it; a map's values stay what they are under their keys, wherever it is used."""
    if node.shared:
        return
    node.shared = True
    for item in node.items:
        _share(item)


def _index(mark: yaml.error.Mark | yaml._yaml.Mark | None) -> int:
    """In characters, though libyaml reads UTF-8."""
    return mark.index if mark is not None else 0


@lru_cache(maxsize=100)
def _short(tag: str) -> str:
    return tag.removeprefix(_TAG)


def _scalar(tag: str, text: str) -> object:
    if tag == "null":
        return None
    if tag == "bool":
        return text.casefold() in ("yes", "true", "on")
    if len(text) > _LONGEST_NUMBER:
        return text
    try:
        if tag == "int":
            return int(text.replace("_", ""), 0)
        if tag == "float":
            return float(text.replace("_", ""))
    except ValueError:
        return text  # YAML 1.1 counts 0777 and 1:30 as integers; nobody writes them in a rule
    return text
