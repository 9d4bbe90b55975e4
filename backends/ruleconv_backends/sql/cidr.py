"""Networks: whether an address that stands in a text is in one, by value. A text that is no address is in none (NULL or FALSE).

An IPv6 address may have its zone behind a percent sign, which does not count, and its last part written as an IPv4 address. An IPv4
address is in no IPv6 network, nor the other way (``::ffff:10.0.0.1`` is not in 10.0.0.0/8), as in Python's ``ipaddress``.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv_backends.sql import names
from ruleconv_backends.sql.nodes import InNetwork
from ruleconv_backends.sql.select import disjunction

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering

OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
ADDRESS = (
    "CAST(TRY_CAST(SPLIT_PART(_s, '.', 1) AS UTINYINT) AS BIGINT) * 16777216 + TRY_CAST(SPLIT_PART(_s, '.', 2) AS UTINYINT) * 65536"
    " + TRY_CAST(SPLIT_PART(_s, '.', 3) AS UTINYINT) * 256 + TRY_CAST(SPLIT_PART(_s, '.', 4) AS UTINYINT)"
)
"""DuckDB: the number of the dotted address ``_s``, NULL when it is none."""

IPV4 = f"^{OCTET}(\\.{OCTET}){{3}}$"
_GROUP = "[0-9a-f]{1,4}"
_WHOLE = f"^{_GROUP}(:{_GROUP}){{7}}$"
_SHORT = f"^({_GROUP}(:{_GROUP}){{0,6}})?::({_GROUP}(:{_GROUP}){{0,6}})?$"
_DOTTED = f"^[0-9a-f:]*:{OCTET}(\\.{OCTET}){{3}}$"
V6_SHAPE = f"^[0-9a-fA-F:]*:([0-9a-fA-F]*|{OCTET}([.]{OCTET}){{3}})$"
_BARE = "LOWER(SPLIT_PART(_s, '%', 1))"
_NUMBER = "TRY_CAST(SPLIT_PART(REGEXP_EXTRACT(z, '[0-9.]+$'), '.', {}) AS UTINYINT)"
_PLAIN = (
    "CASE WHEN REGEXP_MATCHES(z, _dotted) THEN REGEXP_EXTRACT(z, '^.*:')"
    f" || PRINTF('%02x%02x:%02x%02x', {', '.join(_NUMBER.format(at) for at in (1, 2, 3, 4))}) ELSE z END"
)
"""DuckDB: the address with two groups of hexadecimal digits for a dotted end."""
_VALID = "REGEXP_MATCHES(a, _whole) OR (REGEXP_MATCHES(a, _short) AND LEN(REGEXP_EXTRACT_ALL(a, '[0-9a-f]+')) < 8)"
_DIGITS = (
    "ARRAY_TO_STRING(LIST_TRANSFORM(STRING_SPLIT(REPLACE(a, '::', REPEAT(':', 9 - (LENGTH(a) - LENGTH(REPLACE(a, ':', ''))))), ':'),"
    " LAMBDA g : LPAD(g, 4, '0')), '')"
)
"""DuckDB: all 32 digits. ``::`` becomes as many colons as there are to be; the groups between them are empty, which is zero."""

DIGITS = (
    f"(SELECT CASE WHEN {_VALID} THEN {_DIGITS} END FROM (SELECT {_PLAIN} AS a FROM (SELECT {_BARE} AS z) AS w) AS v)".replace(
        "_dotted", f"'{_DOTTED}'"
    )
    .replace("_whole", f"'{_WHOLE}'")
    .replace("_short", f"'{_SHORT}'")
)
"""DuckDB: the 32 hexadecimal digits of the IPv6 address that stands in the text ``_s``; NULL for what is none. A part of larger
templates: what is put in as an argument must not read the template's own columns."""


def digits(lowering: Lowering, subject: exp.Expression) -> exp.Expression:
    """DuckDB: the 32 hexadecimal digits of an IPv6 address that stands in a text; NULL for what is none."""
    return lowering.template(DIGITS, s=subject)


