"""The condition parser against pySigma's, on random conditions and random text."""

import hypothesis.strategies as st
from hypothesis import example, given, settings
from sigma.conditions import ConditionAND, ConditionIdentifier, ConditionNOT, ConditionOR, ConditionSelector, SigmaCondition
from sigma.exceptions import SigmaError

from ruleconv.diagnostic import ParseError
from ruleconv.sigma.conditions import Condition, Joined, Name, Negated, Several, parse

WORDS = [
    "a",
    "b_1",
    "sel-x",
    "notepad",
    "and_",
    "1",
    "2",
    "all",
    "any",
    "of",
    "them",
    "sel*",
    "_h",
    "*_x*",
    "not",
    "and",
    "or",
    "(",
    ")",
    "x",
]


def theirs(text: str) -> object:
    """pySigma's tree in our form; None where it refuses the condition."""
    try:
        return plain(SigmaCondition(text, None).parse(postprocess=False))
    except SigmaError:
        return None


def plain(tree: object) -> object:
    match tree:
        case ConditionSelector():
            return ("several", tree.pattern, tree.args[0] == "all")
        case ConditionIdentifier():
            return ("name", tree.identifier)
        case ConditionNOT():
            return ("not", plain(tree.args[0]))
        case ConditionAND() | ConditionOR():
            return ("and" if isinstance(tree, ConditionAND) else "or", *(plain(each) for each in tree.args))
    raise AssertionError(tree)


def ours(tree: Condition) -> object:
    match tree:
        case Several():
            return ("several", tree.pattern, tree.all)
        case Name():
            return ("name", tree.name)
        case Negated():
            return ("not", ours(tree.term))
        case Joined():
            return ("and" if tree.all else "or", *map(ours, tree.terms))


def mine(text: str) -> object:
    try:
        return ours(parse(text))
    except ParseError as error:
        assert 0 <= error.span.start <= error.span.end <= max(len(text), 1)
        return None


def names(tree: object) -> set[object]:
    match tree:
        case ("name", name):
            return {name}
        case (_, *parts):
            return {name for part in parts for name in names(part)}
    return set()


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join))
@example("a and b or not (x and 1 of sel*)")
@example("not not a")
@example("1 of them and all of x*")
def test_conditions_of_words(text):
    """The one difference: a search that is called like an operator is no search here."""
    expected = theirs(text)
    if names(expected) & {"and", "or", "not"}:
        assert mine(text) is None
    else:
        assert mine(text) == expected


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab1()*_-| \n\tofnt&é", max_size=24))
def test_conditions_of_characters(text):
    mine(text)


def test_depth_is_limited_and_length_is_not():
    assert mine("(" * 5000 + "a" + ")" * 5000) is None
    assert mine("not " * 5000 + "a") is None
    assert mine(" and ".join(["a"] * 20_000)) == ("and", *[("name", "a")] * 20_000)


def test_patterns_find_their_names():
    names = ["a_x_b", "a_b", "b", "_a_b", "ab", "a_x_b_"]
    assert Several("a_*_b", True).names(names) == ["a_x_b"]
    assert Several("*b", True).names(names) == ["a_x_b", "a_b", "b", "ab"]
    assert Several("_*", True).names(names) == ["_a_b"]
    assert Several("a*b*", True).names(names) == ["a_x_b", "a_b", "ab", "a_x_b_"]
    assert Several("a", True).names(names) == []
    assert Several("*" + "a*" * 300 + "c", True).names(["a" * 2000]) == []
