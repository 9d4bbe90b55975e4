"""The order of rows where one row becomes several: who goes by it later, and how it is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlglot import exp

from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.types import Type
from ruleconv.ir.walk import has_window, walk
from ruleconv_backends.sql.relation import Relations
from ruleconv_backends.sql.select import Relation
from ruleconv_backends.sql.value import SqlValue


def numbered(relations: Relations, relation: Relation) -> Relation:
    """The rows numbered in their order, and sorted by that number, by which no two rows are equal."""
    if relation.is_grouped or relation.windowed or relation.limit is not None or relation.whole is not None:
        relation = relation.sealed()
    name = relations.helper(relation, "row")
    order = exp.Order(expressions=[key.copy() for key in relation.order]) if relation.order else None
    number = exp.Window(this=exp.RowNumber(), order=order, over="OVER")
    made = relations.with_helpers(replace(relation, order=[]), {name: SqlValue(number, Type.LONG, False)})
    return replace(made, order=[ascending(made.columns[name].node)])


def ascending(number: exp.Expression) -> exp.Ordered:
    return exp.Ordered(this=number.copy(), nulls_first=False)


def counts(later: Iterable[q.Rel]) -> bool:
    """Whether one of these stages, which follow each other, goes by the order that the rows have before the first."""
    for stage in later:
        match stage:
            case q.Limit(random=False) | q.Serialize() | q.Scan():
                return True
            case q.Aggregate(aggregates=aggregates):
                return any(
                    isinstance(part, ir.AggregateCall) and part.function.startswith("make_") for a in aggregates for part in walk(a.value)
                )
            case q.Extend(values=values) | q.Project(values=values):
                if any(has_window(value.value) for value in values):
                    return True
            case q.Filter(predicate=predicate):
                if has_window(predicate):
                    return True
            case q.Expand() | q.Apply() | q.Parse() | q.ParseKeyValue():
                pass
            case _:
                return False
    return False
