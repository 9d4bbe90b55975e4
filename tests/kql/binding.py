"""What the binder's tests share: a small schema, and short ways to bind and to read the result."""

from __future__ import annotations

import pytest

from ruleconv.diagnostic import Diagnostic, SchemaError, Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir.query import Extend, Filter, Query, Rel, Rows
from ruleconv.ir.types import Column, Type
from ruleconv.kql.bind import bind, check
from ruleconv.kql.parse import parse
from ruleconv.schema import Schema, Table
from ruleconv.text import Source

COLUMNS = {
    "b": Type.BOOL,
    "i": Type.INT,
    "l": Type.LONG,
    "r": Type.REAL,
    "m": Type.DECIMAL,
    "s": Type.STRING,
    "t": Type.DATETIME,
    "p": Type.TIMESPAN,
    "g": Type.GUID,
    "d": Type.DYNAMIC,
}
"""The table T has a column of every type, named by a letter."""

SCHEMA = Schema.of(
    [
        Table("T", tuple(Column(name, type_) for name, type_ in COLUMNS.items())),
        Table("Users", (Column("Name", Type.STRING), Column("Id", Type.LONG), Column("Since", Type.DATETIME))),
        Table("Logins", (Column("Name", Type.STRING), Column("Time", Type.DATETIME), Column("Id", Type.STRING))),
    ]
)


def query(text: str) -> Query:
    source = Source(text, "rule.kql")
    return bind(parse(source), SCHEMA, source)


def columns(text: str) -> list[str]:
    """``name:type`` of the result's columns."""
    return [f"{c.name}:{c.type.value}" for c in query(text).columns]


def names(text: str) -> list[str]:
    return [c.name for c in query(text).columns]


def value(text: str) -> ir.Expr:
    """The expression over T."""
    stage = query(f"T | extend z = {text}").body
    assert isinstance(stage, Extend)
    return stage.values[-1].value


def constant(text: str) -> ir.Expr:
    """The expression without columns."""
    rows = query(f"print {text}").body
    assert isinstance(rows, Rows)
    return rows.rows[0][0]


def predicate(text: str) -> ir.Expr:
    stage = query(f"T | where {text}").body
    assert isinstance(stage, Filter)
    return stage.predicate


def findings(text: str) -> list[Diagnostic]:
    """Every finding of a query that does not bind."""
    with pytest.raises(SchemaError) as caught:
        query(text)
    return list(caught.value.diagnostics)


def found(text: str) -> list[tuple[str, str]]:
    """Code and underlined text of every finding."""
    return [(d.code, text[d.span.start : d.span.end]) for d in findings(text)]


def doubts(text: str) -> list[tuple[str, str]]:
    """Code and underlined text of what Microsoft's parser objects to in a query that binds."""
    source = Source(text, "rule.kql")
    checked = check(parse(source), SCHEMA, source)
    assert checked.error is None
    return [(d.code, text[d.span.start : d.span.end]) for d in checked.doubts]


def refused(text: str) -> Unsupported:
    with pytest.raises(Unsupported) as caught:
        query(text)
    return caught.value


def stages(rel: Rel) -> list[str]:
    """The names of a pipeline's stages, the last first."""
    found = []
    while True:
        found.append(type(rel).__name__)
        inner = getattr(rel, "input", None)
        if inner is None:
            return found
        rel = inner
