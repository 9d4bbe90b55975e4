"""Tables that no schema lists: their columns are those that the query uses, wherever in the pipeline it does."""

from ruleconv.ir import expr as ir
from ruleconv.ir.query import Filter, Plugin, Query, Rel, Source, Union
from ruleconv.ir.types import Type
from tests.kql.binding import columns, query


def sources(rel: Rel) -> list[Source]:
    """The stored tables below a stage."""
    if isinstance(rel, Source):
        return [rel]
    if isinstance(rel, Union):
        return [found for leg in rel.legs for found in sources(leg.input)]
    inner = [getattr(rel, name) for name in ("input", "left", "right") if getattr(rel, name, None) is not None]
    return [found for part in inner for found in sources(part)]


def asked(bound: Query) -> dict[str, list[str]]:
    return {source.table: [c.name for c in source.columns] for source in sources(bound.body) if source.open}


def test_columns_come_from_their_use() -> None:
    bound = query("Foo_CL | where a_s == 'x' | extend c = b_d + 1 | project c, later, TimeGenerated")
    assert asked(bound) == {"Foo_CL": ["a_s", "b_d", "later", "TimeGenerated"]}
    assert not bound.open
    assert [n[:2] for n in bound.notes] == [("KQL002", "the table Foo_CL is not in the schema: its columns are taken from their use")]


def test_the_suffix_of_a_custom_column_says_its_type() -> None:
    assert columns("Foo_CL | project a_s, b_d, c_b, d_t, e_g, f, TimeGenerated") == [
        "a_s:string", "b_d:real", "c_b:bool", "d_t:datetime", "e_g:string", "f:unknown", "TimeGenerated:datetime",
    ]  # fmt: skip


def test_through_a_summarize_with_a_star() -> None:
    assert asked(query("Foo_CL | summarize arg_max(TimeGenerated, *) by a_s | project x")) == {"Foo_CL": ["a_s", "TimeGenerated", "x"]}


def test_through_joins_and_lets() -> None:
    bound = query("let w = _GetWatchlist('vips') | project SearchKey; T | join kind=inner w on $left.s == $right.SearchKey | project s")
    assert [let.name for let in bound.lets] == ["w"]
    assert bound.notes[0][0] == "KQL004"


def test_a_column_of_no_type_is_compared_as_the_other_side() -> None:
    body = query("Foo_CL | where x == 5").body
    assert isinstance(body, Filter)
    assert isinstance(body.predicate, ir.Compare)
    assert isinstance(body.predicate.left, ir.Cast)


def test_it_takes_its_type_from_another_leg() -> None:
    assert columns("Foo_CL | project l | union (T | project l)") == ["l:long"]


def test_a_result_may_stay_open() -> None:
    bound = query("Foo_CL | where a_s == 'x'")
    assert bound.open


def test_watchlists_are_told_apart() -> None:
    bound = query("_GetWatchlist('a') | project SearchKey | union (_GetWatchlist('b') | project SearchKey)")
    assert [s.table for s in sources(bound.body)] == ["_GetWatchlist_a", "_GetWatchlist_b"]


def test_other_arguments_are_another_table() -> None:
    bound = query("_Im_Dns(starttime=ago(1d)) | project Q | union (_Im_Dns(starttime=ago(7d)) | project Q)")
    assert [s.table for s in sources(bound.body)] == ["_Im_Dns", "_Im_Dns_2"]


def test_a_fuzzy_union_does_without_what_is_not_there() -> None:
    bound = query("union isfuzzy=true T, NotThere | count")
    assert [s.table for s in sources(bound.body)] == ["T"]
    assert bound.notes[0][0] == "KQL002"


def test_what_a_bag_unpacks_to_is_what_is_used() -> None:
    bound = query("T | evaluate bag_unpack(d) | where city == 'x' | project city, land")
    stage: Rel = bound.body
    while not isinstance(stage, Plugin):
        stage = stage.input  # type: ignore[union-attr]
    assert [c.name for c in stage.columns][-2:] == ["city", "land"]
    assert stage.open


def test_an_existing_column_of_a_closed_table_is_no_question() -> None:
    assert columns("T | project x = column_ifexists('s', ''), y = column_ifexists('nope', 1)") == ["x:string", "y:long"]
    assert query("T | where s == 'x'").body.columns[0].type is Type.BOOL
