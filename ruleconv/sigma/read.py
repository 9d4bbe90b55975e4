"""The one door to pySigma: from the YAML of a rule's searches to values that are what their modifiers made of them.

pySigma decides what a modifier does and what it refuses. YAML is read by ``rulefile.yaml_nodes`` (places, limits) and conditions by
``conditions.py``, so an error names the line and column of the very node that pySigma objects to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from pathlib import Path

from sigma import types as st
from sigma.conditions import ConditionAND
from sigma.exceptions import SigmaError, SigmaRuleLocation
from sigma.modifiers import modifier_mapping
from sigma.policy import default_policy
from sigma.rule.detection import SigmaDetection, SigmaDetectionItem

from ruleconv.diagnostic import ParseError, RuleconvError, Unsupported
from ruleconv.ir.expr import Comparison
from ruleconv.rulefile.scalar import embedding
from ruleconv.rulefile.yaml_nodes import Node
from ruleconv.sigma import conditions
from ruleconv.sigma import detection as d
from ruleconv.sigma.documents import about, entries, logsource, mapping
from ruleconv.text import Source, Span

_HERE = Path()
_MODIFIERS = {**modifier_mapping, "utf16le": modifier_mapping["wide"]}
"""The specification has ``utf16le``, with ``wide`` as its other name; pySigma knows the other name."""
_ANCHORS = frozenset(modifier_mapping[name] for name in ("contains", "startswith", "endswith"))
_FLAGS = {
    st.SigmaRegularExpressionFlag.IGNORECASE: "i",
    st.SigmaRegularExpressionFlag.MULTILINE: "m",
    st.SigmaRegularExpressionFlag.DOTALL: "s",
}
_COMPARISONS = {
    st.CompareOperators.LT: Comparison.LT,
    st.CompareOperators.LTE: Comparison.LE,
    st.CompareOperators.GT: Comparison.GT,
    st.CompareOperators.GTE: Comparison.GE,
    st.CompareOperators.NEQ: Comparison.NE,
}


def read_rule(document: Node, source: Source) -> d.RuleText:
    """A document with a ``detection``. Raises ParseError, with the place, for a rule that pySigma or the specification refuses; Unsupported
    for what nobody can answer yet (a placeholder)."""
    title, name, id_ = about(document, source)
    events = logsource(document, source)
    node = mapping(document.get("detection"), "a detection", document, source)
    return d.RuleText(title, name, id_, events, _Reader(source).search(node, "condition"), span=node.span)


def read_filter(document: Node, source: Source) -> d.FilterText:
    """A document with a ``filter``: what must hold as well, for which rules."""
    about(document, source)
    events = logsource(document, source)
    node = mapping(document.get("filter"), "a filter", document, source)
    rules = next((value for key, value in entries(node) if key.text == "rules"), None)
    if rules is None or rules.is_null or rules.kind == "mapping":
        raise ParseError("a filter says for which rules it is", (rules or node).span, "rules: a list of ids or names, or 'any'", source)
    words = rules.items if rules.kind == "sequence" else [rules]
    if any(word.kind != "scalar" for word in words):
        raise ParseError("the rules of a filter are ids or names", rules.span, source=source)
    names = tuple(word.text for word in words)
    everywhere = not names or (rules.kind == "scalar" and rules.text.lower() == "any")
    search = _Reader(source).search(node, "condition", "rules", single=True)
    return d.FilterText(events, None if everywhere else names, search)


class _Reader:
    """Reads the searches of one text."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def search(self, node: Node, *without: str, single: bool = False) -> d.Search:
        condition = None
        found: dict[str, d.Detection] = {}
        for key, value in entries(node):
            if key.text == "condition":
                condition = value
            elif key.text in found:
                raise self.error(f"the search {key.text[:80]!r} stands here twice", key.span)
            elif key.text not in without:
                found[key.text] = convert(self.detection(value, key.span), self.source)
        parts = [] if condition is None else condition.items if condition.kind == "sequence" else [condition]
        if not parts or (condition is not None and condition.is_null):
            raise self.error("a Sigma rule needs a condition", (condition or node).span)
        if single and parts != [condition]:
            raise self.error("the condition of a filter is one text", (condition or node).span)
        if not found:
            raise self.error("nothing to search for: the detection holds a condition only", node.span)
        return d.Search(found, tuple(map(self.condition, parts)))

    def condition(self, node: Node) -> conditions.Condition:
        if node.kind != "scalar":
            raise self.error("a condition is a text", node.span)
        try:
            tree = conditions.parse(node.text)
        except ParseError as error:
            raise self.error(error.message, self.inside(node, error.span), error.hint) from None
        return conditions.moved(tree, partial(self.inside, node))

    def inside(self, node: Node, span: Span) -> Span:
        """The place in the file of a part of a scalar."""
        if not node.style and node.span.end - node.span.start == len(node.text):
            return Span(node.span.start + span.start, node.span.start + span.end)
        return Source(node.text, embedding=embedding(self.source, node)).file_span(span)

    def detection(self, node: Node, span: Span) -> SigmaDetection:
        """As pySigma builds one from plain values, with the place of each part."""
        items: list[SigmaDetectionItem | SigmaDetection]
        if node.kind == "mapping":
            items, seen = [], set()
            for key, value in entries(node):
                if key.kind != "scalar":
                    raise self.error("the name of a field is a text", key.span)
                if key.text in seen:
                    raise self.error(f"{key.text[:80]!r} stands here twice, and only one of the two would count", key.span)
                seen.add(key.text)
                items.append(self.item(key, value))
        elif node.kind == "scalar" or all(item.kind == "scalar" for item in node.items):
            items = [self.item(None, node)]
        else:
            items = [self.detection(item, item.span) for item in node.items]
        if not items:
            raise self.error("a search without anything to look for", span)
        return SigmaDetection(items, _place(span))

    def item(self, key: Node | None, value: Node) -> SigmaDetectionItem:
        """A field (no key: keywords) with its modifiers and values."""
        field, *names = key.text.split("|") if key is not None and not key.is_null else [""]
        span = value.span if key is None else key.span
        for name in names:
            if name not in _MODIFIERS:
                raise self.error(f"the modifier {name[:80]!r} is unknown", span, _near(name))
        nodes = value.items if value.kind == "sequence" else [value]
        if not nodes and (names or not field):
            raise self.error("no value to look for", span)
        values = [self.value(node, names) for node in nodes]
        try:
            return SigmaDetectionItem(field or None, [_MODIFIERS[name] for name in names], values, source=_place(span))
        except SigmaError as error:
            raise self.error(f"{'|'.join(names)}: {error.args[0] if error.args else type(error).__name__}"[:300], value.span) from error
        except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError) as error:
            # pySigma trips over it: a value that these modifiers cannot have.
            raise self.error(f"{'|'.join(names)}: not for a value of this kind", value.span) from error

    def value(self, node: Node, names: list[str]) -> st.SigmaType:
        if node.kind != "scalar":
            raise self.error("a value is a text, a number, a boolean or null", node.span)
        if "re" in names:
            if node.tag in ("null", "bool"):
                raise self.error("a regular expression is a text", node.span)
            self.check_regex(node)
            return st.SigmaString.from_str(node.text)
        plain = node.plain()
        if isinstance(plain, str):
            return st.SigmaString(plain)
        try:
            number = st.sigma_type(plain)  # type: ignore[arg-type] # a scalar is nothing else
        except (SigmaError, ArithmeticError) as error:
            raise self.error(f"{node.text[:80]!r} is no number", node.span) from error
        if isinstance(number, st.SigmaNumber) and isinstance(plain, int):
            number.number = plain  # pySigma passes it through a float, which holds 53 bits
        return number

    def check_regex(self, node: Node) -> None:
        """What Python's engine takes and RE2 does not (look-around, back-references) is no mistake of the rule's."""
        engine = default_policy.regex_engine
        try:
            engine.compile(node.text)
        except engine.error as error:
            try:
                re.compile(node.text)
            except (re.error, RecursionError, OverflowError):
                said = error.args[0] if error.args else error
                text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
                raise self.error(f"this is no regular expression: {text[:200]}", node.span) from None
            hint = "regular expressions are RE2's; say the same with a second search and 'not'"
            raise Unsupported("a regular expression with look-around or back-references", node.span, hint, self.source) from None

    def error(self, message: str, span: Span, hint: str = "") -> ParseError:
        return ParseError(message, span, hint, self.source)


