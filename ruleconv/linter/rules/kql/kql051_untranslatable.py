from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity, Unsupported
from ruleconv.linter.examples import kql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class Untranslatable(Rule):
    """A query that ruleconv cannot write as SQL.

    The message is that of `ruleconv translate --to sql`; Kusto runs the query all the same.
    """

    code = "KQL051"
    name = "untranslatable"
    severity = Severity.INFO
    on = (
        Kind.SENTINEL,
        Kind.KQL,
    )
    recommended = False
    bad = (
        kql("""\
SigninLogs
| evaluate bag_unpack(LocationDetails)
| getschema
| evaluate python(typeof(*), 'x')
"""),
    )
    good = (
        kql("""\
SigninLogs
| count
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        refusal = subject.refusal
        if refusal is not None:
            yield Finding(subject.in_query(refusal.span), refusal.message, refusal.hint)
            return
        if subject.ir is None:
            return
        from ruleconv import backend

        try:
            backend.find("sql", "postgres").translate(subject.ir, source=subject.query)
        except Unsupported as error:
            yield Finding(subject.in_query(error.span), error.message, error.hint)
