"""Sigma rules to IR: detections become predicates over the fields of their events, correlations a ``Correlate``.

In: the text of a Sigma file (one or several documents), a ``Platform``. Out: the rules that stand for themselves (a rule that only feeds a
correlation does not, unless it says ``generate: true``), each as a ``BoundRule``; or ParseError and Unsupported, with places.

Correlations are bound by ``correlation.py`` through three functions (``document`` is the whole YAML document that holds ``correlation:``):

- ``references(document, source) -> tuple[tuple[str, Span], ...]``: the names or ids of the rules that it refers to;
- ``asked_fields(document, source) -> Mapping[str, tuple[str, ...]]``: by such a reference, the fields that its events are asked for;
- ``bind_correlation(document, rules, source, metadata) -> CorrelationRule``, where ``rules`` maps each reference to its bound rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ruleconv.diagnostic import ParseError, RuleconvError, Unsupported
from ruleconv.ir.expr import Expr
from ruleconv.ir.fidelity import Note
from ruleconv.ir.query import Query
from ruleconv.rulefile.metadata import Metadata
from ruleconv.rulefile.sigma_metadata import from_sigma
from ruleconv.rulefile.yaml_nodes import Node, compose_all
from ruleconv.sigma import documents, read
from ruleconv.sigma.aggregation import divided
from ruleconv.sigma.detection import FilterText, RuleText, fields
from ruleconv.sigma.events import Events, LogSource, Platform
from ruleconv.sigma.logic import conjunction
from ruleconv.sigma.predicates import predicate
from ruleconv.sigma.rules import CorrelationRule, DetectionRule
from ruleconv.text import Source, Span

if TYPE_CHECKING:
    from ruleconv.sigma.read.pipelines import Pipelines


@dataclass(frozen=True, slots=True)
class BoundRule:
    """A rule as a query whose rows are the events (a correlation: the groups) that it finds. ``notes``: what the query does not say itself,
    with its effect (the ones in ``query.notes`` are exact)."""

    query: Query
    metadata: Metadata
    notes: tuple[Note, ...] = ()
    of_events: bool = True
    """Its rows are events, not groups."""


def bind(source: Source, platform: Platform, *, pipelines: Sequence[str] = ()) -> list[BoundRule]:
    """The rules of a Sigma file. ``pipelines``: pySigma processing pipelines, as YAML texts.

    Raises ParseError for what pySigma or the specification refuses, Unsupported for what the IR or the platform cannot say.
    """
    found = bind_each(source, platform, pipelines=pipelines)
    for each in found:
        if isinstance(each, RuleconvError):
            raise each
    return [each for each in found if isinstance(each, BoundRule)]


def bind_each(source: Source, platform: Platform, *, pipelines: Sequence[str] = ()) -> list[BoundRule | RuleconvError]:
    """As ``bind``, with the error in the place of each rule that is broken. Rules of a file with correlations depend on each other: what is
    wrong with one of them is raised, as is what is wrong with a filter or with the whole file."""
    nodes, _ = compose_all(source)
    found, notes = _modern(list(documents.rules(nodes, source)), source)
    filters = [read.read_filter(each, source) for each in found if _kind(each) == "filter"]
    changes = _pipelines(pipelines)
    detections = [each for each in found if _kind(each) == "detection"]
    correlations = [each if changes is None else changes.correlation(each) for each in found if _kind(each) == "correlation"]
    if not detections and not correlations:
        raise ParseError("a file without a Sigma rule", Span(0, 0), source=source)
    if correlations:
        texts = [(each, _filtered(read.read_rule(each, source, changes), filters)) for each in detections]
        rules = _with_correlations(texts, correlations, platform, source)
        return [replace(rule, notes=(*notes, *rule.notes)) for rule in rules] if notes else list(rules)
    made: list[BoundRule | RuleconvError] = []
    for document in detections:
        try:
            text = _filtered(read.read_rule(document, source, changes), filters)
            made.append(_bound(_detection(text, document, platform, source, ())))
        except RuleconvError as error:
            made.append(error.located(source))
    return made


def _modern(found: list[Node], source: Source) -> tuple[list[Node], list[Note]]:
    """Rules with an aggregation of the old kind become a rule and a correlation."""
    result: list[Node] = []
    notes: list[Note] = []
    for document in found:
        parts = None if documents.is_correlation(document) else divided(document, source)
        if parts is None:
            result.append(document)
        else:
            result += parts[:2]
            notes.append(parts[2])
    return result, notes


def _kind(document: Node) -> str:
    if documents.is_correlation(document):
        return "correlation"
    return "filter" if document.get("filter") is not None else "detection"


def _pipelines(texts: Sequence[str]) -> Pipelines | None:
    if not texts:
        return None
    from ruleconv.sigma.read.pipelines import Pipelines

    return Pipelines(texts)


def _is_for(filter_: FilterText, rule: RuleText) -> bool:
    """It names the rule (or is for any), and is on its log source or a wider one."""
    names = None if filter_.rules is None else {documents.key(each) for each in filter_.rules}
    named = names is None or not names.isdisjoint(documents.key(each) for each in (rule.id, rule.name) if each)
    return named and _covers(filter_.logsource, rule.logsource)


def _filtered(rule: RuleText, filters: Sequence[FilterText]) -> RuleText:
    """The rule with the filters that are for it."""
    mine = [each.search for each in filters if _is_for(each, rule)]
    return replace(rule, filters=tuple(mine)) if mine else rule


def _covers(wide: LogSource, narrow: LogSource) -> bool:
    pairs = ((wide.product, narrow.product), (wide.category, narrow.category), (wide.service, narrow.service))
    return all(not mine or mine == other for mine, other in pairs)


# ---------------------------------------------------------------- detections
def _detection(text: RuleText, document: Node, platform: Platform, source: Source, more: Sequence[str]) -> DetectionRule:
    """The rule over the first events that can answer all that it asks. ``more``: fields that a correlation asks for."""
    asked = tuple(dict.fromkeys((*fields((text.search, *text.filters)), *more)))
    first: Unsupported | None = None
    for events in platform.choices(text.logsource, asked):
        try:
            test = _predicate(text, events)
            for name in more:
                events.field(name, text.span)
        except Unsupported as error:
            first = first or error.located(source)  # type: ignore[assignment]
            continue
        except RuleconvError as error:
            raise error.located(source) from error.__cause__
        return DetectionRule(text.name, text.id, text.title, events, test, from_sigma(document), (*text.notes, *events.notes), text.span)
    raise first or Unsupported("events of this log source", text.logsource.span, source=source)


def _predicate(text: RuleText, events: Events) -> Expr:
    return conjunction([predicate(search, events) for search in (text.search, *text.filters)])


def _bound(rule: DetectionRule | CorrelationRule) -> BoundRule:
    of_events = isinstance(rule, DetectionRule)
    return BoundRule(Query((), rule.rel, of_events), rule.metadata, rule.notes, of_events)


# ---------------------------------------------------------------- correlations
def _with_correlations(
    texts: Sequence[tuple[Node, RuleText]], correlations: Sequence[Node], platform: Platform, source: Source
) -> list[BoundRule]:
    """The rules of a file with correlations: those first that nothing refers to or that shall stand for themselves, in the file's order."""
    from ruleconv.sigma import correlation

    asked: dict[str, list[str]] = {}
    for document in correlations:
        for name, names in correlation.asked_fields(document, source).items():
            asked.setdefault(documents.key(name), []).extend(names)
    known: dict[str, DetectionRule | CorrelationRule] = {}
    order: list[DetectionRule | CorrelationRule] = []
    for document, text in texts:
        more = [name for key in {documents.key(text.name), documents.key(text.id)} - {""} for name in asked.get(key, ())]
        rule = _detection(text, document, platform, source, more)
        order.append(rule)
        known.update({documents.key(name): rule for name in (rule.name, rule.id) if name})
    called = Counter(name for rule in order for name in {documents.key(rule.name), documents.key(rule.id)} - {""})
    called.update(documents.key(name) for each in correlations for name in set(documents.about(each, source)[1:]) - {""})
    hidden: set[int] = set()
    ordered = _in_order(correlations, known, source)
    shared = _shared(ordered, known, source)
    for document in ordered:
        references = correlation.references(document, source)
        for name, span in references:
            if called[documents.key(name)] > 1:
                raise ParseError(f"several rules are called {name[:80]!r}", span, "a name or an id is that of one rule", source)
        rules = {name: known[documents.key(name)] for name, _ in references}
        told = {name: _told_shared(rule) if documents.key(name) in shared else rule for name, rule in rules.items()}
        made = correlation.bind_correlation(document, told, source, from_sigma(document))
        order.append(made)
        known.update({documents.key(name): made for name in (made.name, made.id) if name})
        if not made.generate:
            hidden.update(id(rule) for rule in rules.values())
    return [_bound(rule) for rule in order if id(rule) not in hidden]


