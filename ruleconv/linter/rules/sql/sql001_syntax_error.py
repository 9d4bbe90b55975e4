from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from ruleconv.diagnostic import Edit, Fix, Severity
from ruleconv.linter.examples import sql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.sql.parse import Statement

_MOST = 20
"""Findings in one statement: more of them say nothing more."""
_READ = frozenset(("SELECT", "WITH", "VALUES", "TABLE", "(", "INSERT", "UPDATE", "DELETE"))


class SyntaxMistake(Rule):
    """The statement does not parse.

    PostgreSQL refuses it. Files that are plainly another dialect's (BigQuery, Snowflake, osquery) are left alone unless `sql-dialect` in
    the configuration says that they are PostgreSQL. Templates and variables (`{{ table }}`, `:name`) may stand in it.
    """

    code = "SQL001"
    name = "syntax-error"
    severity = Severity.ERROR
    on = (Kind.SQL,)
    fixable = "safe"
    reference = "https://www.postgresql.org/docs/current/sql-select.html"
    bad = (
        sql("select a, b, from sign_ins", fixed="select a, b from sign_ins"),
        sql("select * form sign_ins"),
        sql("select a from sign_ins where user_name = 'x' and"),
        sql("select a from sign_ins where user_name = 'x"),
        sql("select a, count(*) from sign_ins group by a where b = 1"),
        sql("select s.a from sign_ins s join audit d where s.id = d.id"),
        sql("select a from sign_ins where a is 'x'"),
        sql("select a from sign_ins where a = ‘x’"),
    )
    good = (
        sql("select a, b from sign_ins where a = :name and b in ({{ values }})"),
        sql("-- two statements\nset search_path = audit;\nselect a from sign_ins where a is not distinct from 'x' limit 5;"),
        sql("select `a.b` from `project.dataset.sign_ins` where safe_cast(a as int64) = 1"),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        from ruleconv.sql.grammar import faults

        for statement in subject.postgres:
            if statement.templated and statement.problem is None:
                continue
            found = list(islice(faults(statement.tokens, subject.file.text), _MOST)) if not statement.templated else []
            for fault in found[:1] if statement.problem is not None else found:
                fix = Fix("Take it out", (Edit(fault.span, ""),)) if fault.extra else None
                yield Finding(fault.span, fault.message, "", fix)
            if not found and statement.problem is not None:
                yield from self._problem(subject, statement)

    def _problem(self, subject: Subject, statement: Statement) -> Iterator[Finding]:
        from ruleconv.sql.tokens import TokenKind, says_quote

        problem = statement.problem
        if problem is None:
            return
        char = subject.file.text[problem.span.start]
        broken = any(token.kind is TokenKind.BROKEN for token in statement.tokens)
        if not broken and (statement.templated or statement.tokens[0].word not in _READ):
            return
        hint = f"write {says_quote(char)}" if says_quote(char) else ""
        if not hint and "\\'" in subject.file.text:
            hint = "a backslash does not escape a quote in PostgreSQL: double the quote ('')"
        yield Finding(problem.span, problem.message, hint)
