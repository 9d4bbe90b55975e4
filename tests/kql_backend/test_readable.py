"""The KQL that people read: of KQL queries and of Sigma rules. What it means is tested elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

import ruleconv
from ruleconv.ir import query as q
from ruleconv.ir.expr import Call, Literal
from ruleconv.ir.types import Column, Type
from ruleconv_backends.kql import KqlBackend
from tests.kql_backend.test_round_trip import check

HERE = Path(__file__).parent
QUERIES = sorted((HERE / "queries").glob("*.kql"))
RULES = sorted((HERE / "sigma").glob("*.yml"))


def shown(made: ruleconv.Translation) -> str:
    return "".join(f"// note {note}\n" for note in made.notes) + made.text + "\n"


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_kql(path: Path, snapshot: SnapshotAssertion) -> None:
    text = path.read_text(encoding="utf-8")
    assert shown(ruleconv.translate(text, source="kql", to="kql")) == snapshot
    check(text)


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_sigma(path: Path, snapshot: SnapshotAssertion) -> None:
    text = path.read_text(encoding="utf-8")
    assert shown(ruleconv.translate(text, source="sigma", to="kql", platform="generic")) == snapshot


def test_a_clock_that_stands_still() -> None:
    now = Call("now", (), Type.DATETIME)
    ago = Call("ago", (Literal(36_000_000_000, Type.TIMESPAN),), Type.DATETIME)
    query = q.Query((), q.Rows((Column("a", Type.DATETIME), Column("b", Type.DATETIME)), ((now, ago),)))
    ticks = 637134336000000000
    assert KqlBackend().translate(query, now=ticks).text == "print a = datetime(2020-01-01), b = (datetime(2020-01-01) - 1h)"


def test_a_leg_over_an_unknown_table_stays() -> None:
    made = ruleconv.translate("union isfuzzy=true Syslog, (NoSuchTable | where x == 1), NoOther", source="kql", to="kql")
    assert made.text == "union isfuzzy=true Syslog, (NoSuchTable | where x == 1), NoOther"
    assert made.notes == ()


def test_a_leg_that_is_left_out_is_told() -> None:
    made = ruleconv.translate("let n = 1; union isfuzzy=true Syslog, (NoSuchTable | where x == n)", source="kql", to="kql")
    assert made.text == "union isfuzzy=true Syslog"
    assert [(note.code, note.effect.value) for note in made.notes] == [("KQW001", "narrows")]


def test_rows_with_a_name_inside_mv_apply() -> None:
    text = "print d = dynamic([1, 2]) | mv-apply x = d on (where x > 1 | as Big | summarize count())"
    assert "where x > 1\n    | summarize count()" in ruleconv.translate(text, source="kql", to="kql").text
