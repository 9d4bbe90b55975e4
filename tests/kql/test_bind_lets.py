"""Lets: which become lets of the query, what is put in where it is used, and how functions are called."""

import pytest

from ruleconv.ir import expr as ir
from ruleconv.ir.query import External, LetRef, Rows
from tests.kql.binding import columns, found, names, query, refused, stages


def lets(text: str) -> list[str]:
    return [let.name for let in query(text).lets]


def test_only_what_is_used_in_order_of_need() -> None:
    assert lets("let a = T | count; let c = Users | take 1; let b = a | where Count > 1; b | union c, a") == ["a", "b", "c"]


def test_a_name_for_a_table_is_no_let() -> None:
    assert lets("let x = Users; x | count") == []


def test_materialize() -> None:
    (let,) = query("let x = materialize(Users | take 5); x | union x").lets
    assert let.materialized


def test_as_names_the_rows() -> None:
    bound = query("Users | where Id > 1 | as Known | union Known")
    assert [let.name for let in bound.lets] == ["Known"]


def test_externaldata_is_named_after_its_let() -> None:
    body = query("let feed = externaldata(ip:string)['https://example.org/feed.csv'] with (format='csv'); feed").body
    assert isinstance(body, External)
    assert (body.name, body.uris) == ("feed", ("https://example.org/feed.csv",))


def test_scalars_are_put_in() -> None:
    body = query("let a = 1; let b = a + 1; print b").body
    assert isinstance(body, Rows)
    assert isinstance(body.rows[0][0], ir.Arithmetic)


FUNCTIONS = {
    "let f = (x:long) { x + 1 }; print f(1)": "print_0:long",
    "let f = (x:long, y:string='a') { strcat(x, y) }; T | project z=f(l), w=f(y='b', x=2)": "z:string w:string",
    "let f = () { Users | project Name }; f": "Name:string",
    "let f = (n:long) { let m = n * 2; Users | where Id > m }; f(1) | union (f(2)) | project Id": "Id:long",
    "let f = (X:(Name:string), n:long=1) { X | extend n | project Name, n }; Users | invoke f()": "Name:string n:long",
    "let f = (X:(*)) { X | union X }; f(Users | take 1) | project Name": "Name:string",
    "let v = view () { print x=1 }; union v*": "x:long",
    "let g = (x:long) { x + 1 }; let f = (x:long) { g(x) * 2 }; print f(1)": "print_0:long",
    "let f = (s:string) { strlen(s) }; print f(5)": "print_0:long",
}


@pytest.mark.parametrize(("text", "expected"), FUNCTIONS.items())
def test_calls(text: str, expected: str) -> None:
    assert columns(text) == expected.split(" ")


def test_lets_of_a_function_have_names_of_their_own() -> None:
    assert lets("let x = T | count; let f = () { let x = Users | take 1; x | project Name }; f | union (x | project Count)") == ["x", "x_2"]


def test_a_table_that_a_function_uses_twice_is_a_let() -> None:
    bound = query("let f = (X:(*)) { X | join X on Name }; f(Users | where Id > 1)")
    assert [let.name for let in bound.lets] == ["X"]


def test_a_column_may_be_the_argument_of_a_scalar_function() -> None:
    assert stages(query("let f = (x:string) { let y = tolower(x); y has 'a' }; T | where f(s)").body) == ["Filter", "Source"]


def test_but_not_of_one_that_reads_a_table() -> None:
    text = "let f = (x:string) { toscalar(Users | where Name == x | count) }; T | extend n = f(s)"
    assert "argument of a function" in refused(text).construct


def test_unnamed_columns_are_counted_anew_in_a_function() -> None:
    text = "let f = (X:(*)) { X | extend 1 + 1 | project Column1 }; Users | extend Id + 1 | invoke f() | extend 2 + 2"
    assert names(text) == ["Column1", "Column2"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("let x = 1; let x = 2; print x", [("KQL033", "x")]),
        ("let f = (n:long) { n }; print f()", [("KQL048", "f")]),
        ("let f = (n:long) { n }; print f(1, 2)", [("KQL048", "f")]),
        ("let f = (n:long) { n }; print f(m=1)", [("KQL048", "m")]),
        ("let f = (n:long) { n + 'a' }; print 1", [("KQL005", "+")]),
        ("let unused = Users | where Nme == 'x'; T | count", [("KQL003", "Nme")]),
        ("let a = 1", [("SCH018", "let a = 1")]),
        ("let f = (X:(Age:long)) { X }; f(Users)", [("KQL005", "Users")]),
        ("let a = Users | where b == 1; let b = a | count; b", [("KQL003", "b")]),
    ],
)
def test_mistakes(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_growth_is_bounded() -> None:
    doubling = "; ".join(f"let a{n} = {f'a{n - 1} + a{n - 1}' if n else '1'}" for n in range(40))
    assert "this large" in refused(f"{doubling}; print a39").construct
    calls = "; ".join(f"let f{n} = (x:long) {{ {f'f{n - 1}(x) + f{n - 1}(x)' if n else 'x'} }}" for n in range(30))
    assert "nested function calls" in refused(f"{calls}; print f29(1)").construct


def test_a_use_of_a_let_refers_to_it() -> None:
    bound = query("let x = Users | take 1; x")
    assert isinstance(bound.body, LetRef)
    assert bound.lets[0].rel.columns == bound.body.columns