def _near(name: str) -> str:
    from difflib import get_close_matches  # only on the way to an error message

    found = get_close_matches(name, _MODIFIERS, n=1)
    return f"did you mean {found[0]!r}?" if found else ""


@lru_cache(maxsize=4096)
def _location(start: int, end: int) -> SigmaRuleLocation:
    return SigmaRuleLocation(_HERE, start, end)


def _place(span: Span) -> SigmaRuleLocation:
    """pySigma's objects carry their places along; line and column hold the span."""
    return _location(span.start, span.end)


def _span(place: SigmaRuleLocation | None) -> Span:
    return Span(0, 0) if place is None else Span(place.line or 0, place.char or 0)


# ---------------------------------------------------------------- from pySigma's objects
def convert(detection: SigmaDetection, source: Source) -> d.Detection:
    """A detection in the plain form. Raises Unsupported for values that only a pipeline or a SIEM could fill in."""
    parts = detection.detection_items
    items = tuple(convert(each, source) if isinstance(each, SigmaDetection) else _item(each, source) for each in parts)
    return d.Detection(items, detection.item_linking is ConditionAND, _span(detection.source))


def _item(item: SigmaDetectionItem, source: Source) -> d.Item:
    span = _span(item.source)
    try:
        values = tuple(_value(value, item) for value in item.value) or (d.Null(),)
    except RuleconvError as error:
        error.span = span
        raise error.located(source) from None
    anchored = not _ANCHORS.isdisjoint(item.modifiers)
    return d.Item(item.field, values, item.value_linking is ConditionAND, item.negated, anchored, span)


