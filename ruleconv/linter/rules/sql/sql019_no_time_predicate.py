from __future__ import annotations

import re
from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.sql.tokens import TokenKind

_TIME_NAME = re.compile(r"time|date|day|hour|created|updated|modified|timestamp|_at$|^ts$|_ts$|^at$|occurred|seen|since", re.IGNORECASE)
_TIME_WORDS = frozenset(("NOW", "CURRENT_TIMESTAMP", "CURRENT_DATE", "LOCALTIMESTAMP", "INTERVAL", "GETDATE", "STRFTIME", "P_OCCURS_SINCE"))


class NoTimePredicate(Rule):
    """A query over events that says nothing about time.

    It reads the whole table each time it runs, and finds the same events again. Not for tables of what is there now (osquery).
    """

    code = "SQL019"
    name = "no-time-predicate"
    severity = Severity.WARNING
    on = (Kind.SQL,)
    recommended = False
    bad = (sql("select ip from sign_ins where result = 'failure'"),)
    good = (
        sql("select ip from sign_ins where created > now() - interval '1 day'"),
        sql("with latest as (select * from sign_ins where event_time > :since) select ip from latest"),
        sql("select 1"),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        from ruleconv.sql.scope import from_items, selects

        if subject.sql.dialect == "sqlite":
            return
        for statement in subject.statements:
            tree = statement.tree
            if (
                tree is None
                or not tree.is_query
                or not any(item.table and item.query is None for each in selects(tree) for item in from_items(each))
            ):
                continue
            told = any(token.word in _TIME_WORDS for token in statement.tokens) or any(
                token.kind in (TokenKind.WORD, TokenKind.QUOTED) and _TIME_NAME.search(token.name)
                for select in selects(tree)
                for part in ("where", "having", "joins", "qualify")
                for clause in select.all(part)
                if clause.placed
                for token in statement.tokens
                if clause.span.start <= token.span.start < clause.span.end
            )
            if not told:
                yield Finding(
                    statement.tokens[0].span, "nothing bounds the time of the events", "compare the events' time with now() - interval '..'"
                )
