"""Every operator and statement: what it is read as. One line each; Microsoft's parser takes them all."""

import pytest

from ruleconv.diagnostic import ParseError
from ruleconv.ir.types import Type
from ruleconv.kql import tree
from tests.kql.reading import operator, read, shape, value

OPERATORS = {
    "where a == 1": tree.Where,
    "filter a": tree.Where,
    "extend a = 1, b": tree.Extend,
    "extend (a, b) = f(c)": tree.Extend,
    "project a, ['x y'] = b": tree.Project,
    "project": tree.Project,
    "project-away a*, *b, c": tree.Project,
    "project-keep *": tree.Project,
    "project-rename a = b": tree.Project,
    "project-reorder a, b* asc, c granny-desc, *": tree.ProjectReorder,
    "summarize": tree.Summarize,
    "summarize by a, bin(t, 1h)": tree.Summarize,
    "summarize hint.strategy=shuffle n = count(), (x, y) = arg_max(c, d) by e = bin(t, 1d)": tree.Summarize,
    "distinct *": tree.Distinct,
    "distinct a, tolower(b)": tree.Distinct,
    "count": tree.Count,
    "count as n": tree.Count,
    "take 5": tree.Take,
    "limit toscalar(X | count)": tree.Take,
    "sample 5": tree.Sample,
    "sample-distinct 5 of a": tree.SampleDistinct,
    "sort by a": tree.Sort,
    "order by a asc nulls first, b desc": tree.Sort,
    "top 5 by a desc nulls last": tree.Top,
    'top-nested 3 of a with others="x" by count() desc, top-nested of b by sum(c)': tree.TopNested,
    "top-hitters 5 of a by b": tree.TopHitters,
    "join (X) on a": tree.Join,
    "join kind = leftouter hint.strategy = shuffle (X | where b) on a, $left.b == $right.c and d": tree.Join,
    "join kind=inner X on ['a b']": tree.Join,
    "lookup kind=leftouter (X) on a": tree.Join,
    "union kind=inner withsource=S isfuzzy=true X, (Y | take 1), Z*, database('d').T": tree.Union,
    "mv-expand a, b=c to typeof(long) limit 5": tree.MvExpand,
    "mvexpand bagexpansion=array with_itemindex=i a": tree.MvExpand,
    "mv-apply with_itemindex=i x=a to typeof(long), y=b limit 3 on (where x > 1 | summarize count())": tree.MvApply,
    'parse kind=regex flags=Ui a with * "x" b:long "y" c *': tree.Parse,
    'parse-where a with "x" b': tree.Parse,
    'parse-kv a as (x:long, y:string) with (pair_delimiter=",", greedy=true)': tree.ParseKv,
    "make-series n=count() default=0, sum(a) on t from x to y step 1d by b": tree.MakeSeries,
    "make-series kind=nonempty count() on t step 1d": tree.MakeSeries,
    "make-series count() on t in range(x, y, 1d) by b": tree.MakeSeries,
    'search kind=case_sensitive in (A, B*) x:"y*" and "z"': tree.Search,
    "find in (A, database('x').B) where x == 1 project a, b:string, pack(*)": tree.Find,
    "evaluate hint.distribution=per_node pivot(a, count()) : (*, x:long)": tree.Evaluate,
    "invoke f(1)": tree.Invoke,
    "serialize x = row_number()": tree.Serialize,
    "scan with_match_id=m order by t partition by a declare (x:long=0) with (step s output=last: a => x = 1; step u: b;)": tree.Scan,
    "partition by a (top 1 by b)": tree.Partition,
    "partition hint.strategy=native by a.b (summarize count())": tree.Partition,
    "partition by a { X | where b }": tree.Partition,
    "as hint.materialized=true N": tree.As,
    "getschema": tree.GetSchema,
    "render timechart with (title='x', ycolumns=a, b, kind=stacked)": tree.Render,
    "render barchart kind=stacked title='a'": tree.Render,
    'reduce by a with threshold=0.3, characters="x"': tree.Reduce,
    "consume": tree.Consume,
    "fork (count) x=(where a | count)": tree.Fork,
    "facet by a, b with (where c | take 5)": tree.Facet,
    "make-graph a --> b with X on k": tree.OtherOperator,
    "graph-match (a)-[e*1..3]->(b) where a.x == 1 project a.x": tree.OtherOperator,
}


