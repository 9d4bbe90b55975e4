"""Expressions: precedence (as Microsoft's parser binds them), names, paths, spans."""

import pytest

from ruleconv.diagnostic import ParseError
from ruleconv.kql.tree import Binary, Call, Expr, Index, InList, Literal, Name, NamedExpr, Node, Path, Pipeline
from tests.kql.reading import operator, predicate, read, shape, value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a or b and c", "(a or (b and c))"),
        ("a and b or c and d", "((a and b) or (c and d))"),
        ("a or b or c", "((a or b) or c)"),
        ("1 + 2 * 3 - 4", "((1 + (2 * 3)) - 4)"),
        ("a == b + 1", "(a == (b + 1))"),
        ("a < b == c", "((a < b) == c)"),
        ('a has "x" == true', '((a has "x") == true)'),
        ('a == b has "x"', '(a == (b has "x"))'),
        ('a has "x" + "y"', '((a has "x") + "y")'),
        ('a > b =~ "x"', '(a > (b =~ "x"))'),
        ('a matches   regex "x" and b', '((a matches regex "x") and b)'),
        ("a > b in (1)", "((a > b) in [1])"),
        ("a between (1 .. 2) and b !between (c..d)", "((a between 1 .. 2) and (b !between c .. d))"),
        ("-a.b * 2", "((-a.b) * 2)"),
        ("not(a) and b", "(not(a) and b)"),
        ("a !in~ ('x', 'y') or c", "((a !in~ ['x', 'y']) or c)"),
        ('* has "x" and * == 1', '((* has "x") and (* == 1))'),
        ("top-a", "(top - a)"),
        ("x-match", "(x - match)"),
    ],
)
def test_precedence(text: str, expected: str) -> None:
    assert shape(predicate(text)) == expected


@pytest.mark.parametrize(
    "text", ["a == b == c", "a < b < c", 'a has "x" has "y"', "a in (1) == true", "a == b in (1)", "a in (1) + 1", "- - a"]
)
def test_comparisons_do_not_stand_in_a_row(text: str) -> None:
    with pytest.raises(ParseError):
        predicate(text)


def test_a_very_long_chain_is_a_flat_tree() -> None:
    node: Expr = predicate(" or ".join(f"a == {i}" for i in range(10_000)))
    depth, level = 0, [node]
    seen = 0
    while level:
        depth += 1
        deeper = []
        for each in level:
            if isinstance(each, Binary) and each.op == "or":
                deeper += [each.left, each.right]
            else:
                seen += 1
        level = deeper
    assert seen == 10_000
    assert depth < 20


@pytest.mark.parametrize(
    "word",
    ["count", "type", "on", "with", "take", "top", "step", "from", "default", "range", "id", "order", "join", "nodes", "not", "regex"],
)
def test_keywords_are_names_where_they_can_be(word: str) -> None:
    assert shape(predicate(f"{word} == 1 and a.{word} == 2")) == f"(({word} == 1) and (a.{word} == 2))"
    assert operator(f"extend {word} = 1")
    assert operator(f"summarize count() by {word}")


@pytest.mark.parametrize("word", ["and", "has", "contains", "by", "in", "where", "first", "union", "int", "datetime", "title"])
def test_reserved_words_need_brackets(word: str) -> None:
    with pytest.raises(ParseError):
        predicate(f"{word} == 1")
    assert shape(predicate(f"['{word}'] == 1")) == f"({word} == 1)"


@pytest.mark.parametrize("word", ["by", "has", "contains", "where", "to", "in", "title"])
def test_some_of_them_can_be_declared(word: str) -> None:
    found = value(f"{word} = 1")
    assert isinstance(found, NamedExpr)
    assert found.names[0].name == word


def test_names_and_paths() -> None:
    found = predicate("a.['b c'][0].[1].d(1)[\"e\"] == $left.x")
    assert isinstance(found, Binary)
    assert isinstance(found.left, Index)
    inner = found.left.base
    assert isinstance(inner, Path)
    assert isinstance(inner.member, Call)
    assert found.right == Path(Name("$left"), Name("x"))
    assert value("['x y']") == Name("x y", quoted=True)
    assert value("2022Name") == Name("2022Name")


def test_a_pipeline_can_be_an_argument() -> None:
    found = predicate("a in ((T | project x)) and b > toscalar(T | summarize max(b))")
    assert isinstance(found, Binary)
    assert isinstance(found.left, InList)
    assert isinstance(found.right, Binary)
    assert isinstance(found.right.right, Call)
    assert isinstance(found.right.right.args[0], Pipeline)


def test_names_of_several_values() -> None:
    found = value("(a, b) = f(c)")
    assert isinstance(found, NamedExpr)
    assert [n.name for n in found.names] == ["a", "b"]


def test_spans_cut_out_what_was_written() -> None:
    text = "T\r\n| where  a == 'x' // why\r\n| where f( b ) has \"é\"\r\n"
    tree = read(text)
    texts = {}
    todo: list[Node] = [tree]
    while todo:
        node = todo.pop()
        texts[type(node).__name__, text[node.span.start : node.span.end]] = node
        for name in type(node).__dataclass_fields__:
            found = getattr(node, name)
            todo += [x for x in (found if isinstance(found, tuple) else (found,)) if isinstance(x, Node)]
    assert ("Binary", "a == 'x'") in texts
    assert ("Binary", 'f( b ) has "é"') in texts
    assert ("Call", "f( b )") in texts
    assert ("Where", "where  a == 'x'") in texts
    assert ("Literal", '"é"') in texts
    (comment,) = tree.comments
    assert text[comment.span.start : comment.span.end] == comment.text == "// why"
    assert not comment.alone


def test_a_slash_in_a_string_is_no_comment() -> None:
    tree = read('// head\nprint "http://x" // tail\n')
    assert [(c.text, c.alone) for c in tree.comments] == [("// head", True), ("// tail", False)]
    assert isinstance(value('"http://x"'), Literal)
