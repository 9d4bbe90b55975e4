"""``evaluate`` and ``invoke``.

A plugin's output columns: those that were written after it, or those that Microsoft's parser knows; bag_unpack and pivot make columns from
the data, so that what the query uses afterwards is taken as there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.types import Column, Type
from ruleconv.kql import tree
from ruleconv.kql.binding import findings, functions, openness, operators, rows
from ruleconv.kql.binding.registry import bind, bind_table, operator
from ruleconv.kql.binding.scope import NO_INPUT, Bound, FunctionValue, Origin, failed
from ruleconv.kql.binding.session import Context
from ruleconv.kql.binding.values import is_error


@operator(tree.Evaluate)
def evaluate(at: Context, node: tree.Evaluate, table: Bound) -> Bound:
    call = node.call
    source = None if table is NO_INPUT else table
    row = replace(operators.over(at, table), aggregates=False)
    shape = _SHAPES.get(call.name)
    if shape is None:
        if call.name not in _KNOWN:
            at.session.report(findings.unknown_plugin(call.name, call.name_span))
        raise Unsupported(f"the plugin {call.name}", node.span)
    args, columns, is_open = shape(row, call, table)
    span = Origin(f"plugin:{node.span.start}")
    if node.schema is not None:
        written = rows.declared(at.session, node.schema.columns)
        names = {c.name for c in written}
        columns = [*(c for c in columns if c.name not in names), *written] if node.schema.open else written
        rel = q.Plugin(source.rel if source else None, call.name, args, tuple(columns), span=node.span)
        return Bound(rel)
    if not is_open:
        return Bound(q.Plugin(source.rel if source else None, call.name, args, tuple(columns), span=node.span), table.origins)
    known = at.session.columns_of(span, tuple(columns))
    rel = q.Plugin(source.rel if source else None, call.name, args, known, True, node.span)
    return Bound(rel, (*table.origins, span) if table.origins else (span,))


# ---------------------------------------------------------------- what each plugin gives
def _args(at: Context, call: tree.Call) -> tuple[ir.Expr, ...]:
    return tuple(bind(at, argument) for argument in call.args if not isinstance(argument, tree.TypeOf))


def _row(at: Context) -> list[Column]:
    return list(at.row or ())


Shape = Callable[[Context, tree.Call, Bound], tuple[tuple[ir.Expr, ...], list[Column], bool]]


def _bag_unpack(at: Context, call: tree.Call, table: Bound) -> tuple[tuple[ir.Expr, ...], list[Column], bool]:
    if not call.args:
        at.session.report(findings.argument_count("bag_unpack", 1, 4, 0, call.name_span))
    args = _args(at, call)
    unpacked = args[0].name if args and isinstance(args[0], ir.ColumnRef) else None
    if args and unpacked is None and not is_error(args[0]):
        at.session.report(findings.column_expected(call.args[0].span))
    if len(call.args) > 2:
        at.session.report(findings.argument_count("bag_unpack", 1, 2, len(call.args), call.name_span))
    return args, [c for c in _row(at) if c.name != unpacked], True


def _pivot(at: Context, call: tree.Call, table: Bound) -> tuple[tuple[ir.Expr, ...], list[Column], bool]:
    """``pivot(column, aggregate, others...)``: keys are the other columns, or those that are named."""
    if not call.args:
        at.session.report(findings.argument_count("pivot", 1, None, 0, call.name_span))
        return (), [], True
    column = bind(at, call.args[0])
    args: list[ir.Expr] = [column]
    used = {column.name} if isinstance(column, ir.ColumnRef) else set()
    if len(call.args) > 1:
        aggregate = bind(replace(at, aggregates=True), call.args[1])
        args.append(aggregate)
        first = aggregate.args[0] if isinstance(aggregate, ir.AggregateCall) and aggregate.args else None
        if isinstance(first, ir.ColumnRef):
            used.add(first.name)
    else:
        args.append(ir.AggregateCall("count", (), Type.LONG, call.span))
    others = [bind(at, argument) for argument in call.args[2:]]
    args += others
    if others:
        return tuple(args), [Column(o.name, o.type, o.nullable) for o in others if isinstance(o, ir.ColumnRef)], True
    keys = [c for c in _row(at) if c.name not in used]
    args += [ir.ColumnRef(c.name, c.type, c.nullable) for c in keys]
    return tuple(args), keys, True


def _fixed(*columns: tuple[str, Type]) -> Shape:
    def shape(at: Context, call: tree.Call, table: Bound) -> tuple[tuple[ir.Expr, ...], list[Column], bool]:
        return _args(at, call), [Column(name, type_) for name, type_ in columns], False

    return shape


def _before(*columns: tuple[str, Type]) -> Shape:
    def shape(at: Context, call: tree.Call, table: Bound) -> tuple[tuple[ir.Expr, ...], list[Column], bool]:
        return _args(at, call), [*(Column(name, type_) for name, type_ in columns), *_row(at)], False

    return shape


def _timeline(first: int, *columns: tuple[str, Type], dimensions: int = 99) -> Shape:
    """The timeline column, the dimensions (the column arguments from ``dimensions`` on), then these."""

    def shape(at: Context, call: tree.Call, table: Bound) -> tuple[tuple[ir.Expr, ...], list[Column], bool]:
        args = _args(at, call)
        shown = [a for n, a in enumerate(args) if (n == first or n >= dimensions) and isinstance(a, ir.ColumnRef)]
        return args, [*(Column(a.name, a.type) for a in shown), *(Column(name, type_) for name, type_ in columns)], False

    return shape


def _same(at: Context, call: tree.Call, table: Bound) -> tuple[tuple[ir.Expr, ...], list[Column], bool]:
    return _args(at, call), _row(at), False


def _lookup(at: Context, call: tree.Call, table: Bound) -> tuple[tuple[ir.Expr, ...], list[Column], bool]:
    """``ipv4_lookup(table, source, key, ...)``: the IR's plugin has no place for the other table."""
    if len(call.args) < 3:
        at.session.report(findings.argument_count(call.name, 3, None, len(call.args), call.name_span))
        return (), _row(at), False
    bind_table(at, call.args[0])
    bind(at, call.args[1])
    raise Unsupported(f"the plugin {call.name}", call.span, "join on ipv4_is_in_range() instead")


