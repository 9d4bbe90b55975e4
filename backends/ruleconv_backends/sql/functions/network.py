"""IP addresses. PostgreSQL has a type for them; on DuckDB an IPv4 address is computed as a number, one of IPv6 as its digits, and what
masks the latter is refused.

A text is tested for its shape before anything reads it as an address.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv.ir.expr import Call, How, Literal
from ruleconv.ir.types import Type
from ruleconv_backends.sql import matching, names, regex
from ruleconv_backends.sql.arguments import constant_whole, literal_text, number, unfolded
from ruleconv_backends.sql.cidr import ADDRESS, OCTET
from ruleconv_backends.sql.elements import elements_as_text
from ruleconv_backends.sql.nodes import InNetwork
from ruleconv_backends.sql.registry import lowers
from ruleconv_backends.sql.select import disjunction
from ruleconv_backends.sql.value import SqlValue

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering

_IPV4 = f"^{OCTET}(\\.{OCTET}){{3}}(/(3[0-2]|[12]?[0-9]))?$"
"""An IPv4 address, perhaps with a prefix."""

_DECIMAL = "(0|[1-9][0-9]{0,2})"
DOTTED = f"^{_DECIMAL}([.]{_DECIMAL}){{3}}(/[0-9]+)?$"
_IS_IPV4 = f"_s ~ '{DOTTED}' AND PG_INPUT_IS_VALID(_s, 'inet')"
"""PostgreSQL's test of an IPv4 address: the shape first, for what it reads as an address is more than Kusto does."""

_MAPPED_TEXT = re.compile("::[0-9]+[.]")
_BARE = ADDRESS.replace("SPLIT_PART(_s, '.', 4)", "SPLIT_PART(SPLIT_PART(_s, '.', 4), '/', 1)")
_OWN = "COALESCE(TRY_CAST(SPLIT_PART(_s, '/', 2) AS INT), 32)"
_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")


# ---------------------------------------------------------------- numbers
def prefix_of(lowering: Lowering, call: Call, args: list[SqlValue], at: int, most: int) -> exp.Expression | None:
    """The prefix argument, ``most`` where there is none; None where it is a constant out of range."""
    if at >= len(args):
        return number(most)
    constant = constant_whole(call, at)
    if constant is not None:
        return number(constant) if 0 <= constant <= most else None
    return lowering.template("CASE WHEN _p BETWEEN 0 AND _most THEN CAST(_p AS INT) END", p=args[at].node, most=number(most))


def in_bounds(lowering: Lowering, call: Call, args: list[SqlValue], at: int, most: int, node: exp.Expression) -> exp.Expression:
    """``node``, null where the prefix argument is computed and out of its range (LEAST takes no notice of a NULL)."""
    if at >= len(args) or constant_whole(call, at) is not None:
        return node
    return lowering.template("CASE WHEN _p BETWEEN 0 AND _most THEN _node END", p=args[at].node, most=number(most), node=node)


def no_address(args: list[SqlValue], version: int) -> bool:
    """One of them is a constant that is no address: PostgreSQL would fail over it while it plans."""
    for value in args:
        text = literal_text(value)
        if text is not None:
            try:
                ipaddress.ip_interface(text[2:] if version == 6 and _MAPPED_TEXT.match(text) else text)
            except ValueError:
                return True
    return False


def null(lowering: Lowering, type_: Type) -> SqlValue:
    return SqlValue(names.null(type_, lowering.dialect), type_, True)


