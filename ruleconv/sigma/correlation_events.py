"""An event that matches two rules of a counting correlation is one event: rules over the same table become one rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ruleconv.ir.correlation import CorrelatedRule
from ruleconv.ir.expr import And, Expr, Or
from ruleconv.ir.query import Filter, Rel, Source


def same_events(rules: Sequence[CorrelatedRule]) -> list[CorrelatedRule]:
    """The rules, with those joined by OR that read one table and take the same values from it. Others share no events."""
    made: list[CorrelatedRule] = []
    for rule in rules:
        for at, before in enumerate(made):
            joined = _joined(before, rule)
            if joined is not None:
                made[at] = joined
                break
        else:
            made.append(rule)
    return made


def _joined(one: CorrelatedRule, other: CorrelatedRule) -> CorrelatedRule | None:
    if (one.keys, one.time, one.value) != (other.keys, other.time, other.value):
        return None
    (table, tests), (other_table, other_tests) = _filters(one.input), _filters(other.input)
    if table is None or other_table is None or (table.table, table.open) != (other_table.table, other_table.open):
        return None
    columns = {column.name: column for column in (*other_table.columns, *table.columns)}
    common = [test for test in tests if test in other_tests]
    rest = [_all([test for test in side if test not in common]) for side in (tests, other_tests)]
    terms = common
    if None not in rest:
        alternatives = [part for each in rest if each is not None for part in (each.terms if isinstance(each, Or) else (each,))]
        terms = [*common, Or(tuple(dict.fromkeys(alternatives)))]
    predicate = _all(terms)
    source = replace(table, columns=tuple(columns.values()))
    return replace(one, input=source if predicate is None else Filter(source, predicate))


def _filters(rel: Rel) -> tuple[Source | None, list[Expr]]:
    """The table and what its rows have to pass; None when there is more to it."""
    tests: list[Expr] = []
    while isinstance(rel, Filter):
        terms = rel.predicate.terms if isinstance(rel.predicate, And) else (rel.predicate,)
        tests = [*terms, *tests]
        rel = rel.input
    return (rel, tests) if isinstance(rel, Source) else (None, [])


def _all(tests: Sequence[Expr]) -> Expr | None:
    if not tests:
        return None
    return tests[0] if len(tests) == 1 else And(tuple(tests))
