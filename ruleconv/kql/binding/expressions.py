"""Scalar expressions. In: a syntax node and where it stands. Out: a typed ``ir.Expr``; what is wrong is reported, not raised."""

from __future__ import annotations

from dataclasses import replace

from ruleconv import catalogue
from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.types import Type
from ruleconv.kql import tree
from ruleconv.kql.binding import findings, literals, operations, predicates, tabular, terms, typing, values
from ruleconv.kql.binding.convert import as_type
from ruleconv.kql.binding.registry import bind, bind_table, expression
from ruleconv.kql.binding.scope import NO_INPUT, FunctionValue, LetValue, Meaning, Row, StepValue, TableValue, Value
from ruleconv.kql.binding.session import Context
from ruleconv.kql.binding.values import error, is_error
from ruleconv.schema.model import near_match
from ruleconv.text import Span


@expression(tree.Literal)
def _literal(at: Context, node: tree.Literal) -> ir.Expr:
    value = str(node.value).lower() if node.type is Type.GUID and node.value is not None else node.value
    return ir.Literal(value, node.type, node.span)


@expression(tree.Parenthesized)
def _parenthesized(at: Context, node: tree.Parenthesized) -> ir.Expr:
    return bind(at, node.inner)


@expression(tree.NamedExpr)
def _named(at: Context, node: tree.NamedExpr) -> ir.Expr:
    return bind(at, node.value)


@expression(tree.Wildcard)
def _wildcard(at: Context, node: tree.Wildcard) -> ir.Expr:
    at.session.report(findings.misplaced("* cannot stand here", node.span))
    return error(node.span)


@expression(tree.TypeOf, tree.ColumnDeclaration)
def _type(at: Context, node: tree.TypeOf | tree.ColumnDeclaration) -> ir.Expr:
    at.session.report(findings.misplaced("a type cannot stand here", node.span))
    return error(node.span)


@expression(tree.FunctionDeclaration)
def _function(at: Context, node: tree.FunctionDeclaration) -> ir.Expr:
    raise Unsupported("a function in this place", node.span)


# ---------------------------------------------------------------- names
@expression(tree.Name)
def name(at: Context, node: tree.Name) -> ir.Expr:
    """What a plain name stands for: a column, a let, a parameter."""
    session = at.session
    found = find_column(at, node)
    if found is not None:
        return found
    meaning = at.scope.find(node.name)
    if meaning is not None:
        return _meaning(at, meaning, node)
    if node.name.startswith("$") and not node.quoted:
        session.report(findings.join_condition(node.span))
        return error(node.span)
    if at.row is not None and (not at.aggregates or at.inside_aggregate) and at.row.origins:
        # A table's name, too: where not all columns are known, a value is more likely one of them.
        return values.column(session.ask(at.row.origins[0], node.name), node.span)
    if at.aggregates and not at.inside_aggregate and at.row is not None and (node.name in at.row.columns or at.row.origins):
        session.report(findings.column_in_aggregate(node.name, node.span))
        return error(node.span)
    if _is_table(at, node.name):
        session.report(findings.scalar_expected(node.span))
        return error(node.span)
    if catalogue.function(node.name) is not None and not node.quoted:
        session.report(findings.argument_list_needed(node.name, node.span))
        return error(node.span)
    known = [*(at.row.columns if at.row else ()), *at.scope.all_names()]
    near = near_match(node.name, known)
    session.report((findings.unknown_column if at.row is not None else findings.unknown_name)(node.name, node.span, near))
    return error(node.span)


def find_column(at: Context, node: tree.Name) -> ir.ColumnRef | None:
    """The column of that name in the rows at hand."""
    if at.aggregates and not at.inside_aggregate:
        return None
    for row in (at.row, at.right):
        if row is not None and (col := row.columns.get(node.name)) is not None:
            return values.column(col, node.span)
    return None


def _is_table(at: Context, table: str) -> bool:
    return table in at.session.schema


def _meaning(at: Context, meaning: Meaning, node: tree.Name) -> ir.Expr:
    session = at.session
    match meaning:
        case Value():
            return value_of(at, meaning, node.span)
        case LetValue():
            if tabular.is_tabular(meaning.scope, session, meaning.value):
                bind_table(at, node)
                session.report(findings.scalar_expected(node.span))
                return error(node.span)
            return value_of(at, let_scalar(at, meaning, node.span), node.span)
        case FunctionValue():
            return bind(at, tree.Call(node.name, (), name_span=node.span, span=node.span))
        case TableValue():
            session.report(findings.scalar_expected(node.span))
        case StepValue():
            session.report(findings.misplaced(f"the step {meaning.name} is no value: name a column of it", node.span))
    return error(node.span)


