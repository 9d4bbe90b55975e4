from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Edit, Fix, Severity
from ruleconv.linter.examples import sql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.sql.tokens import Token, TokenKind


class QuotedIdentifierCase(Rule):
    """The same name once with quotes and once without, or the word `user` as a column.

    PostgreSQL folds names without quotes to lower case: `UserName` is `username`, another name than `"UserName"`. And `user` without quotes
    is a function: it gives the name of the database role.
    """

    code = "SQL024"
    name = "quoted-identifier-case"
    severity = Severity.ERROR
    on = (Kind.SQL,)
    fixable = "unsafe"
    reference = "https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS"
    bad = (
        sql('select "userName" from t where userName = 1', fixed='select "userName" from t where "userName" = 1'),
        sql('select "Bucket" from (select day as Bucket from t) x', fixed='select "Bucket" from (select day as "Bucket" from t) x'),
        sql("select user, ip from t where user = 'root'", fixed="""select "user", ip from t where "user" = 'root'"""),
    )
    good = (
        sql('select "userName", UPPER(a), Count(*) from t where "userName" = \'x\' group by 1, 2'),
        sql('select count("timebucket") from (select day as TimeBucket from t) x'),
        sql("""select t.user, "user" as user, t.n, 'user' from t"""),
        sql("select user, current_setting('role')"),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        from ruleconv.linter.sql_view import is_reading

        for statement in subject.postgres:
            tokens = statement.tokens
            quoted = {token.body for token in tokens if token.kind is TokenKind.QUOTED}
            mixed = {name for name in quoted if name != name.lower()}
            folded = {name for name in quoted if name == name.lower()}
            words = {token.word for token in tokens}
            column = is_reading(statement) and "FROM" in words and not words & {"CURRENT_USER", "SESSION_USER"}
            for at, token in enumerate(tokens):
                if token.kind is not TokenKind.WORD:
                    continue
                if token.text in mixed and token.text.lower() not in folded and not _is_call(tokens, at):
                    yield Finding(
                        token.span,
                        f'{token.text} without quotes is {token.text.lower()}, another name than "{token.text}"',
                        "quote it at each place, or nowhere",
                        _quote(token),
                    )
                elif token.word == "USER" and column and _is_value(tokens, at):
                    yield Finding(
                        token.span, "user without quotes is the name of the database role", 'write "user" for the column', _quote(token)
                    )


def _quote(token: Token) -> Fix:
    return Fix("Quote it", (Edit(token.span, f'"{token.text}"'),), safe=False)


def _is_call(tokens: tuple[Token, ...], at: int) -> bool:
    """A function's name, or a name that is used as one with quotes cannot be meant (a type after ::)."""
    after = tokens[at + 1].word if at + 1 < len(tokens) else ""
    before = tokens[at - 1].word if at else ""
    return after == "(" or before == "::"


def _is_value(tokens: tuple[Token, ...], at: int) -> bool:
    before = tokens[at - 1] if at else None
    after = tokens[at + 1].word if at + 1 < len(tokens) else ""
    if before is None or after in (".", "("):
        return False
    return before.word in _BEFORE_VALUE or (before.kind is TokenKind.OPERATOR and before.word not in (".", ")", "]", "::", ":"))


_BEFORE_VALUE = frozenset(("SELECT", "DISTINCT", "WHERE", "AND", "OR", "NOT", "BY", "ON", "CASE", "WHEN", "THEN", "ELSE", "HAVING"))
