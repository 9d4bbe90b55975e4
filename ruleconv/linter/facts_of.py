"""What the rules of a file are compared with those of others by: id, title, logic, version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from ruleconv.linter.comments import without_blanks
from ruleconv.rulefile.model import Kind
from ruleconv.text import Span

if TYPE_CHECKING:
    from ruleconv.linter.subject import Subject
    from ruleconv.rulefile.yaml_nodes import Node

_SHORT = 40
"""Queries of fewer characters are the same by chance."""


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """Of one rule. Spans count characters of the file; texts are empty where there is none. ``logic`` is a digest of the query or detection
    without blanks and comments; ``at`` is where to point when the rule as a whole is meant. ``related``: the ids of rules that a Sigma
    rule says it was derived from or resembles, with their places (rules that it replaced need not be there any more)."""

    kind: str
    at: tuple[int, int]
    id: str = ""
    id_at: tuple[int, int] = (0, 0)
    title: str = ""
    title_at: tuple[int, int] = (0, 0)
    version: str = ""
    version_at: tuple[int, int] = (0, 0)
    modified: str = ""
    logic: str = ""
    related: tuple[tuple[str, int, int], ...] = ()

    def packed(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def unpacked(cls, data: dict[str, Any]) -> RuleFacts:
        plain: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
        return cls(**plain)


def of(subject: Subject) -> RuleFacts:
    """The facts of one rule."""
    start = subject.start
    identity, title = subject.get("id"), subject.get("title" if subject.kind is Kind.SIGMA else "name")
    version = subject.get("version")
    return RuleFacts(
        kind=subject.kind.value,
        at=(start.start, start.end),
        id=_text(identity).strip("{} ").casefold(),
        id_at=_span(identity),
        title=_text(title).strip(),
        title_at=_span(title),
        version=_text(version),
        version_at=_span(version),
        modified=subject.text("modified"),
        logic=_logic(subject),
        related=tuple(_related(subject)),
    )


def _related(subject: Subject) -> Iterator[tuple[str, int, int]]:
    for entry in subject.entries("related") if subject.kind is Kind.SIGMA else ():
        identity, how = entry.get("id"), entry.get("type")
        if _text(how).casefold() in ("derived", "similar") and identity is not None and _text(identity):
            yield _text(identity).strip("{} ").casefold(), identity.span.start, identity.span.end


def _text(node: Node | None) -> str:
    return node.text if node is not None and node.kind == "scalar" and not node.is_null else ""


def _span(node: Node | None) -> tuple[int, int]:
    return (node.span.start, node.span.end) if node is not None else (0, 0)


def _logic(subject: Subject) -> str:
    if subject.kind is Kind.SIGMA:
        detection = subject.get("detection")
        if detection is None or detection.kind != "mapping":
            return ""
        source = subject.get("logsource")
        plain = [source.plain() if source is not None else None, detection.plain()]
        text = json.dumps(plain, sort_keys=True, default=str).casefold()
    else:
        query = subject.query if subject.kind is not Kind.SQL else subject.file
        text = without_blanks(query.text, subject.kind) if query is not None else ""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32] if len(text) >= _SHORT else ""


def span(at: tuple[int, int]) -> Span:
    return Span(*at)
