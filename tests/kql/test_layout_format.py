"""The formatter: style, comments, what is never touched, and that it says no rather than change a meaning."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from ruleconv.diagnostic import ParseError
from ruleconv.kql.layout import LayoutError, format_query
from ruleconv.kql.layout import format as formatter
from ruleconv.kql.lex import lex
from ruleconv.reading import read as read_file
from ruleconv.rulefile.reader import read_rule
from ruleconv.text import Source
from tests.kql.layout_samples import ONE_LINE
from tests.kql.random_trees import bare
from tests.kql.reading import read

RULES = sorted(path for folder in ("kql", "sentinel") for path in (Path(__file__).parents[2] / "rules" / folder).iterdir())


def formatted(text: str, width: int = 100) -> str:
    result = format_query(Source(text), width)
    assert format_query(Source(result), width) == result
    return result


def comments(text: str) -> Counter[str]:
    return Counter(comment.text.rstrip() for comment in lex(text).comments)


def reads(text: str) -> bool:
    try:
        read(text)
    except ParseError:
        return False
    return True


# ---------------------------------------------------------------- style
STYLE = {
    "pipeline": "T|where a==1 and b in~('x','y')|project a,b=c|take 10",
    "long": (
        "T | where aaaaaaaaaaaaaaaaaaaaaa == 1 and bbbbbbbbbbbbbbbbbbbb has 'x' and (ccccccccccccccccc == 2 or ddddddddddddddddddd =~ 'y') "
        "and not(eeeeeeeeeeeeeeeee in ('1234567890123456', '1234567890123456', '1234567890123456', '1234567890123456', '1234567890123456'))"
        "| summarize count(), First = min(TimeGenerated), Last = max(TimeGenerated), Names = make_set(Name, 100) by Account, Computer, "
        "bin(TimeGenerated, 1h) | extend Level = case(count_ > 1000, 'very much', count_ > 100, 'much', count_ > 10, 'a bit', 'nothing') "
        "| project Account, Computer, TimeGenerated, First, Last, Names, Level, Other = strcat(Account, Computer, 'something'), More = 1 "
        "| project-away Aaaaaaaaaaaaaaaaaaaaaaaaaaaa, Bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, Ccccccccccccccccccccccccc, Dddddddddddddd | count"
    ),
    "lets": (
        "let a=1d;let ips=dynamic(['10.0.0.1','10.0.0.2','10.0.0.3','10.0.0.4','10.0.0.5','10.0.0.6','10.0.0.7','10.0.0.8']);\n\n\n\n"
        "let few=T|distinct Name;let many=T|where a>1|distinct Name;let f=(x:long,t:(a:long,*)){let y=x+1;t|where a>y|take 5};"
        "let g=(x:long){x*2};let m=materialize(T|where b|project c);\nf(1,T)|where Name in(few) or Name in ((many|project Name))"
    ),
    "tables": (
        "let d=datatable(a:long,b:string,c:datetime)[1,'x',datetime(2020-01-01),2,'y',datetime(null),];"
        "let one=datatable(a:long)[1];let e=externaldata(ip:string)[@'https://example.org/feed.csv']with(format='csv',ignoreFirstRecord=true);"
        "union isfuzzy=true (d|where a==1|project b),(e|project b=ip),one|join kind=leftouter hint.strategy=broadcast "
        "(T|where x|summarize count() by b)on b,$left.a==$right.c|lookup (U) on b"
    ),
    "small": (
        "T|mv-expand a=todynamic(b) to typeof(string)|mv-apply c=d on(where c>1|top 1 by c desc)|parse e with*'x='x:long' 'y*"
        "|make-series n=count()default=0 on TimeGenerated from ago(7d)to now()step 1h by Account|render timechart with(title='x')"
    ),
    "scan": (
        "T|sort by a asc|scan with_match_id=m partition by b declare(c:long=0)with(step s1:c==0 and aaaaaaaaaaaaaaa has 'x'=>c=1;"
        "step s2 output=last:s1.c==1 and d>5;)|fork(where a|take 1)x=(count)"
    ),
    "raw": "T | make-graph   a-->b with\n   U on c  | graph-match (x)-[e]->(y)\n      where   x.a == 1\n  project x.b | where b",
}


@pytest.mark.parametrize("name", STYLE)
def test_style(name: str, snapshot: SnapshotAssertion) -> None:
    assert formatted(STYLE[name]) == snapshot


COMMENTS = """

// The head of the file.
// Two lines.

// After an empty line.


let a = 1; // a
let ids = dynamic([ // the ids
  1, // one
  // two is missing
  3
  // no more
]);
  // before the query
T // the table
// before where
|where x == 1 // after x
   and // after and
   // before y
   y == 2
| /* no comment in KQL? no: */ extend z = 1
"""
MOVED = """\
T
  | project a // first
  // the second is out:
  //, b
  , c // third
  , d // fourth

  // no empty line inside a query
  | join (
      U // the right side
      | take 1
      // the end of the right side
    ) on a
  // the last step
