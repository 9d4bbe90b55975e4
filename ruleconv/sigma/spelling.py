"""A Sigma test in the spelling of a table: what ``MappedEvents.adapt`` does with values that are written differently there (S39).

In: the field's data and a test (``Match``, ``Compare``, ``Missing``). Out: an expression that asks the same. A value that cannot be said
exactly is refused with the name of the field; a wider table then carries the rule, or the user hears of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir.expr import Comparison, Expr, How, Literal, Match, Quantifier
from ruleconv.ir.types import Type
from ruleconv.sigma.logsources.model import Field, Form, Join, Scalar
from ruleconv.text import NOWHERE, Span

TextOf: TypeAlias = Callable[[Form], Expr]
Way: TypeAlias = "tuple[How, str]"
"""A way to match: how, and the text."""

PLAIN = (How.EQUALS, How.CONTAINS, How.PREFIX, How.SUFFIX)
MOST_SPLIT = 4
"""A list of more values is easier to read against one computed column than as pairs of comparisons."""


@dataclass(frozen=True, slots=True)
class Place:
    """What is asked of which table, for refusals."""

    field: str
    table: str
    span: Span = NOWHERE

    def refusal(self, what: str, hint: str = "") -> Unsupported:
        return Unsupported(f"{what} of the field {self.field} in {self.table}", self.span, hint or "the platform 'generic' takes any value")


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
    for pattern in _texts(test, where):
        each: list[Way] = [(test.how, pattern)]
        if found.only_name:
            each = [_name_alone(how, text, where) for how, text in each]
        if found.values:
            each = [way for how, text in each for way in _value(how, text, found.values, where)]
        if found.prefixes:
            each = [way for how, text in each for way in _front(how, text, found.prefixes, where)]
        if found.inside:
            each = [way for how, text in each for way in _inside(how, text, found.inside, where)]
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


def assemble(test: Match, ways: list[list[Way]]) -> Expr:
    """For each pattern of the test, its ways (any of them), as one expression with the test's quantifier."""
    if test.quantifier is Quantifier.ALL and len(ways) > 1:
        single = [each[0] for each in ways if len(each) == 1]
        terms = [replace(term, quantifier=Quantifier.ALL) for term in _matches(test, single)]
        terms += [_any(_matches(test, each), test.span) for each in ways if len(each) != 1]  # type: ignore[misc]
        made: Expr = terms[0] if len(terms) == 1 else ir.And(tuple(terms), test.span)
    else:
        made = _any(_matches(test, [way for each in ways for way in each]), test.span)
    return ir.Not(made, test.span) if test.negated else made


def _any(terms: Iterable[Expr], span: Span) -> Expr:
    found = tuple(terms)
    return found[0] if len(found) == 1 else ir.Or(found, span)


def _matches(test: Match, ways: Iterable[Way]) -> list[Match]:
    """One ``Match`` for each manner, in the order of their first patterns."""
    by_how: dict[How, dict[str, Literal]] = {}
    for how, text in ways:
        by_how.setdefault(how, {})[text] = Literal(text, Type.STRING, test.span)
    return [
        replace(test, how=how, patterns=tuple(patterns.values()), negated=False, quantifier=Quantifier.ANY)
        for how, patterns in by_how.items()
    ]


def _texts(test: Match, where: Place) -> list[str]:
    found = [_text(each.value) for each in test.patterns if isinstance(each, Literal) and isinstance(each.value, (str, int, float))]
    if len(found) != len(test.patterns):
        raise where.refusal("a comparison with another field")
    return found


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def with_subject(test: Expr, subject: Expr) -> Expr:
    """The same test of another value."""
    match test:
        case Match() | ir.Missing():
            return replace(test, subject=subject)
        case ir.Compare():
            return replace(test, left=subject)
        case _:
            return test


# ------------------------------------------------------------------------------------------------ values, fronts, parts
def holds(how: How, pattern: str, value: str) -> bool | None:
    """Whether the pattern finds the value, without regard to case; None where that is not decided here (regular expressions)."""
    pattern_, value_ = pattern.casefold(), value.casefold()
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
            return _glob(pattern_).fullmatch(value_) is not None if pattern.count("*") <= 4 else None
        case _:
            return None


