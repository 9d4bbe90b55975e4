"""``geo_info_from_ip_address``: the smallest network of the table ``ip_geolocation`` that holds the address (S47).

Source: https://learn.microsoft.com/kusto/query/geo-info-from-ip-address-function

An IPv4 address that is written as one of IPv6 (``::ffff:1.2.3.4``) is looked up as the one of IPv4, an address of one version is in no
network of the other, and what is no address is nowhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv.catalogue.system import IP_GEOLOCATION
from ruleconv.ir.expr import Call
from ruleconv.ir.fidelity import Effect
from ruleconv_backends.sql import cidr, names
from ruleconv_backends.sql.arguments import unfolded
from ruleconv_backends.sql.nodes import InNetwork
from ruleconv_backends.sql.registry import lowers
from ruleconv_backends.sql.value import SqlValue

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering

_TABLE = f'"{IP_GEOLOCATION.name}"'
_NETWORK, *_PLACE = (f'g."{column.name}"' for column in IP_GEOLOCATION.columns)
_PAIRS = ", ".join(
    f"'{column.name}', {f'''NULLIF({part}, '')''' if column.type == 'string' else part}"
    for column, part in zip(IP_GEOLOCATION.columns[1:], _PLACE, strict=True)
)

_POSTGRES = (
    f"(SELECT JSONB_STRIP_NULLS(JSONB_BUILD_OBJECT({_PAIRS})) FROM (SELECT _address AS address) AS a, {_TABLE} AS g"
    f" WHERE a.address = CAST({_NETWORK} AS INET) ORDER BY MASKLEN(CAST({_NETWORK} AS INET)) DESC LIMIT 1)"
)
"""The ``=`` becomes ``<<=``, which sqlglot does not read. An index for it: ``USING GIST (CAST(network AS INET) inet_ops)``."""

_INET = (
    "CASE WHEN _s ~ _v6 AND PG_INPUT_IS_VALID(_s, 'inet') THEN"
    " CASE WHEN CAST(_s AS INET) BETWEEN CAST('::ffff:0:0' AS INET) AND CAST('::ffff:ffff:ffff' AS INET)"
    " THEN CAST('0.0.0.0' AS INET) + (CAST(_s AS INET) - CAST('::ffff:0:0' AS INET)) ELSE CAST(_s AS INET) END"
    " WHEN _s ~ _v4 THEN CAST(_s AS INET) END"
)

_DUCKDB = (
    "(SELECT ARG_MAX(p.place, LENGTH(p.fixed)) FROM (SELECT _address AS address) AS a, RANGE(1, 130) AS r(size),"
    f" (SELECT _fixed AS fixed, JSON_MERGE_PATCH('{{}}', JSON_OBJECT({_PAIRS})) AS place FROM {_TABLE} AS g) AS p"
    " WHERE p.fixed = LEFT(a.address, r.size))"
)
"""Each network as the bits that it fixes; an address is joined by all of its beginnings, which is an equality."""

_LENGTH = f"TRY_CAST(COALESCE(NULLIF(SPLIT_PART({_NETWORK}, '/', 2), ''), '128') AS INT)"
_FIXED = (
    f"CASE WHEN REGEXP_MATCHES({_NETWORK}, '^([0-9.]+(/([12]?[0-9]|3[0-2]))?|[^/]*:[^/]*(/([0-9]{{1,2}}|1[01][0-9]|12[0-8]))?)$')"
    f" AND _bits IS NOT NULL THEN LEFT(_bits, 1 + {_LENGTH} + CASE WHEN CONTAINS({_NETWORK}, ':') THEN 0 ELSE 96 END)"
    f" WHEN {_NETWORK} IS NOT NULL THEN ERROR('{IP_GEOLOCATION.name}: no network: ' || {_NETWORK}) END"
)
_MAPPED = "00000000000000000000ffff"
_BITS = (
    f"(SELECT CASE WHEN STARTS_WITH(d, '{_MAPPED}') THEN '4' ELSE '6' END || CAST(CAST(UNHEX(d) AS BIT) AS TEXT) FROM"
    f" (SELECT CASE WHEN REGEXP_MATCHES(_s, _v4) THEN '{_MAPPED}' || LPAD(TO_HEX({cidr.ADDRESS}), 8, '0') ELSE _digits END AS d) AS h)"
)
"""DuckDB: the version and all 128 bits of an address, NULL for what is none."""


@lowers("geo_info_from_ip_address")
def geo_info(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """A bag with what the table knows of the place; null where no network of the table holds the address."""
    columns = ", ".join(f"{column.name} {column.type.value}" for column in IP_GEOLOCATION.columns)
    lowering.note(
        "SQW012",
        Effect.CHANGES,
        f'geo_info_from_ip_address(): SQL knows no places; the networks and their places are expected in the table "{IP_GEOLOCATION.name}"'
        f" ({columns})",
        call.span,
    )
    text = unfolded(lowering, args[0].node)
    if lowering.postgres:
        address = lowering.template(_INET, s=text, v4=names.string(cidr.IPV4), v6=names.string(cidr.V6_SHAPE))
        found = lowering.template(_POSTGRES, address=address)
        where = found.this.args["where"]
        where.set("this", InNetwork(this=where.this.this, expression=where.this.expression))
        return found
    network = lowering.template(f"SPLIT_PART({_NETWORK}, '/', 1)")
    fixed = lowering.template(_FIXED, bits=_bits(lowering, network))
    return lowering.template(_DUCKDB, address=_bits(lowering, text), fixed=fixed)


def _bits(lowering: Lowering, text: exp.Expression) -> exp.Expression:
    return lowering.template(_BITS, s=text, v4=names.string(cidr.IPV4), digits=cidr.digits(lowering, text))
