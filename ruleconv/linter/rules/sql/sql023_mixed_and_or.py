from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Edit, Fix, Severity
from ruleconv.linter.examples import sql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.sql.tree import Node
from ruleconv.text import Span


class MixedAndOr(Rule):
    """`and` and `or` side by side without parentheses.

    `and` binds more tightly: `a or b and c` is `a or (b and c)`, which is often not what was meant. Parentheses say it.
    """

    code = "SQL023"
    name = "mixed-and-or"
    severity = Severity.WARNING
    on = (Kind.SQL,)
    fixable = "safe"
    reference = "https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-PRECEDENCE"
    bad = (
        sql("select a from t where a = 1 or b = 2 and c = 3", fixed="select a from t where a = 1 or (b = 2 and c = 3)"),
        sql(
            "select a from t where a = 1 and b in (1, 2) or c = 3 and d = 4",
            fixed="select a from t where (a = 1 and b in (1, 2)) or (c = 3 and d = 4)",
        ),
    )
    good = (sql("select a from t where (a = 1 or b = 2) and c between 3 and 4 and (d = 1 or (e = 2 and f = 3))"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        from ruleconv.linter.sql_view import tokens_in

        for statement in subject.statements:
            for node in statement.tree.walk() if statement.tree is not None else ():
                if node.kind != "or":
                    continue
                for side in (node.get("this"), node.get("expression")):
                    if side is None or side.kind != "and" or not side.placed:
                        continue
                    span = side.span
                    word = next((token for token in tokens_in(statement, span) if token.word == "AND"), None)
                    fix = Fix(
                        "Put parentheses around the and", (Edit(Span(span.start, span.start), "("), Edit(Span(span.end, span.end), ")"))
                    )
                    inside = tokens_in(statement, span)
                    complete = sum(t.word == "(" for t in inside) == sum(t.word == ")" for t in inside)
                    yield Finding(
                        span if word is None else word.span,
                        "AND beside OR, without parentheses: the AND binds first",
                        "put parentheses around what belongs together",
                        fix if complete and _is_whole(side) else None,
                    )


def _is_whole(node: Node) -> bool:
    """Its first and last tests have places of their own to the character: no leading NOT, no ending keyword such as NULL."""
    left: Node | None = node
    right: Node | None = node
    while left is not None and left.kind == "and":
        left = left.get("this")
    while right is not None and right.kind == "and":
        right = right.get("expression")
    return left is not None and right is not None and left.kind in _EXACT and right.kind in _EXACT


_EXACT = frozenset(("eq", "neq", "gt", "gte", "lt", "lte", "like", "ilike", "in", "column", "paren", "regexplike", "regexpilike"))
