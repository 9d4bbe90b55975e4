"""Why ``ruleconv.sigma`` would refuse a rule. What other rules of the linter tell is left to them; pySigma is asked only about values that
nothing else here judges (encodings, many dashes, odd numbers), because it takes long to load."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ruleconv.diagnostic import ParseError, RuleconvError
from ruleconv.linter import sigma_modifiers
from ruleconv.linter.sigma_regex import no_engine_takes, python_objection
from ruleconv.linter.sigma_view import Problem
from ruleconv.sigma import documents

if TYPE_CHECKING:
    from ruleconv.linter.sigma_view import Item, SigmaView
    from ruleconv.linter.subject import Subject

_TOLD_ELSEWHERE = ("id", "level", "status")


def refusals(subject: Subject) -> Iterator[Problem]:
    """All that can be told at once."""
    action = subject.get("action")
    problem = subject.sigma_file.problem
    root = subject.root
    if problem is not None and action is not None and root is not None and root.span.start <= problem.span.start < root.span.end:
        yield Problem(problem.span, problem.message, problem.hint)
    view = subject.sigma
    if view is None:
        return
    if view.kind == "correlation":
        yield from _about(view)
        return
    found = [*_about(view), *_build(view)]
    yield from found
    if not found and not any(map(_told, view.items)) and (view.kind == "filter" or not all(map(_plain, view.items))):
        yield from _reader(view)


def asked_names(view: SigmaView, *, below_not: bool) -> frozenset[str]:
    """The searches that a condition asks for, and that stand below a ``not`` there, or do not."""
    from ruleconv.sigma.conditions import Name

    found: set[str] = set()
    for part, negated in view.parts():
        if negated is below_not:
            found.update([part.name] if isinstance(part, Name) else part.names(view.searches))
    return frozenset(found)


def _about(view: SigmaView) -> Iterator[Problem]:
    places = {node.span for key in _TOLD_ELSEWHERE if (node := view.document.get(key)) is not None}
    try:
        documents.about(view.document, view.source)
    except ParseError as error:
        if error.span not in places:
            yield _problem(view, error)
    if view.kind == "correlation":
        return
    try:
        documents.logsource(view.document, view.source)
    except ParseError as error:
        yield _problem(view, error)


def _build(view: SigmaView) -> Iterator[Problem]:
    try:
        documents.mapping(view.document.get(view.kind), f"a {view.kind}", view.document, view.source)
    except ParseError as error:
        yield _problem(view, error)
        return
    yield from view.problems
    empty = [search for search in view.searches.values() if search.empty]
    if empty:
        negated, asked = asked_names(view, below_not=True), asked_names(view, below_not=False)
        # A search of nulls is read, and refused only where it is asked for.
        for search in empty:
            if search.name not in negated and (not search.items or search.name in asked):
                yield Problem(search.key.span, f"the search {search.name[:80]!r} has nothing to look for")
    yield from (each.error for each in view.conditions if each.error is not None)


def _told(item: Item) -> bool:
    """Whether SIG009, SIG010, SIG012 or SIG025 has something to say about it."""
    if sigma_modifiers.unknown(item) or sigma_modifiers.objection(item) is not None:
        return True
    if "cidr" in item.modifiers:
        from ruleconv.linter.sigma_networks import objection

        return any(objection(value.text) is not None for value in item.values)
    return "re" in item.modifiers and any(no_engine_takes(value.text) for value in item.values)


def _plain(item: Item) -> bool:
    if "re" in item.modifiers and any(python_objection(value.text) for value in item.values):
        return False
    return sigma_modifiers.is_plain(item)


def _reader(view: SigmaView) -> Iterator[Problem]:
    from ruleconv.sigma.read import read_filter, read_rule

    try:
        if view.kind == "filter":
            read_filter(view.document, view.source)
        elif not any(each.aggregation for each in view.conditions):
            read_rule(view.document, view.source)
    except ParseError as error:
        yield _problem(view, error)
    except RuleconvError:
        return  # what cannot be translated is no mistake of the rule


def _problem(view: SigmaView, error: RuleconvError) -> Problem:
    """An error about the whole document stands at its first key."""
    whole = error.span == view.document.span and view.document.pairs
    return Problem(view.document.pairs[0][0].span if whole else error.span, error.message, error.hint)
