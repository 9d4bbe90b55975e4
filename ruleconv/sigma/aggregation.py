"""Aggregations of the old kind (``selection | count() by User > 5`` with a ``timeframe``) as the correlations that replaced them.

Source: the Sigma specification 1.0, "Aggregation expressions": ``count(field)`` counts different values, ``timeframe`` is the window.
``near``, and the functions without a correlation of their kind (``min``, ``max``), have no counterpart.
"""

from __future__ import annotations

import re

from ruleconv.diagnostic import Unsupported
from ruleconv.ir.fidelity import Effect, Note
from ruleconv.rulefile.yaml_nodes import Node
from ruleconv.sigma.documents import TIMEFRAME
from ruleconv.text import Source, Span

_AGGREGATION = re.compile(
    r"\s*(count|sum|avg)\s*\(\s*([^()|]*?)\s*\)\s*(?:by\s+([\w.\-@, ]+?)\s*)?(<=|>=|==|=|<|>)\s*(\d+(?:\.\d+)?)\s*", re.ASCII
)
_OPERATORS = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte", "=": "eq", "==": "eq"}
_WITHOUT = "36500d"
"""The window of a rule that has no timeframe: all of its events."""
_HINT = "write it as a correlation rule"


def divided(document: Node, source: Source) -> tuple[Node, Node, Note] | None:
    """A rule of the old kind as two documents: the rule whose events are counted, and the correlation. None for any other rule.
    Raises Unsupported for an aggregation that no correlation says."""
    detection = document.get("detection")
    condition = detection.get("condition") if detection is not None and detection.kind == "mapping" else None
    if detection is None or condition is None or condition.kind != "scalar" or "|" not in condition.text:
        return None
    at = condition.text.index("|")
    found = _AGGREGATION.fullmatch(condition.text, at + 1)
    if found is None:
        raise Unsupported("an aggregation of the old kind", condition.span, _HINT, source)
    function, field, by, operator, number = found.groups()
    field = "" if field == "*" else field
    if function != "count" and not field:
        raise Unsupported(f"{function}() without a field", condition.span, _HINT, source)
    kind = {"count": "value_count" if field else "event_count", "sum": "value_sum", "avg": "value_avg"}[function]
    frame = detection.get("timeframe")
    window = frame.text if frame is not None and TIMEFRAME.fullmatch(frame.text) else ""
    make = _Maker(condition.span)
    name = document.get("name")
    base = f"{name.text if name is not None and name.text else 'rule'}_events"
    wanted = [("field", make.text(field))] if field else []
    wanted.append((_OPERATORS[operator], make.number(number)))
    correlation = [
        ("type", make.text(kind)),
        ("rules", make.texts([base])),
        *([("group-by", make.texts(by.replace(",", " ").split()))] if by else []),
        ("timespan", make.text(window or _WITHOUT)),
        ("condition", make.mapping(wanted)),
    ]
    searched = condition.text[:at].rstrip() or condition.text[:at]
    rest = Node("scalar", "str", Span(condition.span.start, condition.span.end), searched, condition.style)
    if not condition.style:
        rest.span = Span(condition.span.start, condition.span.start + len(searched))
    counted = [(key, rest if value is condition else value) for key, value in detection.pairs]
    events = [(key, value) for key, value in document.pairs if key.text not in ("name", "id", "detection")]
    events += [(make.text("name"), make.text(base)), (make.text("detection"), Node("mapping", "map", detection.span, pairs=counted))]
    groups = [(key, value) for key, value in document.pairs if key.text != "detection"]
    groups.append((make.text("correlation"), make.mapping(correlation)))
    message = f"the aggregation after the pipe is read as a correlation of type {kind}"
    if not window:
        message += ", over all events: the rule has no timeframe"
    note = Note("SGR002", Effect.EXACT, message, condition.span)
    span = document.span
    return Node("mapping", "map", span, pairs=events), Node("mapping", "map", span, pairs=groups), note


class _Maker:
    """Nodes that stand at one place."""

    def __init__(self, span: Span) -> None:
        self.span = span

    def text(self, value: str) -> Node:
        return Node("scalar", "str", self.span, value)

    def number(self, value: str) -> Node:
        return Node("scalar", "float" if "." in value else "int", self.span, value)

    def texts(self, values: list[str]) -> Node:
        return Node("sequence", "seq", self.span, items=[self.text(value) for value in values])

    def mapping(self, pairs: list[tuple[str, Node]]) -> Node:
        return Node("mapping", "map", self.span, pairs=[(self.text(key), value) for key, value in pairs])
