"""What is wrong with a rule is said where it stands."""

import pytest

import ruleconv

HEAD = "title: t\nlogsource:\n  category: c\n"
"""Three lines: ``detection:`` stands in the fourth."""


def refusal(text: str) -> tuple[str, str, str]:
    with pytest.raises(ruleconv.RuleconvError) as caught:
        ruleconv.run(text, source="sigma", events=[{"A": "x"}], filename="rule.yml")
    error = caught.value
    return type(error).__name__, error.place, str(error)


DETECTIONS = [
    # ---------------------------------------------------------------- conditions
    ("sel: {A: 1}\ncondition: sel and missing", "ParseError", "6:22", "there is no search 'missing'"),
    ("sel: {A: 1}\ncondition: 1 of flt_*", "ParseError", "6:14", "no search is called 'flt_*'"),
    ("_sel: {A: 1}\ncondition: 1 of them", "ParseError", "6:14", "no search is called 'them'"),
    ("sel: {A: 1}\ncondition: sel or", "ParseError", "6:19", "the condition ends where the name of a search is expected"),
    ("sel: {A: 1}\ncondition: (sel", "ParseError", "6:17", "the condition ends where ')' is expected"),
    ("sel: {A: 1}\ncondition: sel)", "ParseError", "6:17", "')' in a condition where 'and', 'or' or the end is expected"),
    ("sel: {A: 1}\ncondition: sel AND sel", "ParseError", "6:18", "'AND' in a condition where 'and', 'or' or the end is expected"),
    ("sel: {A: 1}\ncondition: 2 of them", "ParseError", "6:16", "'of' in a condition where 'and', 'or' or the end is expected"),
    ("sel: {A: 1}\ncondition: 1 of sel-*", "ParseError", "6:19", "'sel-*' in a condition where 'them' or a pattern of names is expected"),
    ("sel: {A: 1}\ncondition: sel | near x", "Unsupported", "6:14", "an aggregation of the old kind cannot be translated"),
    (
        "sel: {A: 1}\ncondition: [sel, 'sel | count() > 5']",
        "ParseError",
        "6:25",
        "a condition with a pipe (an aggregation of the old kind)",
    ),
    ("sel: {A: 1}\ncondition: {a: b}", "ParseError", "6:14", "a condition is a text"),
    ("sel: {A: 1}\ncondition:", "ParseError", "6:13", "a Sigma rule needs a condition"),
    ("sel: {A: 1}\ncondition: []", "ParseError", "6:14", "a Sigma rule needs a condition"),
    ("sel: {A: 1}\ncondition: ''", "ParseError", "6:15", "the condition ends where the name of a search is expected"),
    (
        "sel: {A: 1}\ncondition: >\n  sel and\n  (sel or\n  gone)",
        "ParseError",
        "9:5",
        "there is no search 'gone'",
    ),
    ('sel: {A: 1}\ncondition: "sel\\x20and oops"', "ParseError", "6:26", "there is no search 'oops'"),
    ("sel: {A: 1}", "ParseError", "5:3", "a Sigma rule needs a condition"),
    ("sel: {A: 1}\ncondition: sel\ncondition: not sel", "ParseError", "7:3", "the condition stands here twice"),
    ("condition: sel", "ParseError", "5:3", "nothing to search for: the detection holds a condition only"),
    # ---------------------------------------------------------------- searches
    ("sel: {}\ncondition: sel", "ParseError", "5:3", "a search without anything to look for"),
    ("sel: []\ncondition: sel", "ParseError", "5:8", "no value to look for"),
    ("sel: {'': []}\ncondition: sel", "ParseError", "5:13", "no value to look for"),
    ("sel: {A|contains: []}\ncondition: sel", "ParseError", "5:21", "no value to look for"),
    ("sel:\ncondition: sel", "ParseError", "5:7", "a keyword is a text; this value needs a field"),
    ("sel: {A: {B: 1}}\ncondition: sel", "ParseError", "5:12", "a value is a text, a number, a boolean or null"),
    ("sel: {A: [1, [2]]}\ncondition: sel", "ParseError", "5:16", "a value is a text, a number, a boolean or null"),
    ("sel: {[A]: 1}\ncondition: sel", "ParseError", "5:9", "the name of a field is a text"),
    # ---------------------------------------------------------------- modifiers
    ("sel: {A|frobnicate: 1}\ncondition: sel", "ParseError", "5:9", "the modifier 'frobnicate' is unknown"),
    ("sel: {A|: 1}\ncondition: sel", "ParseError", "5:9", "the modifier '' is unknown"),
    ("sel: {A|Contains: x}\ncondition: sel", "ParseError", "5:9", "the modifier 'Contains' is unknown"),
    ("sel: {A|contains: 5}\ncondition: sel", "ParseError", "5:21", "contains: Modifier SigmaContainsModifier incompatible"),
    ("sel: {A|startswith: null}\ncondition: sel", "ParseError", "5:23", "startswith: Modifier SigmaStartswithModifier incompatible"),
    ("sel: {A|contains|all: x}\ncondition: sel", "ParseError", "5:25", "all: not for a single value"),
    ("sel: {'|all': [x]}\ncondition: sel", "ParseError", "5:17", "all: not for a single value"),
    ("sel: {A|gt: x}\ncondition: sel", "ParseError", "5:15", "gt: Modifier SigmaGreaterThanModifier incompatible"),
    ("sel: {A|lte: '5'}\ncondition: sel", "ParseError", "5:16", "lte: Modifier SigmaLessThanEqualModifier incompatible"),
    ("sel: {A|hour: x}\ncondition: sel", "ParseError", "5:17", "hour: Modifier SigmaTimestampHourModifier incompatible"),
    ("sel: {A|re: '('}\ncondition: sel", "ParseError", "5:15", "this is no regular expression: missing ): ("),
    ("sel: {A|re: null}\ncondition: sel", "ParseError", "5:15", "a regular expression is a text"),
    ("sel: {A|i: x}\ncondition: sel", "ParseError", "5:14", "i: Modifier SigmaRegularExpressionIgnoreCaseFlagModifier incompatible"),
    ("sel: {A|contains|re: x}\ncondition: sel", "ParseError", "5:24", "contains|re: Regular expression modifier only applicable"),
    ("sel: {A|base64: 'a*'}\ncondition: sel", "ParseError", "5:19", "base64: Base64 encoding of strings with wildcards"),
    ("sel: {A|cidr: 10.0.0.1/8}\ncondition: sel", "ParseError", "5:17", "cidr: Invalid CIDR expression"),
    ("sel: {A|cidr: x}\ncondition: sel", "ParseError", "5:17", "cidr: Invalid CIDR expression"),
    ("sel: {A|exists: x}\ncondition: sel", "ParseError", "5:19", "exists: Modifier SigmaExistsModifier incompatible"),
    ("sel: {A|fieldref: 'b*'}\ncondition: sel", "ParseError", "5:21", "fieldref: Field references must not contain wildcards"),
    ("sel: {'|exists': true}\ncondition: sel", "ParseError", "5:20", "exists: Exists modifier must be applied to field"),
    ("sel: {'|fieldref': B}\ncondition: sel", "ParseError", "5:9", "a keyword is a text; this value needs a field"),
    ("sel: {'|gt': 5}\ncondition: sel", "ParseError", "5:9", "a keyword is a text; this value needs a field"),
    ("sel: {'|cidr': 10.0.0.0/8}\ncondition: sel", "ParseError", "5:9", "a keyword is a text; this value needs a field"),
    ("sel: [evil, true]\ncondition: sel", "ParseError", "5:8", "a keyword is a text; this value needs a field"),
    ("sel: {A|windash: ' -a -b -c -d'}\ncondition: sel", "ParseError", "5:20", "windash: windash modifier expands at most three"),
    ("sel: {A|wide: é}\ncondition: sel", "ParseError", "5:17", "wide: Wide modifier only allowed for ascii"),
    # ---------------------------------------------------------------- what could be, but cannot be said
    ("sel: {User|expand: '%Administrators%'}\ncondition: sel", "Unsupported", "5:9", "the placeholder %Administrators% cannot"),
    ("sel: {A|re: 'a(?=b)'}\ncondition: sel", "Unsupported", "5:15", "a regular expression with look-around or back-references"),
    ("sel: {A|re: 'a{1001}'}\ncondition: sel", "Unsupported", "5:15", "a regular expression that RE2 does not take (invalid repetition"),
    (r"sel: {A|re: 'a\h'}" + "\ncondition: sel", "ParseError", "5:15", "this is no regular expression"),
    (r"sel: {A|re: '(a)\1'}" + "\ncondition: sel", "Unsupported", "5:15", "a regular expression with look-around or back-references"),
]


