"""Functions that take a regular expression.

Source: https://learn.microsoft.com/kusto/query/regex and the page of each function.
"""

from __future__ import annotations

from ruleconv.catalogue.model import Example, Function, NullRule, Parameter
from ruleconv.catalogue.parameters import any_text, optional, pattern, text, whole
from ruleconv.ir.types import Type

_TYPE = Parameter("typeLiteral", (), optional=True, constant=True)
"""``typeof(..)``: the binder gives the call that type and leaves the argument out."""

FUNCTIONS: tuple[Function, ...] = (
    Function(
        "extract",
        (pattern("regex"), whole("captureGroup"), text("source"), _TYPE),
        Type.STRING,
        "The first match of a regular expression (group 0) or of one of its groups, converted to a type.",
        nulls=NullRule.SOMETIMES,
        empty_in_empty_out=True,
        examples=(
            Example("extract('x=([0-9.]+)', 1, 'hello x=45.6|wo')", "45.6"),
            Example("extract('Duration=([0-9.]+)', 0, 'A=1, Duration=123.45, B')", "Duration=123.45"),
            Example("extract('x=([0-9.]+)', 1, 'nothing')", ""),
        ),
    ),
    Function(
        "extract_all",
        (pattern("regex"), text("captureGroups"), Parameter("source", (Type.STRING, Type.DYNAMIC), optional=True, text=True)),
        Type.DYNAMIC,
        "All matches: an array of texts for one group, of arrays for several; null for no match.",
        nulls=NullRule.SOMETIMES,
        aliases=("extractall",),
        examples=(
            Example(r"extract_all('(\\d+)', 'a set of numbers: 123, 567 and 789')", ["123", "567", "789"]),
            Example(r"extract_all('(\\w)(\\d)', 'a1 b2')", [["a", "1"], ["b", "2"]]),
            Example(r"extract_all('(x)', 'abc')", None),
        ),
    ),
    Function(
        "replace_regex",
        (text("source"), pattern("lookup_regex"), pattern("rewrite_pattern")),
        Type.STRING,
        r"Every match of a regular expression rewritten; \0 is the match, \1 the first group.",
        nulls=NullRule.STRICT,
        empty_in_empty_out=True,
        examples=(
            Example(r"replace_regex('Number is 1', 'is (\\d+)', 'was: \\1')", "Number was: 1"),
            Example("replace_regex('xxx', 'x', 'y')", "yyy"),
        ),
    ),
    Function(
        "replace",
        (pattern("regex"), pattern("rewrite"), text("source")),
        Type.STRING,
        "The old form of ``replace_regex``, with the text last.",
        nulls=NullRule.STRICT,
        empty_in_empty_out=True,
        examples=(Example("replace('x', 'y', 'xxx')", "yyy"),),
    ),
    Function(
        "trim",
        (pattern("regex"), text("source")),
        Type.STRING,
        "Without one match of a regular expression at either end.",
        nulls=NullRule.STRICT,
        empty_in_empty_out=True,
        examples=(
            Example("trim('--', '--https://bing.com--')", "https://bing.com"),
            Example(r"trim('[\\sx]', 'xxstripxx')", "xstripx"),
            Example(r"trim('\\s+', '  pad  ')", "pad"),
        ),
    ),
    Function(
        "trim_start",
        (pattern("regex"), text("source")),
        Type.STRING,
        "Without one match of a regular expression at the start.",
        nulls=NullRule.STRICT,
        empty_in_empty_out=True,
        examples=(Example("trim_start('https://', 'https://bing.com')", "bing.com"),),
    ),
    Function(
        "trim_end",
        (pattern("regex"), text("source")),
        Type.STRING,
        "Without one match of a regular expression at the end.",
        nulls=NullRule.STRICT,
        empty_in_empty_out=True,
        examples=(Example("trim_end('.com', 'bing.com')", "bing"), Example("trim_end('x', 'xx')", "x")),
    ),
    Function(
        "indexof_regex",
        (any_text("string"), pattern("match"), optional(whole("start")), optional(whole("length")), optional(whole("occurrence"))),
        Type.LONG,
        "The zero-based place of a match, -1 for none; null for a negative start.",
        nulls=NullRule.SOMETIMES,
        examples=(
            Example("indexof_regex('abcabc', 'a.c')", 0),
            Example("indexof_regex('abcabc', 'a.c', 1)", 3),
            Example("indexof_regex('abcabc', 'a|ab', -1)", None),
        ),
    ),
    Function(
        "regex_quote",
        (any_text("string"),),
        Type.STRING,
        "The text with every character that means something in a regular expression escaped.",
        empty_in_empty_out=True,
        examples=(Example("regex_quote('(so$me.Te^xt)')", r"\(so\$me\.Te\^xt\)"),),
    ),
)
