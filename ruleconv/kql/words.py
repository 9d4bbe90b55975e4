"""Kusto's words: which are operators, keywords, options, and which of them are also legal names.

The lists of names come from asking Microsoft's parser word by word, in every place where a name can stand.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


BINARY = _words("""
    == != <> =~ !~ < > <= >= / % and or
    contains contains_cs !contains !contains_cs notcontains notcontainscs containscs has has_cs !has !has_cs nothas
    hasprefix hasprefix_cs !hasprefix !hasprefix_cs hassuffix hassuffix_cs !hassuffix !hassuffix_cs
    startswith startswith_cs !startswith !startswith_cs endswith endswith_cs !endswith !endswith_cs
    like likecs notlike notlikecs
""")
INLIST = _words("in~ !in !in~ has_any has_all")
KEYWORDS = _words("""
    let set declare query_parameters view print range from to step union search find evaluate dynamic typeof datatable
    externaldata external_data with asc desc granny-asc granny-desc nulls first last where filter extend
    project project-away project-keep project-rename project-reorder project-smart summarize by distinct count as take limit
    sample sample-distinct of sort order top top-nested top-hitters join lookup on mv-expand mvexpand mv-apply
    parse parse-where parse-kv make-series in default invoke serialize scan partition getschema render reduce
    consume fork facet others optional output
""")
OTHER_OPERATORS = _words("""
    make-graph graph-match graph-shortest-paths graph-mark-components graph-to-table graph-where-nodes graph-where-edges
    assert-schema macro-expand
""")
PUNCTUATION = _words("( ) [ ] { } , ; | . : * + - = => ..")
TYPES = _words("""
    bool boolean byte char date datetime decimal double float int int8 int16 int32 int64 long real string time timespan
    uint uint8 uint16 uint32 uint64 ulong uniqueid
""")
RESERVED = TYPES | _words("""
    anomalychart areachart bagexpansion barchart bin_legacy cachingpolicy callout cancel card columnchart cycles dataexport
    datascope decodeblocks encodingpolicy expandoutput flags hotcache isfuzzy journal ladderchart linechart missing
    nooptimization pathformat piechart pivotchart queries query_results relaxed rowstore rowstores scatterchart seal seals
    shards simple stackedareachart statistics timechart timeline timepivot treemap unrestrictedviewers views
    with_itemindex with_match_id with_step_name
""")
"""Words that are no name without brackets."""

KINDS: dict[str, str] = (
    dict.fromkeys(BINARY, "BINARY")
    | dict.fromkeys(INLIST, "INLIST")
    | {"between": "BETWEEN", "!between": "BETWEEN"}
    | {word: word for word in KEYWORDS | PUNCTUATION}
    | dict.fromkeys(OTHER_OPERATORS, "OTHER_OPERATOR")
    | dict.fromkeys(("true", "false", "True", "False", "TRUE", "FALSE"), "BOOL")
    | dict.fromkeys(RESERVED, "RESERVED")
)
"""The grammar's terminal for a word or sign that is not just a NAME."""

OPTIONS = _words("""
    kind flags withsource with_source isfuzzy bagexpansion with_itemindex decodeblocks datascope with_match_id with_step_name
""")
"""Words that, before a ``=``, are options of an operator and no names of columns."""

NO_REFERENCE = _words("""
    accumulate as by contains datatable earliest externaldata find has in invoke latest materialize mdm of print sample
    search set sql title to toscalar totable verbose viewers where
""")
"""Words that are a name only where a column is declared (``by = 1``); elsewhere Kusto wants ``['by']``."""

NEVER = _words("and or between asc desc first last others union project external_data dynamic")
"""Keywords that are no name anywhere."""

NEEDS_BRACKET = _words("typeof view")
"""Keywords only before a ``(``."""

STAGES = _words("""
    where filter extend project project-away project-keep project-rename project-reorder summarize distinct count take limit
    sort order top join lookup union mv-expand mvexpand mv-apply parse parse-where make-series evaluate invoke serialize
    render getschema as search
""")
"""Operators that an author may have meant where a ``|`` is missing or a word is misspelt."""
