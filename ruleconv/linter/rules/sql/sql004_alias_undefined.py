from __future__ import annotations

import difflib
from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.sql.scope import FromItem, visible

_ALWAYS = frozenset(("excluded", "new", "old"))


class AliasUndefined(Rule):
    """A column is qualified with a name that FROM does not define.

    PostgreSQL refuses the query: "missing FROM-clause entry". Often an alias was renamed, or the table has one and is called by its own
    name, which its alias hides.
    """

    code = "SQL004"
    name = "alias-undefined"
    severity = Severity.ERROR
    on = (Kind.SQL,)
    reference = "https://www.postgresql.org/docs/current/queries-table-expressions.html#QUERIES-TABLE-ALIASES"
    bad = (
        sql("select l.host from logins as g where g.result = 1"),
        sql("select logins.host from logins as l"),
        sql("select a.x, b.y from (select x from t) a, (select a.x as y from u) b"),
    )
    good = (
        sql("select l.host from logins as l where exists (select 1 from hosts h where h.name = l.host)"),
        sql("select l.host, e.value ->> 'a' from audit.logins l, jsonb_array_elements(l.targets) as e"),
        sql("with q as (select 1 as x) select q.x, (l.address).zone from q cross join lateral (select q.x + 1 as y) l"),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        from ruleconv.linter.sql_view import is_reading

        for statement in subject.postgres:
            if statement.tree is None or not is_reading(statement) or statement.templated:
                continue
            told: set[str] = set()
            for node in statement.tree.walk():
                if node.kind != "column" or not node.qualifier or not node.placed or node.qualifier in told | _ALWAYS:
                    continue
                around = list(visible(node))
                if not around or any(item.name == node.qualifier for item in around):
                    continue
                told.add(node.qualifier)
                yield Finding(node.span, f"FROM defines no {node.qualifier}", _hint(node.qualifier, around))


def _hint(name: str, around: list[FromItem]) -> str:
    for item in around:
        if item.table == name:
            return f"the table {name} is called {item.name} here"
    known = [item.name for item in around if item.name]
    near = difflib.get_close_matches(name, known, 1)
    return f"did you mean {near[0]}?" if near else f"there {'is' if len(known) == 1 else 'are'} {', '.join(known[:6])}" if known else ""
