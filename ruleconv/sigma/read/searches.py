"""A rule's searches as pySigma builds them from plain values, with the place of each part."""

from __future__ import annotations

import math
import re
from functools import partial
from typing import TYPE_CHECKING, Any

import re2  # type: ignore[import-untyped] # the engine that pySigma checks regular expressions with, and depends on
from sigma import modifiers
from sigma import types as st
from sigma.exceptions import SigmaError
from sigma.rule.detection import SigmaDetection, SigmaDetectionItem

from ruleconv.diagnostic import ParseError, Unsupported
from ruleconv.ir.fidelity import Effect, Note
from ruleconv.rulefile import scalar
from ruleconv.rulefile.yaml_nodes import Node
from ruleconv.sigma import conditions as c
from ruleconv.sigma import detection as d
from ruleconv.sigma.documents import TIMEFRAME, about, entries, listed, logsource, mapping
from ruleconv.sigma.read.values import convert, place
from ruleconv.text import Source, Span

if TYPE_CHECKING:
    from ruleconv.sigma.read.pipelines import Pipelines

_QUIET = re2.Options()
_QUIET.log_errors = False  # pySigma's own call would write to stderr what is raised anyway
_DASHES = re.compile("\\B[-/\u2013\u2014\u2015]\\b")


class SigmaWindowsDashModifier(modifiers.SigmaWindowsDashModifier):
    """The specification takes all five dashes for each other in the rule's values, too; pySigma expands the first two."""

    def modify(self, val: st.SigmaString) -> st.SigmaExpansion:
        return super().modify(val.replace_with_placeholder(_DASHES, "_windash"))


_MODIFIERS: dict[str, type[modifiers.SigmaModifier[Any, Any]]] = {
    **modifiers.modifier_mapping,
    "utf16le": modifiers.modifier_mapping["wide"],  # the specification's name of it; pySigma knows the other one
    "windash": SigmaWindowsDashModifier,
}
_GROWTH = {"base64": 4 / 3, "base64offset": 4, "windash": 5, "wide": 2, "utf16": 2, "utf16le": 2, "utf16be": 2}
"""How many times longer a modifier makes its values, all that it makes of one taken together."""
MOST_CHARACTERS = 4_000_000
"""Of what modifiers make of the values of a field: 15 of ``base64`` would make a thousand characters of ten."""
MOST_TESTS = 100_000
"""Values that a rule's conditions ask for, each as often as its search is named; the largest rule of the public collections has 500."""


def read_rule(document: Node, source: Source, pipelines: Pipelines | None = None) -> d.RuleText:
    """A document with a ``detection``. Raises ParseError, with the place, for a rule that pySigma or the specification refuses; Unsupported
    for what nobody can answer yet (a placeholder)."""
    title, name, id_ = about(document, source)
    events = logsource(document, source)
    node = mapping(document.get("detection"), "a detection", document, source)
    reader = _Reader(source)
    if (part := listed(document)) is not None:
        words = ", ".join(word.text[:40] for word in part[1].items[:5])
        message = (
            f"the log source lists several of a {part[0].text} ({words}), of which Sigma has one: the rule is read over one table for all"
        )
        reader.notes.append(Note("SGR003", Effect.EXACT, message, part[1].span))
    searches, places = reader.searches(node)
    conditions = tuple(map(reader.condition, places))
    if pipelines is not None:
        events, searches, texts = pipelines.rule(document, events, searches, [each.text for each in places])
        conditions = tuple(reader.changed(*each) for each in zip(places, texts, conditions, strict=True))
    search = reader.bounded(d.Search(reader.converted(searches), conditions), node.span)
    return d.RuleText(title, name, id_, events, search, notes=tuple(reader.notes), span=node.span)


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
    reader = _Reader(source)
    searches, places = reader.searches(node, "rules")
    if len(places) != 1:
        raise ParseError("the condition of a filter is one text", node.span, source=source)
    search = reader.bounded(d.Search(reader.converted(searches), (reader.condition(places[0]),)), node.span)
    return d.FilterText(events, None if everywhere else names, search)


