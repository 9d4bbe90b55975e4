"""Values that are spelt differently in a table: known values, names without their folder, JSON text, hashes in a list."""

from __future__ import annotations

import re
from dataclasses import replace

from ruleconv.ir import expr as ir
from ruleconv.ir.expr import Comparison, Expr, How, Literal, Match
from ruleconv.ir.types import Type
from ruleconv.sigma.logsources.model import Field
from ruleconv.sigma.spelling.parts import Place, Way, assemble, texts
from ruleconv.sigma.spelling.paths import of_front, of_inside


def spelt(found: Field, test: Expr, where: Place) -> Expr:
    """The test with the values of ``values``, ``only_name``, ``prefixes``, ``inside`` and ``json_text`` applied, if any is given."""
    if found.missing:
        test = _with_missing(found.missing, test)
    respelt = found.values or found.only_name or found.prefixes or found.inside or found.json_text or found.tagged
    if not respelt or isinstance(test, ir.Missing):
        return test
    if isinstance(test, ir.Compare) and isinstance(test.right, Literal) and test.op is Comparison.EQ:
        test = Match(test.left, (test.right,), How.EQUALS, fold_case=True, nulls=test.nulls, span=test.span)
    if not isinstance(test, Match):
        raise where.refusal("a comparison")
    ways = []
    for pattern in texts(test, where):
        each: list[Way] = [(test.how, pattern)]
        if found.only_name:
            each = [_name_alone(how, text, where) for how, text in each]
        if found.values:
            each = [way for how, text in each for way in _value(how, text, found.values, where, test.fold_case)]
        if found.prefixes:
            each = [way for how, text in each for way in of_front(how, text, found.prefixes, where)]
        if found.inside:
            each = [way for how, text in each for way in of_inside(how, text, found.inside, where)]
        if found.tagged:
            each = [_tagged(how, text, found.tagged, where) for how, text in each]
        if found.json_text:
            each = [_in_json(how, text, where) for how, text in each]
        ways.append(each)
    return assemble(test, ways)


def _with_missing(spelt_as: str, test: Expr) -> Expr:
    """A test for a missing field (or an empty one) where the column has a text that stands for it."""
    stand_in = Literal(spelt_as, Type.STRING)
    match test:
        case ir.Missing(subject, span):
            return ir.Or((test, Match(subject, (stand_in,), How.EQUALS, fold_case=False, span=span)), span)
        case Match(how=How.EQUALS, patterns=patterns) if any(isinstance(each, Literal) and each.value == "" for each in patterns):
            return replace(test, patterns=(*patterns, stand_in))
        case _:
            return test


def holds(how: How, pattern: str, value: str, fold_case: bool) -> bool | None:
    """Whether the pattern finds the value; None where that is not decided here (regular expressions)."""
    pattern_, value_ = (pattern.casefold(), value.casefold()) if fold_case else (pattern, value)
    match how:
        case How.EQUALS:
            return pattern_ == value_
        case How.CONTAINS:
            return pattern_ in value_
        case How.PREFIX:
            return value_.startswith(pattern_)
        case How.SUFFIX:
            return value_.endswith(pattern_)
        case How.GLOB:
            return _glob(pattern_).fullmatch(value_) is not None if pattern.count("*") <= 4 and len(pattern) <= 200 else None
        case _:
            return None


def _glob(pattern: str) -> re.Pattern[str]:
    parts = re.findall(r"\\[\\*?]|[\s\S]", pattern)
    made = (".*" if part == "*" else "." if part == "?" else re.escape(part[1:] if len(part) == 2 else part) for part in parts)
    return re.compile("".join(made), re.DOTALL)


def _value(how: How, pattern: str, values: tuple[tuple[str, tuple[str, ...]], ...], where: Place, fold_case: bool) -> list[Way]:
    """The spellings of all values that the pattern finds. A value with the spelling of one before it is another name for that (a SID),
    which only an equality may mean."""
    found: list[Way] = []
    seen: set[tuple[str, ...]] = set()
    for value, spellings in values:
        if how is not How.EQUALS and spellings in seen:
            continue
        seen.add(spellings)
        hit = holds(how, pattern, value, fold_case)
        if hit is None:
            raise where.refusal(f"the pattern {pattern!r}")
        if hit:
            found += [(How.EQUALS, each) for each in spellings]
    if not found:
        raise where.refusal(f"the value {pattern!r}", f"known are {', '.join(value for value, _ in values)}")
    return found


def _name_alone(how: How, pattern: str, where: Place) -> Way:
    """A path's pattern for a column that has the last part alone."""
    tail = pattern.lstrip("\\/")
    inner = "\\" in tail or "/" in tail
    if how is How.SUFFIX and not inner and tail and len(pattern) - len(tail) <= 1:
        return (How.SUFFIX if tail == pattern else How.EQUALS, tail)
    raise where.refusal(f"the pattern {pattern!r}", "the table has the file's name without its folder")


def _in_json(how: How, pattern: str, where: Place) -> Way:
    """A value in the JSON text that holds it: backslashes and quotes are escaped there, and quotes stand around the whole."""
    text = pattern.replace("\\", "\\\\").replace('"', '\\"')
    match how:
        case How.CONTAINS:
            return (How.CONTAINS, text)
        case How.EQUALS:
            return (How.CONTAINS, f'"{text}"')
        case How.PREFIX:
            return (How.CONTAINS, f'"{text}')
        case How.SUFFIX:
            return (How.CONTAINS, f'{text}"')
        case _:
            raise where.refusal(f"the pattern {pattern!r}")


def _tagged(how: How, pattern: str, tag: str, where: Place) -> Way:
    """One hash in the list of all, ``SHA1=..,MD5=..``."""
    if how not in (How.EQUALS, How.PREFIX) or not pattern.isalnum():
        raise where.refusal(f"the pattern {pattern!r}")
    return (How.CONTAINS, f"{tag}={pattern}")
