"""From pySigma's objects to the plain form of ``detection.py``."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from sigma import types as st
from sigma.conditions import ConditionAND
from sigma.exceptions import SigmaRuleLocation
from sigma.modifiers import modifier_mapping
from sigma.rule.detection import SigmaDetection, SigmaDetectionItem

from ruleconv.diagnostic import RuleconvError, Unsupported
from ruleconv.ir.expr import Comparison
from ruleconv.sigma import detection as d
from ruleconv.sigma.regex import in_kusto
from ruleconv.text import Source, Span

_HERE = Path()
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


@lru_cache(maxsize=4096)
def _location(start: int, end: int) -> SigmaRuleLocation:
    return SigmaRuleLocation(_HERE, start, end)


def place(span: Span) -> SigmaRuleLocation:
    """pySigma's objects carry their places along; line and column hold the span."""
    return _location(span.start, span.end)


def _span(place: SigmaRuleLocation | None) -> Span:
    return Span(0, 0) if place is None else Span(place.line or 0, place.char or 0)


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
    regex = in_kusto(str(value.regexp))
    if modifier_mapping["startswith"] in item.modifiers:
        regex = rf"\A(?:{regex})"
    if modifier_mapping["endswith"] in item.modifiers:
        regex = rf"(?:{regex})\z"
    return d.Pattern(regex, "".join(sorted(_FLAGS[flag] for flag in value.flags)))
