"""Expressions. Parentheses that precedence needs are set here; those that a tree holds are kept and not doubled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import assert_never

from ruleconv.ir.types import Type
from ruleconv.kql import precedence, spell
from ruleconv.kql.layout import constants, lists
from ruleconv.kql.layout.document import EMPTY, LINE, SPACE, Doc, concat, group, join, nest
from ruleconv.kql.layout.writer import Writer
from ruleconv.kql.tree import (
    Between,
    Binary,
    Call,
    ColumnDeclaration,
    DataTable,
    Evaluate,
    Expr,
    ExternalData,
    Find,
    FunctionDeclaration,
    Index,
    InList,
    Literal,
    Name,
    NamedExpr,
    OtherOperator,
    Parameter,
    Parenthesized,
    Path,
    Pipeline,
    Print,
    Range,
    Search,
    TypeOf,
    Unary,
    Union,
    Wildcard,
)  # fmt: skip

VALUE, EXPRESSION, OPERAND, PRIMARY = 0, precedence.OR, 8, 9
"""What a place takes, next to the levels of ``precedence``: a table too; any expression; no operator but a sign; not even that."""
_PAIRED = frozenset(("case", "bag_pack", "pack", "pack_dictionary", "dynamic_to_json"))
"""Functions whose arguments come in twos, which share a line."""


def level(node: Expr) -> int:
    """How tightly a node holds together."""
    match node:
        case Binary():
            return precedence.level(node.op)
        case InList() | Between():
            return precedence.EQUALITY
        case Unary():
            return OPERAND
        case Literal():
            return OPERAND if node.text[:1] in ("-", "+") else PRIMARY
        case (
            Pipeline()
            | NamedExpr()
            | Print()
            | Range()
            | Union()
            | Search()
            | Find()
            | Evaluate()
            | FunctionDeclaration()
            | OtherOperator()
        ):
            return VALUE
        case (
            Name()
            | Wildcard()
            | Path()
            | Index()
            | Call()
            | Parenthesized()
            | TypeOf()
            | ColumnDeclaration()
            | DataTable()
            | ExternalData()
        ):
            return PRIMARY
        case _:
            assert_never(node)


def expr(w: Writer, node: Expr, least: int = EXPRESSION, nested: bool = True) -> Doc:
    """The expression, in parentheses when its level is below ``least``. ``nested``: further lines are indented."""
    if level(node) < least and not isinstance(node, NamedExpr):
        return lists.brackets(w, "(", lambda: [expr(w, node, VALUE, False)], ")", hug=hugs(node))
    match node:
        case Literal():
            return literal(w, node)
        case Name():
            return name(w, node)
        case Wildcard():
            return w.verbatim(node.pattern, node.span)
        case Path():
            # A number before a dot would take the dot for its own: (7).x
            base = expr(w, node.base, PRIMARY + isinstance(node.base, Literal))
            return concat(base, w.word("."), expr(w, node.member, PRIMARY))
        case Index():
            base = expr(w, node.base, PRIMARY)
            dot = w.word(".") if w.next_is(".") else EMPTY
            return concat(base, dot, w.word("["), expr(w, node.key), w.word("]"))
        case Call():
            return call(w, node)
        case NamedExpr():
            return named(w, node, VALUE if least == VALUE else EXPRESSION)
        case Unary():
            return concat(w.word(node.op), expr(w, node.operand, PRIMARY))
        case Binary():
            return _binary(w, node, nested)
        case InList():
            return concat(expr(w, node.subject, precedence.ORDER), SPACE, w.word(node.op), SPACE, arguments(w, node.items))
        case Between():
            return _between(w, node)
        case Parenthesized():
            return lists.brackets(w, "(", lambda: [expr(w, node.inner, VALUE, False)], ")", hug=hugs(node.inner))
        case TypeOf():
            word = w.word("typeof")
            return concat(word, schema(w, node) if node.type is None else concat(w.word("("), w.type(node.type), w.word(")")))
        case ColumnDeclaration():
            return column(w, node)
        case (
            Pipeline() | DataTable() | ExternalData() | Print() | Range() | Union() | Search() | Find() | Evaluate() | FunctionDeclaration()
            | OtherOperator()
        ):  # fmt: skip
            return w.rows(w, node)
        case _:
            assert_never(node)


# ---------------------------------------------------------------- small parts
def name(w: Writer, node: Name) -> Doc:
    if not node.quoted:
        return w.word(node.name)
    return concat(w.word("["), w.string(spell.quoted(node.name)), w.word("]"))


def literal(w: Writer, node: Literal) -> Doc:
    text = node.text or spell.text(node.value, node.type)
    return constants.dynamic(w.inside(text)) if text.startswith("dynamic") else w.verbatim(text, node.span)


def named(w: Writer, node: NamedExpr, least: int = EXPRESSION) -> Doc:
    if len(node.names) == 1 and not w.next_is("("):
        target = name(w, node.names[0])
    else:
        target = lists.brackets(w, "(", lambda: lists.items(w, node.names, lambda each: name(w, each)), ")")
    return concat(target, SPACE, w.word("="), SPACE, expr(w, node.value, least))


def column(w: Writer, node: ColumnDeclaration) -> Doc:
    return concat(name(w, node.name), w.word(":"), w.type(node.type))


def parameter(w: Writer, node: Parameter) -> Doc:
    """``name=value``; several values of one property are a call without a name."""
    target = w.word(node.name, f"['{node.name}']")
    equals = w.word("=")
    if isinstance(node.value, Call) and not node.value.name:
        values = lists.items(w, node.value.args, lambda each: expr(w, each, VALUE))
        return concat(target, equals, join(LINE, values))
    return concat(target, equals, expr(w, node.value, VALUE))


def schema(w: Writer, node: TypeOf, star_first: bool = False) -> Doc:
    """``(a:long, *)``. A text may have its ``*`` anywhere; ``star_first``: where a made tree has it."""

    def write() -> list[Doc]:
        written: list[Doc] = []
        waiting = list(reversed(node.columns))
        stars = node.open
        while waiting or stars:
            if not waiting or (stars and (w.expects("*") if star_first else w.next_is("*"))):
                part, stars = w.word("*"), False
            else:
                part = column(w, waiting.pop())
            written.append(concat(part, w.word(",")) if waiting or (stars and not w.next_is(")")) else part)
        return written

    return lists.brackets(w, "(", write, ")")


def call(w: Writer, node: Call) -> Doc:
    if w.next_is_typed():  # datetime() is now()
        return w.verbatim(node.name, node.span)
    return concat(w.word(node.name), arguments(w, node.args, 2 if node.name in _PAIRED else 1))


# ---------------------------------------------------------------- lists
def hugs(node: Expr) -> bool:
    """Whether brackets around this node alone stand right at it, its own brackets being where lines end."""
    return (
        isinstance(node, Parenthesized | InList | Between)
        or (isinstance(node, Call) and bool(node.args))
        or (isinstance(node, Literal) and ("\n" in node.text or node.text.startswith("dynamic(")))
    )


def is_chain(node: Expr) -> bool:
    """Whether a node is a run of ``and``, ``or`` or arithmetic, whose further lines begin with an operator."""
    return isinstance(node, Binary) and precedence.level(node.op) not in precedence.NOT_IN_A_ROW


def arguments(w: Writer, nodes: Sequence[Expr], by: int = 1) -> Doc:
    """``(a, b)``; when they need several lines, ``by`` of them share one."""

    def write() -> list[Doc]:
        parts = lists.items(w, nodes, lambda each: expr(w, each, VALUE, nested=len(nodes) > 1))
        return [group(join(LINE, parts[at : at + by])) for at in range(0, len(parts), by)] if by > 1 else parts

    fill = lists.fills([_size(each) for each in nodes])
    return lists.brackets(w, "(", write, ")", hug=len(nodes) == 1 and hugs(nodes[0]), fill=fill)


def _size(node: Expr) -> int:
    if isinstance(node, Unary) and isinstance(node.operand, Literal) and level(node.operand) == PRIMARY:
        return 1 + _size(node.operand)
    if isinstance(node, Literal) and node.type is not Type.DYNAMIC:
        return len(node.text)
    return 1 if isinstance(node, Name | Wildcard) else lists.ALONE


# ---------------------------------------------------------------- operators
def _between(w: Writer, node: Between) -> Doc:
    subject = expr(w, node.subject, precedence.ORDER)
    word = w.word("!between" if node.negated else "between")

    def write() -> list[Doc]:
        return [concat(expr(w, node.low), SPACE, w.word(".."), SPACE, expr(w, node.high))]

    return concat(subject, SPACE, word, SPACE, lists.brackets(w, "(", write, ")"))


def _binary(w: Writer, node: Binary, nested: bool) -> Doc:
    bound = precedence.level(node.op)
    if bound in precedence.NOT_IN_A_ROW:
        left = expr(w, node.left, bound + 1)
        between = EMPTY if node.op == ":" else SPACE
        return concat(left, between, w.word(node.op), between, expr(w, node.right, bound + 1))
    parts: list[Doc] = []
    for op, operand, least in _run(node, bound):
        word = [w.word(op), SPACE] if op else []
        parts.append(concat(*word, expr(w, operand, least)))
    chain = join(LINE, parts)
    return group(nest(chain) if nested else chain)


def _run(node: Binary, bound: int) -> Iterable[tuple[str, Expr, int]]:
    """The operands of a run of operators of one level, from left to right, each with the operator before it and the level it needs.

    ``and`` and ``or`` are associative, so that their right side may be a run, too.
    """
    right_too = bound <= precedence.AND
    waiting: list[tuple[str, Expr]] = [("", node)]
    while waiting:
        op, each = waiting.pop()
        if isinstance(each, Binary) and precedence.level(each.op) == bound and (right_too or not op):
            waiting += [(each.op, each.right), (op, each.left)]
        else:
            yield op, each, bound if not op and not right_too else bound + 1
