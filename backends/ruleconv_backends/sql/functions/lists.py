"""``make_list``, ``make_set`` and ``make_bag``: JSON arrays and objects out of the rows of a group.

Semantics: https://learn.microsoft.com/kusto/query/make-list-aggregation-function and its neighbours; of dynamic values, the emulator's
answers: an array gives its elements, a null stays in a list, and of equal keys in a bag the first counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv.ir.expr import AggregateCall, Literal
from ruleconv.ir.types import Type
from ruleconv_backends.sql.aggregates import filtered
from ruleconv_backends.sql.arguments import unfolded
from ruleconv_backends.sql.elements import to_dynamic
from ruleconv_backends.sql.registry import lowers_aggregate
from ruleconv_backends.sql.select import conjunction
from ruleconv_backends.sql.value import SqlValue

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering

_MOST = 1_048_576
_OLD_MOST = 128
_BUILTIN = (Type.BOOL, Type.INT, Type.LONG, Type.REAL, Type.STRING)
"""Types whose JSON both engines write as Kusto does."""


@lowers_aggregate("make_list", "make_list_with_nulls", "makelist", "make_set", "makeset")
def collected(lowering: Lowering, call: AggregateCall, args: list[SqlValue], condition: exp.Expression | None) -> SqlValue:
    value = args[0]
    unique = call.function.startswith(("make_set", "makeset"))
    with_nulls = call.function == "make_list_with_nulls"
    if value.type is Type.DYNAMIC:
        node = _elements(lowering, value, unique, condition)
    else:
        node = _list(lowering, value, unique, _kept(value, with_nulls, condition))
    most = _most(call)
    if most < _MOST:
        node = (
            lowering.template("JSONB_PATH_QUERY_ARRAY(_x, _path)", x=node, path=exp.Literal.string(f"$[0 to {most - 1}]"))
            if lowering.postgres
            else _cut(node, most)
        )
    return SqlValue(_or_empty(lowering, node, "[]", bool(value.nullable or condition is not None)), Type.DYNAMIC, False)


def _kept(value: SqlValue, with_nulls: bool, condition: exp.Expression | None) -> exp.Expression | None:
    """The filter: the call's own, and that the value is not null."""
    if with_nulls or not value.nullable or value.type in (Type.STRING, Type.UNKNOWN):
        return condition
    there = exp.Not(
        this=exp.Is(
            this=exp.Paren(this=value.node.copy()) if isinstance(value.node, exp.Binary) else value.node.copy(), expression=exp.Null()
        )
    )
    return there if condition is None else conjunction([condition, there])


def _list(lowering: Lowering, value: SqlValue, unique: bool, condition: exp.Expression | None) -> exp.Expression:
    node = value.node if value.type in _BUILTIN else _spelled(lowering, value)
    if value.type in (Type.STRING, Type.UNKNOWN):
        node = unfolded(lowering, lowering.text(value))
    distinct = "DISTINCT " if unique else ""
    made = lowering.template(f"JSONB_AGG({distinct}_x)" if lowering.postgres else f"LIST({distinct}_x)", x=node)
    made = _ordered(lowering, made, unique)
    if condition is not None:
        made = exp.Filter(this=made, expression=exp.Where(this=condition.copy()))
    return made if lowering.postgres else exp.Anonymous(this="TO_JSON", expressions=[made])


def _spelled(lowering: Lowering, value: SqlValue) -> exp.Expression:
    """The text of a datetime, a timespan, a guid or a decimal, as it stands in a dynamic array."""
    made = to_dynamic(lowering, value)
    return made.expressions[0] if isinstance(made, exp.Anonymous) and made.expressions else made


def _over_rows(lowering: Lowering, text: str, node: exp.Expression, condition: exp.Expression | None) -> exp.Expression:
    """PostgreSQL: ``text``, a subselect over the JSON array ``_x`` of the group's values.

    An aggregate in a subselect is the outer query's only if it names a column of that; of a constant, one element says as much as many.
    """
    if node.find(exp.Column) is None:
        rows = lowering.template("COUNT(*)")
        one = lowering.template(text, x=lowering.template("JSONB_BUILD_ARRAY(_x)", x=node))
        return lowering.template("CASE WHEN _n > 0 THEN _x END", n=rows if condition is None else filtered(rows, condition), x=one)
    made = _ordered(lowering, lowering.template("JSONB_AGG(_x)", x=node), False)
    return lowering.template(text, x=made if condition is None else exp.Filter(this=made, expression=exp.Where(this=condition.copy())))


