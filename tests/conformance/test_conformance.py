"""Each case of ``cases/`` gives its rows, on both engines (README.md says how a case is written)."""

from __future__ import annotations

import math
from typing import Any

import pytest

import ruleconv
from ruleconv.engines.convert import convert
from ruleconv.engines.model import Result
from ruleconv.ir.fidelity import Effect
from ruleconv.ir.types import Column, Type
from ruleconv.schema import Schema, Table


def columns_of(text: str) -> tuple[Column, ...]:
    pairs = (part.rsplit(":", 1) for part in text.split(","))
    return tuple(Column(name.strip(), Type(kind.strip())) for name, kind in pairs)


def run(case: dict[str, Any], engine: str) -> Result:
    tables: dict[str, list[dict[str, object]]] = {}
    known: list[Table] = []
    for name, table in case.get("tables", {}).items():
        columns = columns_of(table["columns"])
        known.append(Table(name, columns))
        tables[name] = [{column.name: value for column, value in zip(columns, row, strict=True)} for row in table["rows"]]
    return ruleconv.run(
        case["kql"], source="kql", engine=engine, tables=tables or None, now=case.get("now"), schema=Schema.of(known) if known else None
    )


def same(left: object, right: object) -> bool:
    if isinstance(left, float) and isinstance(right, float):
        return left == right or (left != left and right != right) or math.isclose(left, right, rel_tol=1e-9)
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def test_case(case: dict[str, Any], engine: str) -> None:
    refused = case.get("gap", {}).get(engine) or case.get("refused")
    if refused:
        with pytest.raises(ruleconv.Unsupported) as caught:
            run(case, engine)
        assert caught.value.construct == refused
        return
    if "error" in case:
        with pytest.raises(ruleconv.ParseError) as failed:
            run(case, engine)
        assert isinstance(failed.value, ruleconv.SchemaError) == (case["error"] == "schema")
        return
    result = run(case, engine)
    if "columns" in case:
        assert [(column.name, column.type) for column in result.columns] == [(c.name, c.type) for c in columns_of(case["columns"])]
    want = [tuple(_value(value, column) for value, column in zip(row, result.columns, strict=True)) for row in case["rows"]]
    got = list(result.rows)
    if not case.get("ordered"):
        want, got = sorted(want, key=repr), sorted(got, key=repr)
    assert len(got) == len(want)
    assert all(same(a, b) for g, w in zip(got, want, strict=True) for a, b in zip(g, w, strict=True)), (got, want)
    codes = {note.code for note in result.notes}
    if "notes" in case:
        assert codes >= set(case["notes"])
    else:
        assert not [note for note in result.notes if note.effect not in (Effect.EXACT, Effect.WIDENS)]


def _value(value: object, column: Column) -> object:
    return "" if value is None and column.type is Type.STRING else convert(value, column.type)