def _value(value: st.SigmaType, item: SigmaDetectionItem) -> d.Value:
    match value:
        case st.SigmaString():
            return d.Text(_parts(value), isinstance(value, st.SigmaCasedString))
        case st.SigmaTimestampPart():
            return d.TimePart(d.TimeUnit(value.timestamp_part.name.lower()), value.number)
        case st.SigmaNumber():
            return d.Number(value.number)
        case st.SigmaBool():
            return d.Boolean(value.boolean)
        case st.SigmaNull():
            return d.Null()
        case st.SigmaExists():
            return d.Exists(value.exists)
        case st.SigmaRegularExpression():
            return _pattern(value, item)
        case st.SigmaCIDRExpression():
            return d.Network(str(value.network))
        case st.SigmaCompareExpression(number=st.SigmaTimestampPart() as part):
            return d.TimePart(d.TimeUnit(part.timestamp_part.name.lower()), part.number, _COMPARISONS[value.op])
        case st.SigmaCompareExpression():
            return d.Threshold(_COMPARISONS[value.op], value.number.number)
        case st.SigmaFieldReference():
            return d.FieldRef(value.field, value.starts_with, value.ends_with)
        case st.SigmaExpansion():
            return d.AnyOf(tuple(_value(each, item) for each in value.values))
        case st.SigmaQueryExpression():
            raise Unsupported("a query expression that a pipeline put in", hint="it is of another query language")
        case _:
            raise Unsupported(f"a value of pySigma's type {type(value).__name__}")


def _parts(text: st.SigmaString) -> tuple[str | d.Wildcard, ...]:
    parts: list[str | d.Wildcard] = []
    for part in text.s:
        if isinstance(part, str):
            parts.append(part)
        elif isinstance(part, st.Placeholder):
            raise _placeholder(part)
        else:
            parts.append(d.Wildcard.MANY if part is st.SpecialChars.WILDCARD_MULTI else d.Wildcard.ONE)
    return tuple(parts)


def _placeholder(part: st.Placeholder) -> Unsupported:
    return Unsupported(f"the placeholder %{part.name[:80]}%", hint="give a processing pipeline that says what it stands for")


def _pattern(value: st.SigmaRegularExpression, item: SigmaDetectionItem) -> d.Pattern:
    """pySigma prepares ``re|startswith`` for a match of the whole text; a search needs the anchor."""
    for part in value.regexp.s:
        if isinstance(part, st.Placeholder):
            raise _placeholder(part)
    regex = str(value.regexp)
    if modifier_mapping["startswith"] in item.modifiers:
        regex = rf"\A(?:{regex})"
    if modifier_mapping["endswith"] in item.modifiers:
        regex = rf"(?:{regex})\z"
    return d.Pattern(regex, "".join(sorted(_FLAGS[flag] for flag in value.flags)))


# ---------------------------------------------------------------- pipelines
def changes(pipelines: Sequence[str], source: Source) -> Callable[[Node, d.RuleText], d.RuleText]:
    """What the user's processing pipelines make of a rule."""
    if pipelines:
        raise Unsupported("a processing pipeline")
    return lambda document, rule: rule
