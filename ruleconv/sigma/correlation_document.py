"""The ``correlation`` section of a Sigma document, read and checked.

Source: the Sigma correlation rules specification 2.1; where pySigma 2 takes more (``neq``, fractions, weeks, the ``value_*`` types but
value_count, conditions as expressions), so does this; where the specification takes more (ranges), too.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from ruleconv.diagnostic import ParseError
from ruleconv.ir.correlation import CorrelationKind, Threshold
from ruleconv.ir.expr import Comparison, Expr
from ruleconv.rulefile.yaml_nodes import Node
from ruleconv.sigma.correlation_condition import named_rules, read_condition
from ruleconv.text import NOWHERE, Source, Span

SECOND = 10_000_000
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "M": 2_629_746, "y": 31_556_952}
"""Seconds; a month and a year are average ones, as pySigma counts them."""
_LONGEST = 100 * 31_556_952
_OPERATORS = {
    "gt": Comparison.GT,
    "gte": Comparison.GE,
    "lt": Comparison.LT,
    "lte": Comparison.LE,
    "eq": Comparison.EQ,
    "neq": Comparison.NE,
}
_KNOWN = frozenset({"type", "rules", "aliases", "group-by", "timespan", "condition", "generate"})


@dataclass(frozen=True, slots=True)
class Reference:
    """The name or id of another rule."""

    name: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under ``correlation:``. ``aliases``: by alias and by the reference to a rule, the field there. ``timespan`` in ticks.
    ``condition``: of a temporal correlation, as a predicate over the rules' references."""

    kind: CorrelationKind
    rules: tuple[Reference, ...]
    group_by: tuple[Field, ...]
    aliases: dict[str, dict[str, Field]]
    timespan: int
    thresholds: tuple[Threshold, ...]
    fields: tuple[Field, ...]
    percentile: float | None
    condition: Expr | None
    generate: bool
    span: Span = field(default=NOWHERE, compare=False)


def read_section(document: Node, source: Source) -> Section:
    """The section of a document that has ``correlation:``. Raises ParseError with the place for whatever is missing or wrong."""
    node = document.get("correlation")
    if node is None or node.kind != "mapping":
        raise ParseError("'correlation' must be a mapping", (node or document).span, source=source)
    return _Reader(node, source).section()