@pytest.mark.parametrize(("detection", "kind", "place", "message"), DETECTIONS, ids=[each[0][:40] for each in DETECTIONS])
def test_a_detection_is_refused_at_its_place(detection, kind, place, message):
    text = HEAD + "detection:\n" + "".join(f"  {line}\n" for line in detection.split("\n"))
    found, where, said = refusal(text)
    assert (found, where) == (kind, f"rule.yml:{place}"), said
    assert said.startswith(message)


DETECTION = "detection:\n  sel: {A: x}\n  condition: sel\n"
RULES = [
    ("logsource: {category: c}\n" + DETECTION, "1:1", "a Sigma rule needs a title"),
    ("title: 5\nlogsource: {category: c}\n" + DETECTION, "1:8", "the title of a Sigma rule is a text of at most 256 characters"),
    (
        f"title: {'x' * 257}\nlogsource: {{category: c}}\n" + DETECTION,
        "1:8",
        "the title of a Sigma rule is a text of at most 256 characters",
    ),
    ("title: t\n" + DETECTION, "1:1", "a Sigma rule needs a logsource"),
    ("title: t\nlogsource: windows\n" + DETECTION, "2:12", "a logsource of a Sigma rule is a map of names and values"),
    ("title: t\nlogsource: {definition: x}\n" + DETECTION, "2:12", "a logsource names a product, a category or a service"),
    ("title: t\nlogsource: {category: 5}\n" + DETECTION, "2:23", "the category of a logsource is a text"),
    (HEAD, "1:1", "a Sigma rule needs a detection"),
    (HEAD + "detection: x\n", "4:12", "a detection of a Sigma rule is a map of names and values"),
    (HEAD + "id: not-a-uuid\n" + DETECTION, "4:5", "the id of a Sigma rule is a UUID"),
    (HEAD + "name: ''\n" + DETECTION, "4:7", "the name of a Sigma rule is not empty"),
    (HEAD + "level: urgent\n" + DETECTION, "4:8", "'urgent' is no level of a Sigma rule"),
    (HEAD + "status: [test]\n" + DETECTION, "4:9", "the status of a Sigma rule is a text"),
    (HEAD + "date: yesterday\n" + DETECTION, "4:7", "the date of a Sigma rule is written yyyy-mm-dd"),
    (HEAD + "date: 2025-02-30\n" + DETECTION, "4:7", "the date of a Sigma rule is written yyyy-mm-dd"),
    (HEAD + "modified: 2025/13/1\n" + DETECTION, "4:11", "the modified of a Sigma rule is written yyyy-mm-dd"),
    (HEAD + DETECTION + DETECTION, "7:1", "'detection' stands here twice"),
    ("- title: t\n", "1:1", "a Sigma rule is a YAML map"),
    ("just text\n", "1:1", "a Sigma rule is a YAML map"),
    ("title: [\n", "2:1", "this is not YAML"),
    (HEAD + DETECTION + "---\naction: dance\n", "8:9", "the action 'dance' is none"),
    ("action: repeat\n", "1:9", "action: repeat, and no rule before it"),
    ("---\n", "1:1", "a file without a Sigma rule"),
    (HEAD + "filter:\n  sel: {A: 1}\n  condition: sel\n", "5:3", "a filter says for which rules it is"),
    (HEAD + "filter:\n  rules: {a: b}\n  sel: {A: 1}\n  condition: sel\n", "5:10", "a filter says for which rules it is"),
    (HEAD + "filter:\n  rules: any\n  sel: {A: 1}\n  condition: [sel, sel]\n", "5:3", "the condition of a filter is one text"),
]


