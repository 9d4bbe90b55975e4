"""From what a rule looks for to predicates of the IR, over the fields of some events.

Everything here is two-valued (``nulls=ABSENT``): a missing field matches nothing, and the negation of a test on it is true. Values compare
as text without regard to case, unless the column's type or a modifier says otherwise (docs/semantics.md, S26-S29).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ruleconv.diagnostic import ParseError
from ruleconv.ir.expr import Expr
from ruleconv.sigma import conditions as c
from ruleconv.sigma import detection as d
from ruleconv.sigma.events import Events
from ruleconv.sigma.items import FieldTests, KeywordTests
from ruleconv.sigma.logic import conjunction, disjunction, negation


def predicate(search: d.Search, events: Events) -> Expr:
    """What a search asks of an event: one of its conditions. ParseError for a name that no search has; Unsupported for what the events
    cannot answer."""
    return Searches(search.detections, events).any(search.conditions)


@dataclass
class Searches:
    """The named searches of one rule over these events; each is translated once."""

    detections: dict[str, d.Detection]
    events: Events
    done: dict[str, Expr] = field(default_factory=dict)

    def any(self, conditions: Iterable[c.Condition]) -> Expr:
        return disjunction([self.condition(each) for each in conditions])

    def condition(self, condition: c.Condition) -> Expr:
        match condition:
            case c.Name():
                if condition.name not in self.detections:
                    raise ParseError(f"there is no search {condition.name[:80]!r}", condition.span, self._known())
                return self.search(condition.name)
            case c.Several():
                names = condition.names(self.detections)
                if not names:
                    raise ParseError(f"no search is called {condition.pattern[:80]!r}", condition.span, self._known())
                join = conjunction if condition.all else disjunction
                return join([self.search(name) for name in names])
            case c.Negated():
                return negation(self.condition(condition.term))
            case c.Joined():
                join = conjunction if condition.all else disjunction
                return join([self.condition(term) for term in condition.terms])

    def _known(self) -> str:
        return "there are: " + ", ".join(list(self.detections)[:20])

    def search(self, name: str) -> Expr:
        found = self.done.get(name)
        if found is None:
            found = self.done[name] = self.detection(self.detections[name])
        return found

    def detection(self, detection: d.Detection) -> Expr:
        join = conjunction if detection.all else disjunction
        return join([self.detection(each) if isinstance(each, d.Detection) else self.item(each) for each in detection.items])

    def item(self, item: d.Item) -> Expr:
        tests = KeywordTests(self.events, item) if item.field is None else FieldTests(self.events, item, item.field)
        test = tests.all(item.values) if item.all else tests.any(item.values)
        return negation(test) if item.negated else test