class _Reader:
    def __init__(self, node: Node, source: Source) -> None:
        self.node, self.source = node, source

    def fail(self, message: str, node: Node | None = None, hint: str = "") -> ParseError:
        return ParseError(message, (node or self.node).span, hint, self.source)

    def section(self) -> Section:
        self.check_keys()
        kind = self.kind()
        rules = self.references()
        thresholds, fields, percentile, condition = self.condition(kind, rules)
        if not rules and condition is not None:
            rules = tuple(Reference(name, span) for name, span in named_rules(condition))
        if not rules:
            raise self.fail("a correlation without 'rules'", hint="list the names or ids of the rules that it correlates")
        return Section(
            kind,
            rules,
            self.group_by(),
            self.aliases(),
            self.timespan(),
            thresholds,
            fields,
            percentile,
            condition,
            self.generate(),
            self.node.span,
        )

    # ------------------------------------------------------------ parts
    def check_keys(self) -> None:
        """Keys of one's own are nobody's business, as everywhere in Sigma; a misspelt one would change what is found."""
        for key in [key for key, _ in self.node.pairs if key.text not in _KNOWN]:
            from difflib import get_close_matches  # only on the way to an error message

            if near := get_close_matches(key.text.lower().replace("_", "-"), _KNOWN, 1, 0.8):
                raise self.fail(f"{key.text[:80]!r} is no part of a correlation", key, f"did you mean {near[0]!r}?")

    def given(self, key: str) -> Node | None:
        node = self.node.get(key)
        return None if node is None or node.is_null else node

    def kind(self) -> CorrelationKind:
        node = self.given("type")
        if node is None:
            raise self.fail("a correlation without 'type'", hint=f"one of: {', '.join(CorrelationKind)}")
        try:
            return CorrelationKind(node.text.lower() if node.kind == "scalar" else "")
        except ValueError:
            raise self.fail(
                f"{node.text or node.kind!r} is no type of correlation", node, f"one of: {', '.join(CorrelationKind)}"
            ) from None

    def references(self) -> tuple[Reference, ...]:
        node = self.given("rules")
        if node is None:
            return ()
        items = [node] if node.kind == "scalar" else node.items
        if node.kind == "mapping" or not items:
            raise self.fail("'rules' must be the name or id of a rule, or a list of them", node)
        return tuple(Reference(self.text(item, "a rule's name or id"), item.span) for item in items)

    def group_by(self) -> tuple[Field, ...]:
        node = self.given("group-by")
        if node is None:
            return ()
        if node.kind == "mapping":
            raise self.fail("'group-by' must be a field or a list of fields", node)
        found = [Field(self.text(item, "a field's name"), item.span) for item in ([node] if node.kind == "scalar" else node.items)]
        return tuple({each.name: each for each in reversed(found)}[name] for name in dict.fromkeys(each.name for each in found))

    def aliases(self) -> dict[str, dict[str, Field]]:
        node = self.given("aliases")
        if node is None:
            return {}
        if node.kind != "mapping":
            raise self.fail("'aliases' must be a mapping", node)
        found: dict[str, dict[str, Field]] = {}
        for alias, by_rule in node.pairs:
            if by_rule.kind != "mapping":
                raise self.fail(f"the alias {alias.text!r} must map the names of rules to fields", by_rule)
            found[alias.text] = {rule.text: Field(self.text(value, "a field's name"), value.span) for rule, value in by_rule.pairs}
        return found

    def timespan(self) -> int:
        node = self.given("timespan")
        if node is None:
            raise self.fail("a correlation without 'timespan'", hint="for example 10m")
        found = re.fullmatch(r"([0-9]{1,9})([smhdwMy])", node.text) if node.kind == "scalar" else None
        seconds = int(found[1]) * _UNITS[found[2]] if found else 0
        if not 0 < seconds <= _LONGEST:
            raise self.fail(f"{node.text!r} is no timespan", node, "a number greater than 0 and one of s, m, h, d, w, M, y: 10m")
        return seconds * SECOND

    def generate(self) -> bool:
        node = self.given("generate")
        if node is None:
            return False
        if node.tag != "bool":
            raise self.fail("'generate' must be true or false", node)
        return node.plain() is True

    # ------------------------------------------------------------ condition
    def condition(
        self, kind: CorrelationKind, rules: tuple[Reference, ...]
    ) -> tuple[tuple[Threshold, ...], tuple[Field, ...], float | None, Expr | None]:
        node = self.given("condition")
        if node is None:
            if kind.is_temporal:
                return (), (), None, None
            raise self.fail(f"a correlation of type {kind} without 'condition'", hint="for example gte: 10")
        if node.kind == "scalar":
            if not kind.is_temporal:
                raise self.fail(f"the condition of a correlation of type {kind} must be a mapping", node, "for example gte: 10")
            return (), (), None, self.expression(node, rules)
        if node.kind != "mapping":
            raise self.fail("'condition' must be a mapping", node)
        unknown = [key for key, _ in node.pairs if key.text not in _OPERATORS and key.text not in ("field", "percentile")]
        if unknown:
            raise self.fail(f"{unknown[0].text!r} is no part of a condition", unknown[0], f"one of: {', '.join(_OPERATORS)}, field")
        thresholds = tuple(Threshold(_OPERATORS[key.text], self.number(value)) for key, value in node.pairs if key.text in _OPERATORS)
        if not thresholds:
            raise self.fail("a condition that compares with no number", node, f"one of: {', '.join(_OPERATORS)}")
        fields = self.fields(node, kind)
        return thresholds, fields, self.percentile(node, kind), None

    def expression(self, node: Node, rules: tuple[Reference, ...]) -> Expr:
        condition = read_condition(node.text, node.span, self.source)
        asked, listed = {name for name, _ in named_rules(condition)}, {rule.name for rule in rules}
        for name in sorted(listed - asked if rules else ()):
            raise self.fail(f"the rule {name!r} is listed under 'rules' but not asked for by the condition", node)
        for name in sorted(asked - listed if rules else ()):
            raise self.fail(f"the condition asks for the rule {name!r}, which 'rules' does not list", node)
        return condition

    def fields(self, node: Node, kind: CorrelationKind) -> tuple[Field, ...]:
        given = node.get("field")
        counts_values = not kind.is_temporal and kind is not CorrelationKind.EVENT_COUNT
        if given is None or given.is_null:
            if counts_values:
                raise self.fail(f"a correlation of type {kind} without 'field' in its condition", node)
            return ()
        if not counts_values:
            raise self.fail(f"a correlation of type {kind} has no 'field'", given, "value_count counts the values of a field")
        items = [given] if given.kind == "scalar" else given.items
        if given.kind == "mapping" or not items or (len(items) > 1 and kind is not CorrelationKind.VALUE_COUNT):
            raise self.fail("'field' must be the name of a field", given)
        return tuple(Field(self.text(item, "a field's name"), item.span) for item in items)

    def percentile(self, node: Node, kind: CorrelationKind) -> float | None:
        given = node.get("percentile")
        if kind is not CorrelationKind.VALUE_PERCENTILE:
            return None
        if given is None or given.is_null:
            raise self.fail(
                "a correlation of type value_percentile without 'percentile' in its condition", node, "for example percentile: 95"
            )
        value = self.number(given)
        if not 0 <= value <= 100:
            raise self.fail(f"{given.text} is no percentile", given, "a number from 0 to 100")
        return value

    # ------------------------------------------------------------ scalars
    def number(self, node: Node) -> float:
        value = node.plain() if node.kind == "scalar" else None
        try:
            number = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else math.nan
        except (ValueError, OverflowError):
            number = math.nan
        if not math.isfinite(number):
            raise self.fail(f"{node.text or node.kind!r} is no number", node)
        return number

    def text(self, node: Node, what: str) -> str:
        if node.kind != "scalar" or node.is_null or not node.text:
            raise self.fail(f"this must be {what}", node)
        return node.text