CORRELATION = "correlation:\n  type: event_count\n  rules: base\n  timespan: 1m\n  condition: {gte: 2}\n"
RULES += [
    (HEAD + "name: base\n" + DETECTION + "---\n" + about + CORRELATION, place, message)
    for about, place, message in [
        ("", "9:1", "a Sigma rule needs a title"),
        ("title: [c]\n", "9:8", "the title of a Sigma rule is a text"),
        ("title: c\nid: x\n", "10:5", "the id of a Sigma rule is a UUID"),
        ("title: c\nlevel: urgent\n", "10:8", "'urgent' is no level of a Sigma rule"),
        ("title: c\nname: ''\n", "10:7", "the name of a Sigma rule is not empty"),
    ]
]
RULES += [
    (
        HEAD + "name: base\n" + DETECTION + "---\ntitle: c\n" + CORRELATION + "  group_by: [A]\n",
        "15:3",
        "'group_by' is no part of a correlation",
    ),
]


@pytest.mark.parametrize(("text", "place", "message"), RULES, ids=[each[2][:40] for each in RULES])
def test_a_rule_is_refused_at_its_place(text, place, message):
    found, where, said = refusal(text)
    assert (found, where) == ("ParseError", f"rule.yml:{place}"), said
    assert said.startswith(message)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("sel: {A|contain: x}\n  condition: sel", "did you mean 'contains'?"),
        ("sel: {A: x}\n  sel2: {A: y}\n  condition: sel3", "there are: sel, sel2"),
        ("sel: {A|expand: '%x%'}\n  condition: sel", "give a processing pipeline that says what it stands for"),
        ("sel: {A: x}\n  condition: not NOT", "there are: sel"),
        ("sel: {A: x}\n  condition: sel OR sel", "'and', 'or' and 'not' are written in lower case"),
        ("sel: {A: x}\n  condition: not s*", "several searches are '1 of s*' or 'all of s*'"),
        ("sel: {A: x}\n  condition: 2 of them", "'1 of', 'any of' or 'all of'"),
        ("sel: {A: x}\n  condition: '!sel'", "write 'not'"),
        ("sel:\n    A: x\n    condition: sel", "the one in 'sel' stands a level too deep"),
        ("sel: {A|contains: 5}\n  condition: sel", "it is for texts: a number or a truth value in quotes is one"),
        ("sel: {A|gt: '5'}\n  condition: sel", "it is for numbers, which are written without quotes"),
        ("sel: {A|exists: 'yes'}\n  condition: sel", "its value is true or false, without quotes"),
        ("sel: {A|i|re: x}\n  condition: sel", "it comes after re: field|re|i"),
        ("sel: {A|contains|re: x}\n  condition: sel", "it has to be the first modifier"),
        ("sel: {A: {contains: x}}\n  condition: sel", "modifiers are written after the field's name: field|contains"),
        ("sel: {A: %x%}\n  condition: sel", "a value that begins with % is written in single quotes"),
        ("sel: {A: *x}\n  condition: sel", "a value that begins with * is written in single quotes"),
        ("sel: {A: *}\n  condition: sel", "a value that begins with * or & is written in single quotes"),
        ("sel:\n\tA: x\n  condition: sel", "YAML is indented with blanks, not with tabs"),
        (
            'sel: {A: "C:\\Windows"}\n  condition: sel',
            "in double quotes a backslash begins an escape; in single quotes it is just a backslash",
        ),
    ],
)
def test_hints(text, hint):
    with pytest.raises(ruleconv.RuleconvError) as caught:
        ruleconv.translate(f"{HEAD}detection:\n  {text}\n", source="sigma", to="sql")
    assert caught.value.hint == hint


