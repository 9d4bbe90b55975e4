from __future__ import annotations

import re
from collections.abc import Iterator

from ruleconv.diagnostic import Edit, Fix, Severity
from ruleconv.linter.examples import sql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.sql.tokens import Token
from ruleconv.text import Span

_UNIT = re.compile(r"\\.|_+|[^\\_]+|\\", re.DOTALL)


class LikeUnescapedUnderscore(Rule):
    r"""A pattern of LIKE holds a bare underscore.

    `_` stands for any one character: `ilike 'Sync_%'` also finds `Synchro`. Write `\_` for the character itself. Told where the
    underscore stands as in a name, between letters or digits or before a `%`; others are taken as meant, and so are those of a pattern
    with ESCAPE. SQLite (osquery) is left alone: it has no escape character unless ESCAPE names one.
    """

    code = "SQL006"
    name = "like-unescaped-underscore"
    severity = Severity.WARNING
    on = (Kind.SQL,)
    fixable = "unsafe"
    reference = "https://www.postgresql.org/docs/current/functions-matching.html#FUNCTIONS-LIKE"
    bad = (
        sql("select a from t where upn ilike 'Sync_%'", fixed=r"select a from t where upn ilike 'Sync\_%'"),
        sql("select a from t where name like '%svc_sql_%'", fixed=r"select a from t where name like '%svc\_sql\_%'"),
    )
    good = (
        sql(r"select a from t where upn ilike 'Sync\_%' or code like '__-____' or upn like 'a_%' escape '!'"),
        sql("select a from t where upn = 'Sync_1'"),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        from ruleconv.linter.sql_view import patterns

        for statement in subject.statements if subject.sql.dialect != "sqlite" else ():
            for operator, text, escape in patterns(statement):
                places = _bare(text) if escape is None else []
                if not places:
                    continue
                fix = None
                if subject.sql.is_postgres and text.prefix == "":
                    edits = tuple(Edit(Span(at, at), "\\") for at in places)
                    fix = Fix("Escape the underscores", edits, safe=False)
                yield Finding(
                    Span(places[0], places[0] + 1),
                    f"_ in {operator.text} {text.text[:60]} stands for any character",
                    r"for the character itself: \_",
                    fix,
                )


def _bare(text: Token) -> list[int]:
    """The places of lone underscores that stand as in a name, and that nothing escapes."""
    body = text.text.replace(r"\\_", "%%%") if text.prefix == "E" else text.text
    found = []
    for unit in _UNIT.finditer(body):
        if unit.group() != "_":
            continue
        before, after = body[unit.start() - 1 : unit.start()], body[unit.end() : unit.end() + 1]
        if before.isalnum() and (after.isalnum() or after == "%"):
            found.append(text.span.start + unit.start())
    return found
