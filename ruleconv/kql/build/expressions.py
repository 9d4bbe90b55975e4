"""Expressions: names, calls, and the flat chain of operators, which gets its precedence here (``kql/precedence.py``)."""

from __future__ import annotations

from typing import Any, NamedTuple

from ruleconv.kql.build.action import Misplaced, Values, action
from ruleconv.kql.lex import Token
from ruleconv.kql.literal import string_value
from ruleconv.kql.precedence import AND, EQUALITY, NOT_IN_A_ROW
from ruleconv.kql.precedence import level as precedence
from ruleconv.kql.tree import (
    Between,
    Binary,
    Call,
    Expr,
    Index,
    InList,
    Literal,
    Name,
    NamedExpr,
    Parenthesized,
    Path,
    Unary,
    Wildcard,
)  # fmt: skip
from ruleconv.text import Span


@action
def name(v: Values, start: int, end: int) -> Name:
    return Name(v[0].text, span=Span(start, end))


@action
def quoted_name(v: Values, start: int, end: int) -> Name:
    try:
        return Name(string_value(v[1].text), True, span=Span(start, end))
    except ValueError as wrong:
        raise Misplaced(str(wrong), v[1].span) from None


@action
def reference(v: Values, start: int, end: int) -> Any:
    return v[0]


@action
def star(v: Values, start: int, end: int) -> Wildcard:
    return Wildcard("*", span=Span(start, end))


@action
def call(v: Values, start: int, end: int) -> Call:
    return Call(v[0].text, tuple(v[2]), name_span=v[0].span, span=Span(start, end))


@action
def path(v: Values, start: int, end: int) -> Path:
    return Path(v[0], v[2], span=Span(start, end))


@action
def path_call(v: Values, start: int, end: int) -> Path:
    member = Call(v[2].text, tuple(v[4]), name_span=v[2].span, span=Span(v[2].start, end))
    return Path(v[0], member, span=Span(start, end))


@action
def index(v: Values, start: int, end: int) -> Index:
    return Index(v[0], v[2], span=Span(start, end))


@action
def dotted_index(v: Values, start: int, end: int) -> Index:
    """``a.[0]`` is ``a[0]``."""
    return Index(v[0], v[3], span=Span(start, end))


@action
def parenthesized(v: Values, start: int, end: int) -> Parenthesized:
    return Parenthesized(v[1], span=Span(start, end))


@action
def unary(v: Values, start: int, end: int) -> Expr:
    return Unary(v[0].text, v[1], span=Span(start, end))


# ---------------------------------------------------------------- name = value
@action
def named(v: Values, start: int, end: int) -> NamedExpr:
    target = v[0]
    if isinstance(target, Parenthesized) and isinstance(target.inner, Name):
        target = target.inner
    if not isinstance(target, Name):
        if isinstance(target, Index) and isinstance(target.key, Literal):
            raise Misplaced("only a name can stand before `=`", target.key.span, "a `,` is missing before it, or `==` was meant")
        raise Misplaced("only a name can stand before `=`", target.span, "`==` compares, `=` gives a name")
    return NamedExpr((target,), v[2], span=Span(start, end))


def no_star(items: list[Expr]) -> tuple[Expr, ...]:
    """The items, none of which may be a bare ``*``."""
    for item in items:
        if isinstance(item, Wildcard):
            raise Misplaced("`*` cannot stand in this list", item.span)
    return tuple(items)


@action
def tuple_(v: Values, start: int, end: int) -> tuple[Name, ...]:
    targets = (v[1], *v[3])
    for target in targets:
        if not isinstance(target, Name):
            raise Misplaced("only names can stand in the list before `=`", target.span)
    return targets


@action
def named_tuple(v: Values, start: int, end: int) -> NamedExpr:
    return NamedExpr(v[0], v[2], span=Span(start, end))


# ---------------------------------------------------------------- chains of operators
_LONG_RUN = 64


