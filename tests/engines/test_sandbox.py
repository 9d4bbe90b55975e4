"""A query reaches its tables and nothing else: no file, no network, no extension, no configuration, no variable of Python."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ruleconv.diagnostic import ExecutionError
from ruleconv.engines.model import Engine
from ruleconv.ir.types import Column, Type

TEXT = (Column("x", Type.STRING),)

REACH_OUT = [
    "SELECT content FROM read_text('{file}')",
    "SELECT * FROM read_csv('{file}')",
    "SELECT * FROM '{file}'",
    "SELECT * FROM read_blob('{file}')",
    "SELECT file FROM glob('{folder}/*')",
    "SELECT * FROM read_csv('http://127.0.0.1:1/x.csv')",
    "SELECT * FROM 'https://127.0.0.1:1/x.parquet'",
    "SELECT * FROM read_json('s3://bucket/x.json')",
    "COPY (SELECT 1) TO '{folder}/out.csv'",
    "ATTACH '{folder}/other.db'",
    "EXPORT DATABASE '{folder}'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "PRAGMA database_list",
    "CREATE TABLE kept (x INTEGER)",
    "SELECT current_setting('lock_configuration') FROM python_rows",
    "SELECT 1; COPY (SELECT 1) TO '{folder}/out.csv'",
]


@pytest.mark.parametrize("sql", REACH_OUT)
def test_duckdb(duck: Engine, sql: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("x\nsecret\n")
    python_rows = [("secret",)]  # noqa: F841 (DuckDB would find a variable of this name)
    with pytest.raises(ExecutionError):
        duck.execute(sql.format(file=secret, folder=tmp_path), TEXT)
    assert os.listdir(tmp_path) == ["secret.csv"]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT pg_ls_dir('/')::text",
        "SELECT lo_import('/etc/passwd')::text",
        "COPY (SELECT 1) TO PROGRAM 'id'",
        "SELECT set_config('role', 'postgres', false)",
        "SELECT query_to_xml('CREATE TEMP TABLE kept (x int)', true, true, '')::text",
        "WITH gone AS (DELETE FROM pg_class RETURNING 1) SELECT 1::text FROM gone",
        "CREATE TABLE kept (x INTEGER)",
    ],
)
def test_private_postgres(postgres: Engine, sql: str) -> None:
    with pytest.raises(ExecutionError):
        postgres.execute(sql, TEXT)