def in_networks(lowering: Lowering, subject: exp.Expression, networks: Sequence[str]) -> exp.Expression:
    """``subject`` (a text) is an address of one of the networks (``10.0.0.0/8``, ``fe80::/10``). It is read once for those of a version."""
    by_version: dict[int, list[ipaddress.IPv4Network | ipaddress.IPv6Network]] = {}
    for network in networks:
        try:
            found = ipaddress.ip_network(network.strip(), strict=False)
        except ValueError:
            raise Unsupported(f"the network {network!r}, which is none,") from None
        by_version.setdefault(found.version, []).append(found)
    writers = {4: _postgres_v4, 6: _postgres_v6} if lowering.postgres else {4: _duckdb_v4, 6: _duckdb_v6}
    return disjunction([writers[version](lowering, subject.copy(), group) for version, group in by_version.items()])


_Networks: TypeAlias = "list[ipaddress.IPv4Network | ipaddress.IPv6Network]"


def _postgres_v4(lowering: Lowering, subject: exp.Expression, networks: _Networks) -> exp.Expression:
    inside = _inside(lowering, subject, networks)
    return lowering.template("CASE WHEN _s ~ _re THEN _inside END", s=subject, re=names.string(IPV4), inside=inside)


def _postgres_v6(lowering: Lowering, subject: exp.Expression, networks: _Networks) -> exp.Expression:
    subject = lowering.template("SPLIT_PART(_s, '%', 1)", s=subject)
    test = "CASE WHEN _s ~ _re AND PG_INPUT_IS_VALID(_s, 'inet') THEN _inside END"
    return lowering.template(test, s=subject, re=names.string(V6_SHAPE), inside=_inside(lowering, subject, networks))


def _inside(lowering: Lowering, subject: exp.Expression, networks: _Networks) -> exp.Expression:
    tests: list[exp.Expression] = []
    for network in networks:
        sides = [lowering.template("CAST(_x AS INET)", x=node) for node in (subject.copy(), names.string(str(network)))]
        tests.append(InNetwork(this=sides[0], expression=sides[1]))
    return disjunction(tests)


def _duckdb_v4(lowering: Lowering, subject: exp.Expression, networks: _Networks) -> exp.Expression:
    tests = " OR ".join(f"{ADDRESS} BETWEEN _low{at} AND _high{at}" for at in range(len(networks)))
    ends: dict[str, exp.Expression] = {}
    for at, network in enumerate(networks):
        ends[f"low{at}"] = names.integer(int(network.network_address))
        ends[f"high{at}"] = names.integer(int(network.broadcast_address))
    return lowering.template(f"CASE WHEN REGEXP_MATCHES(_s, _re) THEN {tests} END", s=subject, re=names.string(IPV4), **ends)


def _duckdb_v6(lowering: Lowering, subject: exp.Expression, networks: _Networks) -> exp.Expression:
    if len(networks) == 1:
        low, high = _ends(networks[0])
        return lowering.template(
            f"(SELECT CASE WHEN {_VALID} THEN {_DIGITS} BETWEEN _low AND _high END"
            f" FROM (SELECT {_PLAIN} AS a FROM (SELECT {_BARE} AS z) AS w) AS v)",
            s=subject,
            dotted=names.string(_DOTTED),
            whole=names.string(_WHOLE),
            short=names.string(_SHORT),
            low=low,
            high=high,
        )
    tests = [lowering.template("d BETWEEN _low AND _high", low=low, high=high) for low, high in map(_ends, networks)]
    return lowering.template("(SELECT _in FROM (SELECT _digits AS d) AS u)", **{"in": disjunction(tests)}, digits=digits(lowering, subject))


def _ends(network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> tuple[exp.Expression, exp.Expression]:
    low, high = (names.string(format(int(at), "032x")) for at in (network.network_address, network.broadcast_address))
    return low, high
