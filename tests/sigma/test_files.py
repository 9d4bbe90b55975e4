"""Files of several documents: collections with actions, filters; and processing pipelines."""

import pytest

import ruleconv

RULE = """title: {title}
id: {id}
logsource: {{product: windows, category: process_creation}}
detection:
  sel:
    A: {value}
  condition: sel
"""
ONE = RULE.format(title="one", id="11111111-1111-4111-8111-111111111111", value="x")
TWO = RULE.format(title="two", id="22222222-2222-4222-8222-222222222222", value="y")
EVENTS = [{"A": "x", "B": 1}, {"A": "y", "B": 2}, {"A": "x", "B": 3}, {"A": "z", "B": 4}]


def found(text: str, events: list[dict[str, object]] = EVENTS) -> list[object]:
    result = ruleconv.run(text, source="sigma", events=events)
    return [row["B"] for row in result.dicts()]


def test_every_rule_of_a_file_is_judged_and_an_event_comes_once():
    assert found(f"{ONE}---\n{TWO}---\n{ONE}") == [1, 2, 3]


def test_an_empty_document_is_none():
    assert found(f"---\n{ONE}---\n") == [1, 3]


def test_global_is_put_into_what_follows_until_reset():
    text = """action: global
title: all
logsource: {category: c}
detection:
  base: {A: x}
  condition: base and more
---
detection:
  more: {B: 1}
---
detection:
  more: {B: 3}
---
action: reset
---
"""
    assert found(text + TWO) == [1, 2, 3]
    assert found(text.replace("action: reset\n---\n", "detection: {more: {B: 2}}\n")) == [1, 3]


def test_repeat_changes_the_rule_before():
    assert found(ONE + "---\naction: repeat\ndetection:\n  sel: {A: z}\n") == [1, 3, 4]


FILTER = """---
title: filter
logsource: {logsource}
filter:
  rules: {rules}
  mine: {{B: 1}}
  condition: not mine
"""


@pytest.mark.parametrize(
    ("logsource", "rules", "rows"),
    [
        ("{product: windows}", "any", [2, 3]),
        ("{product: windows, category: process_creation}", "[11111111-1111-4111-8111-111111111111]", [2, 3]),
        ("{product: windows}", "[22222222-2222-4222-8222-222222222222]", [1, 2, 3]),
        ("{product: linux}", "any", [1, 2, 3]),
        ("{product: windows, category: process_creation, service: sysmon}", "any", [1, 2, 3]),
        ("{product: windows}", "[]", [2, 3]),
        ("{product: windows}", "[gone]", [1, 2, 3]),
    ],
)
def test_a_filter_must_hold_as_well(logsource, rules, rows):
    assert found(f"{ONE}---\n{TWO}{FILTER.format(logsource=logsource, rules=rules)}") == rows


def test_a_filter_knows_a_rule_by_its_name_and_keeps_its_own_searches_apart():
    named = ONE.replace("title: one", "title: one\nname: first")
    text = FILTER.format(logsource="{product: windows}", rules="first").replace("mine", "sel")
    assert found(f"{named}---\n{TWO}{text}") == [2, 3]


def test_several_filters_must_all_hold():
    filters = FILTER.format(logsource="{product: windows}", rules="any")
    assert found(ONE + filters + filters.replace("B: 1", "B: 3")) == []


# ---------------------------------------------------------------- pipelines
PIPELINE = """
name: mine
priority: {priority}
vars:
  Admins: [adm1, 'root*']
transformations:
"""


def sql(rule: str, *transformations: str, priority: int = 10) -> str:
    pipelines = [PIPELINE.format(priority=priority) + text for text in transformations]
    return " ".join(ruleconv.translate(rule, source="sigma", to="sql", dialect="duckdb", pipelines=pipelines).text.split())


def test_fields_are_mapped_to_one_or_several():
    made = sql(ONE, "  - {type: field_name_mapping, mapping: {A: a.name}}")
    assert made == """SELECT * FROM "windows_process_creation" WHERE LOWER("a.name") = 'x'"""
    made = sql(ONE, "  - {type: field_name_mapping, mapping: {A: [b, c]}}")
    assert made == """SELECT * FROM "windows_process_creation" WHERE LOWER("b") = 'x' OR LOWER("c") = 'x'"""