class _Reader:
    """Reads the searches of one text."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.notes: list[Note] = []

    def searches(self, node: Node, *without: str) -> tuple[dict[str, SigmaDetection], list[Node]]:
        """The named searches of a map, and its conditions."""
        condition = None
        found: dict[str, SigmaDetection] = {}
        for key, value in entries(node):
            if key.text == "condition" and condition is None:
                condition = value
            elif key.text == "condition":
                raise self.error("the condition stands here twice", key.span)
            elif key.text in found:
                raise self.error(f"the search {key.text[:80]!r} stands here twice", key.span)
            elif key.text not in without and not (key.text == "timeframe" and TIMEFRAME.fullmatch(value.text)):
                found[key.text] = self.detection(value, key.span)
        places = [] if condition is None else condition.items if condition.kind == "sequence" else [condition]
        if not places or (condition is not None and condition.is_null):
            deep = [name for name, value in node.pairs if value.kind == "mapping" and value.get("condition") is not None]
            hint = f"the one in {deep[0].text[:80]!r} stands a level too deep" if deep and condition is None else ""
            raise self.error("a Sigma rule needs a condition", (condition or node).span, hint)
        if not found:
            raise self.error("nothing to search for: the detection holds a condition only", node.span)
        return found, places

    def converted(self, searches: dict[str, SigmaDetection]) -> dict[str, d.Detection]:
        return {name: convert(search, self.source) for name, search in searches.items()}

    def bounded(self, search: d.Search, span: Span) -> d.Search:
        """The search, when its conditions do not ask for so much that no text of it could be written: ``1 of them`` again and again."""
        if d.size(search) > MOST_TESTS:
            raise self.error(f"the conditions ask for more than {MOST_TESTS:,} values", span, "name a search once")
        return search

    def changed(self, place: Node, text: str, before: c.Condition) -> c.Condition:
        """The condition that a pipeline made of one; the places of its parts are lost."""
        if text == place.text:
            return before
        try:
            return c.moved(c.parse(text), lambda _: place.span)
        except ParseError as error:
            raise self.error(f"{error.message}, after the processing pipeline", place.span) from None

    def condition(self, node: Node) -> c.Condition:
        if node.kind != "scalar":
            raise self.error("a condition is a text", node.span)
        try:
            tree = c.parse(node.text)
        except ParseError as error:
            raise self.error(error.message, self.inside(node, error.span), error.hint) from None
        return c.moved(tree, partial(self.inside, node))

    def inside(self, node: Node, span: Span) -> Span:
        """The place in the file of a part of a scalar."""
        return scalar.place(self.source, node, span)

    def detection(self, node: Node, span: Span) -> SigmaDetection:
        """As pySigma builds one from plain values, with the place of each part."""
        items: list[SigmaDetectionItem | SigmaDetection]
        if node.kind == "mapping":
            items, seen = [], set()
            for key, value in entries(node):
                if key.kind != "scalar":
                    raise self.error("the name of a field is a text", key.span)
                if key.text in seen:
                    message = f"{key.text[:80]!r} stands here twice: both are asked for, where other readers take the last one only"
                    self.notes.append(Note("SGR001", Effect.CHANGES, message, key.span))
                seen.add(key.text)
                items.append(self.item(key, value))
        elif node.kind == "scalar" or all(item.kind == "scalar" for item in node.items):
            items = [self.item(None, node)]
        else:
            items = [self.detection(item, item.span) for item in node.items]
        if not items:
            raise self.error("a search without anything to look for", span)
        return SigmaDetection(items, place(span))

    def item(self, key: Node | None, value: Node) -> SigmaDetectionItem:
        """A field (no key: keywords) with its modifiers and values."""
        field, *names = key.text.split("|") if key is not None and not key.is_null else [""]
        span = value.span if key is None else key.span
        for name in names:
            if name not in _MODIFIERS:
                raise self.error(f"the modifier {name[:80]!r} is unknown", span, _near(name))
        nodes = value.items if value.kind == "sequence" else [value]
        if not nodes and (names or not field):
            raise self.error("no value to look for", value.span)
        if "all" in names and len(nodes) == 1 and "expand" not in names:  # a placeholder stands for several values
            raise self.error("all: not for a single value", value.span, "leave 'all' out, or give a list of values")
        values = [self.value(node, names) for node in nodes]
        growth = math.prod(_GROWTH.get(name, 1) for name in names)
        if growth > 1 and growth * sum(len(node.text) for node in nodes) > MOST_CHARACTERS:
            raise self.error(f"{'|'.join(names)[:80]}: this becomes more than {MOST_CHARACTERS:,} characters", span)
        try:
            return SigmaDetectionItem(field or None, [_MODIFIERS[name] for name in names], values, source=place(span))
        except SigmaError as error:
            said = str(error.args[0] if error.args else type(error).__name__)
            raise self.error(f"{'|'.join(names)}: {said}"[:300], value.span, _remedy(names, said)) from error
        except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError) as error:
            # pySigma trips over it: a value that these modifiers cannot have.
            raise self.error(f"{'|'.join(names)}: not for a value of this kind", value.span) from error

    def value(self, node: Node, names: list[str]) -> st.SigmaType:
        if node.kind != "scalar":
            key = next((key.text for key, _ in node.pairs), "")
            hint = f"modifiers are written after the field's name: field|{key}" if key in _MODIFIERS else ""
            raise self.error("a value is a text, a number, a boolean or null", node.span, hint)
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
        try:
            re2.compile(node.text, _QUIET)
        except re2.error as error:
            first = error.args[0] if error.args else error
            said = (first.decode(errors="replace") if isinstance(first, bytes) else str(first))[:200]
            try:
                re.compile(node.text)
            except (re.error, RecursionError, OverflowError):
                raise self.error(f"this is no regular expression: {said}", node.span) from None
            if _AROUND_OR_BACK.match(said):
                hint = "regular expressions are RE2's; say the same with a second search and 'not'"
                raise Unsupported("a regular expression with look-around or back-references", node.span, hint, self.source) from None
            raise Unsupported(f"a regular expression that RE2 does not take ({said})", node.span, source=self.source) from None

    def error(self, message: str, span: Span, hint: str = "") -> ParseError:
        return ParseError(message, span, hint, self.source)


_AROUND_OR_BACK = re.compile(r"invalid (?:perl operator|escape sequence: \\\d)")
"""What RE2 says of them."""
_NUMERIC = frozenset(("gt", "gte", "lt", "lte", "minute", "hour", "day", "week", "month", "year"))
_FLAGS = frozenset(("i", "m", "s", "ignorecase", "multiline", "dotall"))


def _remedy(names: list[str], said: str) -> str:
    """What helps where pySigma says that a modifier and a value, or two modifiers, do not go together."""
    if "unmodified" in said:
        return "it has to be the first modifier"
    name = next((each for each in names if f"{_MODIFIERS[each].__name__} " in said), "")
    if not name or "incompatible" not in said:
        return ""
    if name == "exists":
        return "its value is true or false, without quotes"
    if name in _FLAGS:
        return f"it comes after re: field|re|{name}"
    if name in _NUMERIC:
        return "it is for numbers, which are written without quotes"
    return "it is for texts: a number or a truth value in quotes is one" if "re" not in names else ""


def _near(name: str) -> str:
    from difflib import get_close_matches  # only on the way to an error message

    found = get_close_matches(name, _MODIFIERS, n=1)
    return f"did you mean {found[0]!r}?" if found else ""
