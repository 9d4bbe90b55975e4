"""Functions of KQL that Sigma has a test for: emptiness, networks, parts of a time, lengths of texts."""

from __future__ import annotations

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir.types import Type
from ruleconv_backends.sigma import values
from ruleconv_backends.sigma.fields import Naming, of_sigma, subject
from ruleconv_backends.sigma.texts import empty
from ruleconv_backends.sigma.tree import EVERY_EVENT, NO_EVENT, Item, Tree, all_of, none_of

_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
_TIME_PARTS = {
    "minute": ("minute", range(60)),
    "hour": ("hour", range(24)),
    "day": ("day", range(1, 32)),
    "month": ("month", range(1, 13)),
    "year": ("year", range(0)),
}
"""Sigma's modifier for a part of a time, and the values it may have (a year: any). Weeks are counted in more than one way."""
_PART_OF = {"hourofday": "hour", "dayofmonth": "day", "monthofyear": "month", "getyear": "year"}
_MAX_LENGTH = 1000
"""What RE2 takes for the number of repetitions."""


def call(node: ir.Call, fails: bool, naming: Naming) -> Tree:
    """A function that is a test. Raises Unsupported."""
    match node:
        case ir.Call(function="isempty" | "isnotempty" as name, args=(argument,)):
            tree = empty(subject(argument, naming))
            return tree if (name == "isempty") is not fails else none_of(tree)
        case ir.Call(function="isnull" | "isnotnull" as name, args=(argument,)):
            holds = (name == "isnull") is not fails
            if argument.type is Type.STRING:
                # A text is never null (S2).
                return NO_EVENT if holds else EVERY_EVENT
            tree = Item(subject(argument, naming).field, (), (None,))
            return tree if holds else none_of(tree)
        case _:
            raise Unsupported(f"the function {node.function}()", node.span, "filter with an operator: has, contains, matches regex, in")


def network(node: ir.Call, fails: bool, naming: Naming) -> Tree:
    """An address in networks. What is no address gives null, so that the negation asks for an IPv4 address as well."""
    what = subject(node.args[0], naming)
    if node.function == "ipv4_is_private":
        networks = list(_PRIVATE)
    else:
        if node.function == "ipv4_is_match" and len(node.args) > 2:
            raise Unsupported("ipv4_is_match() with a prefix", node.span, "write it into the network: 10.0.0.0/8")
        networks = [values.network(text) for argument in node.args[1:] for text in _constants(argument, node)]
    inside = Item(what.field, ("cidr",), tuple(dict.fromkeys(networks)))
    if not fails:
        return inside
    return all_of([Item(what.field, ("cidr",), ("0.0.0.0/0",)), none_of(inside)])


def _constants(node: ir.Expr, call_: ir.Call) -> list[str]:
    if isinstance(node, ir.Literal) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ir.Literal) and isinstance(node.value, list) and all(isinstance(each, str) for each in node.value):
        return [str(each) for each in node.value]
    raise Unsupported(f"{call_.function}() with networks that are no constants", call_.span)


def computed(node: ir.Call, constant: ir.Literal, op: ir.Comparison, naming: Naming) -> Tree | None:
    """A comparison of a function's value with a number, where Sigma has a test for it; None where it has not."""
    if not isinstance(constant.value, int) or isinstance(constant.value, bool):
        return None
    match node:
        case ir.Call(function="strlen", args=(argument,)):
            return _length(subject(argument, naming).field, constant.value, op, empty(subject(argument, naming)))
        case ir.Call(function="datetime_part", args=(ir.Literal(value=str() as part), argument)) if part.lower() in _TIME_PARTS:
            modifier, known = _TIME_PARTS[part.lower()]
            return _time_part(subject(of_sigma(argument), naming).field, modifier, known, constant.value, op)
        case ir.Call(function=name, args=(argument,)) if name in _PART_OF:
            modifier, known = _TIME_PARTS[_PART_OF[name]]
            return _time_part(subject(argument, naming).field, modifier, known, constant.value, op)
        case _:
            return None


def _time_part(field: str, modifier: str, known: range, value: int, op: ir.Comparison) -> Tree | None:
    tests = {
        ir.Comparison.LT: known[: max(0, value - known.start)] if known else None,
        ir.Comparison.LE: known[: max(0, value + 1 - known.start)] if known else None,
        ir.Comparison.GT: known[max(0, value + 1 - known.start) :] if known else None,
        ir.Comparison.GE: known[max(0, value - known.start) :] if known else None,
    }
    if op in (ir.Comparison.EQ, ir.Comparison.NE):
        item = Item(field, (modifier,), (value,))
        return item if op is ir.Comparison.EQ else none_of(item)
    found = tests[op]
    if found is None:
        return None
    return Item(field, (modifier,), tuple(found)) if len(found) else NO_EVENT


def _length(field: str, value: int, op: ir.Comparison, is_empty: Tree) -> Tree | None:
    """How long a text is, as a regular expression; a missing text has length 0."""
    low, high = {
        ir.Comparison.EQ: (value, value),
        ir.Comparison.NE: (value, value),
        ir.Comparison.LT: (0, value - 1),
        ir.Comparison.LE: (0, value),
        ir.Comparison.GT: (value + 1, None),
        ir.Comparison.GE: (value, None),
    }[op]
    if max(low, high or 0) > _MAX_LENGTH:
        return None
    if op is ir.Comparison.NE:
        same = _length(field, value, ir.Comparison.EQ, is_empty)
        return None if same is None else none_of(same)
    if high is not None and high < 0:
        return NO_EVENT
    if low <= 0 and high is None:
        return EVERY_EVENT
    if high == 0:
        return is_empty
    if low <= 0:
        longer = Item(field, ("re", "s"), (f"^.{{{(high or 0) + 1},}}$",))
        return none_of(longer)
    count = f"{low}" if low == high else f"{low}," if high is None else f"{low},{high}"
    return Item(field, ("re", "s"), (f"^.{{{count}}}$",))
