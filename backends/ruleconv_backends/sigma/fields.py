"""What a test compares, as a field of the event: a column, a path into a dynamic column, through conversions that leave the text alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir.types import Type
from ruleconv_backends.sigma import inline
from ruleconv_backends.sigma.inline import reason_lost

_FOLDS = {"tolower": str.lower, "toupper": str.upper}
_HINT = "filter on a column of the table, or on a path into a dynamic column"


@dataclass(frozen=True, slots=True)
class Subject:
    """A field with the type of the values compared. ``stored``: the type of the column itself, of a path DYNAMIC. ``fold``: the name of the
    function that its case went through, or nothing. ``path``: the column and the keys. ``parsed``: JSON in a text column was read."""

    field: str
    type: Type
    stored: Type
    path: tuple[str, ...]
    fold: str = ""
    parsed: bool = False


class Naming(Protocol):
    """How the columns of a table are called in Sigma."""

    def field(self, path: tuple[str, ...]) -> str:
        """The field for a column and the keys below it."""

    @property
    def separators(self) -> str:
        """What may stand before a file's name in its path."""

    def whole_path(self, column: str) -> str:
        """The field that holds the whole path of a file of which the column has the name, or nothing."""


def of_sigma(node: ir.Expr) -> ir.Expr:
    """Without the conversion by which a two-valued test (Sigma's) reads the text of a field: it does so by itself."""
    return node.args[0] if isinstance(node, ir.Call) and node.function in ("todouble", "todatetime", "tostring") else node


def subject(node: ir.Expr, naming: Naming) -> Subject:
    """The field that an expression reads. Raises Unsupported for everything that computes a value."""
    match node:
        case ir.ColumnRef():
            if known := reason_lost(node):
                raise Unsupported(f"a filter on {known[0]}, {known[1]},", node.span, _HINT)
            return Subject(naming.field((node.name,)), node.type, node.type, (node.name,))
        case ir.Access():
            path, root = _path(node)
            return Subject(naming.field(path), Type.DYNAMIC, Type.DYNAMIC, path, parsed=root is Type.STRING)
        case ir.Call(function="tostring", args=(inner,)):
            return replace(subject(inner, naming), type=Type.STRING)
        case ir.Call(function="parse_json" | inline.ELEMENT, args=(inner,)):
            return replace(subject(inner, naming), type=Type.DYNAMIC)
        case ir.Call(function="tolower" | "toupper" as name, args=(inner,)):
            # Of two, the outer one counts.
            return replace(subject(inner, naming), type=Type.STRING, fold=name)
        case ir.Call(function="toint" | "tolong" | "todouble" | "todecimal" | "tobool", args=(inner,)) if inner.type in (
            Type.DYNAMIC,
            Type.UNKNOWN,
            node.type,
        ) or (inner.type.is_numeric and node.type is Type.REAL):
            return replace(subject(inner, naming), type=node.type)
        case ir.Cast(operand=inner):
            return replace(subject(inner, naming), type=node.type)
        case ir.Call(function=name):
            raise Unsupported(f"a filter on what {name}() gives", node.span, _HINT)
        case _:
            raise Unsupported(f"a filter on {_what(node)}", node.span, _HINT)


def _path(node: ir.Expr) -> tuple[tuple[str, ...], Type]:
    """Column and keys (of ``TargetResources[0].displayName``, three), and the column's type."""
    keys: list[str] = []
    at = node
    while True:
        match at:
            case ir.Access(base=base, key=ir.Literal(value=key)) if isinstance(key, str) or (isinstance(key, int) and key >= 0):
                text = str(key)
                if not text or set(text) & set("|.") or text != text.strip():
                    raise Unsupported(f"the key {text!r}", at.span, "a Sigma field name has no room for dots, bars and blanks at its ends")
                keys.append(text)
                at = base
            case ir.Access():
                raise Unsupported("a key that is not a constant", at.span)
            case ir.Call(function="parse_json" | "tostring" | inline.ELEMENT, args=(inner,)):
                at = inner
            case ir.Cast(operand=inner):
                at = inner
            case ir.ColumnRef():
                if known := reason_lost(at):
                    raise Unsupported(f"a filter on {known[0]}, {known[1]},", node.span, _HINT)
                return (at.name, *reversed(keys)), at.type
            case ir.Call(function=name):
                raise Unsupported(f"a filter on what {name}() gives", node.span, _HINT)
            case _:
                raise Unsupported(f"a filter on {_what(at)}", node.span, _HINT)


def _what(node: ir.Expr) -> str:
    names = {
        ir.Arithmetic: "a computed number",
        ir.Negate: "a computed number",
        ir.Case: "what case() or iff() gives",
        ir.ScalarQuery: "what another query gives",
        ir.WindowCall: "other rows",
        ir.AggregateCall: "an aggregate",
        ir.Literal: "a constant",
    }
    return names.get(type(node), "a computed value")


def folded(name: str, text: str) -> str:
    """The text as ``tolower`` or ``toupper`` has it."""
    return _FOLDS[name](text)
