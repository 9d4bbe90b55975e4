"""Aggregates of summarize and make-series, and those that give several columns: ``arg_max``, ``take_any``, ``percentiles``."""

from __future__ import annotations

from dataclasses import replace

from ruleconv import catalogue
from ruleconv.catalogue.model import Aggregate
from ruleconv.ir import expr as ir
from ruleconv.ir.types import Column, Type
from ruleconv.kql import tree
from ruleconv.kql.binding import arguments, column_names, findings, literals, signatures, tuples
from ruleconv.kql.binding.naming import Item
from ruleconv.kql.binding.registry import bind
from ruleconv.kql.binding.scope import FunctionValue
from ruleconv.kql.binding.session import Context

_ARG = {"arg_max": "max", "arg_min": "min", "argmax": "max", "argmin": "min"}


def inside(at: Context) -> Context:
    """The context of an aggregate's arguments: columns are seen, other aggregates are not."""
    return replace(at, aggregates=False, inside_aggregate=True)


def bind_aggregate(at: Context, node: tree.Call, record: Aggregate) -> ir.Expr:
    """A call of an aggregate that gives one value."""
    args = [bind(inside(at), argument) for argument in node.args if not isinstance(argument, tree.Wildcard)]
    if record.name == "count" and len(args) <= 1:
        return _count(at, node, args)
    if not arguments.check_count(at, record.name, record.parameters, node):
        return ir.AggregateCall(record.name, tuple(args), _type(record, args), node.span)
    args = arguments.check_types(at, record.parameters, args, node, signatures.AGGREGATE)
    return ir.AggregateCall(record.name, tuple(args), _type(record, args), node.span)


def _count(at: Context, node: tree.Call, args: list[ir.Expr]) -> ir.Expr:
    """``count()``. With a predicate it is an old ``countif``; with any other value it counts rows, which Microsoft's parser objects to."""
    if args and args[0].type is Type.BOOL:
        return ir.AggregateCall("countif", tuple(args), Type.LONG, node.span)
    if args and args[0].type is not Type.UNKNOWN:
        at.session.doubt(findings.misplaced("count() takes no value: it counts rows", node.args[0].span))
    elif not args and node.args:
        at.session.doubt(findings.misplaced("count() takes no *: it counts rows", node.args[0].span))
    return ir.AggregateCall("count", (), Type.LONG, node.span)


def _type(record: Aggregate, args: list[ir.Expr]) -> Type:
    if not callable(record.returns):
        return record.returns
    try:
        return record.returns(tuple(a.type for a in args))
    except IndexError:
        return Type.UNKNOWN


def several(at: Context, node: tree.Expr) -> list[Item] | None:
    """The columns of an aggregate that gives several; None for any other expression."""
    while isinstance(node, tree.Parenthesized):
        node = node.inner
    if not isinstance(node, tree.Call) or isinstance(at.scope.find(node.name), FunctionValue):
        return None
    spread = tuples.fields(at, node)
    if spread is not None or not at.aggregates:
        return spread
    record = catalogue.aggregate(node.name)
    if record is None:
        return None
    name = record.name
    if name in _ARG:
        items = _arg_extreme(at, node, record, _ARG[name])
        return _deprecated(items, _ARG[name]) if node.name in ("argmax", "argmin") else items
    if name in ("take_any", "any"):
        items = _take_any(at, node, record)
        return [_renamed(item, f"any_{item.name}") for item in items] if node.name == "any" else items
    if name in ("percentile", "percentiles", "percentilew", "percentilesw"):
        return _percentiles(at, node, record)
    if name in ("percentiles_array", "percentilesw_array"):
        value = bind_aggregate(at, node, record)
        argument = column_names.result_name(inside(at), node.args[0]) or "" if node.args else ""
        return [Item(f"percentiles_{argument}", value, Column(f"percentiles_{argument}", Type.DYNAMIC))]
    return None


def _arg_extreme(at: Context, node: tree.Call, record: Aggregate, prefix: str) -> list[Item]:
    """``arg_max(by, a, b, *)``: ``by`` itself, then each of the others from the row in which it is greatest."""
    session = at.session
    if not node.args:
        session.report(findings.argument_count(node.name, 1, None, 0, node.name_span))
        return []
    where = inside(at)
    star = any(isinstance(a, tree.Wildcard) for a in node.args)
    primary = _unnamed(node.args[0])
    if isinstance(primary, tree.Wildcard):
        session.report(findings.misplaced("* cannot be what is compared", primary.span))
        return []
    by = bind(where, primary)
    if by.type is Type.DYNAMIC:
        session.report(findings.not_allowed_type(by.type, primary.span))
    elif not signatures.takes(signatures.AGGREGATE, node.name, 0, 1, by.type):
        session.doubt(findings.wrong_type("orderable", by.type, primary.span))
    base = column_names.result_name(where, primary)
    seen: set[str] = set()
    items: list[Item] = []
    for number, argument in enumerate(node.args):
        if isinstance(argument, tree.Wildcard):
            items += _star(at, record, by, seen, node)
            continue
        inner = _unnamed(argument)
        value = by if number == 0 else bind(where, inner)
        call = ir.AggregateCall(record.name, (by,) if number == 0 else (by, value), value.type, argument.span)
        shown = column_names.shown_column(where, inner, value)
        column = Column("", value.type, True)
        if shown is not None:
            if number and star and (shown in seen or shown in at.keys):
                continue
            name = argument.names[0].name if isinstance(argument, tree.NamedExpr) else shown
            fresh = isinstance(argument, tree.NamedExpr) or shown in seen or shown in at.keys
            seen.add(shown)
            items.append(Item(name, call, replace(column, name=name), None if fresh else shown))
            continue
        given = column_names.result_name(where, argument)
        if given is None:
            given = f"{prefix}_" if number == 0 else f"{prefix}_{base or ''}_arg{number}"
        items.append(Item(given, call, replace(column, name=given)))
    return items


