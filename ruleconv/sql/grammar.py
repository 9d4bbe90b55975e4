"""What PostgreSQL's grammar refuses and sqlglot reads: it takes the constructs of all dialects, and forgives.

Looked for in the tokens. Each is refused by PostgreSQL itself (``tests/linter/test_sql_postgres.py``); the list follows
what people write: a comma too many, clauses out of order, JOIN without ON, words of other dialects.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ruleconv.sql.tokens import Token, TokenKind
from ruleconv.text import Span


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_STATEMENTS = _words(
    "SELECT WITH VALUES TABLE ( INSERT UPDATE DELETE MERGE CREATE DROP ALTER EXPLAIN BEGIN START COMMIT ROLLBACK END SET RESET SHOW GRANT"
    " REVOKE COMMENT ANALYZE VACUUM DECLARE FETCH CLOSE REFRESH COPY DO CALL PREPARE EXECUTE DEALLOCATE TRUNCATE LOCK LISTEN NOTIFY"
    " REINDEX CLUSTER SAVEPOINT RELEASE CHECKPOINT DISCARD IMPORT MOVE LOAD ABORT UNLISTEN REASSIGN SECURITY"
)
_RANKS = {"FROM": 1, "WHERE": 2, "GROUP": 3, "HAVING": 4, "WINDOW": 5, "ORDER": 6, "LIMIT": 7, "OFFSET": 7, "FETCH": 7}
"""The clauses of a SELECT in their order."""
_NEW_QUERY = frozenset(("UNION", "INTERSECT", "EXCEPT"))
_IS_WHAT = _words("NOT NULL TRUE FALSE UNKNOWN DISTINCT DOCUMENT JSON OF NORMALIZED NFC NFD NFKC NFKD")
_BEFORE_NOT = _words("AND OR WHERE HAVING IS NOT WHEN THEN ELSE ON IN BETWEEN")
_MEANT = {"==": "=", "=<": "<=", "=!": "<>"}
_FOREIGN = {
    "QUALIFY": "QUALIFY is not PostgreSQL: filter the window function in a query around this one",
    "RLIKE": "RLIKE is not PostgreSQL: the operator is ~",
    "REGEXP": "REGEXP is not PostgreSQL: the operator is ~",
    "GLOB": "GLOB is not PostgreSQL: LIKE, or the operator ~",
}
_OPERAND = (TokenKind.WORD, TokenKind.QUOTED, TokenKind.STRING, TokenKind.NUMBER, TokenKind.PARAMETER, TokenKind.TEMPLATE)


@dataclass(frozen=True, slots=True)
class Fault:
    """``extra``: only leaving out ``span`` is needed."""

    message: str
    span: Span
    extra: bool = False


@dataclass(slots=True)
class _Level:
    """One parenthesis. ``rank``: the last clause of its SELECT, 0 before FROM; None where it holds no SELECT."""

    rank: int | None = None
    clause: str = ""
    joins: list[Token] = field(default_factory=list)
    opened_by: Token | None = None


def faults(tokens: Sequence[Token], text: str) -> Iterator[Fault]:
    """Those of one statement of a file that begins with SELECT, WITH, VALUES or a parenthesis, or with no keyword of a statement."""
    if tokens[0].word not in _STATEMENTS:
        if tokens[0].kind is not TokenKind.TEMPLATE:
            yield Fault(f"a statement cannot begin with {tokens[0].text[:40]}", tokens[0].span)
        return
    if tokens[0].word not in ("SELECT", "WITH", "VALUES", "("):
        return
    yield from _Checker(tokens, text).run()


class _Checker:
    def __init__(self, tokens: Sequence[Token], text: str) -> None:
        self.tokens, self.text = tokens, text
        self.levels = [_Level()]

    def word(self, at: int) -> str:
        return self.tokens[at].word if 0 <= at < len(self.tokens) else ""

    def run(self) -> Iterator[Fault]:
        for at, token in enumerate(self.tokens):
            yield from self._clauses(at, token)
            yield from self._small(at, token)
        yield from self._open_join(self.levels[-1])

    def _clauses(self, at: int, token: Token) -> Iterator[Fault]:
        level, word = self.levels[-1], token.word
        if word in ("(", "["):
            self.levels.append(_Level(opened_by=self.tokens[at - 1] if at else None))
        elif word in (")", "]") and len(self.levels) > 1:
            yield from self._open_join(self.levels.pop())
        elif word == "SELECT" or word in _NEW_QUERY:
            yield from self._open_join(level)
            level.rank, level.clause = 0, word
        elif level.rank is not None and self._is_clause(at, word):
            rank = _RANKS[word]
            yield from self._open_join(level)
            if rank < level.rank or (rank == level.rank and word == level.clause):
                twice = f"a second {word}" if word == level.clause else f"{word} after {level.clause}"
                yield Fault(f"{twice}: the order is FROM, WHERE, GROUP BY, HAVING, ORDER BY, LIMIT", token.span)
            level.rank, level.clause = rank, word
        elif word == "JOIN" and level.clause == "FROM":
            kind = {self.word(at - 1), self.word(at - 2), self.word(at - 3)}
            if self.word(at - 1) in ("SEMI", "ANTI", "ASOF"):
                yield Fault(f"{self.word(at - 1)} JOIN is not PostgreSQL: WHERE [NOT] EXISTS (..) says it", token.span)
            elif not (self.word(at - 1) == "CROSS" or "NATURAL" in kind):
                level.joins.append(token)
        elif word in ("ON", "USING") and level.joins:
            level.joins.pop()
        elif word == "," and level.clause == "FROM":
            yield from self._open_join(level)

    def _is_clause(self, at: int, word: str) -> bool:
        if word not in _RANKS or self.word(at - 1) in (".", "AS"):
            return False
        match word:
            case "FROM":
                return self.word(at - 1) != "ROWS" and (self.word(at - 1) != "DISTINCT" or self.word(at - 2) not in ("IS", "NOT"))
            case "GROUP" | "ORDER":
                return self.word(at + 1) == "BY"
            case "FETCH" | "WINDOW":
                return self.word(at + 1) in ("FIRST", "NEXT") if word == "FETCH" else self.word(at + 2) == "AS"
            case "OFFSET" | "LIMIT":
                return (
                    self.word(at - 1) not in ("(", ",", "SELECT") and at + 1 < len(self.tokens) and self.word(at + 1) not in (",", ")", ".")
                )
            case _:
                return True

    def _open_join(self, level: _Level) -> Iterator[Fault]:
        for token in level.joins:
            yield Fault("this JOIN has neither ON nor USING", token.span)
        level.joins = []

    def _small(self, at: int, token: Token) -> Iterator[Fault]:
        match token.word:
            case ",":
                yield from self._comma(at, token)
            case "(" if self.word(at - 1) == "IN" and self.word(at + 1) == ")":
                yield Fault("IN () without a value", Span(token.span.start, self.tokens[at + 1].span.end))
            case "IS" if at + 1 < len(self.tokens) and self.word(at - 1) not in (".", "AS", ""):
                after = self.tokens[at + 1]
                if after.kind in (TokenKind.NUMBER, TokenKind.STRING, TokenKind.QUOTED) or (
                    after.kind is TokenKind.WORD and after.word not in _IS_WHAT
                ):
                    yield Fault("IS takes NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM; a value is compared with =", after.span)
            case "AS" if at + 1 < len(self.tokens) and self.tokens[at + 1].kind is TokenKind.STRING and at and self.levels[-1].rank == 0:
                yield Fault("a column's new name stands in double quotes, not in single ones", self.tokens[at + 1].span)
            case "GROUP" if self.word(at + 1) == "BY":
                yield from self._group_by(at)
            case "AS" | "ON" if at + 1 == len(self.tokens):
                yield Fault(f"the statement ends too early, after {token.text}", token.span)
            case "AS" if self.word(at - 1) == "*" and self.word(at - 2) in ("SELECT", ",", "DISTINCT") and self.levels[-1].rank == 0:
                yield Fault("* cannot be renamed", token.span)
            case "NOT" if self.word(at + 1) == "NULL" and at and self.levels[-1].clause in ("WHERE", "HAVING"):
                before = self.tokens[at - 1]
                if before.word == ")" or (before.kind in _OPERAND and before.word not in _BEFORE_NOT):
                    yield Fault("NOT NULL is no test: IS NOT NULL", Span(token.span.start, self.tokens[at + 1].span.end))
            case "ANY" | "ALL" | "SOME" if self.word(at - 1) in ("LIKE", "ILIKE") and self.word(at + 1) == "(":
                if at + 3 < len(self.tokens) and self.tokens[at + 2].kind is TokenKind.STRING and self.word(at + 3) == ",":
                    yield Fault(f"{token.text} takes one array: {token.text} (ARRAY[..])", self.tokens[at + 1].span)
            case "EXCLUDE" | "EXCEPT" if self.word(at - 1) == "*" and self.word(at + 1) == "(" and self.word(at + 2) != "SELECT":
                yield Fault(f"SELECT * {token.word} (..) is not PostgreSQL: name the columns", token.span)
            case "==" | "=<" | "=!" if at:
                yield Fault(f"PostgreSQL has no operator {token.text}: {_MEANT[token.text]}", token.span)
            case word if word in _FOREIGN and at and at + 1 < len(self.tokens) and self._operates(at):
                yield Fault(_FOREIGN[word], token.span)
            case _:
                if token.kind is TokenKind.STRING and at and self.tokens[at - 1].kind is TokenKind.STRING:
                    yield from self._two_texts(self.tokens[at - 1], token)

    def _comma(self, at: int, token: Token) -> Iterator[Fault]:
        after = self.word(at + 1)
        level = self.levels[-1]
        if at + 1 >= len(self.tokens) or after in (")", "]", ",") or (after in _RANKS and self._is_clause(at + 1, after)):
            in_array = level.opened_by is not None and level.opened_by.kind is TokenKind.QUOTED
            if not in_array and not (after == "FROM" and level.rank is None):
                yield Fault("a comma with nothing after it", token.span, extra=at + 1 < len(self.tokens) and after != ",")
        elif level.clause == "LIMIT" and self.tokens[at - 1].kind is TokenKind.NUMBER and self.word(at - 2) == "LIMIT":
            yield Fault("LIMIT a, b is not PostgreSQL: LIMIT b OFFSET a", token.span)

    def _group_by(self, at: int) -> Iterator[Fault]:
        if self.word(at + 2) == "ALL" and self.word(at + 3) in ("", ")", "HAVING", "ORDER", "LIMIT"):
            yield Fault("GROUP BY ALL is not PostgreSQL: name the columns", self.tokens[at + 2].span)
        elif at + 2 >= len(self.tokens) or self.word(at + 2) in (")", "HAVING", "ORDER", "LIMIT"):
            yield Fault("GROUP BY without a column", self.tokens[at].span.cover(self.tokens[at + 1].span))

    def _operates(self, at: int) -> bool:
        """The word stands where an operator would, or begins a clause."""
        before, after = self.tokens[at - 1], self.tokens[at + 1]
        if self.word(at) == "QUALIFY":
            return before.word not in (".", "AS", ",", "SELECT") and after.kind is TokenKind.WORD
        operand = before.kind in _OPERAND and before.word not in ("SELECT", "AS", "WHERE", "AND", "OR")
        return (operand or before.word == ")") and after.kind in (TokenKind.STRING, TokenKind.PARAMETER)

    def _two_texts(self, one: Token, two: Token) -> Iterator[Fault]:
        """Texts on two lines are one; on the same line they are an error. A prefix between them: ``E'..'`` after a text is one, too."""
        if "\n" not in self.text[one.span.end : two.span.start] and one.text[-1] == "'" and two.text[0] == "'":
            yield Fault("two texts side by side: an operator or a comma is missing", two.span)
