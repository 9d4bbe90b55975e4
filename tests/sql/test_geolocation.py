"""geo_info_from_ip_address over the user's table ip_geolocation (S47), against Python's ipaddress."""

from __future__ import annotations

import ipaddress
import random
import re

import pytest

import ruleconv
from tests.properties.running import ENGINES, agreed

PLACES: list[dict[str, object]] = [
    {"network": "20.0.0.0/8", "country": "United States", "state": "", "latitude": 37.5, "longitude": -97.75},
    {
        "network": "20.53.0.0/16",
        "country": "Australia",
        "state": "New South Wales",
        "city": "Sydney",
        "latitude": -33.5,
        "longitude": 151.0,
    },
    {"network": "2a03:2880::/32", "country": "Ireland"},
    {"network": "1.2.3.4", "country": "one address"},
    {"network": "::/0", "country": "IPv6"},
    {"network": None, "country": "nowhere"},
]


def places(address: str) -> object:
    kql = f"datatable(a: string)[{address!r}] | project geo_info_from_ip_address(a)"
    answers = [ruleconv.run(kql, source="kql", engine=e, tables={"ip_geolocation": PLACES}).rows for e in ENGINES]
    assert answers[0] == answers[1]
    return answers[0][0][0]


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("20.53.203.50", {"country": "Australia", "state": "New South Wales", "city": "Sydney", "latitude": -33.5, "longitude": 151.0}),
        ("20.54.0.1", {"country": "United States", "latitude": 37.5, "longitude": -97.75}),
        ("2a03:2880:f12c:83:face:b00c::25de", {"country": "Ireland"}),
        ("::ffff:20.54.0.1", {"country": "United States", "latitude": 37.5, "longitude": -97.75}),
        ("1.2.3.4", {"country": "one address"}),
        ("1.2.3.5", None),
        ("", None),
        ("host", None),
        ("20.53.203", None),
        ("20.53.203.50/16", None),
        ("020.053.203.050", None),
    ],
)
def test_the_smallest_network_that_holds_the_address(address: str, place: object) -> None:
    assert places(address) == place


def test_columns_named_as_those_of_the_table_and_lets_named_as_itself() -> None:
    kql = """let ip_geolocation = datatable(country: string, network: string, address: string)['1.2.3.4', '20.53.0.1', '2a03:2880::1'];
        ip_geolocation | extend a = geo_info_from_ip_address(country), b = geo_info_from_ip_address(network)
        | project one = tostring(a.country), b.city, two = tostring(geo_info_from_ip_address(address).country)
        | summarize count() by one, tostring(b_city), two"""
    assert agreed(kql, {"ip_geolocation": PLACES}) == [("one address", "Sydney", "Ireland", 1)]


def test_random_networks_as_ipaddress_reads_them() -> None:
    chance = random.Random(47)
    for bits, version in ((32, ipaddress.IPv4Network), (128, ipaddress.IPv6Network)):
        base = chance.getrandbits(bits)
        networks = {version((base ^ chance.getrandbits(bits) >> length, length), strict=False) for length in range(0, bits + 1, bits // 16)}
        rows = [{"network": str(network), "country": str(network)} for network in networks]
        addresses = [str(network[chance.randrange(min(network.num_addresses, 2**60))]) for network in networks for _ in range(2)]
        kql = f"datatable(a: string){addresses!r} | project a, tostring(geo_info_from_ip_address(a).country)"
        best = {a: max((n for n in networks if ipaddress.ip_address(a) in n), key=lambda n: n.prefixlen) for a in addresses}
        assert set(agreed(kql, {"ip_geolocation": rows})) == {(a, str(n)) for a, n in best.items()}


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_said_without_the_table_or_with_another(engine: str) -> None:
    kql = "print geo_info_from_ip_address('1.2.3.4')"
    assert ruleconv.run(kql, source="kql", engine=engine, tables="empty").rows == [(None,)]
    with pytest.raises(ruleconv.UsageError, match="no rows for the table ip_geolocation"):
        ruleconv.run(kql, source="kql", engine=engine)
    with pytest.raises(ruleconv.UsageError, match="table ip_geolocation: no column network"):
        ruleconv.run(kql, source="kql", engine=engine, tables={"ip_geolocation": [{"cidr": "1.0.0.0/8"}]})
    for wrong in ("1.2.3.4/33", "::1/129", "a/8"):
        with pytest.raises(ruleconv.RuleconvError, match=re.escape(wrong)):
            ruleconv.run(kql, source="kql", engine=engine, tables={"ip_geolocation": [{"network": wrong}]})


@pytest.mark.parametrize("engine", ENGINES)
def test_the_note_names_the_table_and_its_columns(engine: str) -> None:
    [note] = ruleconv.translate("print geo_info_from_ip_address('1.2.3.4')", source="kql", to="sql", dialect=engine).notes
    assert (note.code, note.effect) == ("SQW012", ruleconv.Effect.CHANGES)
    assert 'the table "ip_geolocation" (network string, country string,' in note.message
