"""``summarize`` with a threshold as a Sigma correlation over the events that it counts.

Kusto counts in the bins of ``bin(TimeGenerated, 10m)``, or once over the whole look-back; a correlation counts in every window of that
length (S43). What a bin finds, some window finds as well, so that a threshold from below widens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir.correlation import CorrelationKind
from ruleconv.ir.fidelity import Effect
from ruleconv.rulefile.duration import SECOND, short
from ruleconv.rulefile.metadata import Metadata
from ruleconv.rulefile.yaml_text import Value as Yaml
from ruleconv_backends.sigma import times
from ruleconv_backends.sigma.fields import subject
from ruleconv_backends.sigma.inline import has_element
from ruleconv_backends.sigma.logsource import Named
from ruleconv_backends.sigma.losses import Losses
from ruleconv_backends.sigma.metrics import Metric, Threshold, exists, threshold
from ruleconv_backends.sigma.state import Flow, Group, State
from ruleconv_backends.sigma.temporal import Temporal
from ruleconv_backends.sigma.tree import AllOf, Item, Neg, Tree


@dataclass(frozen=True, slots=True)
class Window:
    ticks: int
    binned: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """A correlation, before the fields of its tables are known; several, where there are alternative thresholds."""

    group: Group
    thresholds: tuple[Threshold, ...]
    window: Window


@dataclass(frozen=True, slots=True)
class Pair:
    """Two events in a time span, of the state's two flows."""

    temporal: Temporal


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that the correlation refers to."""

    name: str
    flow: Flow
    where: Named
    tree: Tree


def plan(state: State, metadata: Metadata, losses: Losses) -> Plan | Pair | None:
    """The correlation that the query's last summarize asks for; None where it only shows its groups. Filters that say something of single
    events go to the flows."""
    group = state.group
    if state.temporal is not None:
        for node in group.thresholds if group is not None else ():
            losses.lose(Unsupported("a count of joined events", node.span, "a correlation has one type"), Effect.WIDENS)
        return Pair(state.temporal)
    if group is None:
        return None
    conditions = list(group.thresholds)
    if len(conditions) == 1 and (event := exists(conditions[0])) is not None:
        for flow in state.flows:
            flow.filters.append(flow.inlined(event))
        conditions = []
    chosen: tuple[Threshold, ...] = ()
    for node in conditions:
        try:
            found = _alternatives(node)
            if chosen:
                raise Unsupported("a second threshold", node.span, "a correlation has one; write two rules")
            chosen = found
        except Unsupported as error:
            losses.lose(error, Effect.WIDENS, of_groups=True)
    if not chosen:
        if group.keys:
            losses.note("SIW004", Effect.WIDENS, "summarize makes one row of a group of events: the rule finds the events", group.span)
        else:
            losses.note("SIW004", Effect.CHANGES, "the query gives one row for all events: the rule finds the events", group.span)
        return None
    try:
        window = _window(state, group, metadata)
    except Unsupported as error:
        losses.lose(error, Effect.WIDENS)
        return None
    if state.repeated and any(each.metric.kind is not CorrelationKind.VALUE_COUNT for each in chosen):
        message = f"the query counts an event for each row that {state.repeated} makes of it, the correlation once"
        losses.note("SIW005", Effect.NARROWS if all(each.grows for each in chosen) else Effect.CHANGES, message, group.span)
    if (only := chosen[0].metric.only) is not None:
        for flow in state.flows:
            flow.filters.append(flow.inlined(only))
    return Plan(group, chosen, window)


def _alternatives(node: ir.Expr) -> tuple[Threshold, ...]:
    """One threshold, or several of which any is enough: a correlation for each, over the same events."""
    terms = node.terms if isinstance(node, ir.Or) else (node,)
    found = tuple(threshold(term) for term in terms)
    if len({each.metric.only for each in found}) > 1:
        raise Unsupported("thresholds on different events", node.span, "write one rule for each")
    return found


def compared(made: Plan | Pair | None, flow: Flow, at: int) -> list[ir.Expr]:
    """What a correlation asks of the events of a flow (the state's first, second ..): keys and value."""
    if made is None:
        return []
    if isinstance(made, Pair):
        return [pair[at] for pair in made.temporal.keys]
    nodes = [key.value for key in made.group.keys]
    nodes.extend(each.metric.value for each in made.thresholds if each.metric.value is not None)
    inlined = [flow.inlined(node) for node in nodes]
    return [node for node in inlined if times.bin_of(node) is None]


def _window(state: State, group: Group, metadata: Metadata) -> Window:
    binned = [ticks for key in group.keys if (ticks := times.bin_of(state.flows[0].inlined(key.value))) is not None]
    if binned:
        return Window(min(binned), True)
    spans = [ticks for flow in state.flows if (ticks := times.look_back(flow.times)) is not None]
    if metadata.period is not None:
        spans.append(metadata.period)
    if not spans:
        hint = "group by bin(TimeGenerated, 1h) as well, or filter on TimeGenerated > ago(1h)"
        raise Unsupported("a count over no time span", group.span, hint)
    return Window(min(spans), False)


def correlations(made: Plan, rules: list[Rule], losses: Losses) -> list[dict[str, Yaml]]:
    """The ``correlation`` of each document. Notes what differs."""
    return [_correlation(made, each, rules, losses) for each in made.thresholds]


def _correlation(made: Plan, threshold: Threshold, rules: list[Rule], losses: Losses) -> dict[str, Yaml]:
    keys = _keys(made, rules, losses)
    _note_window(made, threshold, losses)
    part: dict[str, Yaml] = {"type": threshold.metric.kind.value, "rules": [rule.name for rule in rules]}
    if keys:
        part["group-by"] = list(keys)
    part["timespan"] = _timespan(made, losses)
    condition: dict[str, Yaml] = {threshold.word: threshold.number}
    if threshold.metric.value is not None:
        condition["field"] = _value(made, threshold.metric, rules, losses)
    if threshold.metric.percentile is not None:
        condition["percentile"] = threshold.metric.percentile
    aliases = {name: dict(zip((rule.name for rule in rules), fields, strict=True)) for name, fields in keys.items() if len(set(fields)) > 1}
    if aliases:
        part["aliases"] = aliases
    part["condition"] = condition
    return {"correlation": part}


def pair(made: Pair, rules: list[Rule], losses: Losses) -> dict[str, Yaml]:
    """The ``correlation`` of the document, temporal."""
    temporal = made.temporal
    keys: list[str] = []
    aliases: dict[str, Yaml] = {}
    for nodes in temporal.keys:
        fields = []
        for rule, node in zip(rules, nodes, strict=True):
            _refuse_elements(node)
            what = subject(node, rule.where)
            if what.fold:
                message = f"a correlation does not fold the case of {what.field}: some pairs are missed"
                losses.note("SIW005", Effect.NARROWS, message, temporal.span)
            if not present(what.field, rule.tree):
                message = f"the query joins events without {what.field} as well, a temporal correlation does not"
                losses.note("SIW005", Effect.NARROWS, message, temporal.span)
            fields.append(what.field)
        keys.append(fields[0])
        if fields[0] != fields[1]:
            aliases[fields[0]] = {rule.name: name for rule, name in zip(rules, fields, strict=True)}
    if temporal.unique:
        losses.note("SIW005", Effect.WIDENS, "innerunique takes one event of the left table for each key, the rule all", temporal.span)
    effect = Effect.WIDENS if temporal.strict else Effect.EXACT
    message = "the query gives a row for each pair of events, the rule one for each group" + (
        "; events that are just as far apart as the limit count" if temporal.strict else ""
    )
    losses.note("SIW005", effect, message, temporal.span)
    assert temporal.kind is not None
    ordered = list(reversed(rules)) if temporal.right_first else rules
    part: dict[str, Yaml] = {"type": temporal.kind.value, "rules": [rule.name for rule in ordered], "group-by": list(keys)}
    part["timespan"] = short(temporal.timespan)
    if aliases:
        part["aliases"] = aliases
    return {"correlation": part}


def _keys(made: Plan, rules: list[Rule], losses: Losses) -> Mapping[str, list[str]]:
    """The group-by fields, each with its name in every rule."""
    keys: dict[str, list[str]] = {}
    for key in made.group.keys:
        fields: list[str] = []
        try:
            for rule in rules:
                node = rule.flow.inlined(key.value)
                if times.bin_of(node) is not None:
                    break
                _refuse_elements(node)
                if times.is_time(node):
                    raise Unsupported("grouping by the time itself", made.group.span, "use bin()")
                what = subject(node, rule.where)
                if what.fold:
                    message = f"a correlation does not fold the case of {what.field}: its groups may be smaller"
                    losses.note("SIW005", Effect.NARROWS, message, made.group.span)
                fields.append(what.field)
        except Unsupported as error:
            losses.lose(Unsupported(error.construct.replace("a filter on", "grouping by"), error.span, error.hint), Effect.WIDENS)
            continue
        if fields:
            keys[fields[0] if len(set(fields)) == 1 else key.name] = fields
    return keys


def _value(made: Plan, metric: Metric, rules: list[Rule], losses: Losses) -> str:
    value = metric.value
    assert value is not None
    fields = set()
    for rule in rules:
        _refuse_elements(rule.flow.inlined(value))
        what = subject(rule.flow.inlined(value), rule.where)
        if what.fold and metric.kind is CorrelationKind.VALUE_COUNT:
            message = f"a correlation does not fold the case of {what.field}: it counts more values"
            losses.note("SIW005", Effect.WIDENS, message, value.span)
        if metric.kind is CorrelationKind.VALUE_COUNT and not present(what.field, rule.tree):
            message = f"the query counts a missing {what.field} as one more value, a correlation does not"
            losses.note("SIW005", Effect.NARROWS, message, made.group.span)
        fields.add(what.field)
    if len(fields) > 1:
        raise Unsupported("an aggregate of fields with different names", value.span, "write one rule for each table")
    return fields.pop()


def _refuse_elements(node: ir.Expr) -> None:
    if has_element(node):
        raise Unsupported("grouping by elements of a list, or counting them,", node.span, "a correlation has one value for an event")


def present(field: str, tree: Tree) -> bool:
    """Every event that the tree finds has the field, and a text in it."""
    match tree:
        case Item():
            return tree.field == field and not {None, "", False} & set(tree.values) and tree.modifiers != ("exists",)
        case AllOf(terms):
            return any(present(field, term) for term in terms)
        case Neg(Item(field=name, modifiers=(), values=values)):
            return name == field and {"", None} <= set(values)
        case _:
            return False


def _note_window(made: Plan, threshold: Threshold, losses: Losses) -> None:
    length = short(made.window.ticks)
    if made.window.binned:
        what = f"the query counts in bins of {length}, the correlation in every window of that length"
    else:
        what = f"the query counts over the {length} before it runs, the correlation in every window of that length"
    losses.note("SIW005", Effect.WIDENS if threshold.grows else Effect.CHANGES, what, made.group.span)


def _timespan(made: Plan, losses: Losses) -> str:
    if made.window.ticks % SECOND:
        losses.note("SIW005", Effect.WIDENS, "a correlation's time span has whole seconds", made.group.span)
    return short(made.window.ticks)
