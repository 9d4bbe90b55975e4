"""Networks: whether an address that stands in a text is in one, by value. A text that is no address is in none (NULL or FALSE).

An IPv6 address may have its zone behind a percent sign, which does not count, and its last part written as an IPv4 address. An IPv4
address is in no IPv6 network, nor the other way (``::ffff:10.0.0.1`` is not in 10.0.0.0/8), as in Python's ``ipaddress``.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv_backends.sql import names
from ruleconv_backends.sql.nodes import InNetwork

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


def in_network(lowering: Lowering, subject: exp.Expression, network: str) -> exp.Expression:
    """``subject`` (a text) is an address of the network ``10.0.0.0/8`` or ``fe80::/10``."""
    try:
        found = ipaddress.ip_network(network.strip(), strict=False)
    except ValueError:
        raise Unsupported(f"the network {network!r}, which is none,") from None
    if lowering.postgres:
        return _postgres(lowering, subject, found)
    if found.version == 6:
        return _duckdb_v6(lowering, subject, found)
    low, high = int(found.network_address), int(found.broadcast_address)
    return lowering.template(
        f"CASE WHEN REGEXP_MATCHES(_s, _re) THEN {ADDRESS} BETWEEN _low AND _high END",
        s=subject,
        re=names.string(IPV4),
        low=names.integer(low),
        high=names.integer(high),
    )


def _postgres(lowering: Lowering, subject: exp.Expression, network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> exp.Expression:
    if network.version == 6:
        subject = lowering.template("SPLIT_PART(_s, '%', 1)", s=subject)
    sides = [lowering.template("CAST(_x AS INET)", x=node) for node in (subject, names.string(str(network)))]
    inside = InNetwork(this=sides[0], expression=sides[1])
    if network.version == 4:
        return lowering.template("CASE WHEN _s ~ _re THEN _inside END", s=subject, re=names.string(IPV4), inside=inside)
    test = "CASE WHEN _s ~ _re AND PG_INPUT_IS_VALID(_s, 'inet') THEN _inside END"
    return lowering.template(test, s=subject, re=names.string(V6_SHAPE), inside=inside)


def digits(lowering: Lowering, subject: exp.Expression) -> exp.Expression:
    """DuckDB: the 32 hexadecimal digits of an IPv6 address that stands in a text; NULL for what is none."""
    return lowering.template(
        f"(SELECT CASE WHEN {_VALID} THEN {_DIGITS} END FROM (SELECT {_PLAIN} AS a FROM (SELECT {_BARE} AS z) AS w) AS v)",
        s=subject,
        dotted=names.string(_DOTTED),
        whole=names.string(_WHOLE),
        short=names.string(_SHORT),
    )


def _duckdb_v6(lowering: Lowering, subject: exp.Expression, network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> exp.Expression:
    low, high = (format(int(at), "032x") for at in (network.network_address, network.broadcast_address))
    return lowering.template(
        f"(SELECT CASE WHEN {_VALID} THEN {_DIGITS} BETWEEN _low AND _high END"
        f" FROM (SELECT {_PLAIN} AS a FROM (SELECT {_BARE} AS z) AS w) AS v)",
        s=subject,
        dotted=names.string(_DOTTED),
        whole=names.string(_WHOLE),
        short=names.string(_SHORT),
        low=names.string(low),
        high=names.string(high),
    )
