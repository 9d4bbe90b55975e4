"""What lowering functions ask of a call's arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv.ir.expr import Call, Expr, Literal
from ruleconv.ir.types import Type
from ruleconv_backends.sql.value import SqlValue

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering


def constant_text(call: Call, at: int, what: str) -> str:
    """The string constant at that place; ``what`` names it for the refusal."""
    argument = call.args[at]
    text = text_of_constant(argument)
    if text is not None:
        return text
    raise Unsupported(f"{call.function}() with {what} that is not a constant", argument.span, "write it as a literal")


def text_of_constant(node: Expr) -> str | None:
    """The text of a string constant, or of constants put together by strcat(); None for anything else."""
    match node:
        case Literal(value=str() as text, type=Type.STRING):
            return text
        case Call(function="strcat", args=args):
            parts = [text_of_constant(argument) for argument in args]
            return None if None in parts else "".join(part for part in parts if part is not None)
        case _:
            return None


def constant_whole(call: Call, at: int, default: int | None = None) -> int | None:
    """The whole number at that place; ``default`` where the call is shorter, None where it is computed."""
    if at >= len(call.args):
        return default
    argument = call.args[at]
    if isinstance(argument, Literal) and isinstance(argument.value, int) and not isinstance(argument.value, bool):
        return argument.value
    return None


def constant_list(call: Call, at: int) -> list[object] | None:
    """The elements of a constant array at that place, None where it is computed."""
    argument = call.args[at]
    return argument.value if isinstance(argument, Literal) and isinstance(argument.value, list) else None


def literal_text(value: SqlValue) -> str | None:
    """The string that the SQL has in this place, when it is a literal."""
    node = value.node
    if isinstance(node, exp.Cast) and node.to.this is exp.DataType.Type.TEXT:
        node = node.this
    return node.name if isinstance(node, exp.Literal) and node.is_string else None


def unfolded(lowering: Lowering, node: exp.Expression) -> exp.Expression:
    """The text such that PostgreSQL does not read a literal in it as another type's before any guard: ``CAST('x' AS TEXT)``."""
    return lowering.cast(node, Type.STRING) if lowering.postgres and isinstance(node, exp.Literal) else node


def call(name: str, *arguments: exp.Expression) -> exp.Expression:
    """A function call that sqlglot prints as it stands."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def number(value: int) -> exp.Expression:
    return exp.Literal.number(str(value)) if value >= 0 else exp.Neg(this=exp.Literal.number(str(-value)))


def as_int(lowering: Lowering, value: SqlValue) -> exp.Expression:
    """A whole number for functions that take INT only: out of its range the nearest that is in it."""
    if isinstance(value.node, exp.Literal) or value.type is Type.INT:
        return value.node
    return lowering.template("CAST(LEAST(GREATEST(_x, -2147483647), 2147483647) AS INT)", x=value.node)