def test_placeholders_get_the_values_of_the_pipeline():
    rule = ONE.replace("A: x", "A|expand: '%Admins%'")
    assert sql(rule, "  - {type: value_placeholders}").endswith("""WHERE LOWER("A") = 'adm1' OR "A" ILIKE 'root%'""")
    with pytest.raises(ruleconv.Unsupported, match="the placeholder %Admins%"):
        sql(rule, "  - {type: value_placeholders, include: [Others]}")


def test_conditions_and_log_sources_are_changed():
    added = "  - {type: add_condition, conditions: {kind: start}}\n  - {type: change_logsource, product: win, category: process}"
    assert sql(ONE, added) == """SELECT * FROM "win_process" WHERE LOWER("kind") = 'start' AND LOWER("A") = 'x'"""


def test_pipelines_go_by_their_priority():
    first = PIPELINE.format(priority=1) + "  - {type: field_name_mapping, mapping: {A: B}}"
    second = PIPELINE.format(priority=2) + "  - {type: field_name_mapping, mapping: {B: C}}"
    for order in ([first, second], [second, first]):
        assert '"C"' in ruleconv.translate(ONE, source="sigma", to="sql", pipelines=order).text


def test_items_ask_for_the_attributes_of_a_rule():
    rule = ONE.replace("id:", "level: high\ntags: [attack.execution]\nid:")
    text = "  - type: field_name_mapping\n    mapping: {A: B}\n    rule_conditions:\n      - {type: tag, tag: attack.execution}"
    assert '"B"' in sql(rule, text)
    assert '"A"' in sql(ONE, text)


def test_fields_of_correlations_are_mapped_too():
    correlation = """---
title: many
correlation:
  type: value_count
  rules: [11111111-1111-4111-8111-111111111111]
  group-by: [A]
  timespan: 5m
  condition: {field: B, gte: 3}
"""
    made = sql(ONE + correlation, "  - {type: field_name_mapping, mapping: {A: a_, B: b_}}")
    assert '"a_"' in made
    assert '"b_"' in made
    assert '"A"' not in made
    assert '"B"' not in made


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("", ruleconv.ParseError, "a processing pipeline is a YAML map"),
        ("[1]", ruleconv.ParseError, "a processing pipeline is a YAML map"),
        ("transformations: 5", ruleconv.UsageError, "<pipeline 1> is no processing pipeline"),
        ("transformations:\n  - {type: nothing}", ruleconv.UsageError, "Unknown transformation type 'nothing'"),
        ("priority: high\ntransformations: []", ruleconv.UsageError, "the priority of a processing pipeline is a whole number"),
        ("transformations:\n  - {type: file_placeholders, path: /etc/passwd}", ruleconv.Unsupported, "file_placeholders: a pipeline that"),
        (
            "transformations:\n  - {type: nest, items: [{type: command_placeholders, command: [ls]}]}",
            ruleconv.Unsupported,
            "command_placeholders: a pipeline that fetches",
        ),
        (
            "transformations:\n  - {type: rule_failure, message: not this one}",
            ruleconv.Unsupported,
            "what the processing pipeline makes of this",
        ),
        (
            "transformations:\n  - {type: drop_detection_item}",
            ruleconv.Unsupported,
            "the search 'sel', of which the pipeline left nothing,",
        ),
    ],
)
def test_pipelines_that_are_none_or_reach_out(text, error, message, monkeypatch):
    monkeypatch.setenv("PYSIGMA_ALLOW_EXTERNAL_SOURCES", "1")
    with pytest.raises(error, match=message):
        ruleconv.translate(ONE, source="sigma", to="sql", pipelines=[text])


