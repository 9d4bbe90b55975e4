from __future__ import annotations

import json
from collections.abc import Iterator

from ruleconv.diagnostic import Edit, Fix, Severity
from ruleconv.linter.examples import sql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.sql.tokens import Token, TokenKind
from ruleconv.text import Span

_COMPARING = frozenset(("=", "<>", "!="))
_MATCHING = frozenset(("LIKE", "ILIKE", "~", "~*", "!~", "!~*"))
_TEXTUAL = {"->": "->>", "#>": "#>>"}


class JsonPathType(Rule):
    """A part of JSON is compared with what it is not.

    `->` gives JSON, which a text such as `'x'` is not: PostgreSQL stops with an error. `->>` gives the text. And what `->>` gives is text,
    which cannot be compared with a number before it is cast.
    """

    code = "SQL016"
    name = "json-path-type"
    severity = Severity.WARNING
    on = (Kind.SQL,)
    fixable = "unsafe"
    reference = "https://www.postgresql.org/docs/current/functions-json.html"
    bad = (
        sql("select a from t where j -> 'user' = 'root'", fixed="select a from t where j ->> 'user' = 'root'"),
        sql("select a from t where j -> 'a' -> 'user' not like 'ro%'", fixed="select a from t where j -> 'a' ->> 'user' not like 'ro%'"),
        sql("select a from t where j ->> 'count' > 5"),
    )
    good = (
        sql("""select a from t where j ->> 'user' = 'root' and j -> 'user' = '"root"' and (j ->> 'n')::int > 5"""),
        sql("select a from t where j -> 'a' = j2 -> 'a' and (j -> 'n')::int = 5 and k -> 'x' = '1'"),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for statement in subject.postgres:
            tokens = statement.tokens
            for at, token in enumerate(tokens[:-2]):
                if token.word in ("->", "#>", "->>", "#>>"):
                    yield from self._path(tokens, at, token)

    def _path(self, tokens: tuple[Token, ...], at: int, token: Token) -> Iterator[Finding]:
        if tokens[at + 1].kind not in (TokenKind.STRING, TokenKind.NUMBER, TokenKind.PARAMETER):
            return
        rest = tokens[at + 2 : at + 6]
        if rest and rest[0].word == "NOT":
            rest = rest[1:]
        if len(rest) < 2:
            return
        operator, value = rest[0], rest[1]
        if operator.word == "IN" and value.word == "(" and len(rest) > 2:
            operator, value = Token(operator.kind, "=", operator.span, "="), rest[2]
        followed = len(rest) > 2 and rest[2].word == "::"
        span = Span(tokens[at].span.start, value.span.end)
        if token.word in _TEXTUAL and value.kind is TokenKind.STRING and not followed:
            wrong = operator.word in _MATCHING or (operator.word in _COMPARING and not _is_json(value.body))
            if wrong:
                text = _TEXTUAL[token.word]
                fix = Fix(f"Write {text}", (Edit(token.span, text),), safe=False)
                yield Finding(span, f"{token.text} gives JSON, which is no text such as {value.text[:40]}", f"{text} gives the text", fix)
        elif token.word in ("->>", "#>>") and value.kind is TokenKind.NUMBER and operator.word in {*_COMPARING, "<", ">", "<=", ">="}:
            yield Finding(
                span, f"{token.text} gives a text, which is no number such as {value.text}", f"cast it: (.. {token.text} ..)::numeric"
            )


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return "{{" in text or "${" in text
    return True
