"""The SQL backend: a bound query becomes one SQL statement with notes."""

from __future__ import annotations

from sqlglot import exp

from ruleconv import catalogue
from ruleconv.diagnostic import Unsupported
from ruleconv.ir import query as q
from ruleconv.ir.expr import Call
from ruleconv.ir.fidelity import Effect, Note, Translation
from ruleconv.rulefile.metadata import NO_METADATA, Metadata
from ruleconv.text import NOWHERE, Source
from ruleconv_backends.sql import (  # noqa: F401  (register their stages)
    activity,
    correlation,
    expand,
    joins,
    names,
    parse_kv,
    parsing,
    plugins,
    rows,
    scan,
    series,
    summarize,
    top_nested,
    unions,
)
from ruleconv_backends.sql.dialects import printing
from ruleconv_backends.sql.relation import Relations
from ruleconv_backends.sql.select import Relation


class SqlBackend:
    """Writes SQL of one dialect ("postgres" or "duckdb")."""

    def __init__(self, dialect: str) -> None:
        self.dialect = dialect

    def translate(
        self,
        query: q.Query,
        *,
        source: Source | None = None,
        now: int | None = None,
        metadata: Metadata = NO_METADATA,
        pretty: bool = True,
    ) -> Translation:
        """The statement that gives the query's rows. ``now``: ticks for the clock. Raises Unsupported."""
        try:
            return self._translated(query, source, now, pretty)
        except RecursionError:
            raise Unsupported("a query that is nested this deeply", NOWHERE, "divide it with let", source) from None

    def _translated(self, query: q.Query, source: Source | None, now: int | None, pretty: bool) -> Translation:
        relations = Relations(self.dialect, now)
        taken = _names_in_use(query) if query.lets else set()
        ctes = [_cte(relations, let, taken) for let in query.lets]
        result = relations.relation(query.body)
        statement = _ordered(result, query).build()
        if ctes:
            own = statement.args.get("with_")  # that of make-series or top-nested, which may read the lets
            statement.set("with_", exp.With(expressions=[*ctes, *(own.expressions if own else ())], recursive=bool(own and own.recursive)))
        notes = [Note(code, Effect.EXACT, message, span) for code, message, span in query.notes]
        text = statement.sql(dialect=printing(self.dialect), pretty=pretty, comments=False, copy=False)
        return Translation(text, (*notes, *relations.notes), source)


def _ordered(result: Relation, query: q.Query) -> Relation:
    """The final SELECT: exactly the query's columns in their order."""
    if [c.name for c in query.columns] != list(result.columns):
        if result.is_grouped or result.whole is not None:
            result = result.sealed()
        result.columns = {c.name: result.columns[c.name] for c in query.columns}
    return result


def _names_in_use(query: q.Query) -> set[str]:
    """Every table name of the query, so that no CTE hides one."""
    found: set[str] = set()
    stack: list[object] = [query.body, *(let.rel for let in query.lets)]
    while stack:
        node = stack.pop()
        if isinstance(node, (q.Source, q.External)):
            found.add((node.table if isinstance(node, q.Source) else node.name).lower())
            continue
        if isinstance(node, Call) and (record := catalogue.function(node.function)) and record.reads:
            found.add(record.reads.name)
        if isinstance(node, (tuple, list)):
            stack.extend(node)
        elif hasattr(node, "__slots__"):
            stack.extend(getattr(node, name) for name in node.__slots__ if hasattr(node, name))
    return found


def _cte(relations: Relations, let: q.Let, taken: set[str]) -> exp.CTE:
    name, number = let.name, 0
    used = taken | {cte.lower() for cte in relations.lets.values()}
    while name.lower() in used:
        number += 1
        name = f"{let.name}_{number}"
    relation = relations.relation(let.rel)
    node = exp.CTE(this=relation.build(inner=True), alias=exp.TableAlias(this=names.identifier(name)))
    if let.materialized:
        node.set("materialized", True)
    relations.lets[let.name] = name
    relations.let_rows[let.name] = relation
    return node
