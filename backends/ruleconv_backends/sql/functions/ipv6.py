"""IPv6 addresses, and IPv4 ones behind ``::ffff:`` among them: PostgreSQL has a type for them, DuckDB compares their 32 digits.

Semantics: https://learn.microsoft.com/kusto/query/parse-ipv6-mask-function and its neighbours.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv.ir.expr import Call
from ruleconv.ir.types import Type
from ruleconv_backends.sql import cidr, names
from ruleconv_backends.sql.arguments import number, unfolded
from ruleconv_backends.sql.cidr import ADDRESS
from ruleconv_backends.sql.functions.network import DOTTED, constants_of, in_bounds, inets, networks_of, no_address, null, prefix_of
from ruleconv_backends.sql.nodes import InNetwork
from ruleconv_backends.sql.registry import lowers
from ruleconv_backends.sql.select import disjunction
from ruleconv_backends.sql.value import SqlValue

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering

_IPV6 = "^[0-9a-fA-F]*:[0-9a-fA-F:]*([0-9]+([.][0-9]+){3})?(/[0-9]{1,3})?$"
_MAPPED_SHAPE = f"^(::)?{DOTTED[1:]}"
_MAPPED = (
    f"CASE WHEN _s ~ '{_MAPPED_SHAPE}' AND PG_INPUT_IS_VALID(LTRIM(_s, ':'), 'inet')"
    " THEN CAST(CONCAT('::ffff:', SPLIT_PART(LTRIM(_s, ':'), '/', 1), '/',"
    " COALESCE(CAST(NULLIF(SPLIT_PART(_s, '/', 2), '') AS INT), 32) + 96) AS INET)"
    f" WHEN _s ~ '{_IPV6}' AND PG_INPUT_IS_VALID(_s, 'inet') THEN CAST(_s AS INET) END"
)
"""The address as one of IPv6; NULL when it is none."""


def _mapped(lowering: Lowering, value: SqlValue) -> exp.Expression:
    return lowering.template(_MAPPED, s=unfolded(lowering, value.node))


_V4_DIGITS = f"'00000000000000000000ffff' || LPAD(LOWER(TO_HEX({ADDRESS.replace('_s', 'b')})), 8, '0')"  # the address behind ::ffff:
_OWN = "p = '' OR COALESCE(TRY_CAST(p AS INT) BETWEEN 0 AND CASE WHEN v4 THEN 32 ELSE 128 END, FALSE)"
_OF_TEXT = (
    f"(SELECT CASE WHEN NOT ({_OWN}) THEN NULL WHEN v4 THEN {_V4_DIGITS} ELSE {cidr.DIGITS.replace('_s', 'b')} END AS d,"
    " COALESCE(TRY_CAST(NULLIF(p, '') AS INT) + CASE WHEN v4 THEN 96 ELSE 0 END, 128) AS n"
    f" FROM (SELECT b, p, REGEXP_MATCHES(b, '{cidr.IPV4}') AS v4"
    " FROM (SELECT REGEXP_REPLACE(SPLIT_PART(_s, '/', 1), '^::([0-9]+[.])', '\\1') AS b, SPLIT_PART(_s, '/', 2) AS p) AS t) AS w)"
)
"""DuckDB: the 32 digits ``d`` and the own prefix ``n`` of the address ``_s``; no digits where it is none."""
_MASKED = (
    "RPAD(LEFT({0}.d, {0}.l // 4) || CASE WHEN {0}.l % 4 > 0 THEN PRINTF('%x', TRY_CAST('0x' || SUBSTRING({0}.d, {0}.l // 4 + 1, 1) AS INT)"
    " >> (4 - {0}.l % 4) << (4 - {0}.l % 4)) ELSE '' END, 32, '0')"
)
"""DuckDB: the digits ``d`` with zeros behind the first ``l`` bits."""


def _rows(name: str) -> str:
    return _OF_TEXT.replace("_s", name)


def _in_ranges_duckdb(lowering: Lowering, text: exp.Expression, networks: list[str]) -> exp.Expression:
    """By the digits of the address, and by its own prefix, which must be no shorter than the network's."""
    tests = []
    for each in map(ipaddress.IPv6Network, networks):
        low, high = (names.string(format(int(at), "032x")) for at in (each.network_address, each.broadcast_address))
        test = "d BETWEEN _low AND _high" + (" AND n >= _n" if each.prefixlen else "")
        tests.append(lowering.template(test, low=low, high=high, **({"n": number(each.prefixlen)} if each.prefixlen else {})))
    return lowering.template(f"(SELECT _test FROM {_rows('_s')} AS v)", s=text, test=disjunction(tests))