def _deprecated(items: list[Item], prefix: str) -> list[Item]:
    """The names of the old ``argmax(t, s)``: ``max_t``, ``max_t_s``."""
    if not items:
        return items
    base = items[0].name.removeprefix(f"{prefix}_")
    others = [_renamed(item, f"{prefix}_{base}_{item.name.removeprefix(f'{prefix}_{base}_')}") for item in items[1:]]
    return [_renamed(items[0], f"{prefix}_{base}"), *others]


def _renamed(item: Item, name: str) -> Item:
    return Item(name, item.value, replace(item.column, name=name))


def _star(at: Context, record: Aggregate, by: ir.Expr | None, seen: set[str], node: tree.Call) -> list[Item]:
    """``*``: every column that is no key and not named before."""
    items = []
    for column in at.row or ():
        if column.name in seen or column.name in at.keys:
            continue
        seen.add(column.name)
        value = ir.ColumnRef(column.name, column.type, column.nullable, node.span)
        args = (by, value) if by is not None else (value,)
        items.append(
            Item(
                column.name,
                ir.AggregateCall(record.name if by is not None else "take_any", args, column.type, node.span),
                Column(column.name, column.type, column.nullable),
                column.name,
            )
        )
    return items


def _take_any(at: Context, node: tree.Call, record: Aggregate) -> list[Item]:
    """``take_any(a, b)``: the values of some row, under the columns' own names."""
    if not node.args:
        at.session.report(findings.argument_count(node.name, 1, None, 0, node.name_span))
    where = inside(at)
    star = any(isinstance(a, tree.Wildcard) for a in node.args)
    seen = set(at.keys)
    items: list[Item] = []
    for number, argument in enumerate(node.args):
        if isinstance(argument, tree.Wildcard):
            items += _star(at, record, None, seen, node)
            continue
        inner = _unnamed(argument)
        value = bind(where, inner)
        # Of a single column, a value that is not empty is preferred; of several, all are of one row.
        call = ir.AggregateCall("any" if len(node.args) == 1 else "take_any", (value,), value.type, argument.span)
        shown = column_names.shown_column(where, inner, value)
        if shown is not None:
            if star and shown in seen:
                continue
            name = argument.names[0].name if isinstance(argument, tree.NamedExpr) else shown
            fresh = isinstance(argument, tree.NamedExpr) or shown in seen
            seen.add(shown)
            items.append(Item(name, call, Column(name, value.type, True), None if fresh else shown))
            continue
        name = column_names.result_name(where, argument) or f"{'any_' if node.name == 'take_any' else ''}arg{number}"
        items.append(Item(name, call, Column(name, value.type, True)))
    return items


def _percentiles(at: Context, node: tree.Call, record: Aggregate) -> list[Item]:
    """``percentiles(x, 50, 95)``: ``percentile_x_50``, ``percentile_x_95``."""
    weighted = record.name in ("percentilew", "percentilesw")
    first = 2 if weighted else 1
    where = inside(at)
    if len(node.args) <= first:
        at.session.report(findings.argument_count(node.name, first + 1, None, len(node.args), node.name_span))
        return []
    args = [bind(where, argument) for argument in node.args]
    signatures.doubt(at, signatures.AGGREGATE, node, args)
    name = column_names.result_name(where, node.args[0]) or ""
    type_ = {Type.INT: Type.LONG}.get(args[0].type, args[0].type)
    plain = "percentilew" if weighted else "percentile"
    items = []
    for position, percentile in zip(node.args[first:], args[first:], strict=True):
        if not percentile.type.is_numeric and percentile.type not in (Type.UNKNOWN, Type.DYNAMIC):
            at.session.report(findings.wrong_type("int, long, real or decimal", percentile.type, position.span))
        text = _fragment(percentile)
        column = f"percentile_{name}_{text}"
        call = ir.AggregateCall(plain, (*args[:first], percentile), type_, node.span)
        items.append(Item(column, call, Column(column, type_, True)))
    return items


def _fragment(percentile: ir.Expr) -> str:
    """The percentile as a part of a name: 99.9 is ``99_9``."""
    if not isinstance(percentile, ir.Literal) or not literals.is_constant(percentile):
        return ""
    value = percentile.value
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return "".join(c if c.isalnum() or c == "_" else "_" for c in text)


def _unnamed(node: tree.Expr) -> tree.Expr:
    return node.value if isinstance(node, tree.NamedExpr) else node
