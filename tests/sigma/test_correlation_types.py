"""Group-by fields that are no text: SQL's own form of a correlation and the one made of KQL's operators find the same, nulls included."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruleconv import backend, engines
from ruleconv.engines.model import DEFAULT_LIMITS
from ruleconv.engines.model import Table as EngineTable
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.correlation import Correlate, CorrelatedRule, CorrelationKind, Occurrences, Threshold
from ruleconv.ir.types import Column, Type
from ruleconv_backends.kql.correlation import without_correlations
from tests.properties.running import ENGINES, examples

START = datetime(2025, 1, 1, tzinfo=UTC)
COLUMNS = (Column("At", Type.DATETIME), Column("Id", Type.LONG), Column("Port", Type.LONG), Column("Up", Type.BOOL))
EVENTS = q.Source("given", COLUMNS)
REFS = {column.name: ir.ColumnRef(column.name, column.type) for column in COLUMNS}
MINUTE = 600_000_000
SHAPES = (
    (CorrelationKind.EVENT_COUNT, ir.Comparison.GE, Occurrences.GROUPS),
    (CorrelationKind.EVENT_COUNT, ir.Comparison.LT, Occurrences.GROUPS),
    (CorrelationKind.EVENT_COUNT, ir.Comparison.GE, Occurrences.ONSETS),
    (CorrelationKind.EVENT_COUNT, ir.Comparison.LT, Occurrences.ONSETS),
    (CorrelationKind.VALUE_COUNT, ir.Comparison.GE, Occurrences.GROUPS),
    (CorrelationKind.VALUE_COUNT, ir.Comparison.GE, Occurrences.ONSETS),
)


def correlation(kind: CorrelationKind, op: ir.Comparison, occurrences: Occurrences) -> Correlate:
    happened = q.Filter(EVENTS, ir.Compare(ir.Comparison.GT, REFS["Id"], ir.Literal(0, Type.LONG)))
    value = REFS["Id"] if kind is CorrelationKind.VALUE_COUNT else None
    rule = CorrelatedRule("rule", happened, (REFS["Port"], REFS["Up"]), REFS["At"], value)
    columns = (COLUMNS[2], COLUMNS[3], Column("FirstEvent", Type.DATETIME), Column("LastEvent", Type.DATETIME))
    columns += (Column("Number", Type.LONG),) if occurrences is Occurrences.GROUPS else ()
    return Correlate(kind, (rule,), 5 * MINUTE, (Threshold(op, 2),), columns, occurrences=occurrences)


EVENT = st.tuples(
    st.one_of(st.none(), st.integers(0, 20).map(lambda minutes: START + timedelta(minutes=minutes))),
    st.integers(0, 3),
    st.sampled_from([None, 80, 443]),
    st.sampled_from([None, True]),
)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: "-".join(part.name for part in shape))
def test_both_forms(shape: tuple[CorrelationKind, ir.Comparison, Occurrences]) -> None:
    query = q.Query((), correlation(*shape))
    plain = without_correlations(query)

    @examples(12)
    @given(st.lists(EVENT, max_size=12, unique_by=lambda event: event[:1] if shape[2] is Occurrences.ONSETS else event))
    def holds(events: list[tuple[object, ...]]) -> None:
        found = []
        for engine in ENGINES:
            for each in (query, plain):
                sql = backend.find("sql", engine).translate(each).text
                rows = engines.find(engine).execute(sql, each.columns, [EngineTable("given", COLUMNS, events)], DEFAULT_LIMITS).rows
                found.append((sorted(map(repr, rows)), sql))
        assert all(rows == found[0][0] for rows, _ in found), "\n\n".join(f"{rows}\n{sql}" for rows, sql in found)

    holds()
