"""Scalar expressions of the IR as sqlglot nodes.

Three questions are asked of a predicate, so that SQL's third value never leaks: does it *hold* (NULL counts as no: WHERE,
CASE WHEN), does it *fail* (under NOT), and what is its *value* (in a projection). Semantics: docs/semantics.md, S2 (NULL and the
empty string), S3 (predicates).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv import catalogue
from ruleconv.catalogue.model import Function, NullRule
from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir import fold
from ruleconv.ir.fidelity import Effect, Note
from ruleconv.ir.types import Type
from ruleconv.text import NOWHERE, Span
from ruleconv_backends.sql import functions as _functions  # noqa: F401  (registers the lowerings)
from ruleconv_backends.sql import names, predicates, template
from ruleconv_backends.sql.elements import to_dynamic
from ruleconv_backends.sql.registry import AGGREGATES, FUNCTIONS
from ruleconv_backends.sql.select import conjunction, disjunction, is_simple
from ruleconv_backends.sql.value import SqlValue
from ruleconv_backends.sql.window_scope import WindowScope

if TYPE_CHECKING:
    from ruleconv.ir.query import Rel
    from ruleconv_backends.sql.select import Relation


@dataclass
class Lowering:
    """Turns expressions into nodes, over ``columns``: what each of Kusto's column names stands for just now.

    ``now``: ticks that ``now()`` shall give, None for the engine's clock. ``relation`` lowers a query inside an expression.
    ``order``: ORDER BY keys of the input, for aggregates that keep it (``make_list``).
    """

    dialect: str
    relation: Callable[[Rel], Relation]
    now: int | None = None
    columns: Mapping[str, SqlValue] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    order: list[exp.Ordered] = field(default_factory=list)
    window: WindowScope = field(default_factory=WindowScope)
    """What window functions of the present stage go by."""
    keyed: bool = False
    """Inside a summarize with keys: every group has a row."""
    aggregates: Mapping[int, SqlValue] | None = None
    """The columns that hold the aggregates of a SELECT below, by the identity of the calls."""
    row: exp.Expression | None = None
    """The whole row of the table that is filtered just now, where it is one table."""
    depth: int = 0

    # ------------------------------------------------------------ helpers for lowering functions
    @property
    def postgres(self) -> bool:
        return self.dialect == "postgres"

    def note(self, code: str, effect: Effect, message: str, span: Span = NOWHERE) -> None:
        """Says once what the reader of the SQL should know."""
        note = Note(code, effect, message, span)
        if note not in self.notes:
            self.notes.append(note)

    def template(self, text: str, /, **arguments: exp.Expression) -> exp.Expression:
        """A filled template; an argument that is large and stands in it more than once is bound by a subselect first."""
        uses = template.uses(text, self.dialect)
        bound = {name: node for name, node in arguments.items() if uses.get(name, 0) > 1 and not is_cheap(node)}
        if not bound or any(has_aggregate(node) for node in bound.values()):
            return template.fill(text, self.dialect, arguments)
        inner = exp.Select(expressions=[exp.Alias(this=node.copy(), alias=names.identifier(f"_{name}")) for name, node in bound.items()])
        filled = template.fill(text, self.dialect, {**arguments, **{name: names.column(f"_{name}", "v") for name in bound}})
        outer = exp.Select(expressions=[filled]).from_(
            exp.Subquery(this=inner, alias=exp.TableAlias(this=names.identifier("v"))), copy=False
        )
        return exp.Subquery(this=outer)

    def cast(self, node: exp.Expression, type_: Type) -> exp.Expression:
        return names.cast(node, type_, self.dialect)

    def text(self, value: SqlValue) -> exp.Expression:
        """The value as text that is never NULL."""
        node = value.node if value.type in (Type.STRING, Type.UNKNOWN) else self.convert(value, Type.STRING).node
        if not value.nullable and value.type is Type.STRING:
            return node
        if isinstance(node, exp.Coalesce) and node.expressions:
            ends = isinstance(node.expressions[-1], exp.Literal)
            return node if ends else exp.Coalesce(this=node.this, expressions=[*node.expressions, exp.Literal.string("")])
        return exp.Coalesce(this=node, expressions=[exp.Literal.string("")])

    def now_node(self) -> exp.Expression:
        """The clock, a TIMESTAMP in UTC: the fixed one, or the statement's."""
        if self.now is not None:
            return names.timestamp(self.now, self.dialect)
        return exp.AtTimeZone(this=exp.Anonymous(this="NOW", expressions=[]), zone=exp.Literal.string("UTC"))

    def convert(self, value: SqlValue, type_: Type) -> SqlValue:
        """The value as another type, by the catalogue's ``to*`` functions."""
        if value.type is type_:
            return value
        if isinstance(value.node, exp.Null) or (isinstance(value.node, exp.Cast) and isinstance(value.node.this, exp.Null)):
            return SqlValue(names.literal(None, type_, self.dialect), type_, type_ is not Type.STRING)
        if type_ is Type.UNKNOWN or (value.type is Type.UNKNOWN and type_ is Type.STRING):
            return SqlValue(value.node, type_, value.nullable)
        if (value.type.is_integer and type_ in (Type.LONG, Type.REAL, Type.DECIMAL)) or (value.type is Type.DECIMAL and type_ is Type.REAL):
            return SqlValue(self.cast(value.node, type_), type_, value.nullable)
        from ruleconv_backends.sql import dynamic

        if value.type is Type.DYNAMIC:
            return SqlValue(dynamic.dynamic_to(self, value.node, type_), type_)
        function = {
            Type.BOOL: "tobool",
            Type.INT: "toint",
            Type.LONG: "tolong",
            Type.REAL: "todouble",
            Type.DECIMAL: "todecimal",
            Type.STRING: "tostring",
            Type.DATETIME: "todatetime",
            Type.TIMESPAN: "totimespan",
            Type.GUID: "toguid",
            Type.DYNAMIC: "todynamic",
        }[type_]
        source = SqlValue(value.node, Type.STRING, value.nullable) if value.type is Type.UNKNOWN else value
        if type_ is Type.DYNAMIC:
            return SqlValue(to_dynamic(self, source), type_, value.nullable)
        return self._apply(function, ir.Call(function, (), type_), [source])

    @contextmanager
    def over(self, columns: Mapping[str, SqlValue]) -> Iterator[Lowering]:
        """Lowers over these columns for a while."""
        before, self.columns = self.columns, columns
        try:
            yield self
        finally:
            self.columns = before

    @contextmanager
    def given_aggregates(self, columns: Mapping[int, SqlValue]) -> Iterator[Lowering]:
        """Takes the values of these aggregates from columns for a while."""
        before, self.aggregates = self.aggregates, columns
        try:
            yield self
        finally:
            self.aggregates = before

    @contextmanager
    def windows(self, scope: WindowScope) -> Iterator[Lowering]:
        """Lowers window functions by this order for a while."""
        before, self.window = self.window, scope
        try:
            yield self
        finally:
            self.window = before

    # ------------------------------------------------------------ values
    def expr(self, node: ir.Expr) -> SqlValue:
        """The value of an expression, NULL exactly where Kusto's is null (a string's NULL stands for "")."""
        match node:
            case ir.Literal():
                return SqlValue(
                    names.literal(node.value, node.type, self.dialect), node.type, node.value is None and node.type is not Type.STRING
                )
            case ir.ColumnRef():
                return self._column(node)
            case ir.Call():
                return self._call(node)
            case ir.Arithmetic():
                return self._arithmetic(node)
            case ir.Negate():
                return self._negate(node)
            case ir.Access():
                from ruleconv_backends.sql import dynamic

                base = self.expr(node.base)
                if base.type is Type.UNKNOWN:
                    base = SqlValue(self.cast(base.node, Type.DYNAMIC), Type.DYNAMIC, True)
                return SqlValue(dynamic.access(self, base, self.expr(node.key)), Type.DYNAMIC, True)
            case ir.Case():
                return self._case(node)
            case ir.Cast():
                return self.convert(self.expr(node.operand), node.type)
            case ir.ScalarQuery():
                return self._scalar_query(node)
            case ir.AggregateCall():
                return self._aggregate(node)
            case ir.WindowCall():
                from ruleconv_backends.sql import window

                return window.window(self, node)
            case _:
                return predicates.value(self, node)

    def value_as(self, node: ir.Expr, type_: Type) -> SqlValue:
        """The expression's value, converted when its type is another."""
        return self.convert(self.expr(node), type_)

    def holds(self, node: ir.Expr) -> exp.Expression:
        """A test that is TRUE exactly where the predicate is true."""
        match node:
            case ir.And():
                return conjunction([self.holds(term) for term in node.terms])
            case ir.Or():
                return disjunction([self.holds(term) for term in node.terms])
            case ir.Not():
                return self.fails(node.term)
            case _:
                return predicates.holds(self, node)

    def fails(self, node: ir.Expr) -> exp.Expression:
        """A test that is TRUE exactly where the predicate is false (and not null)."""
        match node:
            case ir.And():
                return disjunction([self.fails(term) for term in node.terms])
            case ir.Or():
                return conjunction([self.fails(term) for term in node.terms])
            case ir.Not():
                return self.holds(node.term)
            case _:
                return predicates.fails(self, node)

    # ------------------------------------------------------------ kinds of expressions
    def _column(self, node: ir.ColumnRef) -> SqlValue:
        value = self.columns.get(node.name)
        if value is None:
            raise Unsupported(f"the column {node.name} in this place", node.span)
        if value.type is Type.UNKNOWN and node.type is not Type.UNKNOWN:
            return SqlValue(value.node.copy(), node.type, value.nullable)
        return SqlValue(value.node.copy(), value.type, value.nullable)

    def _arithmetic(self, node: ir.Arithmetic) -> SqlValue:
        from ruleconv_backends.sql import arithmetic

        constant = fold.timespan(node) or fold.overflow(node)
        if constant is not None:
            return self.expr(constant)
        left, right = self.expr(node.left), self.expr(node.right)
        if left.type is Type.LONG and isinstance(left.node, exp.Literal) and isinstance(right.node, exp.Literal):
            left = SqlValue(self.cast(left.node, Type.LONG), Type.LONG, False)
        result = arithmetic.arithmetic(self, node.op, left, right, node.type)
        nullable = left.nullable or right.nullable or node.op in (ir.Operator.DIV, ir.Operator.MOD)
        return SqlValue(result, node.type, nullable)

    def _negate(self, node: ir.Negate) -> SqlValue:
        operand = self.value_as(node.operand, node.type) if node.type is not Type.TIMESPAN else self.expr(node.operand)
        return SqlValue(exp.Neg(this=template.parenthesised(operand.node)), node.type, operand.nullable)

    def _case(self, node: ir.Case) -> SqlValue:
        branches, nullable = [], False
        for condition, result in node.branches:
            value = self.value_as(result, node.type)
            nullable = nullable or value.nullable
            branches.append(exp.If(this=self.holds(condition), true=value.node))
        default = self.value_as(node.default, node.type)
        return SqlValue(exp.Case(ifs=branches, default=default.node), node.type, nullable or default.nullable)

    def _scalar_query(self, node: ir.ScalarQuery) -> SqlValue:
        with self.over({}):
            relation = self.relation(node.query)
        first = next(iter(relation.columns), None)
        if first is None:
            raise Unsupported("toscalar() of a table without columns", node.span)
        if len(relation.columns) > 1 or relation.whole is not None:
            relation = relation.sealed() if relation.is_grouped or relation.windowed or relation.whole is not None else relation
        relation.columns = {first: relation.columns[first]}
        relation.star = ()
        one_row = relation.group == [] and not relation.having
        if not one_row and relation.limit is None:
            relation.limit = exp.Literal.number("1")
        return SqlValue(exp.Subquery(this=relation.build(inner=True)), node.type, True)

    def _call(self, call: ir.Call) -> SqlValue:
        self.depth += 1
        if self.depth > 250:
            raise Unsupported("an expression that is nested this deeply", call.span)
        try:
            return self._apply(call.function, call, [self.expr(argument) for argument in call.args])
        finally:
            self.depth -= 1

    def _apply(self, name: str, call: ir.Call, args: list[SqlValue]) -> SqlValue:
        record = catalogue.function(name)
        if record is None:
            raise Unsupported(
                f"the function {name}()", call.span, "ruleconv does not know it; write out what it does, or declare it with let"
            )
        values = [self._argument(record, at, value) for at, value in enumerate(args)]
        if record.nulls is not NullRule.NEVER and any(_is_null_array(record, at, value) for at, value in enumerate(values)):
            return SqlValue(names.literal(None, call.type, self.dialect), call.type, call.type is not Type.STRING)
        nullable = record.nulls is NullRule.SOMETIMES or (record.nulls is NullRule.STRICT and any(v.nullable for v in values))
        lowerer = FUNCTIONS.get((record.name, self.dialect))
        if record.deviation and self.dialect in record.deviation.dialects:
            self.note("SQW020", record.deviation.effect, f"{record.name}(): {record.deviation.message}", call.span)
        if lowerer is not None:
            try:
                result = lowerer(self, call, values)
            except Unsupported as error:
                if error.span == NOWHERE:
                    error.span = call.span
                raise
            return result if isinstance(result, SqlValue) else SqlValue(result, call.type, nullable)
        text = record.sql.template(self.dialect) if record.sql else ""
        if not text or record.sql is None:
            raise Unsupported(f"the function {record.name}()", call.span, record.refusal)
        arguments = {parameter.name: value.node for parameter, value in zip(record.parameters, values, strict=False)}
        for parameter, default in record.sql.defaults:
            arguments.setdefault(parameter, template.fill(default, self.dialect, {}))
        return SqlValue(self.template(text, **arguments), call.type, nullable)

    def _argument(self, record: Function, at: int, value: SqlValue) -> SqlValue:
        """Strings come never NULL, unless the function gives "" for "" anyway; an open table's columns are taken as text."""
        if not record.parameters:
            return value
        parameter = record.parameters[min(at, len(record.parameters) - 1)]
        if value.type is Type.UNKNOWN and parameter.types and Type.STRING not in parameter.types:
            value = self.convert(value, parameter.types[0])
        elif value.type is Type.UNKNOWN:
            value = SqlValue(value.node, Type.STRING, value.nullable)
        if parameter.text and value.type not in (Type.STRING, Type.UNKNOWN):
            value = self.convert(value, Type.STRING)
        if value.type is Type.STRING and value.nullable and not record.empty_in_empty_out:
            return SqlValue(self.text(value), Type.STRING, False)
        return value

    def _aggregate(self, call: ir.AggregateCall) -> SqlValue:
        if self.aggregates is not None:
            value = self.aggregates[id(call)]
            return SqlValue(value.node.copy(), value.type, value.nullable)
        from ruleconv_backends.sql import aggregates

        return aggregates.aggregate(self, call, AGGREGATES)


def _is_null_array(record: Function, at: int, value: SqlValue) -> bool:
    """``dynamic(null)`` in the place of an array or a bag: nothing comes of it. (DuckDB computes ahead what it extracts from such a
    constant, and then does not know that it is a list.)"""
    if value.type is not Type.DYNAMIC or not record.parameters:
        return False
    kinds = record.parameters[min(at, len(record.parameters) - 1)].types
    if kinds != (Type.DYNAMIC,) and not (at == 0 and Type.BOOL in kinds) and not (not kinds and record.name.startswith("series_")):
        return False
    return isinstance(value.node, exp.Cast) and isinstance(value.node.this, exp.Null)


def is_cheap(node: exp.Expression) -> bool:
    """May stand in the SQL several times."""
    if is_simple(node):
        return True
    for count, _ in enumerate(node.walk()):
        if count > 6:
            return False
    return not node.find(exp.Subquery)


def has_aggregate(node: exp.Expression) -> bool:
    """Holds an aggregate or a window function, which must not move into a subselect."""
    return any(isinstance(part, (exp.AggFunc, exp.Window, exp.Filter, exp.WithinGroup)) for part in node.walk())
