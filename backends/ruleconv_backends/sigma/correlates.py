"""A correlation that was Sigma's (``Correlate``), as Sigma again: the rules that it refers to, then itself. Nothing is lost (S30 to S34).

Source: the Sigma correlation rules specification 2.1, and pySigma's extended correlation conditions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.correlation import Correlate, CorrelatedRule, CorrelationKind, Threshold
from ruleconv.rulefile.duration import short
from ruleconv.rulefile.metadata import NO_METADATA, Metadata
from ruleconv.rulefile.yaml_text import Value as Yaml
from ruleconv.text import Source
from ruleconv_backends.sigma import rule as documents
from ruleconv_backends.sigma.detection import lay_out
from ruleconv_backends.sigma.fields import of_sigma, subject
from ruleconv_backends.sigma.logsource import Named
from ruleconv_backends.sigma.metrics import WORDS
from ruleconv_backends.sigma.operators import name_of, span_of
from ruleconv_backends.sigma.state import Flow
from ruleconv_backends.sigma.tree import Tree

_MAX_SUFFIX = 80
Detect = Callable[[Flow, Metadata], tuple[Named, Tree]]
"""The log source of a flow of events, and its tests."""


@dataclass
class Correlations:
    """The documents of one correlation."""

    detect: Detect
    source: Source | None
    base: str = ""
    taken: set[str] = field(default_factory=set)

    def made(self, node: Correlate, metadata: Metadata) -> list[dict[str, Yaml]]:
        """Raises Unsupported for what a correlation does not read in Sigma."""
        about = documents.about(metadata, self.source, "a correlation")
        self.base = about.base
        return self._correlation(node, about, "")

    def _correlation(self, node: Correlate, about: documents.About, name: str) -> list[dict[str, Yaml]]:
        """``name``: that by which another correlation refers to it."""
        made: list[dict[str, Yaml]] = []
        names: dict[str, str] = {}
        keys: dict[str, list[str]] = {}
        counted: list[str] = []
        for each in node.rules:
            first = _original(each.name, about.metadata)
            if first != each.name and first in names:
                # temporal_ordered lists a rule as often as it must come.
                names[each.name] = names[first]
                continue
            part = about.metadata.parts.get(each.name, NO_METADATA)
            names[each.name] = own = self._name(each.name, part)
            inner = documents.About(part, " ".join(part.title.split()) or each.name, f"{about.base}/{own}")
            fields, counted = self._rule(made, node, each, about, inner, own)
            keys[own] = fields
        part_of_rule: dict[str, Yaml] = {"correlation": self._section(node, names, keys, counted)}
        made.append(documents.document(about, "", {"name": name, **part_of_rule} if name else part_of_rule, fields=[]))
        return made

    def _name(self, reference: str, metadata: Metadata) -> str:
        """The rule's own name, where it is the only one of it in the file."""
        given = metadata.extra.get("name")
        plain = given if isinstance(given, str) and documents.is_name(given) else documents.slug(metadata.title or reference)
        if metadata.shared:
            plain = f"{plain}_{documents.digest(self.base)}"
        name, number = plain, 1
        while name in self.taken:
            number += 1
            name = f"{plain}_{number}"
        self.taken.add(name)
        return name

    def _rule(
        self,
        made: list[dict[str, Yaml]],
        node: Correlate,
        rule: CorrelatedRule,
        outer: documents.About,
        about: documents.About,
        name: str,
    ) -> tuple[list[str], list[str]]:
        """Adds the documents of one of the rules. The fields by which its events are grouped, and those that are counted."""
        rel, tests = _filters(node.kind, rule)
        if isinstance(rel, Correlate):
            made.extend(self._correlation(rel, about, name))
            return [_column(key) for key in rule.keys], [_column(each) for each in _values(rule.value)]
        if not isinstance(rel, q.Source):
            raise Unsupported(name_of(rel), span_of(rel), "a Sigma rule is about the events of a table")
        flow = Flow(rel, {c.name: ir.ColumnRef(c.name, c.type, c.nullable) for c in rel.columns}, list(tests))
        where, tree = self.detect(flow, about.metadata)
        part: dict[str, Yaml] = {"name": name, "logsource": dict(where.logsource), "detection": lay_out(tree)}
        # What became a rule only to be counted (an aggregation of the old kind) says nothing of its own.
        full = about.title != outer.title
        suffix = name if not full else f"for {outer.title[:_MAX_SUFFIX]}" if about.metadata.shared else ""
        made.append(documents.document(about, suffix, part, fields=[], full=full))
        fields = [subject(of_sigma(key), where).field for key in rule.keys]
        return fields, [subject(of_sigma(each), where).field for each in _values(rule.value)]

    def _section(self, node: Correlate, names: dict[str, str], keys: dict[str, list[str]], counted: Sequence[str]) -> dict[str, Yaml]:
        listed = [names[name] for step in node.steps for name in step] or list(dict.fromkeys(names.values()))
        made: dict[str, Yaml] = {"type": node.kind.value, "rules": listed}
        columns = [column.name for column in node.keys]
        if columns:
            made["group-by"] = list(columns)
        made["timespan"] = short(node.timespan)
        aliases: dict[str, Yaml] = {}
        for at, column in enumerate(columns):
            others = {name: fields[at] for name, fields in keys.items() if fields[at] != column}
            if others:
                aliases[column] = others
        if aliases:
            made["aliases"] = aliases
        if condition := self._condition(node, names, counted):
            made["condition"] = condition
        return made

    @staticmethod
    def _condition(node: Correlate, names: dict[str, str], counted: Sequence[str]) -> Yaml:
        if any(len(step) > 1 for step in node.steps):
            steps = [" or ".join(names[name] for name in step) for step in node.steps]
            return " and ".join(f"({step})" if " or " in step else step for step in steps)
        if node.condition is not None:
            return _text(node.condition, names)
        made: dict[str, Yaml] = {WORDS[each.op]: _number(each) for each in node.thresholds}
        if counted and node.kind is not CorrelationKind.EVENT_COUNT:
            made["field"] = counted[0] if len(counted) == 1 else list(counted)
        if node.percentile is not None:
            made["percentile"] = _plain(node.percentile)
        return made


