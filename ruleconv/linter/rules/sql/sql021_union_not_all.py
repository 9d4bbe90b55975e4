from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class UnionNotAll(Rule):
    """UNION without ALL.

    It compares all rows and drops those that are equal: it costs a sort, and two events with the same values become one.
    """

    code = "SQL021"
    name = "union-not-all"
    severity = Severity.INFO
    on = (Kind.SQL,)
    recommended = False
    fixable = "unsafe"
    reference = "https://www.postgresql.org/docs/current/queries-union.html"
    bad = (sql("select a from t union select a from u", fixed="select a from t union all select a from u"),)
    good = (sql("select a from t union all select a from u"), sql("select a from t union distinct select a from u"))

    def check(self, subject: Subject) -> Iterator[Finding]:
        from ruleconv.diagnostic import Edit, Fix
        from ruleconv.text import Span

        for statement in subject.statements:
            tokens = statement.tokens
            recursive = any(token.word == "RECURSIVE" for token in tokens)
            for at, token in enumerate(tokens[:-1]):
                if token.word != "UNION" or tokens[at + 1].word not in ("SELECT", "(", "VALUES", "TABLE") or recursive:
                    continue
                text = " ALL" if token.text.isupper() else " all"
                fix = Fix("Keep all rows", (Edit(Span(token.span.end, token.span.end), text),), safe=False)
                yield Finding(token.span, "UNION drops equal rows", "UNION ALL keeps them; UNION DISTINCT says that it is meant", fix)
