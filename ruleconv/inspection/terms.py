"""What the operands of a test are called: the field and the way to it, the value as far as it is known before the rule runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ruleconv.inspection import show
from ruleconv.inspection.lineage import TRANSPARENT, Lineage
from ruleconv.inspection.model import Known, Place, Value
from ruleconv.inspection.operators import Spelling
from ruleconv.inspection.places import one_line, place
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.expr import Expr
from ruleconv.ir.types import Type
from ruleconv.text import NOWHERE, Source, Span

_NOW = frozenset(("ago", "now"))


@dataclass
class Terms:
    """``names``: of lets by the identity of the value that they stand for."""

    source: Source
    lineage: Lineage
    spelling: Spelling
    names: Mapping[int, str] = field(default_factory=dict)

    # ------------------------------------------------------------ fields
    def field(self, node: Expr, rel: q.Rel | None) -> tuple[str, str]:
        """A field's name, and what it is made of if it is a computed column."""
        name = _path(node)
        if name is None:
            return self.text(node), ""
        root = node
        while isinstance(root, ir.Access | ir.Cast):
            root = root.base if isinstance(root, ir.Access) else root.operand
        made = self.lineage.definition(root.name, rel) if isinstance(root, ir.ColumnRef) else None
        return name, self.text(made.value) if made is not None and made.value is not None else ""

    def text(self, node: Expr) -> str:
        """What was written, or the expression in KQL's manner where that is no part of the query."""
        span = getattr(node, "span", NOWHERE)
        if span.end <= span.start or not self.spelling.shows_text:
            return one_line(show.expression(node))
        return one_line(self.source.text[span.start : span.end])

    def place(self, node: Expr) -> Place | None:
        return self.place_of(getattr(node, "span", NOWHERE))

    def place_of(self, span: Span) -> Place | None:
        return place(self.source, span) if span.end > span.start else None

    # ------------------------------------------------------------ values
    def spread(self, node: Expr, rel: q.Rel | None) -> Iterable[Value]:
        return constants(node) if isinstance(node, ir.Literal) else [self.value(node, rel)]

    def value(self, node: Expr, rel: q.Rel | None) -> Value:
        """The value, resolved as far as it is known before the rule runs."""
        name = self.names.get(id(node), "")
        while isinstance(node, ir.Cast):
            node = node.operand
            name = name or self.names.get(id(node), "")
        type_ = node.type.value
        if is_unknown(node):
            return Value(self.text(node), type_, Known.EXPRESSION)  # what the binder could not make sense of
        if isinstance(node, ir.Literal):
            return Value(show.literal(node.value, node.type), type_)
        if isinstance(node, ir.ScalarQuery):
            inner = self.of_query(node.query)
            return Value(self.text(node), type_, Known.LET if name else Known.QUERY, name or inner.name)
        parts = list(_parts(node))
        if any(isinstance(each, ir.ColumnRef) for each in parts):
            return Value(self.text(node), type_, Known.FIELD, _path(unwrapped(node)[0]) or "")
        if any(isinstance(each, ir.ScalarQuery | ir.MatchQuery) for each in parts):
            return Value(self.text(node), type_, Known.LET if name else Known.QUERY, name)
        if any(isinstance(each, ir.Call) and each.function in _NOW for each in parts):
            return Value(one_line(show.expression(node)), type_, Known.TIME, name)
        return Value(one_line(show.expression(node)), type_, Known.EXPRESSION, name)

    def of_query(self, rel: q.Rel) -> Value:
        """The rows of a query as a value: its let, watchlist, table or function."""
        at: object = rel
        span = getattr(rel, "span", NOWHERE)
        while at is not None:
            match at:
                case q.LetRef():
                    return self._of_let(at.name)
                case q.External():
                    return Value(at.name, "dynamic", Known.EXTERNAL, ", ".join(at.uris) or at.name)
                case q.Source() if at.function.startswith("_GetWatchlist"):
                    name = next((show.literal(a.value, a.type) for _, a in at.arguments if isinstance(a, ir.Literal)), "")
                    return Value(f"{at.function}({name!r})", "dynamic", Known.WATCHLIST, name)
                case q.Source():
                    return Value(at.table, "dynamic", Known.TABLE if at is rel else Known.QUERY, at.function or at.table)
                case q.Rows():
                    return Value(one_line(self.source.text[span.start : span.end]), "dynamic", Known.QUERY, "datatable")
                case q.Union():
                    at = at.legs[0].input if at.legs else None
                case q.Join():
                    at = at.left
                case _:
                    at = getattr(at, "input", None)
        return Value("…", "dynamic", Known.QUERY)

    def _of_let(self, name: str) -> Value:
        """The let; one that only is a watchlist or a table elsewhere is shown as that."""
        at: object = self.lineage.lets.get(name)
        while isinstance(at, q.Project | q.Distinct | q.Extend | q.Filter):
            at = at.input
        inner = self.of_query(at) if isinstance(at, q.Source | q.External) else None
        if inner is not None and inner.known in (Known.WATCHLIST, Known.EXTERNAL):
            return Value(name, "dynamic", inner.known, inner.name)
        return Value(name, "dynamic", Known.LET, name)


def constants(node: ir.Literal) -> tuple[Value, ...]:
    """A constant, or the elements of an array."""
    if isinstance(node.value, list):
        return tuple(Value(show.literal(each, Type.DYNAMIC), _json_type(each)) for each in node.value)
    return (Value(show.literal(node.value, node.type), node.type.value),)


def is_value(node: Expr) -> bool:
    """It speaks of no field. A name that the binder does not know is taken for one."""
    return not any(isinstance(each, ir.ColumnRef | ir.AnyField) or is_unknown(each) for each in _parts(node))


def is_unknown(node: Expr) -> bool:
    return isinstance(node, ir.Literal) and node.type is Type.UNKNOWN


def _parts(node: Expr) -> Iterator[Expr]:
    from ruleconv.ir.walk import walk

    return walk(node)


def unwrapped(node: Expr) -> tuple[Expr, tuple[str, ...]]:
    """The field itself, and the functions around it that still say the same field, outermost first."""
    names: list[str] = []
    while True:
        if isinstance(node, ir.Cast):
            node = node.operand
        elif isinstance(node, ir.Call) and node.function in TRANSPARENT and node.args:
            names.append(node.function)
            node = node.args[-1] if node.function.startswith("trim") else node.args[0]
        else:
            return node, tuple(names)


def _path(node: Expr) -> str | None:
    """``A.b[0].c``; ``*`` for any field; None for what is no field."""
    steps: list[str] = []
    while True:
        match node:
            case ir.Access(base=base, key=ir.Literal(value=key)):
                steps.append(f"[{key}]" if isinstance(key, int) else f".{key}")
                node = base
            case ir.Cast(operand=operand):
                node = operand
            case ir.Call(function="parse_json" | "todynamic" | "tostring", args=(only,)) if steps:
                node = only
            case ir.ColumnRef():
                return node.name + "".join(reversed(steps))
            case ir.AnyField():
                return "*" if node.of is None else _path(node.of)
            case _:
                return None


def _json_type(value: object) -> str:
    return {bool: "bool", int: "long", float: "real", str: "string"}.get(type(value), "dynamic")
