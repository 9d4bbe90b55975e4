"""A query of which the binder refuses a part, bound without that part: what the rest says still holds.

A function of the workspace that ``invoke`` calls gives the binder rows that it knows nothing of; here they are those that went in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

from ruleconv.diagnostic import RuleconvError, Unsupported
from ruleconv.kql import tree
from ruleconv.kql.bind import Checked, check
from ruleconv.schema import Schema
from ruleconv.text import Source, Span

MOST = 6
"""Parts that are left out of one query."""


def bound(query: tree.QueryTree, schema: Schema, source: Source) -> Checked:
    """As ``check``, but an operator that cannot be said is left out, one after another. The error is that of the whole query."""
    first = best = _checked(query, schema, source)
    if first.error is None:
        return first
    invoked = [each for each in _nodes(query) if isinstance(each, tree.Invoke)]
    for each in invoked:
        query = _cleaned(query, each)
    for attempt in range(MOST):
        checked = _checked(query, schema, source) if attempt or invoked else first
        best = checked if checked.query is not None else best
        if not isinstance(checked.error, Unsupported):
            break
        rest = _without(query, checked.error.span)
        if rest is None:
            break
        query = rest
    return Checked(best.query, first.error)


def _checked(query: tree.QueryTree, schema: Schema, source: Source) -> Checked:
    try:
        return check(query, schema, source)
    except RuleconvError as error:
        return Checked(None, error)


def _nodes(query: tree.QueryTree) -> Iterator[tree.Node]:
    stack: list[Any] = [query]
    while stack:
        at = stack.pop()
        if isinstance(at, tuple):
            stack.extend(at)
        elif isinstance(at, tree.Node):
            yield at
            stack.extend(getattr(at, f.name) for f in fields(at) if f.name not in _PLAIN)


def _without(query: tree.QueryTree, span: Span) -> tree.QueryTree | None:
    """The query without the smallest operator or leg of a union that holds the span; None when there is none."""
    found: tree.Node | None = None
    for at in _nodes(query):
        legs = getattr(at, "legs", ())
        for each in (*getattr(at, "operators", ()), *(legs if len(legs) > 1 else ())):
            inside = each.span.start <= span.start and span.end <= each.span.end
            if inside and (found is None or each.span.end - each.span.start < found.span.end - found.span.start):
                found = each
    return None if found is None else _cleaned(query, found)


def _cleaned(node: Any, away: tree.Node) -> Any:
    """A copy without that node, wherever it is in a tuple."""
    if isinstance(node, tuple):
        return tuple(_cleaned(each, away) for each in node if each is not away)
    if not isinstance(node, tree.Node):
        return node
    return replace(node, **{f.name: _cleaned(getattr(node, f.name), away) for f in fields(node) if f.name not in _PLAIN})


_PLAIN = frozenset(("span", "op_span", "name_span", "comments", "text", "op", "keyword"))