@lowers("parse_ipv6", "parse_ipv6_mask")
def parse_ipv6(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression | SqlValue:
    """Eight groups of four digits of the masked address."""
    prefix = prefix_of(lowering, call, args, 1, 128)
    if prefix is None or no_address(args[:1], 6):
        return SqlValue(names.string(""), Type.STRING, False)
    if lowering.postgres:
        masked = "CAST(NETWORK(SET_MASKLEN(_x, LEAST(MASKLEN(_x), _p))) AS INET)"
        text = f"REGEXP_REPLACE(SUBSTRING(ENCODE(INET_SEND({masked}), 'hex') FROM 9), '(....)(?!$)', '\\1:', 'g')"
        return in_bounds(lowering, call, args, 1, 128, lowering.template(text, x=_mapped(lowering, args[0]), p=prefix))
    groups = f"RTRIM(REGEXP_REPLACE({_MASKED.format('a')}, '(....)', '\\1:', 'g'), ':')"
    text = f"(SELECT {groups} FROM (SELECT d, LEAST(n, _p) AS l FROM {_rows('_a')} AS v) AS a)"
    node = lowering.template(text, a=unfolded(lowering, args[0].node), p=prefix)
    return in_bounds(lowering, call, args, 1, 128, node)


@lowers("ipv6_compare", "ipv6_is_match")
def ipv6_is_match(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression | SqlValue:
    """Masked by the shortest of the three prefixes."""
    prefix = prefix_of(lowering, call, args, 2, 128)
    if prefix is None or no_address(args[:2], 6):
        return null(lowering, call.type)
    if lowering.postgres:
        length = "LEAST(MASKLEN(_a), MASKLEN(_b), _p)"
        one, other = (f"CAST(NETWORK(SET_MASKLEN({x}, {length})) AS INET)" for x in ("_a", "_b"))
    else:
        one, other = "one", "other"
    answer = f"{one} = {other}"
    if call.function == "ipv6_compare":
        answer = f"CASE WHEN {one} = {other} THEN 0 WHEN {one} < {other} THEN -1 WHEN {one} > {other} THEN 1 END"
    if lowering.postgres:
        node = lowering.template(answer, a=_mapped(lowering, args[0]), b=_mapped(lowering, args[1]), p=prefix)
        return in_bounds(lowering, call, args, 2, 128, node)
    sides = f"SELECT x.d AS d, y.d AS e, LEAST(x.n, y.n, _p) AS l FROM {_rows('_a')} AS x, {_rows('_b')} AS y"
    masked = f"SELECT {_MASKED.format('a')} AS one, {_MASKED.format('a').replace('a.d', 'a.e')} AS other FROM ({sides}) AS a"
    a, b = (unfolded(lowering, value.node) for value in args[:2])
    node = lowering.template(f"(SELECT {answer} FROM ({masked}) AS v)", a=a, b=b, p=prefix)
    return in_bounds(lowering, call, args, 2, 128, node)


@lowers("ipv6_is_in_range", "ipv6_is_in_any_range")
def ipv6_is_in_range(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression | SqlValue:
    constants = constants_of(call)
    if constants is None:
        raise Unsupported(f"{call.function}() of ranges that are not constants", call.span, "write them as literals")
    networks = networks_of(constants, 6)
    if not networks or no_address(args[:1], 6):
        return null(lowering, Type.BOOL)
    if not lowering.postgres:
        return _in_ranges_duckdb(lowering, unfolded(lowering, args[0].node), networks)
    return InNetwork(this=_mapped(lowering, args[0]), expression=inets(lowering, networks))
