"""Fields that stand in several columns, or are the same for all events of a table: constants, hashes, ``domain\\user``."""

from __future__ import annotations

import re
from dataclasses import replace

from ruleconv.ir import expr as ir
from ruleconv.ir.expr import Comparison, Expr, How, Literal, Match, Quantifier
from ruleconv.ir.types import Type
from ruleconv.sigma.logsources.model import Form, Join, Scalar
from ruleconv.sigma.spelling.parts import PLAIN, Place, TextOf, Way, assemble, joined, text_of_value, texts
from ruleconv.sigma.spelling.values import holds

MOST_SPLIT = 4
"""A list of more values is easier to read against one computed column than as pairs of comparisons."""


def of_constant(value: Scalar, test: Expr, where: Place) -> Expr:
    """A test of what all of the events have: true, or refused, because a rule that asks for other events is for another table."""
    text = text_of_value(value)
    match test:
        case ir.Missing():
            return Literal(False, Type.BOOL, test.span)
        case Match():
            patterns = texts(test, where)
            hits = [holds(test.how, each, text, test.fold_case) for each in patterns]
            if None in hits:
                raise where.refusal("a regular expression")
            if all(hits) if test.quantifier is Quantifier.ALL else any(hits):
                return Literal(not test.negated, Type.BOOL, test.span)
            raise where.refusal(f"the value {', '.join(patterns)}", f"it is always {text} there")
        case ir.Compare(op, _, Literal(other)) if isinstance(other, (int, float)) and isinstance(value, (int, float)):
            order = (value > other) - (value < other)
            true = {
                Comparison.EQ: order == 0, Comparison.NE: order != 0, Comparison.LT: order < 0,
                Comparison.LE: order <= 0, Comparison.GT: order > 0, Comparison.GE: order >= 0,
            }[op]  # fmt: skip
            if true:
                return Literal(True, Type.BOOL, test.span)
            raise where.refusal(f"the value {other}", f"it is always {text} there")
        case ir.Compare(Comparison.EQ, _, Literal(str() as other)) if other.casefold() == text.casefold():
            return Literal(True, Type.BOOL, test.span)
        case _:
            raise where.refusal("a comparison")


_NAMED_HASH = re.compile(r"(?i)\*?(md5|sha1|sha256|imphash)=([0-9a-f]{8,64})\*?")
_BARE_HASH = re.compile(r"(?i)\*?([0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})\*?")
LENGTHS = {"MD5": 32, "IMPHASH": 32, "SHA1": 40, "SHA256": 64}


def of_hashes(columns: tuple[tuple[str, Form], ...], test: Match, text_of: TextOf, where: Place) -> Expr:
    """``Hashes|contains: SHA256=..`` as a test of the column of that algorithm."""
    known = dict(columns)
    wanted: list[tuple[str, Way]] = []
    for pattern in texts(test, where):
        if named := _NAMED_HASH.fullmatch(pattern):
            algorithm, digest = named[1].upper(), named[2]
        elif bare := _BARE_HASH.fullmatch(pattern):
            digest = bare[1]
            algorithm = next((each for each in ("SHA256", "SHA1", "MD5") if LENGTHS[each] == len(digest)), "MD5")
        else:
            raise where.refusal(f"the pattern {pattern!r}")
        if algorithm not in known or test.how not in (*PLAIN, How.GLOB):
            raise where.refusal(f"the {algorithm} {digest}", f"known are {', '.join(known)}")
        wanted.append((algorithm, (How.EQUALS if len(digest) == LENGTHS[algorithm] else How.PREFIX, digest)))
    ways: dict[str, list[Way]] = {}
    for algorithm, way in wanted:
        ways.setdefault(algorithm, []).append(way)
    terms = tuple(
        assemble(replace(test, subject=text_of(known[algorithm]), negated=False), [[each] for each in found])
        for algorithm, found in ways.items()
    )
    return joined(terms, test)


def of_join(join: Join, test: Expr, text_of: TextOf) -> Expr | None:
    """A test of ``domain\\user`` on the two columns; None where only the joined text can tell."""
    if isinstance(test, ir.Missing):
        parts = (join.first,) if join.empty else (join.first, join.second)
        missing = tuple(ir.Missing(text_of(each), test.span) for each in parts)
        return missing[0] if len(missing) == 1 else ir.And(missing, test.span)
    if not join.split or not isinstance(test, Match) or len(test.patterns) > MOST_SPLIT:
        return None
    if not all(isinstance(each, Literal) and isinstance(each.value, str) for each in test.patterns):
        return None
    terms: list[Expr] = []
    for pattern in texts(test, Place("", "")):
        term = _split(join, test, pattern, text_of)
        if term is None:
            return None
        terms.append(term)
    return joined(tuple(terms), test)


def _split(join: Join, test: Match, pattern: str, text_of: TextOf) -> Expr | None:
    def one(form: Form, how: How, text: str) -> Match:
        return replace(
            test,
            subject=text_of(form),
            patterns=(Literal(text, Type.STRING, test.span),),
            how=how,
            quantifier=Quantifier.ANY,
            negated=False,
        )

    front, separator, back = pattern.rpartition(join.separator)
    match test.how:
        case How.EQUALS if front and back:
            return ir.And((one(join.first, How.EQUALS, front), one(join.second, How.EQUALS, back)), test.span)
        case How.SUFFIX if back and separator and not front:
            return one(join.second, How.EQUALS, back)
        case How.SUFFIX if back and separator:
            return ir.And((one(join.first, How.SUFFIX, front), one(join.second, How.EQUALS, back)), test.span)
        case How.SUFFIX if back:
            return one(join.second, How.SUFFIX, back)
        case How.PREFIX if front and not back:
            return one(join.first, How.EQUALS, front) if join.separator not in front else None
        case How.CONTAINS if back and not separator:
            return ir.Or((one(join.first, How.CONTAINS, back), one(join.second, How.CONTAINS, back)), test.span)
        case _:
            return None
