"""A pipeline of IR stages while it is built, operator by operator: what ``correlation.py`` writes a correlation with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.types import Column, Type
from ruleconv.kql.binding.naming import unique_all

Values = Sequence[tuple[str, ir.Expr]]


@dataclass(frozen=True, slots=True)
class Pipe:
    """Each method is an operator and gives the longer pipeline."""

    rel: q.Rel

    @property
    def columns(self) -> tuple[Column, ...]:
        return self.rel.columns

    def __getitem__(self, name: str) -> ir.ColumnRef:
        column = next(column for column in self.columns if column.name == name)
        return ir.ColumnRef(column.name, column.type, column.nullable)

    def where(self, *tests: ir.Expr) -> Pipe:
        return Pipe(q.Filter(self.rel, tests[0] if len(tests) == 1 else ir.And(tests)))

    def extend(self, values: Values) -> Pipe:
        made = tuple(q.Named(name, value) for name, value in values)
        new = tuple(Column(name, value.type) for name, value in values)
        return Pipe(q.Extend(self.rel, made, (*self.columns, *new)))

    def project(self, values: Values) -> Pipe:
        made = tuple(q.Named(name, value) for name, value in values)
        return Pipe(q.Project(self.rel, made, tuple(Column(name, value.type) for name, value in values)))

    def keep(self, names: Sequence[str], renamed: Values = ()) -> Pipe:
        return self.project([*((name, self[name]) for name in names), *renamed])

    def sort(self, names: Sequence[str]) -> Pipe:
        return Pipe(q.Sort(self.rel, tuple(q.SortKey(self[name], descending=False, nulls_first=True) for name in names)))

    def distinct(self, names: Sequence[str]) -> Pipe:
        columns = tuple(column for name in names for column in self.columns if column.name == name)
        return Pipe(q.Distinct(self.rel, tuple(q.Named(name, self[name]) for name in names), columns))

    def summarize(self, aggregates: Values, by: Sequence[str]) -> Pipe:
        keys = tuple(column for name in by for column in self.columns if column.name == name)
        made = tuple(q.Named(name, value) for name, value in aggregates)
        columns = (*keys, *(Column(name, value.type) for name, value in aggregates))
        return Pipe(q.Aggregate(self.rel, tuple(q.Named(name, self[name]) for name in by), made, columns))

    def join(self, other: Pipe, on: Sequence[str]) -> Pipe:
        """``join kind=inner``; the other side's columns of names that are taken get numbers."""
        items = [(q.Side.LEFT, c) for c in self.columns] + [(q.Side.RIGHT, c) for c in other.columns]
        names = unique_all([column.name for _, column in items])
        output = tuple(
            q.JoinColumn(name, side, ir.ColumnRef(c.name, c.type, c.nullable)) for name, (side, c) in zip(names, items, strict=True)
        )
        columns = tuple(Column(name, c.type, c.nullable) for name, (_, c) in zip(names, items, strict=True))
        keys = tuple((self[name], other[name]) for name in on)
        return Pipe(q.Join(self.rel, other.rel, q.JoinKind.INNER, keys, output, columns))


def aggregate(function: str, type_: Type, *args: ir.Expr) -> ir.AggregateCall:
    return ir.AggregateCall(function, args, type_)


def before(value: ir.ColumnRef, rows: int = 1) -> ir.WindowCall:
    """``prev(value, rows)``."""
    return ir.WindowCall("prev", (value, number(rows)) if rows > 1 else (value,), value.type)


def after(value: ir.ColumnRef) -> ir.WindowCall:
    return ir.WindowCall("next", (value,), value.type)


def number(value: float) -> ir.Literal:
    whole = float(value).is_integer()
    return ir.Literal(int(value) if whole else value, Type.LONG if whole else Type.REAL)


def is_null(value: ir.Expr) -> ir.Expr:
    return ir.Call("isnull", (value,), Type.BOOL)


def differs(left: ir.Expr, right: ir.Expr) -> ir.Expr:
    """The opposite of ``same``."""
    if left.type is Type.STRING:
        return ir.Match(left, (right,), ir.How.EQUALS, fold_case=False, negated=True)
    return ir.Not(same(left, right))


def same(left: ir.Expr, right: ir.Expr) -> ir.Expr:
    """The same value; two nulls are the same as well."""
    if left.type is Type.STRING:
        return ir.Match(left, (right,), ir.How.EQUALS, fold_case=False)
    equal = ir.Compare(ir.Comparison.EQ, left, right)
    return ir.Or((equal, ir.And((is_null(left), is_null(right)))))
