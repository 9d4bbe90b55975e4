"""What the reader's tests share."""

from __future__ import annotations

from ruleconv.diagnostic import ParseError
from ruleconv.kql.parse import parse
from ruleconv.kql.tree import Expr, ExpressionStatement, Pipeline, Print, QueryTree, TabularOperator, Where
from ruleconv.text import Source


def read(text: str) -> QueryTree:
    return parse(Source(text, "rule.kql"))


def value(text: str) -> Expr:
    """The one expression of ``print <text>``."""
    statement = read("print " + text).statements[-1]
    assert isinstance(statement, ExpressionStatement)
    assert isinstance(statement.value, Print)
    (only,) = statement.value.values
    return only


def operator(text: str) -> TabularOperator:
    """The one operator of ``T | <text>``."""
    statement = read("T | " + text).statements[-1]
    assert isinstance(statement, ExpressionStatement)
    assert isinstance(statement.value, Pipeline)
    (only,) = statement.value.operators
    return only


def predicate(text: str) -> Expr:
    found = operator("where " + text)
    assert isinstance(found, Where)
    return found.predicate


def errors(text: str) -> str:
    """The errors as a user sees them: place, message, the line with the place marked, the hint."""
    try:
        read(text)
    except ParseError as error:
        shown: list[str] = []
        for finding in error.diagnostics:
            source = text.replace("\r\n", "\n").split("\n")[finding.line - 1]
            length = max(1, min(finding.span.end - finding.span.start, len(source) - finding.column + 1))
            shown += [
                f"{finding.line}:{finding.column} {finding.message}",
                "    " + source,
                "    " + " " * (finding.column - 1) + "^" * length,
            ]
            if finding.hint:
                shown.append("    hint: " + finding.hint)
        return "\n".join(shown)
    return "(no error)"


def shape(node: Expr) -> str:
    """An expression with every operator in parentheses, to see its precedence."""
    from ruleconv.kql.tree import Between, Binary, Call, InList, Literal, Name, NamedExpr, Parenthesized, Path, Unary, Wildcard

    match node:
        case Binary():
            return f"({shape(node.left)} {node.op} {shape(node.right)})"
        case InList():
            return f"({shape(node.subject)} {node.op} [{', '.join(map(shape, node.items))}])"
        case Between():
            return f"({shape(node.subject)} {'!' * node.negated}between {shape(node.low)} .. {shape(node.high)})"
        case Parenthesized():
            return shape(node.inner)
        case Unary():
            return f"({node.op}{shape(node.operand)})"
        case Literal():
            return node.text
        case Name():
            return node.name
        case Path():
            return f"{shape(node.base)}.{shape(node.member)}"
        case Call():
            return f"{node.name}({', '.join(map(shape, node.args))})"
        case NamedExpr():
            return f"{','.join(n.name for n in node.names)}={shape(node.value)}"
        case Wildcard():
            return node.pattern
        case _:
            return type(node).__name__
