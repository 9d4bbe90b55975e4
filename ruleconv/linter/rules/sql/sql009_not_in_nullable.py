from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.sql.tree import Node
from ruleconv.text import Span


class NotInNullable(Rule):
    """NOT IN over a query whose column may be NULL, or over a list with NULL.

    One NULL among the values, and `x not in (..)` is never true: the rule finds nothing, without an error. Use NOT EXISTS, or filter the
    NULLs out in the subquery (`where x is not null`). Told unless the subquery itself shows that no NULL comes out of it.
    """

    code = "SQL009"
    name = "not-in-nullable"
    severity = Severity.WARNING
    on = (Kind.SQL,)
    reference = "https://wiki.postgresql.org/wiki/Don%27t_Do_This#Don.27t_use_NOT_IN"
    bad = (
        sql("select a from t where ip not in (select ip from known)"),
        sql("with org as (select distinct ip from known) select a from t where ip not in (select ip from org)"),
        sql("select a from t where ip not in ('10.0.0.1', null)"),
        sql("select a from t where ip <> all (select ip from known)"),
    )
    good = (
        sql("select a from t where ip not in (select ip from known where ip is not null and x = 1)"),
        sql("select a from t where ip not in (select ip from known where ip like '10.%')"),
        sql("with org as (select ip from known where ip is not null) select a from t where ip not in (select distinct ip from org)"),
        sql("select a from t where n not in (select coalesce(n, '') from u) and m not in (select count(*) from u)"),
        sql("select a from t where ip <> all (select ip from known where ip is not null) and b <> all (array['x', 'y'])"),
        sql("select a from t where not exists (select 1 from known where known.ip = t.ip)"),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        from ruleconv.linter.sql_view import tokens_in
        from ruleconv.sql.nulls import may_be_null
        from ruleconv.sql.tree import bare

        for statement in subject.statements:
            for node in statement.tree.walk() if statement.tree is not None else ():
                inner = bare(node.get("this")) if node.kind == "not" else node.get("expression") if node.kind == "neq" else None
                if inner is None or inner.kind not in ("in", "all") or not inner.placed or (inner.kind == "all") is (node.kind == "not"):
                    continue
                query = bare(inner.get("this")) if inner.kind == "all" else inner.get("query")
                if inner.kind == "all" and (query is None or not query.is_query):
                    continue
                if query is not None and may_be_null(query.get("this") or query):
                    where = query.span if query.placed else inner.span
                    # Some dialects' NOT IN is read as <> ALL.
                    within = tokens_in(statement, Span(node.span.start, where.start))
                    words = "NOT IN" if any(token.word == "IN" for token in within[-2:]) else "<> ALL"
                    yield Finding(
                        where,
                        f"{words} over a query that may give NULL{_column(query)}: one NULL, and no row is found",
                        "NOT EXISTS, or IS NOT NULL in the subquery",
                    )
                elif query is None and any(each.kind == "null" for each in inner.all("expressions")):
                    yield Finding(inner.span, "NOT IN over a list with NULL is never true", "take NULL out of the list")


def _column(query: Node) -> str:
    from ruleconv.sql.scope import first_select, outputs

    select = first_select(query.get("this") or query)
    names = [output.name for output in outputs(select)] if select is not None else []
    return f" for {names[0]}" if len(names) == 1 and names[0] else ""