def test_what_says_nothing_about_events_refuses_no_rule():
    text = HEAD + "tags: [nothing]\nreferences: https://example.org\nfields: x\nfalsepositives: y\nauthor: [a, b]\nrelated: 5\n" + DETECTION
    assert ruleconv.run(text, source="sigma", events=[{"A": "x"}]).rows == [("x",)]


def test_a_key_that_stands_twice_is_asked_for_twice_and_noted():
    text = HEAD + "detection:\n  sel:\n    A|contains: x\n    A|contains: y\n  condition: sel\n"
    made = ruleconv.translate(text, source="sigma", to="sql", dialect="duckdb")
    assert [(note.code, note.effect.value, made.source.position(note.span.start)) for note in made.notes] == [("SGR001", "changes", (7, 5))]
    events = [{"A": "xy"}, {"A": "x"}, {"A": "y"}]
    assert ruleconv.run(text, source="sigma", events=events).rows == [("xy",)]


def test_a_search_that_stands_twice_is_refused():
    text = HEAD + "detection:\n  sel: {A: x}\n  sel: {A: y}\n  condition: sel\n"
    assert refusal(text) == ("ParseError", "rule.yml:6:3", "the search 'sel' stands here twice")


def test_events_that_are_none():
    rule = HEAD + DETECTION
    with pytest.raises(ruleconv.UsageError, match="event 2 is no mapping of fields to values but str"):
        ruleconv.run(rule, source="sigma", events=[{"A": "x"}, "A=x"])
    assert ruleconv.run(rule, source="sigma", events=[]).rows == []


def test_what_only_a_dialect_refuses_has_its_place_too():
    text = HEAD + "detection:\n  sel:\n    A|re: '\\p{Greek}x'\n  condition: sel\n"
    assert "REGEXP_MATCHES" in ruleconv.translate(text, source="sigma", to="sql", dialect="duckdb").text
    with pytest.raises(ruleconv.Unsupported, match="the Unicode class Greek") as caught:
        ruleconv.translate(text, source="sigma", to="sql", dialect="postgres", filename="rule.yml")
    assert caught.value.place == "rule.yml:6:5"