@pytest.mark.parametrize("text", OPERATORS)
def test_operators(text: str) -> None:
    assert type(operator(text)) is OPERATORS[text]


def test_a_join_splits_its_conditions() -> None:
    found = operator("join kind=inner (X) on a, $left.b == $right.c and d")
    assert isinstance(found, tree.Join)
    assert [shape(c) for c in found.on] == ["a", "($left.b == $right.c)", "d"]
    assert [(p.name, shape(p.value)) for p in found.parameters] == [("kind", "inner")]


def test_values_of_render_properties() -> None:
    found = operator("render columnchart with (kind=unstacked, ycolumns=a, b, title='t')")
    assert isinstance(found, tree.Render)
    assert [p.name for p in found.properties] == ["kind", "ycolumns", "title"]


def test_wildcards_are_one_word() -> None:
    found = operator("project-away Sec*Event_2, *")
    assert isinstance(found, tree.Project)
    assert found.values == (tree.Wildcard("Sec*Event_2"), tree.Wildcard("*"))
    with pytest.raises(ParseError):
        operator("project-away a *")


def test_statements() -> None:
    text = """
        set notruncation;
        set query_now = datetime(2020-01-01);
        declare query_parameters(x:long = 1, y:string);
        alias database d = cluster("c").database("d");
        let a = 1;
        let f = (T:(*), x:long, y:string="a") { let z = x; T | where a == z };
        let v = view () { U };
        let t = (T | take 1);
        let d = datatable(a:long, b:string)[1, "x", -2, "y",];
        let e = externaldata(x:string)[h@"https://u"] with (format="csv", ignoreFirstRecord=true);
        f(t, 1, y="b") | count;
    """
    kinds = [type(s).__name__ for s in read(text).statements]
    assert kinds == ["SetOption", "SetOption", "DeclareParameters", "OtherStatement", *["Let"] * 6, "ExpressionStatement"]
    function = read(text).statements[5]
    assert isinstance(function, tree.Let)
    assert isinstance(function.value, tree.FunctionDeclaration)
    assert [p.name.name for p in function.value.parameters] == ["T", "x", "y"]
    assert function.value.parameters[0].schema is not None
    assert function.value.parameters[0].schema.open
    assert function.value.parameters[1].type is Type.LONG
    assert len(function.value.statements) == 1
    assert isinstance(function.value.body, tree.Pipeline)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("range x from 1 to 10 step 2 | count", tree.Pipeline),
        ("range x from 1 to 10 step 2", tree.Range),
        ("print a = 1, 2", tree.Print),
        ("union A, (B | take 1) | count", tree.Pipeline),
        ("search 'x' or a:'y'", tree.Search),
        ("find withsource=S in (A) where x has 'a' project-smart", tree.Find),
        ("find 'x'", tree.Find),
        ("(A | where (x)) | count", tree.Pipeline),
        ("((A))", tree.Parenthesized),
        ("cluster('c').database('d').T", tree.Path),
        ("T", tree.Name),
        ("datatable(x:long)[]", tree.DataTable),
        ("evaluate f(1)", tree.Evaluate),
    ],
)
def test_sources(text: str, kind: type) -> None:
    (statement,) = read(text).statements
    assert isinstance(statement, tree.ExpressionStatement)
    assert type(statement.value) is kind


def test_range_is_a_function_too() -> None:
    assert shape(value("range(1, 10, 2)")) == "range(1, 10, 2)"


def test_line_ends_blank_lines_and_byte_order_mark() -> None:
    tree_ = read("\ufeffT\r\n\r\n  // why\r\n| where a == 1\r\n\r\n\u200b| count ;\r\n")
    assert tree_ == read("T | where a == 1 | count")
    assert [c.alone for c in tree_.comments] == [True]