def test_templates_of_a_pipeline_are_never_filled(tmp_path):
    trap = tmp_path / "trap.py"
    trap.write_text("raise SystemExit('executed')\n")
    item = f"  - {{type: template, template: x, vars: {trap}}}\n"
    text = f"finalizers:\n{item}postprocessing:\n{item}"
    assert ruleconv.translate(ONE, source="sigma", to="sql", pipelines=[text]).text.startswith("SELECT")


# ---------------------------------------------------------------- aggregations of the old kind
OLD = """title: old
logsource: {{category: c}}
detection:
  sel: {{A: x}}
  condition: sel | {aggregation}
  {timeframe}
"""
TIMES = [{"A": "x", "U": "a", "V": at, "timestamp": f"2025-01-01T00:{at:02}:00Z"} for at in (0, 1, 2, 30)]


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
@pytest.mark.parametrize(
    ("aggregation", "timeframe", "groups"),
    [
        ("count() > 2", "timeframe: 5m", 1),
        ("count() > 3", "timeframe: 5m", 0),
        ("count(*) by U > 3", "", 1),
        ("count(V) by U, A >= 3", "timeframe: 1h", 1),
        ("count(A) by U > 1", "timeframe: 1h", 0),
        ("sum(V) by U > 30", "timeframe: 1h", 1),
        ("sum(V) by U > 30", "timeframe: 5m", 0),
        ("avg(V)>10", "timeframe: 1h", 0),
        ("count() by U == 3", "timeframe: 5m", 1),
    ],
)
def test_an_aggregation_of_the_old_kind_is_a_correlation(aggregation, timeframe, groups, engine):
    result = ruleconv.run(OLD.format(aggregation=aggregation, timeframe=timeframe), source="sigma", events=TIMES, engine=engine)
    assert len(result.rows) == groups
    assert [note.code for note in result.notes] == ["SGR002"]
    assert ("no timeframe" in result.notes[0].message) == (not timeframe)


@pytest.mark.parametrize("aggregation", ["min(V) > 1", "max(V) by U > 2", "near other", "sum() > 5", "count() by U", "count() > many"])
def test_an_aggregation_that_no_correlation_says_is_refused(aggregation):
    with pytest.raises(ruleconv.Unsupported) as caught:
        ruleconv.run(OLD.format(aggregation=aggregation, timeframe=""), source="sigma", events=TIMES, filename="rule.yml")
    assert (caught.value.place, caught.value.hint) == ("rule.yml:5:14", "write it as a correlation rule")


def test_the_searches_of_an_old_aggregation_keep_their_places():
    text = OLD.format(aggregation="count() > 2", timeframe="").replace("condition: sel", "condition: sel and gone")
    with pytest.raises(ruleconv.ParseError, match="there is no search 'gone'") as caught:
        ruleconv.run(text, source="sigma", events=TIMES, filename="rule.yml")
    assert caught.value.place == "rule.yml:5:22"


@pytest.mark.parametrize(("part", "words"), [("category: [a, b]", "a, b"), ("service: [system, security]", "system, security")])
def test_a_log_source_that_lists_several_is_told(part, words):
    rule = f"title: t\nlogsource:\n  {part}\ndetection:\n  s: {{F: 1}}\n  condition: s\n"
    (note,) = ruleconv.translate(rule, source="sigma", to="sql").notes
    assert (note.code, words in note.message) == ("SGR003", True)
    assert not ruleconv.translate(rule.replace(words, words.split(",")[0]), source="sigma", to="sql").notes


@pytest.mark.parametrize("key", ["name: base", "id: 929a690e-bef0-4204-a928-ef5e620d6fcc"])
def test_a_reference_that_could_mean_two_rules_is_refused(key):
    rule = f"title: a\n{key}\nlogsource: {{category: c}}\ndetection: {{s: {{F: 1}}, condition: s}}\n---\n"
    top = "title: t\ncorrelation: {type: event_count, rules: [REF], timespan: 5m, condition: {gte: 2}}\n".replace("REF", key.split()[1])
    assert ruleconv.translate(rule + top, source="sigma", to="sql").text
    with pytest.raises(ruleconv.ParseError, match="several rules are called"):
        ruleconv.translate(rule + rule + top, source="sigma", to="sql")
