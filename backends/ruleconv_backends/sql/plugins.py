"""``evaluate``: the plugins whose columns are known when the SQL is written.

Semantics: https://learn.microsoft.com/kusto/query/evaluate-operator and the page of each plugin.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.fidelity import Effect
from ruleconv.ir.types import Column, Type
from ruleconv_backends.sql import names
from ruleconv_backends.sql.relation import Relations
from ruleconv_backends.sql.select import Relation
from ruleconv_backends.sql.stages import STAGES, lowers_stage
from ruleconv_backends.sql.value import SqlValue

Handler: TypeAlias = Callable[[Relations, q.Plugin, Relation], Relation]

_HINTS = {
    "autocluster": "it mines patterns; summarize by the columns of interest instead",
    "basket": "it mines patterns; summarize by the columns of interest instead",
    "diffpatterns": "it mines patterns; compare two summarize results instead",
    "ipv4_lookup": "join on ipv4_is_in_range() instead",
    "active_users_count": "count with summarize dcount() by bin() instead",
    "session_count": "mark sessions with row_window_session() and count them",
}
_IF = {
    "count": "countif",
    "sum": "sumif",
    "min": "minif",
    "max": "maxif",
    "avg": "avgif",
    "dcount": "dcountif",
    "stdev": "stdevif",
    "variance": "varianceif",
    "make_list": "make_list_if",
    "make_set": "make_set_if",
    "make_bag": "make_bag_if",
    "take_any": "take_anyif",
    "any": "anyif",
}
"""The conditional form of each aggregate that pivot takes."""


@lowers_stage(q.Plugin)
def plugin(relations: Relations, stage: q.Plugin, input_: Relation | None) -> Relation:
    """The rows that the plugin gives."""
    if stage.name not in _PLUGINS:
        raise Unsupported(f"the plugin {stage.name}", stage.span, _HINTS.get(stage.name, ""))
    if input_ is None:
        if stage.input is None:
            raise Unsupported(f"the plugin {stage.name} without input", stage.span)
        input_ = relations.relation(stage.input)
    return _PLUGINS[stage.name](relations, stage, input_)


def _known(relations: Relations, stage: q.Plugin, made: list[Column]) -> None:
    """Refuses columns that only the data would tell."""
    if not stage.open:
        return
    if not made:
        raise Unsupported(
            f"{stage.name} without its output columns",
            stage.span,
            f"SQL needs to know them: evaluate {stage.name}(..) : (*, Name:string, ..), or project the ones you use",
        )
    listed = ", ".join(c.name for c in made)
    message = f"{stage.name}: only the columns that the query names are there ({listed}), as text"
    relations.lowering.note("SQW030", Effect.CHANGES, message, stage.span)


def _bag_unpack(relations: Relations, stage: q.Plugin, input_: Relation) -> Relation:
    """``bag_unpack(column [, prefix [, conflict [, ignored]]])``: a column for every known key."""
    bag = stage.args[0]
    texts = [a.value if isinstance(a, ir.Literal) else None for a in stage.args[1:]]
    if len(texts) > 2 or (len(texts) > 1 and texts[1] == "keep_source"):
        raise Unsupported("bag_unpack with these options", stage.span, "project the keys: name = tostring(column.name)")
    prefix = str(texts[0] or "") if texts else ""
    relation = relations.ready(input_, [bag])
    unpacked = bag.name if isinstance(bag, ir.ColumnRef) else ""
    inherited = {c.name for c in _input_columns(stage)} - {unpacked}
    written = [c for c in stage.columns if c.name not in inherited or c.name not in relation.columns]
    _known(relations, stage, written)
    made: dict[str, SqlValue] = {}
    with relations.lowering.over(relation.columns):
        for column in written:
            if not column.name.startswith(prefix):
                made[column.name] = SqlValue(names.null(column.type, relations.dialect), column.type, True)
                continue
            key = ir.Literal(column.name[len(prefix) :], Type.STRING)
            value = relations.lowering.expr(ir.Access(bag, key))
            converted = relations.lowering.convert(value, Type.STRING if column.type is Type.UNKNOWN else column.type)
            made[column.name] = replace(converted, type=column.type, nullable=True)
    merged = {**relation.columns, **made}
    return replace(relation, columns={c.name: merged[c.name] for c in stage.columns})


def _input_columns(stage: q.Plugin) -> tuple[Column, ...]:
    """The input's columns that the output keeps under their names: those of the same type."""
    kept = stage.input.columns if stage.input is not None else ()
    types = {c.name: c.type for c in stage.columns}
    return tuple(c for c in kept if types.get(c.name) is c.type)


