"""How each language spells a test, as far as the IR tells: operators of KQL, modifiers of Sigma."""

from __future__ import annotations

from typing import Protocol

from ruleconv.inspection.model import Test
from ruleconv.ir import expr as ir
from ruleconv.ir.expr import Comparison, How, Quantifier

_KQL = {
    How.CONTAINS: "contains",
    How.PREFIX: "startswith",
    How.SUFFIX: "endswith",
    How.TERM: "has",
    How.TERM_PREFIX: "hasprefix",
    How.TERM_SUFFIX: "hassuffix",
}
_SIGMA = {How.CONTAINS: "contains", How.PREFIX: "startswith", How.SUFFIX: "endswith", How.REGEX: "re", How.CIDR: "cidr"}
_SIGMA_OPS = {Comparison.LT: "lt", Comparison.LE: "lte", Comparison.GT: "gt", Comparison.GE: "gte"}


class Spelling(Protocol):
    """``shows_text``: whether the text of an expression's span shows it (a Sigma rule's spans cover more)."""

    shows_text: bool

    def operator(self, node: ir.Expr, kind: Test, negated: bool) -> str:
        """Of the test; ``negated``: in the form that says so, where there is one."""


class Kql:
    shows_text = True

    def operator(self, node: ir.Expr, kind: Test, negated: bool) -> str:
        match node:
            case ir.Match() | ir.MatchQuery():
                return self._match(node, negated, kind)
            case ir.Compare():
                if node.op in (Comparison.EQ, Comparison.NE):
                    return "!=" if negated else "=="
                return {Test.LT: "<", Test.LE: "<=", Test.GT: ">", Test.GE: ">="}.get(kind, node.op.value)
            case ir.Between():
                return "!between" if negated else "between"
            case ir.Call():
                return node.function
            case _:
                return ""

    def _match(self, node: ir.Match | ir.MatchQuery, negated: bool, kind: Test) -> str:
        bang = "!" if negated else ""
        several = isinstance(node, ir.MatchQuery) or len(node.patterns) > 1
        if kind in (Test.IS_NULL, Test.IS_NOT_NULL):
            return "==" if kind is Test.IS_NULL else "!="
        if node.how is How.EQUALS:
            if kind is Test.IN:
                return f"{bang}in{'~' if node.fold_case else ''}"
            return {(False, False): "==", (False, True): "!=", (True, False): "=~", (True, True): "!~"}[node.fold_case, negated]
        if node.how is How.REGEX:
            return "matches regex"
        if node.how is How.TERM and (several or node.quantifier is Quantifier.ALL):
            return "has_all" if node.quantifier is Quantifier.ALL else "has_any"
        return f"{bang}{_KQL.get(node.how, node.how.value)}{'' if node.fold_case else '_cs'}"


class Sigma:
    """The modifiers, as ``contains|all``; a plain value has none."""

    shows_text = False

    def operator(self, node: ir.Expr, kind: Test, negated: bool) -> str:
        match node:
            case ir.Match():
                words = [_SIGMA.get(node.how, "")]
                if node.quantifier is Quantifier.ALL and len(node.patterns) > 1:
                    words.append("all")
                if not node.fold_case and node.how not in (How.REGEX, How.CIDR):
                    words.append("cased")
                if node.fold_case and node.how is How.REGEX:
                    words.append("i")
                return "|".join(word for word in words if word)
            case ir.Compare():
                return _SIGMA_OPS.get(node.op, "")
            case ir.Missing():
                return "exists"
            case _:
                return ""