;
// behind it


// the end"""


def test_comments(snapshot: SnapshotAssertion) -> None:
    text = COMMENTS.replace("/* no comment in KQL? no: */ ", "")
    result = formatted(text)
    assert result == snapshot
    assert comments(result) == comments(text)


def test_comments_around_separators_and_brackets(snapshot: SnapshotAssertion) -> None:
    assert formatted(MOVED) == snapshot


@given(st.sampled_from(ONE_LINE), st.integers(0, 1 << 32), st.sampled_from([1, 40, 100]))
@settings(max_examples=300, deadline=None)
def test_comments_between_any_two_words_survive(query: str, seed: int, width: int) -> None:
    chance = Random(seed)
    parts, end = [], 0
    for number, token in enumerate(lex(query).tokens):
        gap = (
            chance.choice([" // {0}\n", "\n// {0}\n\n\n", " // {0}\n//{0}\n", "\n\n", " "]).format(number) if chance.random() < 0.4 else ""
        )
        parts += [query[end : token.start], gap, query[token.start : token.end]]
        end = token.end
    text = "".join(parts)
    assume(reads(text))  # `hint.x` and its `=`, `restrict access`: a comment cannot stand everywhere
    result = formatted(text, width)
    assert comments(result) == comments(text)
    assert [t.text.split() for t in lex(result).tokens] == [t.text.split() for t in lex(text).tokens]
    assert not any(line != line.rstrip() for line in result.splitlines())


# ---------------------------------------------------------------- what stays
@pytest.mark.parametrize(
    "text",
    [
        "print ```two\n   lines  \n```",
        'print h"secret", @"C:\\x", "a\\tb", \'it"s\'',
        "print 'a' // joined\n  'b'",
        "print 0x1F, 1e10, 01:00, datetime( 2020-01-01 ), 1.50, TRUE",
        "T | WHERE".replace("WHERE", "where") + " A == a and a != A",
        "T | extend ['a'] = [\"b\"], c = (((d)))",
        "T | where a matches   regex 'x'",
        "let f = () { T };\nf",
    ],
)
def test_words_stay_as_they_are_written(text: str) -> None:
    result = formatted(text)
    assert [t.text.split() for t in lex(result).tokens] == [t.text.split() for t in lex(text).tokens]
    assert read(result) == read(text)


def test_line_ends_are_those_of_the_text() -> None:
    assert format_query(Source("T|take 1")) == "T\n| take 1\n"
    assert format_query(Source("T\r\n|take 1 // x\r\n|count")) == "T\r\n| take 1 // x\r\n| count\r\n"
    assert format_query(Source("print ```a\nb```\r\n")) == "print ```a\nb```\r\n"


def test_at_most_one_empty_line_stays_between_statements() -> None:
    assert formatted("let a=1;\n\n\n\nlet b=2;let c=3;\n\nT\n\n\n|take 1\n\n\n") == "let a = 1;\n\nlet b = 2;\nlet c = 3;\n\nT\n| take 1\n"


def test_a_broken_query_is_refused_with_its_place() -> None:
    with pytest.raises(ParseError) as caught:
        format_query(Source("T\n| where (", "x.kql"))
    assert caught.value.place.startswith("x.kql:2:")


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("1", "2"),
        lambda text: text.replace("// c", "// d"),
        lambda text: text.replace("a", "(a)"),
        lambda text: text.replace("| count", ""),
        lambda text: text.replace("// c\n", "// c "),
    ],
)
def test_a_fault_of_the_printer_changes_no_query(change, monkeypatch: pytest.MonkeyPatch) -> None:
    render = formatter.render
    monkeypatch.setattr(formatter, "render", lambda *given: change(render(*given)))
    with pytest.raises(LayoutError):
        format_query(Source("T\n| where a == 1 // c\n| count"))


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_the_projects_rules_keep_their_meaning_and_comments(path: Path) -> None:
    source = read_rule(read_file(path)).source
    result = formatted(source.text)
    assert bare(read(result)) == bare(read(source.text))
    assert comments(result) == comments(source.text)


@pytest.mark.parametrize(
    "query",
    [
        "T | where " + "(" * 95 + "a" + ")" * 95,
        "T | where " + "f(" * 95 + "a" + ")" * 95,
        "T | where a" + ".b" * 200,
        "T | where a" + " + b" * 200,
        "T | where " + " or ".join(f"a == {i}" for i in range(3000)),
        "T | where a in (" + ", ".join(f"'value {i}'" for i in range(5000)) + ")",
        "T" + " | extend a = 1" * 1000,
        "print dynamic(" + "[" * 90 + "]" * 90 + ")",
    ],
    ids=lambda text: text[:30],
)
def test_deep_and_long_queries(query: str) -> None:
    formatted(query)
