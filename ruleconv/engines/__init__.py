"""What executes SQL: DuckDB within the process, PostgreSQL beside it. ``find`` is the way in."""

from __future__ import annotations

from collections.abc import Callable

from ruleconv.diagnostic import UsageError
from ruleconv.engines.model import Engine


def _duckdb(dsn: str | None) -> Engine:
    from ruleconv.engines.duckdb import DuckDB

    if dsn is not None:
        raise UsageError("dsn goes with the engine postgres", hint="DuckDB runs inside this process; give it tables", option="dsn")
    return DuckDB.shared()


def _postgres(dsn: str | None) -> Engine:
    try:
        from ruleconv.engines.postgres import Postgres
    except ImportError as error:
        raise UsageError(f"the driver of PostgreSQL is missing: {error}", hint="pip install 'ruleconv[postgres]'") from error
    return Postgres.shared(dsn)


ENGINES: dict[str, Callable[[str | None], Engine]] = {"duckdb": _duckdb, "postgres": _postgres}


def find(name: str, dsn: str | None = None) -> Engine:
    """The engine of that name, started (once for each process) when it has to be. Its driver is imported here and not before."""
    if name not in ENGINES:
        raise UsageError(f"unknown engine {name!r}", hint=f"engines: {', '.join(sorted(ENGINES))}")
    return ENGINES[name](dsn)
