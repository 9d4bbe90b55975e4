import subprocess
import sys

import pytest

from ruleconv import schema
from ruleconv.ir.types import Column, Type
from ruleconv.schema.model import Schema, Table
from ruleconv.schema.table_text import TableText, format_table

DEVICES = Table("Devices", (Column("Name", Type.STRING), Column("Seen", Type.DATETIME)))


def test_bundled_table_has_its_columns_in_order_with_types():
    table = schema.bundled().table("AADRiskyUsers")
    assert table is not None
    assert not table.open
    assert [c.name for c in table.columns[:3]] == ["_BilledSize", "CorrelationId", "Id"]
    assert table.column("TimeGenerated") == Column("TimeGenerated", Type.DATETIME)
    assert table.column("timegenerated") is None


def test_every_bundled_table_can_be_parsed():
    tables = list(schema.bundled())
    assert len(tables) == len(schema.bundled()) == 921
    assert sum(len(t.columns) for t in tables) == 26_194
    assert all(len({c.name for c in t.columns}) == len(t.columns) > 0 for t in tables)


@pytest.mark.parametrize("name", ["signinlogs", "Signin", "SigninLogs\t", "\nSigninLogs", "", "SigninLogs_BilledSize"])
def test_a_name_that_is_not_exactly_a_table_finds_none(name):
    assert schema.bundled().table(name) is None
    assert name not in schema.bundled()


@pytest.mark.parametrize(
    ("written", "meant"),
    [("signinlogs", "SigninLogs"), ("DeviceProcesEvents", "DeviceProcessEvents"), ("Zzzzzz", None), ("", None), ("x" * 100_000, None)],
)
def test_suggestions(written, meant):
    assert schema.bundled().suggest(written) == meant


def test_columns_are_suggested():
    assert DEVICES.suggest("name") == "Name"
    assert DEVICES.suggest("Nmae") is None or DEVICES.suggest("Nmae") == "Name"


def test_a_later_schema_wins():
    other = Table("Devices", (Column("Id", Type.GUID),), open=True)
    both = Schema.of([DEVICES]) | Schema.of([other])
    assert both.table("Devices") is other
    assert both.names == ("Devices",)
    assert schema.bundled().extended([other]).table("Devices") is other
    assert schema.bundled().table("Devices") is None


def test_a_table_survives_its_text_form():
    text = TableText(format_table(DEVICES) + "\n")
    assert dict(text) == {"Devices": DEVICES}


def test_one_lookup_parses_one_table():
    code = (
        "import sys; from ruleconv import schema; s = schema.bundled(); assert s.table('SigninLogs')\n"
        "assert len(s._layers[0]._tables) == 1\n"
        "assert not {'json', 'csv', 'yaml', 'pathlib'} & set(sys.modules), sorted(sys.modules)"
    )
    # -S: the site packages' own start-up files may import anything.
    subprocess.run([sys.executable, "-I", "-c", code], check=True)