def _original(name: str, metadata: Metadata) -> str:
    """``failed`` for ``failed 2``, the same rule once more."""
    plain, _, number = name.rpartition(" ")
    return plain if number.isdigit() and plain in metadata.parts else name


def _filters(kind: CorrelationKind, rule: CorrelatedRule) -> tuple[q.Rel, list[ir.Expr]]:
    """What the rule reads, and the tests of its detection: without those of the correlation itself, for fields that must be there."""
    values = _values(rule.value)
    there = (*(rule.keys if kind.is_temporal else ()), *(values if len(values) > 1 else ()))
    needed = [ir.Not(ir.Missing(each)) for field in there for each in (field, of_sigma(field))]
    tests: list[ir.Expr] = []
    rel = rule.input
    while isinstance(rel, q.Filter):
        terms = rel.predicate.terms if isinstance(rel.predicate, ir.And) else (rel.predicate,)
        tests[:0] = [each for each in terms if each not in needed]
        rel = rel.input
    return rel, tests


def _values(value: ir.Expr | None) -> tuple[ir.Expr, ...]:
    """The fields that are counted; of several, the tuple of their values is."""
    match value:
        case None:
            return ()
        case ir.Call(function="tostring", args=(ir.Call(function="pack_array", args=parts),)):
            return parts
        case ir.Call(function="todouble", args=(inner,)):
            return (inner,)
        case _:
            return (value,)


def _column(node: ir.Expr) -> str:
    inner = of_sigma(node)
    if not isinstance(inner, ir.ColumnRef):
        raise Unsupported("a group-by value that is no field", node.span)
    return inner.name


def _text(node: ir.Expr, names: dict[str, str]) -> str:
    """``a and (b or c) and not d``."""
    match node:
        case ir.ColumnRef(name=name):
            return names[name]
        case ir.Not(term=inner):
            return f"not {_grouped(inner, names)}"
        case ir.And(terms=terms):
            return " and ".join(_grouped(each, names) for each in terms)
        case ir.Or(terms=terms):
            return " or ".join(_grouped(each, names) for each in terms)
        case _:
            raise Unsupported("this condition of a correlation", node.span)


def _grouped(node: ir.Expr, names: dict[str, str]) -> str:
    text = _text(node, names)
    return f"({text})" if isinstance(node, (ir.And, ir.Or)) else text


def _number(threshold: Threshold) -> Yaml:
    return _plain(threshold.number)


def _plain(number: float) -> int | float:
    return int(number) if number == int(number) else number