class Tail(NamedTuple):
    """An operator and what stands right of it: an operand, or what the operator holds in its parentheses."""

    level: int
    op: str
    token: Token
    right: Any
    end: int
    closed: bool


@action
def tail_binary(v: Values, start: int, end: int) -> Tail:
    token = v[0]
    op = token.text if token.text[:7] != "matches" else "matches regex"
    level = precedence(op)
    if level > AND and isinstance(v[1], Wildcard):
        raise Misplaced("`*` cannot be a value here", v[1].span)
    return Tail(level, op, token, v[1], end, False)


@action
def tail_in(v: Values, start: int, end: int) -> Tail:
    if not v[2]:
        raise Misplaced(f"`{v[0].text}` needs at least one value in its parentheses", Span(v[1].start, end))
    return Tail(EQUALITY, v[0].text, v[0], v[2], end, True)


@action
def tail_between(v: Values, start: int, end: int) -> Tail:
    return Tail(EQUALITY, v[0].text, v[0], (v[2], v[4]), end, True)


@action
def chain_start(v: Values, start: int, end: int) -> list[Any]:
    return v


@action
def chain_more(v: Values, start: int, end: int) -> Any:
    v[0].append(v[1])
    return v[0]


@action
def fold(v: Values, start: int, end: int) -> Expr:
    """The tree of ``operand tail tail ...`` by precedence, without recursion (a query may hold ten thousand ``or``)."""
    operands: list[Expr] = [v[0][0]]
    pending: list[Tail] = []
    closed = False
    for tail in v[0][1:]:
        if closed and tail.level > AND:
            raise _in_a_row(tail)
        while pending and (pending[-1].level > tail.level or pending[-1].level == tail.level > AND):
            if pending[-1].level == tail.level in NOT_IN_A_ROW:
                raise _in_a_row(tail)
            _close(operands, pending)
        closed = tail.closed
        if closed:
            operands.append(_applied(operands.pop(), tail))
        else:
            pending.append(tail)
            operands.append(tail.right)
    while pending:
        _close(operands, pending)
    return operands[0]


def _in_a_row(tail: Tail) -> Misplaced:
    hint = "join two comparisons with `and`, or put the first in parentheses"
    return Misplaced(f"`{tail.op}` cannot follow another comparison", tail.token.span, hint)


def _close(operands: list[Expr], pending: list[Tail]) -> None:
    """Joins the operands of the last pending operator, for ``and`` and ``or`` of their whole run."""
    run = 1
    if pending[-1].level <= AND:
        while run < len(pending) and pending[-run - 1].level == pending[-1].level:
            run += 1
    parts, tails = operands[-run - 1 :], pending[-run:]
    del operands[-run - 1 :], pending[-run:]
    if run > _LONG_RUN:
        operands.append(_balanced(parts, tails, 0, run))
        return
    left = parts[0]
    for tail, right in zip(tails, parts[1:], strict=True):
        left = Binary(tail.op, left, right, op_span=tail.token.span, span=Span(left.span.start, right.span.end))
    operands.append(left)


def _balanced(parts: list[Expr], tails: list[Tail], low: int, high: int) -> Expr:
    """``and`` and ``or`` are associative: a very long run becomes a flat tree, so that nobody recurses a thousand deep."""
    if low == high:
        return parts[low]
    middle = (low + high) // 2
    left, right = _balanced(parts, tails, low, middle), _balanced(parts, tails, middle + 1, high)
    return Binary(tails[middle].op, left, right, op_span=tails[middle].token.span, span=Span(left.span.start, right.span.end))


def _applied(left: Expr, tail: Tail) -> Expr:
    span = Span(left.span.start, tail.end)
    if tail.token.kind == "BETWEEN":
        return Between(tail.op[0] == "!", left, tail.right[0], tail.right[1], span=span)
    return InList(tail.op, left, tuple(tail.right), op_span=tail.token.span, span=span)