def _typed(at: Context, call: tree.Call, table: Bound) -> tuple[tuple[ir.Expr, ...], list[Column], bool]:
    raise Unsupported(f"the plugin {call.name}", call.span, "it runs a program of another language")


_SHAPES: dict[str, Shape] = {
    "bag_unpack": _bag_unpack,
    "pivot": _pivot,
    "narrow": _fixed(("Row", Type.LONG), ("Column", Type.STRING), ("Value", Type.STRING)),
    "autocluster": _before(("SegmentId", Type.LONG), ("Count", Type.LONG), ("Percent", Type.REAL)),
    "basket": _before(("SegmentId", Type.LONG), ("Count", Type.LONG), ("Percent", Type.REAL)),
    "diffpatterns": _before(
        ("SegmentId", Type.LONG),
        ("CountA", Type.LONG),
        ("CountB", Type.LONG),
        ("PercentA", Type.REAL),
        ("PercentB", Type.REAL),
        ("PercentDiffAB", Type.REAL),
    ),
    "active_users_count": _timeline(1, ("dcount", Type.LONG), dimensions=8),
    "activity_counts_metrics": _timeline(
        1, ("count", Type.LONG), ("dcount", Type.LONG), ("new_dcount", Type.LONG), ("aggregated_dcount", Type.LONG), dimensions=5
    ),
    "activity_engagement": _timeline(
        1, ("dcount_activities_inner", Type.LONG), ("dcount_activities_outer", Type.LONG), ("activity_ratio", Type.REAL)
    ),
    "activity_metrics": _timeline(
        1,
        ("dcount_values", Type.LONG),
        ("dcount_newvalues", Type.LONG),
        ("retention_rate", Type.REAL),
        ("churn_rate", Type.REAL),
        dimensions=5,
    ),
    "session_count": _timeline(1, ("count_sessions", Type.LONG), dimensions=6),
    "sliding_window_counts": _timeline(1, ("Count", Type.LONG), ("Dcount", Type.LONG), dimensions=6),
    "identity": _same,
    "rows_near": _same,
    "ipv4_lookup": _lookup,
    "ipv6_lookup": _lookup,
    "python": _typed,
    "r": _typed,
    "csharp": _typed,
}
_KNOWN = frozenset(
    {
        "azure_digital_twins_query_request",
        "cosmosdb_sql_request",
        "dcount_intersect",
        "execute_show_command",
        "execute_query",
        "external_datatable",
        "funnel_sequence",
        "funnel_sequence_completion",
        "geo_line_lookup",
        "geo_polygon_lookup",
        "http_request",
        "http_request_post",
        "infer_storage_schema",
        "new_activity_metrics",
        "preview",
        "rolling_percentile",
        "schema_merge",
        "sequence_detect",
        "sql_request",
        "mysql_request",
        "postgresql_request",
        "ai_embeddings",
        "ai_embed_text",
        "ai_chat_completion",
        "ai_chat_completion_prompt",
        "dax_request",
        "identity_v3",
        "infer_storage_schema_with_suggestions",
        "estimate_rows_count",
    }
)
"""Plugins that exist and are refused."""


# ---------------------------------------------------------------- invoke
@operator(tree.Invoke)
def invoke(at: Context, node: tree.Invoke, table: Bound) -> Bound:
    call = node.call
    function = at.scope.find(call.name)
    if isinstance(function, FunctionValue):
        return functions.call_table(at, function, call, table)
    if openness.is_open_name(call.name) or call.name in ("FileProfile", "DeviceFromIP", "AssignedIPAddresses"):
        raise Unsupported(f"the function {call.name}()", node.span, "its definition is not known here: write it as a let")
    at.session.report(findings.unknown_function(call.name, call.name_span))
    return failed(node.span)
