from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ruleconv.diagnostic import Edit, Fix, Severity
from ruleconv.linter.examples import sql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.sql.integers import is_integer, type_of
from ruleconv.sql.tree import Node
from ruleconv.text import Span

if TYPE_CHECKING:
    from ruleconv.sql.parse import Statement

_COMPARING = frozenset(("eq", "neq", "gt", "gte", "lt", "lte", "between"))
_FRACTIONS = frozenset(("DOUBLE", "FLOAT", "DECIMAL"))


class DivisionInteger(Rule):
    """A whole number is divided by a whole number, and the fraction is asked for afterwards.

    PostgreSQL drops the fraction: `count(*) filter (where failed) / count(*) > 0.5` is true only where all failed. Make one of them a
    number with a fraction before they are divided. Told where the result is compared with a fraction, rounded to digits, cast, or taken a
    hundred times; a division that is to give a whole number is left alone.
    """

    code = "SQL022"
    name = "division-integer"
    severity = Severity.WARNING
    on = (Kind.SQL,)
    fixable = "unsafe"
    reference = "https://www.postgresql.org/docs/current/functions-math.html"
    bad = (
        sql(
            "select ip from t group by ip having count(*) filter (where failed) / count(*) > 0.5",
            fixed="select ip from t group by ip having count(*) filter (where failed)::numeric / count(*) > 0.5",
        ),
        sql(
            "select round(count(failed) / nullif(count(*), 0), 2) as share from t",
            fixed="select round(count(failed)::numeric / nullif(count(*), 0), 2) as share from t",
        ),
        sql(
            "select count(failed) / count(*) * 100 as percent from t",
            fixed="select count(failed)::numeric / count(*) * 100 as percent from t",
        ),
        sql(
            "select (count(failed) / count(*))::float as share from t",
            fixed="select (count(failed)::numeric / count(*))::float as share from t",
        ),
    )
    good = (
        sql("select ip from t group by ip having count(*) filter (where failed)::numeric / count(*) > 0.5"),
        sql("select count(failed) * 100 / count(*) as percent, 1.0 * count(failed) / count(*) as share from t"),
        sql("select count(*) / 60 as a_minute from t"),
        sql("select extract(epoch from created)::bigint / 300 * 300 as slot from t"),
        sql("select round(sum(bytes) / count(*), 2) as mean from t"),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for statement in subject.postgres:
            for node in statement.tree.walk() if statement.tree is not None else ():
                if node.kind == "div" and node.placed and is_integer(node) and (why := _fraction_asked(node)):
                    span = _operator(statement, node)
                    if span is not None:
                        fix = Fix("Write ::numeric", (Edit(Span(span.start, span.start), "::numeric"),), safe=False)
                        message = f"both numbers are whole, so the fraction is dropped before the result is {why}"
                        yield Finding(Span(span.end - 1, span.end), message, "make one of them numeric: (..)::numeric / ..", fix)


def _fraction_asked(division: Node) -> str:
    """What is done with the result that makes no sense of a whole number; empty when nothing is."""
    node, around = division, division.parent
    while around is not None and around.kind == "paren":
        node, around = around, around.parent
    if around is None:
        return ""
    others = [each for each in around.children if each is not node]
    if around.kind in _COMPARING and any(_is_fraction(each) for each in others):
        return "compared with a fraction"
    if around.kind == "mul" and any(
        _is_fraction(each) or each.name in ("100", "100.0", "100.00") for each in others if each.kind == "literal"
    ):
        return "multiplied"
    if around.kind == "round" and any(each.name.isdecimal() and int(each.name) > 0 for each in others if each.kind == "literal"):
        return "rounded"
    if around.kind == "cast" and type_of(around) in _FRACTIONS:
        return "cast"
    return ""


def _is_fraction(node: Node) -> bool:
    """A number such as 0.5; 2.0 is a whole one."""
    if node.kind != "literal" or node.flags.get("is_string") or "." not in node.name:
        return False
    return bool(node.name.rpartition(".")[2].strip("0"))


def _operator(statement: Statement, division: Node) -> Span | None:
    """From the end of what is divided to the end of the ``/``; None where that cannot be told."""
    divisor = division.get("expression")
    if divisor is None or not divisor.placed:
        return None
    found = None
    for before, token in zip(statement.tokens, statement.tokens[1:], strict=False):
        if token.span.start >= divisor.span.start:
            break
        if token.word == "/" and token.span.start > division.span.start:
            found = Span(before.span.end, token.span.end)
    return found