def _shared(correlations: Sequence[Node], known: Mapping[str, DetectionRule | CorrelationRule], source: Source) -> set[str]:
    """The names and ids of rules to which several correlations refer, or one that leaves them to stand for themselves as well."""
    from ruleconv.sigma import correlation

    names = [{documents.key(name) for name in (rule.name, rule.id) if name} for rule in {id(r): r for r in known.values()}.values()]
    names += [{documents.key(name) for name in documents.about(each, source)[1:] if name} for each in correlations]
    uses: Counter[str] = Counter()
    for each in correlations:
        uses.update({documents.key(name): 1 + correlation.generates(each, source) for name, _ in correlation.references(each, source)})
    return {name for one in names if sum(uses[name] for name in one) > 1 for name in one}


def _told_shared(rule: DetectionRule | CorrelationRule) -> DetectionRule | CorrelationRule:
    return replace(rule, metadata=replace(rule.metadata, shared=True))


def _in_order(correlations: Sequence[Node], known: dict[str, DetectionRule | CorrelationRule], source: Source) -> list[Node]:
    """Each after those that it refers to. ParseError for a reference to no rule, or in a circle."""
    from ruleconv.sigma import correlation

    waiting = list(correlations)
    names = {id(each): {documents.key(name) for name in documents.about(each, source)[1:] if name} for each in waiting}
    ready = set(known)
    result: list[Node] = []
    while waiting:
        now = [each for each in waiting if all(documents.key(name) in ready for name, _ in correlation.references(each, source))]
        if not now:
            every = ready.union(*(names[id(each)] for each in waiting))
            for each in waiting:
                for name, span in correlation.references(each, source):
                    if documents.key(name) not in every:
                        hint = "rules are known by their name or id, and must stand in the same file"
                        raise ParseError(f"there is no rule {name[:80]!r}", span, hint, source)
            raise ParseError("correlations that refer to each other in a circle", waiting[0].span, source=source)
        for each in now:
            ready |= names[id(each)]
        result += now
        waiting = [each for each in waiting if each not in now]
    return result
