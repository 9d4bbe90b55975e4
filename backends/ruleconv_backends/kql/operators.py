"""KQL's operators for the ways in which a ``Match`` compares (``=~``, ``has_any``, ``!contains`` ...), and a test with one of them."""

from __future__ import annotations

from dataclasses import dataclass

from ruleconv.ir import expr as ir
from ruleconv.kql import tree

OPERATORS: dict[tuple[ir.How, bool], str] = {
    (ir.How.EQUALS, False): "==",
    (ir.How.EQUALS, True): "=~",
    (ir.How.CONTAINS, False): "contains_cs",
    (ir.How.CONTAINS, True): "contains",
    (ir.How.PREFIX, False): "startswith_cs",
    (ir.How.PREFIX, True): "startswith",
    (ir.How.SUFFIX, False): "endswith_cs",
    (ir.How.SUFFIX, True): "endswith",
    (ir.How.TERM, False): "has_cs",
    (ir.How.TERM, True): "has",
    (ir.How.TERM_PREFIX, False): "hasprefix_cs",
    (ir.How.TERM_PREFIX, True): "hasprefix",
    (ir.How.TERM_SUFFIX, False): "hassuffix_cs",
    (ir.How.TERM_SUFFIX, True): "hassuffix",
    (ir.How.REGEX, False): "matches regex",
}
LISTS = {
    (ir.How.EQUALS, False, ir.Quantifier.ANY): "in",
    (ir.How.EQUALS, True, ir.Quantifier.ANY): "in~",
    (ir.How.TERM, True, ir.Quantifier.ANY): "has_any",
    (ir.How.TERM, True, ir.Quantifier.ALL): "has_all",
}
NEGATED = {"==": "!=", "=~": "!~", "in": "!in", "in~": "!in~"} | {
    op: f"!{op}" for op in OPERATORS.values() if op not in ("==", "=~", "matches regex")
}


@dataclass(frozen=True, slots=True)
class Test:
    """One test of the subject. ``op``: an operator of KQL, with one pattern or (``many``) a list; "" where ``whole`` is the test itself.
    ``nullable``: it is null for a subject that is not what it asks for."""

    op: str
    items: tuple[tree.Expr, ...] = ()
    many: bool = False
    whole: tree.Expr | None = None
    nullable: bool = False
