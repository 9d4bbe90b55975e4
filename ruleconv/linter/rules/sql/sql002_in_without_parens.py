from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Edit, Fix, Severity
from ruleconv.linter.examples import sql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.sql.tokens import Token, TokenKind

_LITERALS = (TokenKind.STRING, TokenKind.NUMBER)
_NAMES = (TokenKind.WORD, TokenKind.QUOTED)


class InWithoutParens(Rule):
    """`in` without parentheses around its values.

    `error_code in 500121` is a syntax error: `in` takes a list or a query in parentheses. For one value, `=` says the same.
    """

    code = "SQL002"
    name = "in-without-parens"
    severity = Severity.ERROR
    on = (Kind.SQL,)
    fixable = "safe"
    reference = "https://www.postgresql.org/docs/current/functions-comparisons.html"
    bad = (
        sql("select a from sign_ins where error_code in 500121", fixed="select a from sign_ins where error_code in (500121)"),
        sql(
            "select a from sign_ins where city not in 'Oslo' and b = 1", fixed="select a from sign_ins where city not in ('Oslo') and b = 1"
        ),
        sql("select a from sign_ins where city in 'Oslo', 'Bergen'"),
    )
    good = (
        sql("select a from sign_ins where error_code in (500121) and b in (select b from c)"),
        sql("select position('a' in b) from sign_ins where c in :codes"),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for statement in subject.statements:
            tokens = statement.tokens
            opened: list[str] = []
            for at, token in enumerate(tokens):
                if token.word == "(":
                    opened.append(tokens[at - 1].word if at else "")
                elif token.word == ")" and opened:
                    opened.pop()
                elif token.word == "IN" and at and at + 1 < len(tokens) and (not opened or opened[-1] != "POSITION"):
                    yield from self._looked_at(subject, tokens, at)

    def _looked_at(self, subject: Subject, tokens: tuple[Token, ...], at: int) -> Iterator[Finding]:
        before, after = tokens[at - 1], tokens[at + 1]
        if before.word in (".", "AS", "FOR") or (before.kind not in (*_NAMES, *_LITERALS) and before.word not in (")", "]")):
            return
        if after.kind in _LITERALS:
            listed = at + 2 < len(tokens) and tokens[at + 2].word in (",", "||", "+", "-", "::")
            fix = None if listed else Fix("Put parentheses around it", (Edit(after.span, f"({after.text})"),))
            yield Finding(
                tokens[at].span.cover(after.span), f"in {after.text[:40]} without parentheses", f"write in ({after.text[:40]})", fix
            )
        elif after.kind in _NAMES and subject.sql.is_postgres and after.word != "UNNEST":
            yield Finding(
                tokens[at].span.cover(after.span), f"in {after.text} without parentheses", "in takes a list or a query in parentheses"
            )
