"""``+ - * / %`` with Kusto's meaning. Nothing raises but an integer that overflows (S7, S8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv.ir.expr import Operator
from ruleconv.ir.types import Type
from ruleconv_backends.sql.template import parenthesised
from ruleconv_backends.sql.value import SqlValue

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering

_PLAIN: dict[Operator, type[exp.Expression]] = {Operator.ADD: exp.Add, Operator.SUB: exp.Sub, Operator.MUL: exp.Mul}
_SPANS = (Type.DATETIME, Type.TIMESPAN)


def arithmetic(lowering: Lowering, op: Operator, left: SqlValue, right: SqlValue, type_: Type) -> exp.Expression:
    """``left op right``, of the Kusto type ``type_``."""
    if left.type in _SPANS or right.type in _SPANS:
        return _with_times(lowering, op, left, right, type_)
    if not type_.is_numeric:
        raise Unsupported(f"{left.type} {op.value} {right.type}", hint="convert the operands first, as with tolong() or todouble()")
    left, right = (lowering.convert(side, type_) if not side.type.is_numeric else side for side in (left, right))
    a, b = _bare(left, right), _bare(right, left)
    if op in _PLAIN:
        if type_ is Type.LONG and left.type is not Type.LONG and right.type is not Type.LONG:
            a = lowering.cast(a, Type.LONG)
        if type_ is Type.DECIMAL and not lowering.postgres:
            return _decimal(lowering, op, left, right)
        return _PLAIN[op](this=parenthesised(a), expression=parenthesised(b))
    if type_ in (Type.REAL, Type.DECIMAL):
        return _real(lowering, op, _float(lowering, left, type_), _float(lowering, right, type_), type_)
    if type_ is Type.LONG and left.type is not Type.LONG and right.type is not Type.LONG:
        a = lowering.cast(a, Type.LONG)
    if not _nonzero(b):
        b = exp.Nullif(this=b, expression=exp.Literal.number("0"))
    if op is Operator.DIV:
        return (
            exp.Div(this=parenthesised(a), expression=parenthesised(b), typed=True)
            if lowering.postgres
            else exp.IntDiv(this=parenthesised(a), expression=parenthesised(b))
        )
    if isinstance(b, exp.Literal):
        return lowering.template("(_a % _b + _b) % _b", a=a, b=b)
    return lowering.template("(_a % _b + ABS(_b)) % ABS(_b)", a=a, b=b)


def _decimal(lowering: Lowering, op: Operator, left: SqlValue, right: SqlValue) -> exp.Expression:
    """Of DuckDB, whose DECIMAL(38, 18) times another has 36 digits behind the point and room for two before it: where that is not enough,
    the product has the digits that a DOUBLE has."""
    a, b = (lowering.convert(side, Type.DECIMAL).node for side in (left, right))
    if op is not Operator.MUL:
        return _PLAIN[op](this=parenthesised(a), expression=parenthesised(b))
    rough = "CAST(PRINTF('%.15g', CAST(_a AS DOUBLE) * CAST(_b AS DOUBLE)) AS DECIMAL(38, 18))"
    return lowering.template(f"COALESCE(TRY(CAST(_a * _b AS DECIMAL(38, 18))), TRY({rough}))", a=a, b=b)


def _bare(value: SqlValue, other: SqlValue) -> exp.Expression:
    """A literal of a real without its cast, where the other side is a real anyhow."""
    node = value.node
    if value.type is Type.REAL and other.type is Type.REAL and isinstance(node, exp.Cast) and isinstance(node.this, (exp.Literal, exp.Neg)):
        literal = node.this
        if not isinstance(other.node, exp.Cast) and not (isinstance(literal, exp.Literal) and literal.is_string):
            return literal
    return node


def _float(lowering: Lowering, value: SqlValue, type_: Type) -> SqlValue:
    return value if value.type is type_ else SqlValue(lowering.cast(value.node, type_), type_, value.nullable)


def _nonzero(node: exp.Expression) -> bool:
    """Surely not zero: a literal."""
    inner = node.this if isinstance(node, exp.Cast) else node
    inner = inner.this if isinstance(inner, exp.Neg) else inner
    return isinstance(inner, exp.Literal) and not inner.is_string and float(inner.name) != 0


def _real(lowering: Lowering, op: Operator, left: SqlValue, right: SqlValue, type_: Type) -> exp.Expression:
    a, b = left.node, right.node
    if op is Operator.MOD:
        divisor = b if _nonzero(b) else exp.Nullif(this=b, expression=exp.Literal.number("0"))
        return lowering.template("_a - ABS(_b) * FLOOR(_a / ABS(_b))", a=a, b=divisor)
    if _nonzero(b):
        return exp.Div(this=parenthesised(a), expression=parenthesised(b), typed=lowering.postgres, safe=False)
    if type_ is Type.DECIMAL:
        return lowering.template("_a / NULLIF(_b, 0)", a=a, b=b)
    if lowering.postgres:
        infinite = "CASE WHEN _a IN (0, 'NaN') THEN 'NaN' WHEN _a > 0 THEN 'Infinity' WHEN _a < 0 THEN '-Infinity' END"
        return lowering.template(f"CASE WHEN _b = 0 THEN CAST({infinite} AS DOUBLE PRECISION) ELSE _a / _b END", a=a, b=b)
    return exp.Div(this=parenthesised(a), expression=parenthesised(b), typed=False, safe=False)


_MAKERS = {unit: f"TO_{unit}S" for unit in ("HOUR", "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND")}


def _long_span(lowering: Lowering, span: exp.Expression, number: exp.Expression) -> exp.Expression:
    """So many spans, of DuckDB, which multiplies an interval by INTEGERs only: ``1ms * x`` of milliseconds since 1970 is far beyond."""
    maker = _MAKERS.get(span.unit.name if isinstance(span, exp.Interval) and span.unit else "")
    if maker is None and isinstance(span, exp.Interval):
        return exp.Mul(this=span, expression=parenthesised(number))  # days: an INTEGER of them is more than all there are
    if maker is None:
        return lowering.template("TO_MICROSECONDS(EPOCH_US(_s) * _n)", s=span, n=number)
    if span.this.name == "1":
        return lowering.template(f"{maker}(_n)", n=number)
    return lowering.template(f"{maker}(_k * _n)", k=exp.Literal.number(span.this.name), n=number)


def _with_times(lowering: Lowering, op: Operator, left: SqlValue, right: SqlValue, type_: Type) -> exp.Expression:
    a, b = left.node, right.node
    if left.type is Type.DYNAMIC or left.type is Type.UNKNOWN:
        a = lowering.convert(left, Type.DATETIME if type_ is Type.DATETIME or right.type is Type.DATETIME else Type.TIMESPAN).node
    if right.type is Type.DYNAMIC or right.type is Type.UNKNOWN:
        b = lowering.convert(right, Type.DATETIME if left.type is Type.DATETIME and type_ is Type.TIMESPAN else Type.TIMESPAN).node
    if op in (Operator.ADD, Operator.SUB):
        if op is Operator.ADD and right.type is Type.DATETIME:
            a, b = b, a
        return _PLAIN[op](this=parenthesised(a), expression=parenthesised(b))
    if op is Operator.MUL:
        number = left if right.type is Type.TIMESPAN else right
        if right.type is Type.TIMESPAN:
            a, b = b, a
        if number.type is Type.LONG and not lowering.postgres and not (isinstance(b, exp.Literal) and int(b.name) < 1 << 31):
            return _long_span(lowering, a, b)
        return exp.Mul(this=parenthesised(a), expression=parenthesised(b))
    if right.type is Type.TIMESPAN and left.type is Type.TIMESPAN:
        if op is Operator.DIV:
            quotient = "CAST(EXTRACT(EPOCH FROM _a) / NULLIF(EXTRACT(EPOCH FROM _b), 0) AS DOUBLE PRECISION)"
            if isinstance(b, exp.Interval) and b.this.name != "0":
                quotient = "CAST(EXTRACT(EPOCH FROM _a) / EXTRACT(EPOCH FROM _b) AS DOUBLE PRECISION)"
            return lowering.template(quotient, a=a, b=b)
        rest = "_a - _b * FLOOR(EXTRACT(EPOCH FROM _a) / NULLIF(EXTRACT(EPOCH FROM _b), 0))"
        return lowering.template(rest, a=a, b=b)
    if op is Operator.DIV and left.type is Type.TIMESPAN:
        divisor = b if _nonzero(b) else exp.Nullif(this=b, expression=exp.Literal.number("0"))
        return exp.Div(this=parenthesised(a), expression=parenthesised(divisor), typed=lowering.postgres, safe=False)
    raise Unsupported(f"{left.type} {op.value} {right.type}")