def let_scalar(at: Context, let: LetValue, span: Span) -> Value:
    """The value of a scalar let, bound at its first use and put in at each."""
    let.used = True
    if let.scalar is None:
        if let.binding:
            at.session.report(findings.recursion(let.name, span))
            return Value(error(span))
        let.binding = True
        try:
            token = at.row.token if at.row is not None else None
            let.scalar = values.value(at, bind(Context(at.session, let.scope, Row(NO_INPUT, token)), let.value), token, span)
            if let.scalar.row is None and not at.session.calls and not at.session.checking:
                at.session.scalars.append(q.Scalar(let.name, let.scalar.expr, let.span))
        finally:
            let.binding = False
    return let.scalar


def value_of(at: Context, value: Value, span: Span) -> ir.Expr:
    """The expression behind a name. One that speaks of columns cannot be used inside another query."""
    at.session.spend(value.size, span)
    if value.row is not None and (at.row is None or at.row.token is not value.row):
        raise Unsupported("a column as the argument of a function that reads a table", span, "write the function's query where it is used")
    if isinstance(value.expr, ir.Literal | ir.ColumnRef):
        return replace(value.expr, span=span)
    return value.expr


# ---------------------------------------------------------------- paths into dynamic values
@expression(tree.Path)
def _path(at: Context, node: tree.Path) -> ir.Expr:
    base, member = node.base, node.member
    if isinstance(base, tree.Name) and isinstance(member, tree.Name):
        special = _qualified(at, base, member, node.span)
        if special is not None:
            return special
    if isinstance(member, tree.Call):
        if tabular.is_cross_service(base):
            at.session.report(findings.scalar_expected(node.span))
            return error(node.span)
        at.session.report(findings.misplaced("a function cannot stand after a dot", member.span))
        return error(node.span)
    if not isinstance(member, tree.Name):
        raise Unsupported("a wildcard in this place", node.span)
    value = bind(at, base)
    key = ir.Literal(member.name, Type.STRING, member.span)
    return _access(at, value, key, node.span, member.span)


def _qualified(at: Context, base: tree.Name, member: tree.Name, span: Span) -> ir.Expr | None:
    """``$left.x``, ``$right.x``, and the state of a scan step."""
    if base.name in ("$left", "$right") and at.right is not None:
        row = at.row if base.name == "$left" else at.right
        assert row is not None
        found = row.columns.get(member.name)
        if found is not None:
            return values.column(found, span)
        if row.origins:
            return values.column(at.session.ask(row.origins[0], member.name), span)
        at.session.report(findings.join_column_missing(member.name, base.name[1:], member.span, near_match(member.name, row.columns)))
        return error(span)
    if find_column(at, base) is None:
        step = at.scope.find(base.name)
        if isinstance(step, StepValue):
            state = step.columns.get(member.name)
            if state is None:
                at.session.report(findings.unknown_column(member.name, member.span, near_match(member.name, step.columns)))
                return error(span)
            return ir.ColumnRef(f"{step.name}.{member.name}", state.type, True, span)
    return None


@expression(tree.Index)
def _index(at: Context, node: tree.Index) -> ir.Expr:
    base = bind(at, node.base)
    key = bind(replace(at, search=False), node.key)
    return _access(at, base, key, node.span, node.key.span)


def _access(at: Context, base: ir.Expr, key: ir.Expr, span: Span, key_span: Span) -> ir.Expr:
    if is_error(base) or is_error(key):
        return error(span)
    if base.type not in (Type.DYNAMIC, Type.UNKNOWN):
        at.session.report(findings.not_allowed_type(base.type, key_span, "only a dynamic value has members: use parse_json()"))
        return error(span)
    if key.type is Type.DYNAMIC:
        key = as_type(key, Type.STRING)
    elif key.type not in (Type.STRING, Type.INT, Type.LONG, Type.UNKNOWN):
        at.session.report(findings.wrong_type((Type.INT, Type.LONG, Type.STRING), key.type, key_span))
    if isinstance(base, ir.Literal) and base.type is Type.DYNAMIC and isinstance(key, ir.Literal):
        return ir.Literal(_step(base.value, key.value), Type.DYNAMIC, span)
    return ir.Access(as_type(base, Type.DYNAMIC), key, span)


def _step(value: object, key: object) -> object:
    """One step into a constant."""
    if isinstance(value, dict) and isinstance(key, str):
        return value.get(key)
    if isinstance(value, list) and isinstance(key, int) and -len(value) <= key < len(value):
        return value[key]
    return None


