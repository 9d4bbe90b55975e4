"""Networks: whether an address that stands in a text is in one. A text that is no address gives FALSE."""

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


def in_network(lowering: Lowering, subject: exp.Expression, network: str) -> exp.Expression:
    """``subject`` (a text) is an address of the network ``10.0.0.0/8`` or ``fe80::/10``."""
    try:
        found = ipaddress.ip_network(network.strip(), strict=False)
    except ValueError:
        raise Unsupported(f"the network {network!r}, which is none,") from None
    if lowering.postgres:
        shape = "^[0-9]+([.][0-9]+){3}$" if found.version == 4 else "^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$"
        sides = [lowering.template("CAST(_x AS INET)", x=node) for node in (subject, names.string(str(found)))]
        test = "CASE WHEN _s ~ _re AND PG_INPUT_IS_VALID(_s, 'inet') THEN _inside END"
        inside = InNetwork(this=sides[0], expression=sides[1])
        return lowering.template(test, s=subject, re=names.string(shape), inside=inside)
    if found.version == 6:
        raise Unsupported("an IPv6 network on DuckDB", hint="PostgreSQL has a type for addresses")
    low, high = int(found.network_address), int(found.broadcast_address)
    return lowering.template(
        f"CASE WHEN REGEXP_MATCHES(_s, _re) THEN {ADDRESS} BETWEEN _low AND _high END",
        s=subject,
        re=names.string(IPV4),
        low=names.integer(low),
        high=names.integer(high),
    )
