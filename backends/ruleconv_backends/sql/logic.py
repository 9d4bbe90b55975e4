"""NOT and NULL as SQL writes them."""

from __future__ import annotations

from sqlglot import exp


def negation(node: exp.Expression) -> exp.Expression:
    return exp.Not(
        this=node if isinstance(node, (exp.Column, exp.Func, exp.Paren)) and not isinstance(node, exp.Connector) else exp.Paren(this=node)
    )


def is_not_true(node: exp.Expression) -> exp.Expression:
    return exp.Not(this=exp.Is(this=exp.Paren(this=node), expression=exp.Boolean(this=True)))


def or_false(node: exp.Expression) -> exp.Expression:
    return exp.Coalesce(this=node, expressions=[exp.Boolean(this=False)])