# ---------------------------------------------------------------- operators
@expression(tree.Binary)
def _binary(at: Context, node: tree.Binary) -> ir.Expr:
    op = node.op
    if op in ("and", "or"):
        return _logical(at, node)
    if op == ":":
        raise Unsupported("the operator `:` outside of search", node.op_span, "use `has`")
    if isinstance(node.left, tree.Wildcard):
        return terms.any_column(at, node)
    left, right = bind(at, node.left), bind(at, node.right)
    return operations.binary(at, op, left, right, node.span, node.op_span)


def _logical(at: Context, node: tree.Binary) -> ir.Expr:
    """``a and b and c`` as one node, without recursion along the chain."""
    terms: list[ir.Expr] = []
    waiting: list[tree.Expr] = [node]
    kind = ir.And if node.op == "and" else ir.Or
    while waiting:
        part = waiting.pop()
        while isinstance(part, tree.Parenthesized):
            part = part.inner
        if isinstance(part, tree.Binary) and part.op == node.op:
            waiting += [part.right, part.left]
            continue
        term = condition(at, part)
        terms.extend(term.terms if isinstance(term, kind) else (term,))
    return kind(tuple(terms), node.span)


def condition(at: Context, node: tree.Expr) -> ir.Expr:
    """A term of ``and`` and ``or``: a bool, or a dynamic that holds one."""
    term = bind(at, node)
    if term.type not in (Type.BOOL, Type.DYNAMIC, Type.UNKNOWN):
        at.session.report(findings.wrong_type((Type.BOOL,), term.type, node.span))
        return error(node.span)
    return as_type(term, Type.BOOL)


def predicate(at: Context, node: tree.Expr) -> ir.Expr:
    """The condition of a filter: a bool."""
    term = bind(at, node)
    if term.type not in (Type.BOOL, Type.UNKNOWN):
        at.session.report(findings.wrong_type((Type.BOOL,), term.type, node.span))
    return as_type(term, Type.BOOL) if not is_error(term) else term


@expression(tree.Unary)
def _unary(at: Context, node: tree.Unary) -> ir.Expr:
    operand = bind(at, node.operand)
    if is_error(operand):
        return operand
    if operand.type not in (*typing.SUMMABLE, Type.DYNAMIC, Type.UNKNOWN) or operand.type is Type.DATETIME:
        at.session.report(findings.operator_types(node.op, (operand.type,), node.span))
        return error(node.span)
    if operand.type in (Type.DYNAMIC, Type.UNKNOWN):
        operand = as_type(operand, Type.REAL)
    if node.op == "+":
        return operand
    if isinstance(operand, ir.Literal) and (constant := literals.negative(operand, node.span)) is not None:
        return constant
    type_ = Type.LONG if operand.type is Type.INT else operand.type
    return ir.Negate(operand, type_, node.span)


@expression(tree.Between)
def _between(at: Context, node: tree.Between) -> ir.Expr:
    parts = (bind(at, node.subject), bind(at, node.low), bind(at, node.high))
    return predicates.between(at.session, node.negated, parts, node.span)


@expression(tree.InList)
def _in_list(at: Context, node: tree.InList) -> ir.Expr:
    op = "in~" if node.op == "in ~" else node.op
    if op not in predicates.LIST_OPERATORS:
        raise Unsupported(f"the operator {op}", node.op_span)
    if isinstance(node.subject, tree.Wildcard):
        raise Unsupported("a list operator over all columns", node.subject.span, "name the columns")
    subject = bind(at, node.subject)
    if len(node.items) == 1 and tabular.is_tabular(at.scope, at.session, node.items[0], at.row):
        return _in_table(at, op, subject, node)
    items = [bind(at, item) for item in node.items if not isinstance(item, tree.Wildcard)]
    return predicates.match_list(at.session, op, subject, items, node.span, node.op_span)


def _in_table(at: Context, op: str, subject: ir.Expr, node: tree.InList) -> ir.Expr:
    """``x in (T | project y)``: the first column of a table."""
    (how, fold, negated), quantifier = predicates.LIST_OPERATORS[op]
    table = bind_table(Context(at.session, at.scope), node.items[0])
    if not table.columns:
        if table.open:
            raise Unsupported("a table without known columns as a list", node.items[0].span, "name the column: | project Column")
        at.session.report(findings.misplaced("the table has no columns", node.items[0].span))
        return error(node.span)
    first = table.columns[0]
    text = how is not ir.How.EQUALS or fold or first.type is Type.STRING
    if text or subject.type is Type.UNKNOWN:
        subject = as_type(subject, Type.STRING)
    elif subject.type is Type.DYNAMIC and first.type is not Type.DYNAMIC:
        subject = as_type(subject, first.type)
    nulls = ir.Nulls.EMPTY if subject.type is Type.STRING else ir.Nulls.UNKNOWN
    return ir.MatchQuery(subject, table.rel, how, fold, quantifier, nulls, negated, node.span)