def _glob(pattern: str) -> re.Pattern[str]:
    parts = re.findall(r"\\[\\*?]|[\s\S]", pattern)
    made = (".*" if part == "*" else "." if part == "?" else re.escape(part[1:] if len(part) == 2 else part) for part in parts)
    return re.compile("".join(made), re.DOTALL)


def _value(how: How, pattern: str, values: tuple[tuple[str, tuple[str, ...]], ...], where: Place) -> list[Way]:
    """The spellings of all values that the pattern finds. A value with the spelling of one before it is another name for that (a SID),
    which only an equality may mean."""
    found: list[Way] = []
    seen: set[tuple[str, ...]] = set()
    for value, spellings in values:
        if how is not How.EQUALS and spellings in seen:
            continue
        seen.add(spellings)
        hit = holds(how, pattern, value)
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


def _front(how: How, pattern: str, fronts: tuple[tuple[str, tuple[str, ...]], ...], where: Place) -> list[Way]:
    """``HKLM\\..`` as ``HKEY_LOCAL_MACHINE\\..``. The fronts are whole first parts of the value, up to a backslash."""
    folded = pattern.casefold()
    head, slash, _ = folded.partition("\\")
    if how is How.REGEX:
        if any(front.casefold() in folded for front, _ in fronts) or pattern.lstrip("(?ims)").startswith("^"):
            raise where.refusal(f"the regular expression {pattern!r}")
        return [(how, pattern)]
    if how is How.GLOB:
        star, body = ("*", pattern[1:]) if pattern.startswith("*") else ("", pattern)
        return [(how, star + text) for _, text in _front(How.CONTAINS if star else How.PREFIX, body, fronts, where)]
    if how not in PLAIN:
        raise where.refusal(f"the pattern {pattern!r}")
    found: list[Way] = []
    for front, spellings in fronts:
        name = front.casefold()
        if head == name:
            found += [(how, each + pattern[len(front) :]) for each in spellings]
        elif how is How.PREFIX and not slash and name.startswith(folded):
            found += [(how, each) for each in spellings]
    if found:
        return found
    if how in (How.CONTAINS, How.SUFFIX) and head and any(_fragment(head, bool(slash), each) for each in _roots(fronts)):
        raise where.refusal(f"the pattern {pattern!r}")
    return [(how, pattern)]


def _roots(fronts: tuple[tuple[str, tuple[str, ...]], ...]) -> list[str]:
    return [each.casefold() for front, spellings in fronts for each in (front, *spellings) if "\\" not in each]


def _fragment(head: str, followed: bool, root: str) -> bool:
    """Whether the beginning of a pattern could lie in the first part of a value, which is spelt differently."""
    return root.endswith(head) if followed else head in root


def _inside(how: How, pattern: str, parts: tuple[tuple[str, tuple[str, ...]], ...], where: Place) -> list[Way]:
    """``\\CurrentControlSet\\`` as ``\\ControlSet001\\``, wherever it stands."""
    found: list[Way] = [(how, pattern)]
    for part, spellings in parts:
        folded, name = pattern.casefold(), part.casefold()
        if (at := folded.find(name)) >= 0:
            if how is How.REGEX:
                raise where.refusal(f"the regular expression {pattern!r}")
            found = [(way, text[:at] + each + text[at + len(part) :]) for way, text in found for each in spellings]
        elif how in PLAIN and _cuts(folded, name, [each.casefold() for each in spellings]):
            raise where.refusal(f"the pattern {pattern!r}")
    return found


def _cuts(pattern: str, part: str, spellings: list[str]) -> bool:
    """Whether the pattern ends or begins in the middle of the part, in a way that its other spellings do not share."""
    segments = pattern.split("\\")
    first, last = segments[0], segments[-1]
    if len(segments) == 1:
        return len(first) > 2 and first in part and not all(first in each for each in spellings)
    begins = bool(first) and first != part and part.endswith(first) and not all(each.endswith(first) for each in spellings)
    under = (len(segments) == 2 and not first) or segments[-2] == "system"
    ends = bool(last) and under and part.startswith(last) and not all(each.startswith(last) for each in spellings)
    return begins or ends


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


