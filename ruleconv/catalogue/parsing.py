"""Functions that take a text apart: JSON, URLs, paths, CSV, XML, versions, command lines.

Source: https://learn.microsoft.com/kusto/query/scalar-functions#string-functions and the page of each function.
"""

from __future__ import annotations

from decimal import Decimal

from ruleconv.catalogue.model import Example, Function, Naming, NullRule, Parameter
from ruleconv.catalogue.parameters import TEXTS, anything, optional, pattern, text
from ruleconv.ir.types import Type

FUNCTIONS: tuple[Function, ...] = (
    Function(
        "parse_json",
        (Parameter("json_text", TEXTS),),
        Type.DYNAMIC,
        "The value that JSON text stands for; other text is a dynamic string, the empty text null.",
        nulls=NullRule.SOMETIMES,
        aliases=("parsejson", "todynamic", "toobject"),
        naming=Naming.ARGUMENT,
        empty_in_empty_out=True,
        examples=(
            Example("""parse_json('{"a": [1, true]}')""", {"a": [1, True]}),
            Example("parse_json('no json')", "no json"),
            Example("parse_json('')", None),
        ),
    ),
    Function(
        "extract_json",
        (pattern("jsonPath"), text("jsonText"), Parameter("type", (), optional=True, constant=True)),
        Type.STRING,
        "The element of a JSON text that a path leads to.",
        nulls=NullRule.SOMETIMES,
        aliases=("extractjson",),
        empty_in_empty_out=True,
        examples=(Example("""extract_json('$.name', '{"name": "John", "age": 30}')""", "John"),),
    ),
    Function(
        "parse_csv",
        (text("csv_text"),),
        Type.DYNAMIC,
        "An array of the fields of one CSV record.",
        nulls=NullRule.NEVER,
        naming=Naming.ARGUMENT,
        examples=(
            Example("parse_csv('aa,b,cc')", ["aa", "b", "cc"]),
            Example('parse_csv(\'aa,"b,b,b",cc,"quotes: ""Title"" "\')', ["aa", "b,b,b", "cc", 'quotes: "Title" ']),
            Example(r"parse_csv('record1,a,b,c\nrecord2,x,y,z')", ["record1", "a", "b", "c"]),
        ),
    ),
    Function(
        "parse_xml",
        (text("xml_text"),),
        Type.DYNAMIC,
        "An XML text as a dynamic value.",
        nulls=NullRule.SOMETIMES,
        naming=Naming.ARGUMENT,
        refusal="DuckDB and PostgreSQL cannot turn any XML into JSON: extract() the values by regular expressions",
    ),
    Function(
        "parse_url",
        (text("url"),),
        Type.DYNAMIC,
        "The parts of an absolute URL.",
        nulls=NullRule.NEVER,
        aliases=("parseurl",),
        examples=(
            Example(
                "parse_url('scheme://username:password@host:1234/this/is/a/path?k1=v1&k2=v2#fragment')",
                {
                    "Scheme": "scheme",
                    "Host": "host",
                    "Port": "1234",
                    "Path": "/this/is/a/path",
                    "Username": "username",
                    "Password": "password",
                    "Query Parameters": {"k1": "v1", "k2": "v2"},
                    "Fragment": "fragment",
                },
            ),
        ),
    ),
    Function(
        "parse_urlquery",
        (text("query"),),
        Type.DYNAMIC,
        "The parameters of a URL's query.",
        nulls=NullRule.NEVER,
        aliases=("parseurlquery",),
        examples=(Example("parse_urlquery('k1=v1&k2=v2&k3=v3')", {"Query Parameters": {"k1": "v1", "k2": "v2", "k3": "v3"}}),),
    ),
    Function(
        "parse_path",
        (text("path"),),
        Type.DYNAMIC,
        "The parts of a file path.",
        nulls=NullRule.NEVER,
        examples=(
            Example(
                r"parse_path(@'C:\temp\file.txt')",
                {
                    "Scheme": "",
                    "RootPath": "C:",
                    "DirectoryPath": "C:\\temp",
                    "DirectoryName": "temp",
                    "Filename": "file.txt",
                    "Extension": "txt",
                    "AlternateDataStreamName": "",
                },
            ),
            Example(
                "parse_path('/usr/lib/temp/file.txt')",
                {
                    "Scheme": "",
                    "RootPath": "",
                    "DirectoryPath": "/usr/lib/temp",
                    "DirectoryName": "temp",
                    "Filename": "file.txt",
                    "Extension": "txt",
                    "AlternateDataStreamName": "",
                },
            ),
        ),
    ),
    Function(
        "parse_command_line",
        (text("command"), pattern("parser")),
        Type.DYNAMIC,
        "An array of the arguments of a Windows command line.",
        nulls=NullRule.NEVER,
        examples=(Example(r"""parse_command_line('echo "hello world!"', 'windows')""", ["echo", "hello world!"]),),
    ),
    Function(
        "parse_user_agent",
        (text("user_agent"), optional(anything("look_for"))),
        Type.DYNAMIC,
        "Browser, system and device of a user agent.",
        nulls=NullRule.SOMETIMES,
        refusal="it needs a table of all browsers: extract() what you look for",
    ),
    Function(
        "parse_version",
        (text("version"),),
        Type.DECIMAL,
        "A number by which versions compare; null when it is no version.",
        nulls=NullRule.SOMETIMES,
        examples=(
            Example("parse_version('0.0.0.5')", Decimal(5)),
            Example("parse_version('1.2.3.4')", Decimal("1000000020000000300000004")),
            Example("parse_version('1')", Decimal("1000000000000000000000000")),
            Example("parse_version('one')", None),
        ),
    ),
)
