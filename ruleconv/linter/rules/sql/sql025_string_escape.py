from __future__ import annotations

import re
from collections.abc import Iterator

from ruleconv.diagnostic import Edit, Fix, Severity
from ruleconv.linter.examples import sql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.sql.tokens import Token, TokenKind
from ruleconv.text import Span

_UNIT = re.compile(r"\\.|\\$", re.DOTALL)
_DOUBLED = re.compile(r"[\w:%.$]\\\\[\w%.$]")
_SINGLE = re.compile(r"(?<!\\)\\(?!\\)")


class StringEscape(Rule):
    r"""Backslashes that PostgreSQL reads otherwise than they were meant.

    In a pattern of LIKE the backslash escapes the next character: `like '%\cmd.exe'` looks for `cmd.exe` without it, and wants `\\`. In all
    other texts it is a plain character: `= 'C:\\Windows'` wants two of them.
    """

    code = "SQL025"
    name = "string-escape"
    severity = Severity.ERROR
    on = (Kind.SQL,)
    fixable = "unsafe"
    reference = "https://www.postgresql.org/docs/current/functions-matching.html#FUNCTIONS-LIKE"
    bad = (
        sql(r"select a from t where path ilike '%\cmd.exe'", fixed=r"select a from t where path ilike '%\\cmd.exe'"),
        sql(r"select a from t where path = 'C:\\Windows\\x.exe'", fixed=r"select a from t where path = 'C:\Windows\x.exe'"),
    )
    good = (
        sql(r"select a from t where path ilike '%\\cmd.exe' or b like 'a\_b\%' or c like '\a' escape '!' or d like E'%\\\\x'"),
        sql(r"select a from t where path in ('C:\Windows\x.exe', '\\server\share', E'C:\\Windows') and a ~ 'C:\\Windows'"),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        from ruleconv.linter.sql_view import patterns

        for statement in subject.postgres:
            for operator, text, escape in patterns(statement):
                if escape is None and text.prefix == "":
                    yield from self._pattern(operator, text)
            tokens = statement.tokens
            for at, token in enumerate(tokens[1:], 1):
                if token.kind is TokenKind.STRING and token.prefix == "" and "\\\\" in token.text and _is_compared(tokens, at):
                    yield from self._doubled(token)

    def _pattern(self, operator: Token, text: Token) -> Iterator[Finding]:
        edits = []
        for unit in _UNIT.finditer(text.text, 1, len(text.text) - 1):
            if unit.group()[1:] not in ("%", "_", "\\"):
                at = text.span.start + unit.start()
                edits.append(Edit(Span(at, at), "\\"))
        if edits:
            first = edits[0].span.start
            yield Finding(
                Span(first, min(first + 2, text.span.end)),
                f"the backslash in {operator.text} {text.text[:60]} only escapes what follows it",
                r"for a backslash: \\",
                Fix("Double the backslashes", tuple(edits), safe=False),
            )

    def _doubled(self, token: Token) -> Iterator[Finding]:
        inner = token.text[1:-1]
        if not _DOUBLED.search(inner) or _SINGLE.search(inner):
            return
        text = "'" + inner.replace("\\\\", "\\") + "'"
        fix = Fix("Write single backslashes", (Edit(token.span, text),), safe=False)
        yield Finding(token.span, f"{token.text[:60]} holds two backslashes each time: a text has no escapes", "write each once", fix)


def _is_compared(tokens: tuple[Token, ...], at: int) -> bool:
    """With = or <>, or in a list of IN."""
    before = tokens[at - 1].word
    if before in ("=", "<>", "!="):
        return True
    if before not in ("(", ","):
        return False
    for token, earlier in zip(reversed(tokens[:at]), reversed(tokens[: at - 1]), strict=False):
        if token.word == "(":
            return earlier.word == "IN"
        if token.kind is not TokenKind.STRING and token.word != ",":
            return False
    return False