@lowers("parse_ipv4", "parse_ipv4_mask")
def parse_ipv4(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression | SqlValue:
    prefix = prefix_of(lowering, call, args, 1, 32)
    if prefix is None or no_address(args[:1], 4):
        return null(lowering, Type.LONG)
    text = unfolded(lowering, args[0].node)
    if lowering.postgres:
        masked = "SET_MASKLEN(CAST(_s AS INET), LEAST(MASKLEN(CAST(_s AS INET)), _p))" if len(args) > 1 else "CAST(_s AS INET)"
        template = f"CASE WHEN {_IS_IPV4} THEN CAST(NETWORK({masked}) AS INET) - CAST('0.0.0.0' AS INET) END"
    else:
        template = f"CASE WHEN REGEXP_MATCHES(_s, _re) THEN ({_BARE}) >> (32 - LEAST({_OWN}, _p)) << (32 - LEAST({_OWN}, _p)) END"
    return in_bounds(lowering, call, args, 1, 32, lowering.template(template, s=text, re=names.string(_IPV4), p=prefix))


@lowers("ipv4_netmask_suffix")
def ipv4_netmask_suffix(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression | SqlValue:
    if no_address(args[:1], 4):
        return null(lowering, Type.LONG)
    test = _IS_IPV4 if lowering.postgres else "REGEXP_MATCHES(_s, _re)"
    own = "MASKLEN(CAST(_s AS INET))" if lowering.postgres else _OWN
    return lowering.template(f"CASE WHEN {test} THEN {own} END", s=unfolded(lowering, args[0].node), re=names.string(_IPV4))


@lowers("ipv4_is_match", "ipv4_compare")
def ipv4_is_match(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression | SqlValue:
    """Masked by the shortest of the three prefixes."""
    prefix = prefix_of(lowering, call, args, 2, 32)
    if prefix is None or no_address(args[:2], 4):
        return null(lowering, call.type)
    if lowering.postgres:
        length = "LEAST(MASKLEN(CAST(_a AS INET)), MASKLEN(CAST(_b AS INET)), _p)"
        one, other = (f"CAST(NETWORK(SET_MASKLEN(CAST({x} AS INET), {length})) AS INET)" for x in ("_a", "_b"))
        test = " AND ".join(_IS_IPV4.replace("_s", x) for x in ("_a", "_b"))
    else:
        length = f"(32 - LEAST({_OWN.replace('_s', '_a')}, {_OWN.replace('_s', '_b')}, _p))"
        one, other = (f"(({_BARE.replace('_s', x)}) >> {length})" for x in ("_a", "_b"))
        test = "REGEXP_MATCHES(_a, _re) AND REGEXP_MATCHES(_b, _re)"
    answer = f"{one} = {other}"
    if call.function == "ipv4_compare":
        answer = f"CASE WHEN {one} = {other} THEN 0 WHEN {one} < {other} THEN -1 ELSE 1 END"
    a, b = (unfolded(lowering, value.node) for value in args[:2])
    node = lowering.template(f"CASE WHEN {test} THEN {answer} END", a=a, b=b, p=prefix, re=names.string(_IPV4))
    return in_bounds(lowering, call, args, 2, 32, node)


# ---------------------------------------------------------------- ranges
def networks_of(texts: list[object], version: int) -> list[str]:
    """The constants as networks, without what is none; of IPv4 as of IPv6 when that is asked for."""
    found = []
    for text in texts:
        try:
            network = ipaddress.ip_network(str(text).strip(), strict=False)
        except ValueError:
            continue
        if "%" in str(network):
            continue
        if version == 6 and network.version == 4:
            network = ipaddress.ip_network(f"::ffff:{network.network_address}/{network.prefixlen + 96}")
        if network.version == version:
            found.append(str(network))
    return found


def _range_test(lowering: Lowering, subject: exp.Expression, networks: list[str]) -> exp.Expression:
    """``subject`` (a text) is in one of the IPv4 networks; NULL when it is no address."""
    if lowering.postgres:
        test = InNetwork(this=lowering.template("CAST(_s AS INET)", s=subject), expression=inets(lowering, networks))
        return lowering.template(f"CASE WHEN {_IS_IPV4} THEN _test END", s=subject, test=test)
    between = []
    for text in networks:
        network = ipaddress.IPv4Network(text)
        low, high = int(network.network_address), int(network.broadcast_address)
        between.append(f"_n BETWEEN {low} AND {high}" if low != high else f"_n = {low}")
    address = lowering.template(_BARE, s=subject)
    inside = lowering.template(" OR ".join(between), n=address)
    return lowering.template("CASE WHEN REGEXP_MATCHES(_s, _re) THEN _inside END", s=subject, re=names.string(_IPV4), inside=inside)


def inets(lowering: Lowering, networks: list[str]) -> exp.Expression:
    if len(networks) == 1:
        return lowering.template("CAST(_net AS INET)", net=names.string(networks[0]))
    return lowering.template("ANY(CAST(_nets AS INET[]))", nets=names.string("{" + ",".join(networks) + "}"))


@lowers("ipv4_is_private")
def ipv4_is_private(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression | SqlValue:
    if no_address(args[:1], 4):
        return null(lowering, Type.BOOL)
    return _range_test(lowering, unfolded(lowering, args[0].node), list(_PRIVATE))


def constants_of(call: Call) -> list[object] | None:
    """The ranges or addresses of a call when all are constants."""
    found: list[object] = []
    for argument in call.args[1:]:
        if not isinstance(argument, Literal):
            return None
        found.extend(argument.value if isinstance(argument.value, list) else [argument.value])
    return found


@lowers("ipv4_is_in_range", "ipv4_is_in_any_range")
def ipv4_is_in_range(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression | SqlValue:
    subject = unfolded(lowering, args[0].node)
    constants = constants_of(call)
    if no_address(args[:1], 4):
        return null(lowering, Type.BOOL)
    if constants is not None:
        networks = networks_of(constants, 4)
        if networks:
            return _range_test(lowering, subject, networks)
        return null(lowering, Type.BOOL)
    tests = [_computed_range(lowering, call, subject, value) for value in args[1:]]
    return disjunction(tests)


def _node(found: exp.Expression | SqlValue) -> exp.Expression:
    return found.node if isinstance(found, SqlValue) else found


def _computed_range(lowering: Lowering, call: Call, subject: exp.Expression, value: SqlValue) -> exp.Expression:
    inner = Call("ipv4_is_match", call.args[:2], Type.BOOL, call.span)
    first = SqlValue(subject.copy(), Type.STRING, True)
    if value.type is not Type.DYNAMIC:
        return _node(ipv4_is_match(lowering, inner, [first, SqlValue(lowering.text(value), Type.STRING, False)]))
    element = SqlValue(names.column("_range", "r"), Type.STRING, True)
    test = _node(ipv4_is_match(lowering, inner, [first, element]))
    source = elements_as_text(lowering, value.node, "r", "_range")
    return exp.Exists(this=exp.Select(expressions=[exp.Literal.number("1")]).from_(source, copy=False).where(test, copy=False))


# ---------------------------------------------------------------- texts
@lowers("format_ipv4", "format_ipv4_mask")
def format_ipv4(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression | SqlValue:
    """The argument is a text, or the number of an address."""
    prefix = prefix_of(lowering, call, args, 1, 32)
    numeric = bool(call.args) and call.args[0].type.is_numeric
    if prefix is None or (not numeric and no_address(args[:1], 4)):
        return SqlValue(names.string(""), Type.STRING, False)
    text, masked = unfolded(lowering, args[0].node), call.function == "format_ipv4_mask"
    if lowering.postgres:
        address = "(CAST('0.0.0.0' AS INET) + CAST(_s AS BIGINT))" if numeric else "CAST(_s AS INET)"
        test = "_s ~ '^[0-9]{1,10}$' AND CAST(_s AS DECIMAL) < 4294967296" if numeric else _IS_IPV4
        network = f"NETWORK(SET_MASKLEN({address}, LEAST(MASKLEN({address}), _p)))"
        shown = f"TEXT({network})" if masked else f"HOST({network})"
        node = lowering.template(f"CASE WHEN {test} THEN {shown} END", s=text, re=names.string(_IPV4), p=prefix)
        return in_bounds(lowering, call, args, 1, 32, node)
    length = "_p" if numeric else f"LEAST({_OWN}, _p)"
    value = "TRY_CAST(REGEXP_EXTRACT(_s, '^[0-9]{1,10}$') AS BIGINT)" if numeric else f"({_BARE})"
    test = "REGEXP_MATCHES(_s, '^[0-9]{1,10}$') AND TRY_CAST(_s AS BIGINT) < 4294967296" if numeric else "REGEXP_MATCHES(_s, _re)"
    bits = lowering.template(f"{value} >> (32 - {length}) << (32 - {length})", s=text, p=prefix)
    octets = ", '.', ".join(f"(_n >> {shift}) & 255" for shift in (24, 16, 8, 0))
    shown_node = lowering.template(f"CONCAT({octets})", n=bits)
    if masked:
        shown_node = lowering.template(f"CONCAT(_shown, '/', {length})", shown=shown_node, s=text, p=prefix)
    node = lowering.template(f"CASE WHEN {test} THEN _shown END", s=text, re=names.string(_IPV4), shown=shown_node)
    return in_bounds(lowering, call, args, 1, 32, node)


# ---------------------------------------------------------------- search in texts
def _addresses(call: Call) -> list[str]:
    constants = constants_of(call)
    if constants is None:
        raise Unsupported(f"{call.function}() of an address that is not a constant", call.span, "write it as a literal")
    return [str(constant) for constant in constants]


@lowers("has_ipv4", "has_any_ipv4")
def has_ipv4(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """The address as a term of the text."""
    found = []
    for text in _addresses(call):
        try:
            found.append(str(ipaddress.IPv4Address(text.strip())))
        except ValueError:
            continue
    if not found:
        return exp.Boolean(this=False)
    return matching.match_any_literal(lowering, args[0].node, found, How.TERM, False, False)


@lowers("has_ipv4_prefix", "has_any_ipv4_prefix")
def has_ipv4prefix_of(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """The prefix (``127.0.``) and the rest of a valid address as a term of the text."""
    found = []
    for text in _addresses(call):
        octets = text.split(".")
        given = octets[:-1] if text.endswith(".") else octets
        if not all(octet.isascii() and octet.isdecimal() and int(octet) < 256 for octet in given):
            continue
        if (text.endswith(".") and 1 <= len(given) <= 3) or (not text.endswith(".") and len(given) == 4):
            found.append(regex.quoted(text) + r"\.".join([OCTET] * (4 - len(given))))
    if not found:
        return exp.Boolean(this=False)
    border = matching.BORDERS[lowering.dialect]
    words = found[0] if len(found) == 1 else f"({'|'.join(found)})"
    return matching.search(lowering, args[0].node, f"(^|{border}){words}($|{border})", False)
