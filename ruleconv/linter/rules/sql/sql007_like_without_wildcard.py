from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Edit, Fix, Severity
from ruleconv.linter.examples import sql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class LikeWithoutWildcard(Rule):
    """LIKE with a pattern that has no wildcard.

    It compares the whole text, as `=` does; often `%` was forgotten. ILIKE without a wildcard is left alone: it compares without regard
    to case.
    """

    code = "SQL007"
    name = "like-without-wildcard"
    severity = Severity.WARNING
    on = (Kind.SQL,)
    fixable = "safe"
    reference = "https://www.postgresql.org/docs/current/functions-matching.html#FUNCTIONS-LIKE"
    bad = (
        sql("select a from t where path like '/tmp/x'", fixed="select a from t where path = '/tmp/x'"),
        sql("select a from t where path not like '/tmp/x'", fixed="select a from t where path <> '/tmp/x'"),
    )
    good = (sql("select a from t where path like '/tmp/%' and name ilike 'root' and c like 'a_c' and d like any (array['x'])"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        from ruleconv.linter.sql_view import patterns

        if subject.sql.dialect in ("sqlite", "mysql", "tsql"):
            return  # LIKE is not = there: it does not regard case
        for statement in subject.statements:
            tokens = statement.tokens
            place = {token.span.start: at for at, token in enumerate(tokens)}
            for operator, text, escape in patterns(statement):
                at = place[operator.span.start]
                if operator.word != "LIKE" or place[text.span.start] != at + 1 or set(text.body) & set("%_\\"):
                    continue
                if "{{" in text.body or "${" in text.body:
                    continue
                negated = at > 0 and tokens[at - 1].word == "NOT"
                span = tokens[at - 1].span.cover(operator.span) if negated else operator.span
                sign = "<>" if negated else "="
                fix = Fix(f"Write {sign}", (Edit(span, sign),)) if escape is None else None
                yield Finding(
                    span.cover(text.span), f"{operator.text} {text.text[:60]} has no wildcard: it acts as {sign}", "add %, or compare", fix
                )
