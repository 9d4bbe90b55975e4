from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Edit, Fix, Severity
from ruleconv.linter.examples import sql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind

_OPERATORS = {"=": "is null", "==": "is null", "!=": "is not null", "<>": "is not null"}


class EqualsNull(Rule):
    """A comparison with NULL by `=` or `<>`.

    It is never true, whatever the column holds. `is null` and `is not null` are the tests.
    """

    code = "SQL010"
    name = "equals-null"
    severity = Severity.ERROR
    on = (Kind.SQL,)
    fixable = "unsafe"
    reference = "https://www.postgresql.org/docs/current/functions-comparison.html"
    bad = (
        sql("select a from t where b = null", fixed="select a from t where b is null"),
        sql("SELECT a FROM t WHERE b != NULL", fixed="SELECT a FROM t WHERE b IS NOT NULL"),
        sql("select a from t where null = b"),
    )
    good = (
        sql("select a from t where b is null or b is not null"),
        sql("select a from t where b is null = c is not null and (d is not distinct from null) = e"),
        sql("update t set b = null where c = 1"),
        sql("select f(b => null) from t"),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        from ruleconv.linter.sql_view import clause_before

        for statement in subject.statements:
            tokens = statement.tokens
            for at, token in enumerate(tokens[:-1]):
                if token.word == "NULL" and tokens[at + 1].word in _OPERATORS and tokens[at - 1].word not in ("IS", "NOT", "FROM") and at:
                    after = tokens[at + 1]
                    span = token.span.cover(after.span)
                    yield Finding(span, f"{token.text} {after.text} is never true", f"write {_OPERATORS[after.word]} behind the value")
                test = _OPERATORS.get(token.word)
                if test is None or tokens[at + 1].word != "NULL" or at == 0:
                    continue
                if token.word == "=" and clause_before(statement, at) == "SET":
                    continue
                span = token.span.cover(tokens[at + 1].span)
                written = test.upper() if tokens[at + 1].text.isupper() else test
                fix = Fix(f"Write {written}", (Edit(span, written),), safe=False)
                yield Finding(span, f"{token.text} {tokens[at + 1].text} is never true", f"write {written}", fix)
