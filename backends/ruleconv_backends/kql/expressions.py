"""Scalar expressions: IR to syntax tree."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from ruleconv import catalogue
from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir.types import Type
from ruleconv.kql import spell, tree
from ruleconv.kql.binding import arguments, operations, signatures, typing
from ruleconv.kql.binding import predicates as bound_predicates
from ruleconv.kql.binding.convert import as_type, conversion_name
from ruleconv.kql.binding.scope import Scope
from ruleconv.kql.binding.session import Context
from ruleconv.text import NOWHERE
from ruleconv_backends.kql import implicit, names, negation, operands, optional, pipelines, predicates, scalars, searches
from ruleconv_backends.kql.precedence import PRIMARY, PRODUCT, SUM, UNARY, call, chain, wrapped
from ruleconv_backends.kql.writer import Writer


def write(w: Writer, node: ir.Expr) -> tree.Expr:
    """The expression as text would say it; a scalar let by its name."""
    return scalars.named(w, node) or spelled_out(w, node)


def spelled_out(w: Writer, node: ir.Expr) -> tree.Expr:
    """The expression itself."""
    match node:
        case ir.Literal():
            return optional.asked(w, node) or operands.literal(node)
        case ir.ColumnRef():
            return optional.asked(w, node) or operands.column(w, node)
        case ir.Call():
            return _call(w, node)
        case ir.AggregateCall():
            return aggregate(w, node)
        case ir.WindowCall():
            return call(node.function, *(write(w, a) for a in fitted(node)))
        case ir.And():
            return chain("and", _different(node, [operands.condition(w, term, dynamic=True) for term in node.terms]))
        case ir.Or():
            return chain("or", _different(node, searches.alternatives(w, node)))
        case ir.Not():
            return negation.denied(w, node.term)
        case ir.Missing():
            return predicates.missing(w, node)
        case ir.AnyField():
            if node.of is not None:
                raise Unsupported("a keyword that is looked for in one dynamic value", node.span)
            return tree.Wildcard("*")
        case ir.Compare():
            return predicates.compare(w, node)
        case ir.Match():
            return predicates.match(w, node)
        case ir.MatchQuery():
            return predicates.match_query(w, node)
        case ir.Between():
            return _between(w, node)
        case ir.Arithmetic():
            return _arithmetic(w, node)
        case ir.Negate():
            return tree.Unary("-", wrapped(write(w, _negated(node)), PRIMARY))
        case ir.Access():
            return _access(w, node)
        case ir.Case():
            return _case(w, node)
        case ir.Cast():
            return _converted(w, node)
        case ir.ScalarQuery():
            return call("toscalar", pipelines.table(w, node.query))
        case _:
            assert_never(node)


def _different(node: ir.And | ir.Or, terms: list[tree.Expr]) -> list[tree.Expr]:
    """Without repetitions: two tests of Sigma's may be one in KQL."""
    return list(dict.fromkeys(terms)) if negation.is_two_valued(node) else terms


def _converted(w: Writer, node: ir.Cast) -> tree.Expr:
    """A conversion that has to be written. ``parse_json`` would read a text; an array takes it as it is."""
    inner = write(w, node.operand)
    if node.type is Type.DYNAMIC:
        return tree.Index(call("pack_array", inner), operands.literal(ir.Literal(0, Type.LONG)))
    return call(conversion_name(node.type), inner)


# ---------------------------------------------------------------- calls
_COMMON = frozenset({"coalesce", "max_of", "min_of"})


def _call(w: Writer, node: ir.Call) -> tree.Expr:
    if w.now is not None and node.function in ("now", "ago"):
        return _clock(w, node, ir.Literal(w.now, Type.DATETIME))
    if node.function == "bag_pack" and _is_whole_row(w, node):
        return call("pack_all")
    return call(node.function, *(write(w, a) for a in fitted(node)))


def _clock(w: Writer, node: ir.Call, now: ir.Literal) -> tree.Expr:
    """``now(offset)`` and ``ago(offset)`` by a clock that stands still."""
    if not node.args:
        return operands.literal(now)
    op = ir.Operator.SUB if node.function == "ago" else ir.Operator.ADD
    return tree.Parenthesized(write(w, ir.Arithmetic(op, now, node.args[0], Type.DATETIME)))


def _is_whole_row(w: Writer, node: ir.Call) -> bool:
    """``pack_all()`` was taken apart when it was bound."""
    keys, values = node.args[::2], node.args[1::2]
    return w.all_known and len(w.row) > 1 and len(node.args) == 2 * len(w.row) and all(
        isinstance(key, ir.Literal) and key.value == c.name and isinstance(value, ir.ColumnRef) and value.name == c.name
        for key, value, c in zip(keys, values, w.row, strict=True)
    )  # fmt: skip