def _pivot(relations: Relations, stage: q.Plugin, input_: Relation) -> Relation:
    """``pivot(column, aggregate, keys..)``: the aggregate once for each value of the column that the schema names."""
    column, aggregate, *others = stage.args
    if not isinstance(aggregate, ir.AggregateCall) or aggregate.function not in _IF:
        raise Unsupported("pivot with this aggregate", stage.span, f"it takes {', '.join(sorted(_IF))}")
    keys = [q.Named(o.name, o) for o in others if isinstance(o, ir.ColumnRef)]
    key_names = {key.name for key in keys}
    made = [c for c in stage.columns if c.name not in key_names]
    _known(relations, stage, made)
    text = column if column.type is Type.STRING else ir.Call("tostring", (column,), Type.STRING)
    values = []
    for c in made:
        test = ir.Match(text, (ir.Literal(c.name, Type.STRING),), ir.How.EQUALS, False)
        values.append(q.Named(c.name, ir.AggregateCall(_IF[aggregate.function], (*aggregate.args, test), aggregate.type, stage.span)))
    columns = tuple(Column(n.name, n.value.type) for n in (*keys, *values))
    relation = STAGES[q.Aggregate](relations, q.Aggregate(q.Rows((), ()), tuple(keys), tuple(values), columns), input_)
    out = {c.name: relation.columns[c.name] if c.type in (Type.UNKNOWN, relation.columns[c.name].type) else None for c in stage.columns}
    if any(value is None for value in out.values()):
        relation = relation.sealed()
        return replace(relation, columns={c.name: relations.lowering.convert(relation.columns[c.name], c.type) for c in stage.columns})
    return replace(relation, columns={name: value for name, value in out.items() if value is not None})


def _narrow(relations: Relations, stage: q.Plugin, input_: Relation) -> Relation:
    """One row for every cell: the row's number (from 0), the column's name, the value as text."""
    relation = relations.ready(input_, [], grouped=True)
    number: exp.Expression = exp.Window(this=exp.Anonymous(this="ROW_NUMBER", expressions=[]), over="OVER")
    if relation.order:
        number.set("order", exp.Order(expressions=[key.copy() for key in relation.order]))
    row = relations.helper(relation, "row")
    relation = relations.with_helpers(relation, {row: SqlValue(number, Type.LONG, False)})
    item, columns = replace(relation, order=[]).as_source("t")
    lowering = relations.lowering
    cells = [
        exp.Tuple(expressions=[lowering.cast(names.string(name), Type.STRING), lowering.text(value)])
        for name, value in columns.items()
        if name != row
    ]
    alias = exp.TableAlias(this=names.identifier("c"), columns=[names.identifier("Column"), names.identifier("Value")])
    join = exp.Join(this=exp.Lateral(this=exp.Subquery(this=exp.Values(expressions=cells), alias=alias)), kind="CROSS")
    out = {
        "Row": SqlValue(exp.Sub(this=columns[row].node, expression=exp.Literal.number("1")), Type.LONG, False),
        "Column": SqlValue(names.column("Column", "c"), Type.STRING, False),
        "Value": SqlValue(names.column("Value", "c"), Type.STRING, False),
    }
    return Relation(relations.dialect, item, {c.name: out[c.name] for c in stage.columns}, joins=[join])


def _identity(relations: Relations, stage: q.Plugin, input_: Relation) -> Relation:
    return input_


_PLUGINS: dict[str, Handler] = {
    "bag_unpack": _bag_unpack,
    "pivot": _pivot,
    "narrow": _narrow,
    "identity": _identity,
}


def lowers_plugin(name: str) -> Callable[[Handler], Handler]:
    """Registers a plugin that has a file of its own."""

    def register(handler: Handler) -> Handler:
        _PLUGINS[name] = handler
        return handler

    return register
