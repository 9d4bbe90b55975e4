"""Networks: ``ipv4_is_in_range`` and its relatives.

They are null for a text that is no address (https://learn.microsoft.com/kusto/query/ipv4-is-in-range-function), which a test
under ``not`` must not be.
"""

from __future__ import annotations

from ipaddress import IPv6Network, ip_network

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir.types import Type
from ruleconv.kql import tree
from ruleconv_backends.kql.operators import Test
from ruleconv_backends.kql.precedence import call
from ruleconv_backends.kql.writer import Writer


def tests(w: Writer, subject: ir.Expr, given: tuple[ir.Expr, ...], node: ir.Match) -> list[Test]:
    """A test for the IPv4 ranges and one for the IPv6 ranges; with ALL, one for each range."""

    if isinstance(subject, ir.AnyField):
        raise Unsupported("a network that is looked for in all fields", node.span, "name the field")
    by_version: dict[int, list[tree.Expr]] = {}
    found: list[Test] = []
    for pattern in given:
        version = 6 if isinstance(network(pattern), IPv6Network) else 4
        text = w.expr(w, pattern)
        if node.quantifier is ir.Quantifier.ALL:
            found.append(_test(w, subject, version, [text]))
        else:
            by_version.setdefault(version, []).append(text)
    return found + [_test(w, subject, version, texts) for version, texts in by_version.items()]


def _test(w: Writer, subject: ir.Expr, version: int, ranges: list[tree.Expr]) -> Test:
    address = subject if subject.type is not Type.DYNAMIC else ir.Call("tostring", (subject,), Type.STRING)
    function = f"ipv{version}_is_in_range" if len(ranges) == 1 else f"ipv{version}_is_in_any_range"
    return Test("", whole=call(function, w.expr(w, address), *ranges), nullable=True)


def network(pattern: ir.Expr) -> object:
    """The network that a pattern names."""
    if not isinstance(pattern, ir.Literal) or not isinstance(pattern.value, str):
        raise Unsupported("a network that is computed", pattern.span)
    try:
        return ip_network(pattern.value, strict=False)
    except ValueError:
        raise Unsupported(f"the network {pattern.value}", pattern.span, "write it as 10.0.0.0/8 or fe80::/10") from None