def _elements(lowering: Lowering, value: SqlValue, unique: bool, condition: exp.Expression | None) -> exp.Expression:
    """Of dynamic values: an array counts as its elements."""
    if lowering.postgres and unique:
        elements = "JSONB_ARRAY_ELEMENTS(JSONB_PATH_QUERY_ARRAY(_x, '$[*][*]')) AS v(e)"
        text = f"(SELECT JSONB_AGG(DISTINCT v.e) FROM {elements} WHERE JSONB_TYPEOF(v.e) <> 'null')"
        return _over_rows(lowering, text, value.node, condition)
    if lowering.postgres:
        made = _ordered(lowering, lowering.template("JSONB_AGG(_x)", x=value.node), False)
        made = made if condition is None else exp.Filter(this=made, expression=exp.Where(this=condition.copy()))
        return lowering.template("JSONB_PATH_QUERY_ARRAY(_x, '$[*][*]')", x=made)
    one = lowering.template("CASE JSON_TYPE(_x) WHEN 'ARRAY' THEN JSON_EXTRACT(_x, '$[*]') ELSE [_x] END", x=value.node)
    made = _ordered(lowering, lowering.template("LIST(_x)", x=one), False)
    if condition is not None:
        made = exp.Filter(this=made, expression=exp.Where(this=condition.copy()))
    text = "TO_JSON(FLATTEN(_x))"
    if unique:
        text = "TO_JSON(LIST_DISTINCT(LIST_FILTER(FLATTEN(_x), e -> JSON_TYPE(e) <> 'NULL')))"
    return lowering.template(text, x=made)


def _ordered(lowering: Lowering, node: exp.Expression, unique: bool) -> exp.Expression:
    """With the order of the input, where it has one."""
    if unique or not lowering.order:
        return node
    call = node.find(exp.AggFunc, exp.Anonymous)
    assert call is not None
    order = [key.copy() for key in lowering.order]
    if isinstance(call, exp.Anonymous):
        call.set("expressions", [exp.Order(this=call.expressions[0], expressions=order)])
    else:
        call.set("this", exp.Order(this=call.this, expressions=order))
    return node


def _most(call: AggregateCall) -> int:
    """How many elements there may be. The predicate of a conditional form is no argument any more."""
    default = _OLD_MOST if call.function in ("makelist", "makeset") else _MOST
    size = call.args[-1] if len(call.args) > 1 else None
    if size is None:
        return default
    if not isinstance(size, Literal) or not isinstance(size.value, int):
        raise Unsupported(f"{call.function}() with a size that is not a constant", size.span)
    return size.value if 0 < size.value < _MOST else _MOST


def _cut(node: exp.Expression, most: int) -> exp.Expression:
    """The first elements of DuckDB's list, before it becomes JSON."""
    assert isinstance(node, exp.Anonymous)
    inner = node.expressions[0]
    node.set(
        "expressions",
        [
            exp.Bracket(
                this=exp.Paren(this=inner), expressions=[exp.Slice(this=exp.Literal.number("1"), expression=exp.Literal.number(str(most)))]
            )
        ],
    )
    return node


def _or_empty(lowering: Lowering, node: exp.Expression, empty: str, may_be_nothing: bool) -> exp.Expression:
    if lowering.keyed and not may_be_nothing:
        return node
    return exp.Coalesce(this=node, expressions=[lowering.cast(exp.Literal.string(empty), Type.DYNAMIC)])


@lowers_aggregate("make_bag", "make_dictionary")
def merged(lowering: Lowering, call: AggregateCall, args: list[SqlValue], condition: exp.Expression | None) -> SqlValue:
    """One bag of all entries. PostgreSQL keeps the last of equal keys and DuckDB those of the right-hand map, so the bags go backwards."""
    if _most(call) < _MOST:
        raise Unsupported("make_bag() with a size", call.args[-1].span)
    value = args[0]
    if lowering.postgres:
        node = _over_rows(
            lowering,
            "(SELECT JSONB_OBJECT_AGG(e.key, e.value ORDER BY b.n DESC) FROM JSONB_ARRAY_ELEMENTS(_x) WITH ORDINALITY AS b(bag, n) "
            "CROSS JOIN JSONB_EACH(CASE JSONB_TYPEOF(b.bag) WHEN 'object' THEN b.bag END) AS e)",
            value.node,
            condition,
        )
    else:
        is_bag = lowering.template("JSON_TYPE(_x) = 'OBJECT'", x=value.node)
        keep = is_bag if condition is None else conjunction([condition, is_bag])
        maps = _ordered(lowering, lowering.template("LIST(TRY_CAST(_x AS MAP(TEXT, JSON)))", x=value.node), False)
        maps = exp.Filter(this=maps, expression=exp.Where(this=keep))
        node = lowering.template("TO_JSON(LIST_REDUCE(LIST_REVERSE(_x), (a, b) -> MAP_CONCAT(a, b)))", x=maps)
    return SqlValue(_or_empty(lowering, node, "{}", True), Type.DYNAMIC, False)
