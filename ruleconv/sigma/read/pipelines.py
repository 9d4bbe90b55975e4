"""pySigma's processing pipelines of the user, applied to rules before they are bound.

A pipeline is a file like any other: what it could run or fetch (commands, files, HTTP) is refused, whatever the environment allows pySigma.
Its postprocessing items and finalizers work on the text of a query in another language, and are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sigma.correlations import SigmaCorrelationRule
from sigma.exceptions import SigmaError
from sigma.policy import SigmaPolicy
from sigma.processing.pipeline import ProcessingPipeline
from sigma.rule import SigmaRule, SigmaRuleBase
from sigma.rule.detection import SigmaDetection, SigmaDetections
from sigma.rule.logsource import SigmaLogSource

from ruleconv.diagnostic import ParseError, Unsupported, UsageError
from ruleconv.rulefile.yaml_nodes import Node, compose
from ruleconv.sigma.events import LogSource
from ruleconv.text import Source, Span

_REACHING_OUT = frozenset(("file_placeholders", "http_placeholders", "command_placeholders"))
_OF_QUERIES = frozenset(("postprocessing", "finalizers"))
_POLICY = SigmaPolicy()
_TRIPS = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError, AssertionError)
"""What pySigma raises over a definition that it did not expect."""


class Pipelines:
    """The pipelines of one translation, by their priority and in the order that they were given."""

    def __init__(self, texts: Sequence[str]) -> None:
        made = sorted((_pipeline(Source(text, f"<pipeline {at}>")) for at, text in enumerate(texts, 1)), key=lambda each: each.priority)
        self.pipeline = made[0]
        for each in made[1:]:
            self.pipeline = self.pipeline + each

    def rule(
        self, document: Node, events: LogSource, searches: dict[str, SigmaDetection], conditions: list[str]
    ) -> tuple[LogSource, dict[str, SigmaDetection], list[str]]:
        """The log source, the searches and the conditions that the pipelines make of a rule's."""
        rule = SigmaRule(
            logsource=SigmaLogSource(events.category or None, events.product or None, events.service or None),
            detection=SigmaDetections(searches, conditions),
            **_common(SigmaRule, document),
        )
        self._apply(rule, document.span)
        for name, search in rule.detection.detections.items():
            if not search.detection_items:
                raise Unsupported(f"the search {name[:80]!r}, of which the pipeline left nothing,", document.span)
        source = rule.logsource
        changed = replace(events, product=source.product or "", category=source.category or "", service=source.service or "")
        return changed, rule.detection.detections, [each.condition for each in rule.detection.parsed_condition]

    def correlation(self, document: Node) -> Node:
        """The document with the fields that the pipelines have for its own."""
        try:
            rule = SigmaCorrelationRule.from_dict(_plain(document))
        except (SigmaError, *_TRIPS):
            return document  # what is wrong with it is said by its own reader, with its place
        before = _fields(rule)
        self._apply(rule, document.span)
        names = _renamed(before, _fields(rule), document.span)
        inside = document.get("correlation")
        if not names or inside is None:
            return document
        pairs = [(key, _with_names(value, names) if value is inside else value) for key, value in document.pairs]
        return Node("mapping", document.tag, document.span, pairs=pairs)

    def _apply(self, rule: SigmaRule | SigmaCorrelationRule, span: Span) -> None:
        try:
            self.pipeline.apply(rule)
        except SigmaError as error:
            raise Unsupported("what the processing pipeline makes of this", span, _said(error)) from error
        except _TRIPS as error:
            raise Unsupported("what the processing pipeline makes of this", span, "pySigma stumbles over it") from error


def check(source: Source) -> None:
    """Raises what is wrong with a pipeline, before it meets a rule: with its own name and place."""
    _pipeline(source)


def _pipeline(source: Source) -> ProcessingPipeline:
    name = source.name
    root, _ = compose(source)
    if root is None or root.kind != "mapping":
        raise ParseError("a processing pipeline is a YAML map", Span(0, 0), source=source)
    for node in _maps(root):
        kind = node.get("type")
        if kind is not None and kind.text in _REACHING_OUT:
            raise Unsupported(f"{kind.text}: a pipeline that fetches its values", kind.span, "write them under vars", source)
    plain = _plain(root)
    if not isinstance(plain.get("priority", 0), int):
        raise UsageError(f"{name}: the priority of a processing pipeline is a whole number", source=source)
    try:
        return ProcessingPipeline.from_dict({key: value for key, value in plain.items() if key not in _OF_QUERIES}, policy=_POLICY)
    except SigmaError as error:
        raise UsageError(f"{name} is no processing pipeline: {_said(error)}", source=source) from error
    except _TRIPS as error:
        raise UsageError(f"{name} is no processing pipeline: {str(error)[:200]}", source=source) from error


def _maps(root: Node) -> Iterator[Node]:
    stack = [root]
    while stack:
        node = stack.pop()
        stack += [*node.items, *(value for _, value in node.pairs)]
        if node.kind == "mapping":
            yield node


def _said(error: SigmaError) -> str:
    return str(error.args[0] if error.args else error)[:300]


def _plain(node: Node) -> dict[str, Any]:
    plain = node.plain()
    assert isinstance(plain, dict)
    return plain


def _common(kind: type[SigmaRuleBase], document: Node) -> dict[str, Any]:
    """What conditions of a pipeline may ask of a rule: level, status, tags, attributes. What pySigma refuses of it is left out."""
    made, _ = kind.from_dict_common_params(_plain(document), collect_errors=True)
    return made


# ---------------------------------------------------------------- fields of correlations
def _fields(rule: SigmaCorrelationRule) -> list[list[str]]:
    condition = getattr(rule.condition, "fieldref", None)
    counted = [condition] if isinstance(condition, str) else list(condition or [])
    aliases = [field for alias in rule.aliases for field in alias.mapping.values()] if rule.aliases else []
    return [list(rule.group_by or []), counted, aliases]


def _renamed(before: list[list[str]], after: list[list[str]], span: Span) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for old, new in zip(before, after, strict=True):
        if len(old) != len(new):
            raise Unsupported("a correlation's field that the pipeline maps to several", span)
        found.update({mine: other for mine, other in zip(old, new, strict=True) if mine != other})
    return found


def _with_names(correlation: Node, names: Mapping[str, str]) -> Node:
    """Where a correlation names fields: its group-by, the values of its aliases, and the field of its condition."""
    pairs = []
    for key, value in correlation.pairs:
        match key.text:
            case "group-by" | "aliases":
                pairs.append((key, _mapped(value, names)))
            case "condition" if value.kind == "mapping":
                inner = [(name, _mapped(each, names) if name.text == "field" else each) for name, each in value.pairs]
                pairs.append((key, Node("mapping", value.tag, value.span, pairs=inner)))
            case _:
                pairs.append((key, value))
    return Node("mapping", correlation.tag, correlation.span, pairs=pairs)


def _mapped(node: Node, names: Mapping[str, str]) -> Node:
    if node.kind == "scalar":
        return Node("scalar", node.tag, node.span, names[node.text], node.style) if node.text in names else node
    items = [_mapped(item, names) for item in node.items]
    return Node(node.kind, node.tag, node.span, items=items, pairs=[(key, _mapped(value, names)) for key, value in node.pairs])