def fitted(node: ir.Call | ir.AggregateCall | ir.WindowCall) -> implicit.Operands:
    """The arguments without the conversions that the binder adds."""
    if isinstance(node, ir.Call) and node.function in _COMMON:
        return implicit.operands(node, node.args, lambda args: _common(node, args), constants=False)
    record = catalogue.aggregate(node.function) if isinstance(node, ir.AggregateCall) else catalogue.function(node.function)
    if record is None:
        return node.args

    def rebuild(args: implicit.Operands) -> ir.Expr | None:
        session = names.session()
        written = tree.Call(node.function, (tree.Name(""),) * len(args))
        of = signatures.AGGREGATE if isinstance(node, ir.AggregateCall) else signatures.FUNCTION
        given = arguments.check_types(Context(session, Scope()), record.parameters, list(args), written, of)
        returns = record.returns
        type_ = returns if isinstance(returns, Type) else returns(tuple(a.type for a in given)) if given else node.type
        objected = session.findings or session.refusals or session.doubts
        return None if objected else replace(node, args=tuple(given), type=type_)

    return implicit.operands(node, node.args, rebuild)


def _common(node: ir.Call, args: implicit.Operands) -> ir.Expr | None:
    type_ = typing.common(a.type for a in args)
    return None if type_ is None else ir.Call(node.function, tuple(as_type(a, type_) for a in args), type_)


def aggregate(w: Writer, node: ir.AggregateCall, *, alone: bool = False) -> tree.Expr:
    """A call of an aggregate. ``alone``: not inside another expression (``take_any(x)`` then prefers a value that is not empty, which
    the binder calls ``any``)."""
    name = "take_any" if alone and node.function == "any" else node.function
    return call(name, *(write(w, a) for a in fitted(node)))


# ---------------------------------------------------------------- operators
def _arithmetic(w: Writer, node: ir.Arithmetic) -> tree.Expr:
    def rebuild(sides: implicit.Operands) -> ir.Expr | None:
        session = names.session()
        made = operations.binary(Context(session, Scope()), node.op.value, sides[0], sides[1], NOWHERE, NOWHERE)
        return None if session.findings else made

    left, right = implicit.operands(node, (node.left, node.right), rebuild)
    product = node.op not in (ir.Operator.ADD, ir.Operator.SUB)
    first, second = (PRODUCT, UNARY) if product else (SUM, PRODUCT)
    return tree.Binary(node.op.value, operands.operand(w, left, first), operands.operand(w, right, second))


def _negated(node: ir.Negate) -> ir.Expr:
    inner = node.operand
    if isinstance(inner, ir.Cast) and inner.type is Type.REAL and inner.operand.type in (Type.DYNAMIC, Type.UNKNOWN):
        return inner.operand
    return inner


def _between(w: Writer, node: ir.Between) -> tree.Expr:
    high = node.high
    if (
        isinstance(high, ir.Arithmetic) and high.op is ir.Operator.ADD and high.left == node.low and high.right.type is Type.TIMESPAN
        and node.low.type is Type.DATETIME and not scalars.is_let(w, high)
    ):  # fmt: skip
        high = high.right

    def rebuild(parts: implicit.Operands) -> ir.Expr | None:
        session = names.session()
        made = bound_predicates.between(session, node.negated, (parts[0], parts[1], parts[2]), NOWHERE)
        return None if session.findings else made

    subject, low, high = implicit.operands(node, (node.subject, node.low, high), rebuild)
    return tree.Between(node.negated, operands.operand(w, subject), operands.operand(w, low), operands.operand(w, high))


def _access(w: Writer, node: ir.Access) -> tree.Expr:
    base, key = node.base, node.key
    if isinstance(base, ir.Cast) and base.operand.type is Type.UNKNOWN:
        base = base.operand
    if isinstance(key, ir.Call) and key.function == "tostring" and key.args[0].type is Type.DYNAMIC:
        key = implicit.bare(key)
    inside = wrapped(write(w, base), PRIMARY)
    if isinstance(key, ir.Literal) and isinstance(key.value, str) and spell.is_identifier(key.value):
        return tree.Path(inside, names.name(key.value))
    with w.two_valued(False):
        return tree.Index(inside, write(w, key))


def _case(w: Writer, node: ir.Case) -> tree.Expr:
    def rebuild(values: implicit.Operands) -> ir.Expr | None:
        type_ = typing.common_branch(v.type for v in values)
        fitting = [as_type(v, type_) for v in values]
        branches = tuple((c, v) for (c, _), v in zip(node.branches, fitting, strict=False))
        return ir.Case(branches, fitting[-1], type_)

    *values, default = implicit.operands(node, (*(v for _, v in node.branches), node.default), rebuild)
    args: list[tree.Expr] = []
    with w.two_valued(False):  # a condition that is null does not hold
        conditions = [operands.condition(w, c) for c, _ in node.branches]
    for test, value in zip(conditions, values, strict=True):
        args += [test, write(w, value)]
    return call("iff" if len(node.branches) == 1 else "case", *args, write(w, default))
