"""``case``, ``iff`` and ``coalesce`` inside of a test: the test is put to each branch, and tests of constants are decided here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ruleconv.ir import expr as ir
from ruleconv.ir.types import Type
from ruleconv_backends.sigma.values import regex


def choice(node: ir.Expr) -> ir.Case | None:
    """The expression as a ``Case``, where it chooses between values."""
    match node:
        case ir.Case():
            return node
        case ir.Call(function="coalesce", args=args) if node.type is Type.STRING and len(args) > 1:
            branches = tuple((ir.Call("isnotempty", (each,), Type.BOOL, node.span), each) for each in args[:-1])
            return ir.Case(branches, args[-1], node.type, node.span)
        case ir.Call(function="tostring" | "tolower" | "toupper", args=(inner,)) if (found := choice(inner)) is not None:
            return replace(spread(found, lambda value: replace(node, args=(value,))), type=Type.STRING)
        case _:
            return None


def spread(node: ir.Case, test: Callable[[ir.Expr], ir.Expr]) -> ir.Case:
    """The case of the tests of its values."""
    branches = tuple((condition, test(value)) for condition, value in node.branches)
    return ir.Case(branches, test(node.default), Type.BOOL, node.span)


def constant(node: ir.Expr) -> ir.Expr:
    """The text that a function makes of constant texts; other expressions as they are."""
    if not isinstance(node, ir.Call) or node.function not in ("tolower", "toupper", "tostring", "strcat"):
        return node
    texts = [each.value for each in map(constant, node.args) if isinstance(each, ir.Literal) and isinstance(each.value, str)]
    if len(texts) < len(node.args):
        return node
    text = "".join(texts)
    return ir.Literal({"tolower": text.lower(), "toupper": text.upper()}.get(node.function, text), Type.STRING, node.span)


def known(node: ir.Match | ir.Compare | ir.Call) -> bool | None:
    """What a test of constants gives, where that is plain."""
    match node:
        case ir.Call(function="isempty" | "isnotempty" as name, args=(ir.Literal(value=value),)):
            return (value in ("", None)) is (name == "isempty")
        case ir.Compare(left=ir.Literal(value=left), right=ir.Literal(value=right), op=ir.Comparison.EQ | ir.Comparison.NE):
            if left is None or right is None or type(left) is not type(right):
                return None
            return (left == right) is (node.op is ir.Comparison.EQ)
        case ir.Match(subject=ir.Literal(value=str() as text)):
            answers = [_matches(text, pattern, node) for pattern in node.patterns]
            if None in answers:
                return None
            join = all if node.quantifier is ir.Quantifier.ALL else any
            return join(answer is True for answer in answers) is not node.negated
        case _:
            return None


def _matches(text: str, pattern: ir.Expr, node: ir.Match) -> bool | None:
    if not isinstance(pattern, ir.Literal) or not isinstance(pattern.value, str):
        return None
    wanted = pattern.value
    if node.fold_case:
        text, wanted = text.lower(), wanted.lower()
    match node.how:
        case ir.How.EQUALS:
            return text == wanted
        case ir.How.CONTAINS:
            return wanted in text
        case ir.How.PREFIX:
            return text.startswith(wanted)
        case ir.How.SUFFIX:
            return text.endswith(wanted)
        case ir.How.TERM | ir.How.TERM_PREFIX | ir.How.TERM_SUFFIX if not text:
            return not wanted
        case ir.How.REGEX if not text:
            return regex(pattern.value, node.fold_case)[2]
        case _:
            return None
