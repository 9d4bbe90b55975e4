"""Tests of some column: a term that is searched for, and ``* has "x"``."""

from __future__ import annotations

import re
from collections.abc import Callable

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir.types import Type
from ruleconv.kql import tree
from ruleconv.kql.binding import findings, operations, predicates
from ruleconv.kql.binding.convert import as_text
from ruleconv.kql.binding.registry import bind
from ruleconv.kql.binding.scope import Row
from ruleconv.kql.binding.session import Context
from ruleconv.kql.binding.values import error
from ruleconv.text import Span


def any_column(at: Context, node: tree.Binary) -> ir.Expr:
    """``* has "x"``: the test of some column."""
    if at.row is None:
        at.session.report(findings.misplaced("there are no columns here", node.left.span))
        return error(node.span)
    if at.row.origins:
        raise Unsupported("a search of all columns of a table whose columns are not all known", node.span, "name the columns")
    right = bind(at, node.right)
    return some_column(
        at, lambda value: operations.binary(at, node.op, _for_operator(node.op, value), right, node.span, node.op_span), node.span
    )


def _for_operator(op: str, value: ir.Expr) -> ir.Expr:
    return as_text(value) if op in predicates.STRING_OPERATORS else value


def some_column(at: Context, test: Callable[[ir.ColumnRef], ir.Expr], span: Span) -> ir.Expr:
    """Whether one of the columns passes the test."""
    row: Row | None = at.row
    at.session.spend(len(row.columns) if row is not None else 0, span)
    terms = tuple(test(ir.ColumnRef(c.name, c.type, c.nullable, span)) for c in row or ())
    if not terms:
        return ir.Literal(False, Type.BOOL, span)
    return terms[0] if len(terms) == 1 else ir.Or(terms, span)


def term(column: ir.Expr, pattern: ir.Literal, fold: bool, span: Span) -> ir.Expr:
    """Whether the column has the term; ``*`` at its ends loosens the borders, inside it stands for anything."""
    text = str(pattern.value)
    subject = as_text(column)
    if text in ("*", ""):
        return ir.Literal(True, Type.BOOL, span)
    start, end = text.startswith("*"), text.endswith("*")
    inner = text[start : len(text) - end]
    if "*" in inner:
        regex = ".*?".join(re.escape(part) for part in inner.split("*"))
        regex = ("" if start else r"(?:^|[^0-9A-Za-z])") + regex + ("" if end else r"(?:$|[^0-9A-Za-z])")
        return ir.Match(subject, (ir.Literal(("(?i)" if fold else "") + regex, Type.STRING, span),), ir.How.REGEX, False, span=span)
    how = {
        (False, False): ir.How.TERM,
        (True, False): ir.How.TERM_SUFFIX,
        (False, True): ir.How.TERM_PREFIX,
        (True, True): ir.How.CONTAINS,
    }[start, end]
    return ir.Match(subject, (ir.Literal(inner, Type.STRING, span),), how, fold, span=span)
