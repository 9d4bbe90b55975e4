import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruleconv import SchemaError, schema
from ruleconv.diagnostic import RuleconvError, UsageError
from ruleconv.ir.types import Column, Type
from ruleconv.schema import json_nodes
from ruleconv.schema.files import load_text
from ruleconv.text import Source

APPS = (Column("TimeGenerated", Type.DATETIME), Column("App", Type.STRING), Column("Count", Type.LONG))


def columns(text, name="x.json"):
    return {t.name: t.columns for t in load_text(Source(text, name))}


@pytest.mark.parametrize(
    "document",
    [
        {
            "Name": "Apps_CL",
            "Properties": [
                {"Name": "TimeGenerated", "Type": "DateTime"},
                {"Name": "App", "Type": "String"},
                {"Name": "Count", "Type": "long"},
            ],
        },
        [
            {
                "name": "Apps_CL",
                "properties": [
                    {"name": "TimeGenerated", "type": "datetime"},
                    {"name": "App", "type": "string"},
                    {"name": "Count", "type": "long"},
                ],
            }
        ],
        {
            "Name": "Apps_CL",
            "OrderedColumns": [
                {"Name": "TimeGenerated", "Type": "System.DateTime", "CslType": "datetime"},
                {"Name": "App", "Type": "System.String"},
                {"Name": "Count", "Type": "System.Int64", "CslType": "long"},
            ],
        },
        {"Apps_CL": {"TimeGenerated": "datetime", "App": "string", "Count": "int64"}},
        {"_source": "somewhere", "tables": {"Apps_CL": [["TimeGenerated", "date"], ["App", "string"], ["Count", "long"]]}},
    ],
)
def test_json_forms(document):
    assert columns(json.dumps(document)) == {"Apps_CL": APPS}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.csv", "table,column,type\nApps_CL,TimeGenerated,datetime\nApps_CL,App,string\n\nApps_CL,Count,long\n"),
        ("x.csv", '"TableName","ColumnName","ColumnType"\r\nApps_CL,TimeGenerated,datetime\r\nApps_CL,App,string\r\nApps_CL,Count,long'),
        (
            "d/Apps_CL.csv",
            "ColumnName,ColumnOrdinal,DataType,ColumnType\nTimeGenerated,0,System.DateTime,datetime\nApp,1,System.String,string\nCount,2,System.Int64,long\n",
        ),
    ],
)
def test_csv_forms(name, text):
    assert columns(text, name) == {"Apps_CL": APPS}


def test_a_star_makes_a_table_open():
    (table,) = load_text(Source('{"T": {"a": "long", "*": "dynamic"}}', "x.json"))
    assert table.open
    assert table.columns == (Column("a", Type.LONG),)


@pytest.mark.parametrize(
    ("name", "text", "place", "message"),
    [
        ("x.json", "", "x.json:1:1", "this is not JSON: Expecting value"),
        ("x.json", '{"T": {"a": "long"', "x.json:1:19", "this is not JSON: expected ',' or '}'"),
        ("x.json", '{\n "T": {"a": "lnog"}}', "x.json:2:13", "unknown type 'lnog'"),
        ("x.json", '{"T": {"a": 5}}', "x.json:1:13", "expected a type in quotes"),
        ("x.json", '{"T": 5}', "x.json:1:7", "expected the columns of T"),
        ("x.json", "[3]", "x.json:1:2", "expected a table with Name and Properties"),
        ("x.json", "{}", "x.json:1:1", "no table in this file"),
        ("x.json", '"T"', "x.json:1:1", "neither an object nor a list"),
        ("x.json", '{"T": {"a": "long"}} x', "x.json:1:22", "text after the end of the JSON document"),
        ("x.json", '{"Name": "T", "Properties": [{"Name": "a"}]}', "x.json:1:30", "expected a column of T with Name and Type"),
        ("x.json", '{"T": {"a": "long", "a": "int"}}', "x.json:1:26", "T has the column a twice, as long and as int"),
        ("x.json", '{"T": {"a": "long"}, "T": {}}', "x.json:1:22", "the table T stands here twice"),
        ("x.json", '{"": {"a": "long"}}', "x.json:1:2", "a table without a name"),
        ("x.json", "[" * 100_000, "x.json:1:34", "nested more than 32 deep"),
        ("x.json", "[" + "9" * 10_000 + "]", "x.json:1:2", "this is not JSON: a number with too many digits"),
        ("x.csv", "a,b\n1,2\n", "x.csv:1:1", "no column named 'column' in the first line"),
        ("x.csv", "table,column,type\nT,a,long\nT,b\n", "x.csv:3:1", "this line has 2 fields, the first one 3"),
        ("x.csv", 'table,column,type\nT,"a,long\n', "x.csv:2:1", "this is not CSV: unexpected end of data"),
        ("x.csv", "", "x.csv:1:1", "no table in this file"),
    ],
)
def test_a_bad_file_says_where(name, text, place, message):
    with pytest.raises(SchemaError) as caught:
        load_text(Source(text, name))
    assert (caught.value.place, caught.value.message) == (place, message)


def test_a_misspelt_type_is_guessed():
    with pytest.raises(SchemaError) as caught:
        load_text(Source('{"T": {"a": "strnig"}}', "x.json"))
    assert caught.value.hint == "did you mean string?"


def test_files_and_folders(tmp_path):
    (tmp_path / "a.json").write_text('{"A": {"x": "long"}}', encoding="utf-8-sig")
    (tmp_path / "b.CSV").write_text("table,column,type\nB,y,int\nA,z,int\n", encoding="utf-16")
    (tmp_path / "notes.txt").write_text("no schema")
    tables = schema.load([tmp_path])
    assert tables.names == ("A", "B")
    assert tables.table("A").columns == (Column("z", Type.INT),)
    assert schema.load([tmp_path / "a.json"]).names == ("A",)
    with pytest.raises(UsageError):
        schema.load([tmp_path / "missing.json"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError):
        schema.load([tmp_path / "empty"])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


def plain(node):
    if node.items is not None:
        return [plain(item) for item in node.items]
    if node.members is not None:
        return {key.value: plain(value) for key, value in node.members}
    return node.value


@given(json_values, st.sampled_from([None, 1]))
def test_json_nodes_agree_with_json(value, indent):
    text = json.dumps(value, indent=indent)
    node = json_nodes.parse(Source(text))
    assert plain(node) == value
    assert node.span == (node.span.__class__)(0, len(text))


@given(st.text(alphabet='{}[]",:tT0 \n\\ulong', max_size=40) | st.text(), st.sampled_from(["x.json", "x.csv"]))
def test_no_text_crashes_the_reader(text, name):
    try:
        load_text(Source(text, name))
    except RuleconvError as error:
        assert error.place.startswith(name)
