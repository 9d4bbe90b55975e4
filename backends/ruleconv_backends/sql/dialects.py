"""How sqlglot prints our SQL: its own dialects, with the readable form of a few nodes."""

from __future__ import annotations

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.dialects.postgres import Postgres


def _typed_literal(node: exp.Expression) -> str | None:
    """``TIMESTAMP '2024-01-01 00:00:00'`` for a cast of a literal."""
    if isinstance(node, exp.Cast) and isinstance(node.this, exp.Literal) and node.this.is_string and node.to.this is exp.DataType.Type.TIMESTAMP:
        return f"TIMESTAMP '{node.this.name}'"
    return None


def _is_not_true(node: exp.Not) -> exp.Expression | None:
    """The tested node of ``NOT (x) IS TRUE``, which reads better as ``(x) IS NOT TRUE``."""
    inner = node.this
    if isinstance(inner, exp.Is) and isinstance(inner.expression, (exp.Boolean, exp.Null)):
        return inner
    return None


class RuleconvPostgres(Postgres):
    """Postgres as ruleconv prints it."""

    class Generator(Postgres.Generator):
        def not_sql(self, expression: exp.Not) -> str:
            test = _is_not_true(expression)
            return super().not_sql(expression) if test is None else f"{self.sql(test, 'this')} IS NOT {self.sql(test, 'expression')}"

        def cast_sql(self, expression: exp.Cast, safe_prefix: str | None = None) -> str:
            return _typed_literal(expression) or super().cast_sql(expression, safe_prefix)


class RuleconvDuckDB(DuckDB):
    """DuckDB as ruleconv prints it."""

    class Generator(DuckDB.Generator):
        def not_sql(self, expression: exp.Not) -> str:
            test = _is_not_true(expression)
            return super().not_sql(expression) if test is None else f"{self.sql(test, 'this')} IS NOT {self.sql(test, 'expression')}"

        def cast_sql(self, expression: exp.Cast, safe_prefix: str | None = None) -> str:
            return _typed_literal(expression) or super().cast_sql(expression, safe_prefix)


DIALECTS = {"postgres": RuleconvPostgres, "duckdb": RuleconvDuckDB}