# ------------------------------------------------------------------------------------------------ constants
def of_constant(value: Scalar, test: Expr, where: Place) -> Expr:
    """A test of what all of the events have: true, or refused, because a rule that asks for other events is for another table."""
    text = _text(value)
    match test:
        case ir.Missing():
            return Literal(False, Type.BOOL, test.span)
        case Match():
            patterns = _texts(test, where)
            hits = [holds(test.how, each, text) for each in patterns]
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


# ------------------------------------------------------------------------------------------------ hashes
_NAMED_HASH = re.compile(r"(?i)\*?(md5|sha1|sha256|imphash)=([0-9a-f]{8,64})\*?")
_BARE_HASH = re.compile(r"(?i)\*?([0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})\*?")
LENGTHS = {"MD5": 32, "IMPHASH": 32, "SHA1": 40, "SHA256": 64}


def of_hashes(columns: tuple[tuple[str, Form], ...], test: Match, text_of: TextOf, where: Place) -> Expr:
    """``Hashes|contains: SHA256=..`` as a test of the column of that algorithm."""
    known = dict(columns)
    wanted: list[tuple[str, Way]] = []
    for pattern in _texts(test, where):
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
    return _joined(terms, test)


# ------------------------------------------------------------------------------------------------ two columns
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
    for pattern in _texts(test, Place("", "")):
        term = _split(join, test, pattern, text_of)
        if term is None:
            return None
        terms.append(term)
    return _joined(tuple(terms), test)


def _joined(terms: tuple[Expr, ...], test: Match) -> Expr:
    """The terms with the quantifier and the negation of the test that they stand for."""
    if len(terms) == 1:
        made = terms[0]
    else:
        made = ir.And(terms, test.span) if test.quantifier is Quantifier.ALL else ir.Or(terms, test.span)
    return ir.Not(made, test.span) if test.negated else made


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


# ------------------------------------------------------------------------------------------------ registry data
_DWORD = re.compile(r"(?i)DWORD \(0x([0-9a-f]{1,8})\)")
_QWORD = re.compile(r"(?i)QWORD \(0x([0-9a-f]{1,8})-0x([0-9a-f]{1,8})\)")
_SYSMON_ONLY = re.compile(r"(?i)[dq]word|\(0x|0x0000|binary data|\(empty\)")


def of_registry_data(test: Expr, registry_type: Expr, where: Place) -> Expr:
    """Sysmon's ``Details`` (``DWORD (0x00000001)``, ``Binary Data``, ``(Empty)``, else the text) where the data stands as plain text, a
    number in decimal digits."""
    if not isinstance(test, Match):
        return test
    plain: list[list[Way]] = []
    others: list[Expr] = []
    for pattern in _texts(test, where):
        if test.how is not How.REGEX and (found := _DWORD.fullmatch(pattern)):
            plain.append([(How.EQUALS, str(int(found[1], 16)))])
        elif test.how is not How.REGEX and (found := _QWORD.fullmatch(pattern)):
            plain.append([(How.EQUALS, str(int(found[1] + found[2].zfill(8), 16)))])
        elif test.how in PLAIN and pattern.casefold() == "binary data":
            binary = (Literal("Binary", Type.STRING, test.span),)
            others.append(replace(test, subject=registry_type, patterns=binary, how=How.EQUALS, negated=False))
        elif test.how in PLAIN and pattern.casefold() == "(empty)":
            others.append(ir.Call("isempty", (test.subject,), Type.BOOL, test.span))
        elif _SYSMON_ONLY.search(pattern):
            raise where.refusal(f"the pattern {pattern!r}", "the table has numbers in decimal digits, without their type")
        else:
            plain.append([(test.how, pattern)])
    if not others:
        return assemble(test, plain)
    terms = (*([assemble(replace(test, negated=False), plain)] if plain else []), *others)
    return _joined(terms, test)
