"""Sigma rules: their fields as they name them, their searches as bindings, their filters as exclusions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from string import ascii_lowercase
from textwrap import dedent

from ruleconv.diagnostic import RuleconvError, Unsupported
from ruleconv.inspection import card, coverage, window
from ruleconv.inspection.fingerprint import of_query
from ruleconv.inspection.flow import Flow, merged
from ruleconv.inspection.lineage import Lineage
from ruleconv.inspection.model import Binding, Branch, Indicator, Inspection, LogSource, OutputField, Predicate, Problem, Stage
from ruleconv.inspection.operators import Sigma
from ruleconv.inspection.places import place
from ruleconv.inspection.predicates import Reader
from ruleconv.inspection.terms import Terms
from ruleconv.rulefile.sigma_metadata import from_sigma
from ruleconv.rulefile.values import children, text, texts
from ruleconv.rulefile.yaml_nodes import Node, compose_all
from ruleconv.schema import Schema
from ruleconv.sigma.bind import BoundRule, bind_each
from ruleconv.sigma.flat import FlatPlatform
from ruleconv.text import Source, Span

_NO_SEARCH = ("condition", "timeframe")
_LINKS = ("and", "or", "not", "of", "them", "all", "1", "any")


def inspect_each(file: Source) -> Iterator[Inspection | RuleconvError]:
    """The rules of a file that stand for themselves, with the error in the place of each that is broken. Raises, as ``sigma.bind_each``
    does, what is wrong with the whole file."""
    documents = [each for each in compose_all(file)[0] if each.kind == "mapping"]
    rules = [each for each in documents if each.get("detection") is not None]
    try:
        bound = bind_each(file, FlatPlatform(Schema({})))
    except Unsupported as error:
        if not rules:
            raise error.located(file) from error.__cause__
        yield from (_refused(document, file, error) for document in rules)
        return
    for each in bound:
        if isinstance(each, Unsupported) and rules:
            own = [document for document in rules if document.span.start <= each.span.start]
            yield _refused(own[-1] if own else rules[0], file, each)
        elif isinstance(each, RuleconvError):
            yield each.located(file)
        else:
            yield _inspection(each, documents, file)


def _refused(document: Node, file: Source, error: Unsupported) -> Inspection:
    """What a rule that was read says, without its meaning (an unfilled placeholder, an aggregation of the old kind)."""
    pages = _Pages(file)
    metadata = from_sigma(document)
    stages = pages.of_rule([document], correlated=False)
    made = card.of(metadata, metadata.raw, operators=_modifiers((), pages))
    return Inspection(
        language="sigma",
        card=made,
        window=window.of(metadata, None, ()),
        coverage=coverage.of(metadata.tags),
        stages=stages,
        lets=tuple(pages.searches),
        open=True,
        problems=(Problem("unsupported", error.message, *file.position(error.span.start)),),
        filename=file.name,
    )


def _inspection(rule: BoundRule, documents: Sequence[Node], file: Source) -> Inspection:
    own = _documents(rule, documents)
    pages = _Pages(file)
    stages = pages.of_rule(own, correlated=not rule.of_events)
    reader = Reader(Terms(file, Lineage(()), Sigma()), pages.number)
    flow = Flow(reader, pages.search)
    flow.walk(rule.query.body)
    indicators = tuple(merged(flow.indicators))
    metadata = rule.metadata
    made = card.of(metadata, metadata.raw, operators=_modifiers(indicators, pages), indicators=(*indicators, *_excluded(flow)))
    logsources = tuple(dict.fromkeys(_logsource(each) for document in own for each in children(document, "logsource")))
    return Inspection(
        language="sigma",
        card=replace(made, logsources=logsources or made.logsources),
        window=window.of(metadata, rule.query, indicators),
        coverage=coverage.of(metadata.tags),
        stages=stages,
        lets=tuple(pages.searches),
        indicators=indicators,
        exclusions=tuple(flow.exclusions),
        output=tuple(_output(rule, stages)),
        open=rule.of_events,
        filename=file.name,
        fingerprint=of_query(rule.query),
    )


def _documents(rule: BoundRule, documents: Sequence[Node]) -> list[Node]:
    """The rule's document, and for a correlation those that it refers to."""
    mine = [each for each in documents if text(each, "id") == rule.metadata.id and text(each, "title") == rule.metadata.title]
    if not mine:
        mine = [each for each in documents if each.get("detection") is not None or each.get("correlation") is not None][:1]
    if rule.of_events:
        return mine[:1]
    found: list[Node] = []
    waiting = mine[:1]
    while waiting:
        at = waiting.pop(0)
        if any(at is each for each in found):
            continue
        found.append(at)
        asked = {name for each in children(at, "correlation") for name in texts(each, "rules")}
        waiting += [each for each in documents if asked & {text(each, "name"), text(each, "id")} - {""}]
    return found


def _logsource(node: Node) -> LogSource:
    return LogSource(text(node, "product"), text(node, "category"), text(node, "service"))


def _excluded(flow: Flow) -> Iterator[Indicator]:
    for each in flow.exclusions:
        yield from each.conditions


