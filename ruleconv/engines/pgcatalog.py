"""The tables of a user's PostgreSQL database, seen as Kusto would see them."""

from __future__ import annotations

from ruleconv.ir.types import Column, Type

VISIBLE_COLUMNS = """
SELECT c.relname, a.attname, t.typname, t.typcategory::text
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_t%'
  AND pg_catalog.pg_table_is_visible(c.oid)
ORDER BY c.relname, a.attnum
"""
"""Table, column, type name and type category of every relation on the search path."""

EXACT = {
    "bool": Type.BOOL,
    "int4": Type.INT,
    "int8": Type.LONG,
    "float8": Type.REAL,
    "numeric": Type.DECIMAL,
    "text": Type.STRING,
    "timestamp": Type.DATETIME,
    "interval": Type.TIMESPAN,
    "uuid": Type.GUID,
    "jsonb": Type.DYNAMIC,
}
"""Types that the SQL of the backend works on as they are."""

VIEWED = {
    "int2": (Type.INT, "CAST({0} AS integer)"),
    "float4": (Type.REAL, "CAST({0} AS double precision)"),
    "timestamptz": (Type.DATETIME, "({0} AT TIME ZONE 'UTC')"),
    "date": (Type.DATETIME, "CAST({0} AS timestamp)"),
    "time": (Type.TIMESPAN, "CAST({0} AS interval)"),
    "json": (Type.DYNAMIC, "CAST({0} AS jsonb)"),
    "inet": (Type.STRING, "host({0})"),
}
"""Types that a temporary view turns into one of those."""

ARRAY = (Type.DYNAMIC, "to_jsonb({0})")
OTHER = (Type.STRING, "CAST({0} AS text)")


def kusto_type(type_name: str, category: str) -> tuple[Type, str]:
    """The Kusto type of a column, and the expression that makes it (``{0}``: the column)."""
    if type_name in EXACT:
        return EXACT[type_name], "{0}"
    return VIEWED.get(type_name, ARRAY if category in ("A", "C") else OTHER)


def tables(rows: list[tuple[str, str, str, str]]) -> tuple[dict[str, tuple[Column, ...]], dict[str, tuple[str, ...]]]:
    """From the rows of VISIBLE_COLUMNS: the columns of every table, and the expressions of those tables that need a view."""
    columns: dict[str, list[Column]] = {}
    expressions: dict[str, list[str]] = {}
    for table, name, type_name, category in rows:
        kind, expression = kusto_type(type_name, category)
        columns.setdefault(table, []).append(Column(name, kind))
        expressions.setdefault(table, []).append(expression)
    viewed = {table: tuple(found) for table, found in expressions.items() if any(expression != "{0}" for expression in found)}
    return {table: tuple(found) for table, found in columns.items()}, viewed