def _modifiers(indicators: Sequence[Indicator], pages: _Pages) -> Iterator[str]:
    """Modifiers, and the words of the conditions."""
    for each in indicators:
        yield from (word for word in each.operator.split("|") if word)
    for condition in pages.conditions:
        yield from (word for word in condition.replace("(", " ").replace(")", " ").split() if word in _LINKS[:4])


def _output(rule: BoundRule, stages: Sequence[Stage]) -> Iterator[OutputField]:
    """A detection gives whole events, of which the rule may name fields; a correlation its groups."""
    last = (stages[-1].number,) if stages else ()
    if rule.of_events:
        for name in rule.metadata.fields:
            yield OutputField(name, "unknown", ("fields",), last)
        return
    for column in rule.query.columns:
        yield OutputField(column.name, column.type.value, ("correlation",), last)


@dataclass
class _Pages:
    """Stages and searches of the documents of one rule, and which of them a span stands in."""

    file: Source
    searches: list[Binding] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    _spans: list[tuple[Span, str]] = field(default_factory=list)
    _names: list[tuple[Span, str]] = field(default_factory=list)

    def number(self, span: Span) -> str:
        """What ``action: global`` brings in stands elsewhere in the file."""
        numbers = {name for _, name in self._spans}
        return _smallest(self._spans, span) or (numbers.pop() if len(numbers) == 1 else "")

    def search(self, span: Span) -> str:
        """The named search that holds the span; "" where several do, or none."""
        return _smallest(self._names, span)

    def of_rule(self, documents: Sequence[Node], *, correlated: bool) -> tuple[Stage, ...]:
        if not documents:
            return ()
        first, *others = documents
        correlation = first.get("correlation")
        if not correlated or correlation is None or correlation.kind != "mapping":
            return tuple(self._detection(first, ""))
        self._spans.append((first.span, "1"))
        branches = tuple(
            Branch("rule", text(each, "name") or text(each, "title"), tuple(self._detection(each, f"1{letter}.")))
            for letter, each in zip(ascii_lowercase * 4, others, strict=False)
        )
        where = place(self.file, correlation.span)
        return (Stage("1", "correlation", (_yaml(self.file, correlation.span),), where, branches=branches),)

    def _detection(self, document: Node, prefix: str) -> Iterator[Stage]:
        nested = document.get("correlation")
        if nested is not None and nested.kind == "mapping":
            yield Stage(f"{prefix}1", "correlation", (_yaml(self.file, nested.span),), place(self.file, nested.span))
            return
        source = document.get("logsource")
        where = source.span if source is not None else document.span
        parts = _logsource(source) if source is not None else LogSource()
        told = " ".join(f"{n}={v}" for n, v in (("product", parts.product), ("category", parts.category), ("service", parts.service)) if v)
        yield Stage(f"{prefix}1", "source", (told,), place(self.file, where))
        detection = document.get("detection")
        if detection is None or detection.kind != "mapping":
            return
        number = f"{prefix}2"
        self._spans.append((document.span, number))
        names = self._searches(detection, number, prefix)
        condition = detection.get("condition")
        words = [node for node in ([] if condition is None else condition.items or [condition]) if node.kind == "scalar"]
        self.conditions += [node.text for node in words]
        predicates = tuple(
            Predicate(part, part.startswith("not "), place(self.file, node.span)) for node in words for part in _top_terms(node.text)
        )
        place_ = place(self.file, condition.span if condition is not None else detection.span)
        yield Stage(number, "where", tuple(node.text for node in words) or ("",), place_, tuple(names), predicates)

    def _searches(self, detection: Node, number: str, prefix: str) -> list[str]:
        names = []
        for key, value in detection.pairs:
            if key.kind != "scalar" or key.text in _NO_SEARCH:
                continue
            span = key.span.cover(value.span)
            self._names.append((span, key.text))
            names.append(key.text)
            shown = Binding(key.text, "search", _yaml(self.file, span), used_by=(number,), place=place(self.file, span))
            self.searches.append(shown)
        return names


def _smallest(spans: list[tuple[Span, str]], span: Span) -> str:
    if span.end <= span.start:
        return spans[0][1] if len(spans) == 1 else ""
    found = [(s.end - s.start, name) for s, name in spans if s.start <= span.start and span.end <= s.end]
    return min(found)[1] if found else ""


def _yaml(file: Source, span: Span) -> str:
    """The YAML of a span as it stands, to the left margin."""
    start = file.text.rfind("\n", 0, span.start) + 1
    before = file.text[start : span.start]
    return dedent((before if before.isspace() else "") + file.text[span.start : span.end]).rstrip()


def _top_terms(condition: str) -> list[str]:
    """What is joined by ``and`` outside of parentheses."""
    parts, depth, words = [], 0, list[str]()
    for word in condition.replace("(", " ( ").replace(")", " ) ").split():
        depth += (word == "(") - (word == ")")
        if word == "or" and depth == 0:
            return [condition.strip()]
        if word == "and" and depth == 0:
            parts.append(" ".join(words))
            words = []
        else:
            words.append(word)
    parts.append(" ".join(words))
    return [part.replace("( ", "(").replace(" )", ")") for part in parts if part]
