"""SQL files from end to end: places, comments, dialects, templates; and what ruleconv writes itself."""

from __future__ import annotations

import random
import re
import time
from pathlib import Path

import pytest

import ruleconv
from ruleconv.diagnostic import Diagnostic
from ruleconv.linter.config import Config
from ruleconv.linter.config_file import read as read_settings
from ruleconv.linter.engine import check_file
from ruleconv.linter.fix import apply
from ruleconv.linter.rule import all_rules
from ruleconv.rulefile.model import Kind
from ruleconv.sql.parse import read
from ruleconv.sql.scope import first_select, outputs
from ruleconv.text import Source

ROOT = Path(__file__).parents[2]
OWN = sorted([*ROOT.glob("rules/*/*.*"), *ROOT.glob("tests/sql/queries/*.kql")])
NOT_OUR_BUSINESS = ("SQL017", "SQL018", "SQL019")
"""A rule that returns all rows and columns in order is translated into SQL that does."""


def findings(text: str, *select: str, dialect: str = "auto") -> list[Diagnostic]:
    return check_file(Source(text, "rule.sql"), Kind.SQL, Config(select=select, sql_dialect=dialect))


def found(text: str, *select: str, dialect: str = "auto") -> list[tuple[str, str]]:
    """Codes, and what they point at."""
    return [(each.code, text[each.span.start : each.span.end]) for each in findings(text, *select, dialect=dialect)]


SPRAY = """\
-- Users who failed to sign in from the same address
select "userPrincipalName", "ipAddress", count(id), min("createdDateTime") as "first_event", min("createdDateTime") as "last_event"
from sign_in_activity siaaae
where "errorCode" in 500121 -- no answer to the challenge
  and "userPrincipalName" ilike 'Sync_%'
  and ass3."ipAddress" not in (select distinct "ipAddress" from org_ips)
group by "userPrincipalName", "ipAddress"
having count(id) >= 5;
"""


def test_what_it_finds_and_where() -> None:
    assert [(each.code, each.line, each.column) for each in findings(SPRAY)] == [
        ("SQL003", 2, 94),
        ("SQL002", 4, 19),
        ("SQL006", 5, 38),
        ("SQL004", 6, 7),
        ("SQL009", 6, 31),
    ]
    assert found(SPRAY, "SQL003") == [("SQL003", 'min("createdDateTime") as "last_event"')]
    assert found(SPRAY, "SQL004") == [("SQL004", 'ass3."ipAddress"')]


def test_fixes_only_change_what_they_name() -> None:
    fixed = apply(SPRAY, findings(SPRAY), unsafe=True)
    mended = SPRAY.replace('min("createdDateTime") as "last_event"', 'max("createdDateTime") as "last_event"')
    assert fixed == mended.replace("in 500121", "in (500121)").replace("'Sync_%'", r"'Sync\_%'")
    assert apply(fixed, findings(fixed), unsafe=True) == fixed


def test_several_statements_and_comments() -> None:
    text = "select a from t where b = null; -- one\n/* select c = null; */\nselect ';', c from t where 'x = null' <> null;\n\\echo done\n"
    assert [(each.code, each.line) for each in findings(text)] == [("SQL010", 1), ("SQL010", 3)]


def test_suppression() -> None:
    text = "select a from t where b = null -- ruleconv: ignore[SQL010] wanted\n  and c = null"
    assert [(each.code, each.line) for each in findings(text)] == [("SQL010", 2)]
    assert not findings("-- ruleconv: ignore-file[SQL010] an example\nselect a from t where b = null")
    assert [each.code for each in findings("select a -- ruleconv: ignore[SQL010]\nfrom t")] == ["XRF011"]


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("bigquery", "select a, from `p.d.t` where safe_cast(a as int64) = 1 and x.y.z in unnest(['a'])"),
        ("snowflake", "select actor:displayName::string as n, count(*) as c from t group by n having c > 5"),
        ("sqlite", "select name as n from processes where n = \"x\" and path not null and strftime('%s', 'now') - start_time < 5"),
        ("sqlite", 'select * from file where path like "/tmp/%" or path not null'),
        ("tsql", "select top 5 [name] from [dbo].[t] where created > dateadd(day, -1, getutcdate())"),
        ("duckdb", "select string_split(a, '.')[1] as b from t where b = 'x'"),
    ],
)
def test_other_dialects_are_left_alone(dialect: str, text: str) -> None:
    assert read(text).dialect == dialect
    assert not findings(text)
    assert findings(text, dialect="postgres")


def test_what_holds_everywhere_is_told_everywhere() -> None:
    text = "select `a` from `p.d.t` where b = null and c not in (select c from u)"
    assert [code for code, _ in found(text)] == ["SQL010", "SQL009"]


@pytest.mark.parametrize(
    "text",
    [
        "select dateadd(day, 1, created), ifnull(a, b) from t",
        "select a from t where created > date_sub(now(), 1) and b like 'x'",
        'select "Group Name", count(*) from t group by "Group Name"',
        "select a ->> 'b' from t where c @> '{}' and d::jsonb ? 'x'",
    ],
)
def test_what_looks_like_postgres(text: str) -> None:
    assert read(text).dialect == "postgres"


@pytest.mark.parametrize(
    "text",
    [
        "select a from {{ source('audit', 'sign_ins') }} where b in ({{ codes }}) and c = '{{ c }}' limit {{ n }}",
        "select a from t where b = :name and c = :'quoted' and d = %(d)s and e in :list and f = $1 and g = ${g}",
        "select a from t {% if since %} where created > '{{ since }}' {% else %} where true {% endif %}",
        "\\set since '1 day'\nselect a from :table where created > now() - interval :'since'",
    ],
)
def test_variables_and_templates(text: str) -> None:
    assert not findings(text, "SQL001", "SQL002", "SQL004", "SQL005", "SQL012", "SQL015")


def test_the_dialect_is_configured(tmp_path: Path) -> None:
    (tmp_path / "ruleconv.toml").write_text('sql-dialect = "snowflake"\n')
    assert read_settings(tmp_path / "ruleconv.toml").config.sql_dialect == "snowflake"
    (tmp_path / "ruleconv.toml").write_text('sql-dialect = "db2"\n')
    with pytest.raises(ruleconv.UsageError, match="sql-dialect must be one of"):
        read_settings(tmp_path / "ruleconv.toml")


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_what_ruleconv_writes_passes(path: Path) -> None:
    sql = ruleconv.translate(path.read_text("utf-8"), to="sql", filename=path.name, lossy=True).text
    config = Config(select=("SQL",), ignore=NOT_OUR_BUSINESS)
    assert [(each.code, each.message) for each in check_file(Source(sql, "own.sql"), Kind.SQL, config)] == []
    assert all(statement.tree is not None for statement in read(sql).statements)


def test_a_wildcard_that_the_source_has_is_meant() -> None:
    """Sigma's ``?`` is an underscore in SQL."""
    rule = "title: x\nlogsource: {product: windows}\ndetection:\n  s:\n    Path|contains: ['/dump?', 'a?c', 'b_d']\n  condition: s\n"
    sql = ruleconv.translate(rule, to="sql", source="sigma", table="events").text
    assert "_" in sql
    assert not findings(sql, "SQL006", "SQL025")


DEEP = 30_000


@pytest.mark.parametrize(
    "text",
    [
        "select " + "(" * DEEP,
        "select " + "(" * DEEP + "1" + ")" * DEEP,
        "select " + "array[" * 50 + "1" + "]" * 50,
        "select " + "not " * DEEP + "a",
        "select " + "case when a then " * DEEP,
        "select " + "- " * DEEP + "1",
        "select a from t where " + "a = 1 or (b and " * 40 + "c" + ")" * 40,
        "select 1 from a " + "join b " * DEEP,
        "select a from t where " + " or ".join(f"(a = '{at}' and b like '%x{at}%')" for at in range(3_000)),
        "select a from t where a in (" + ", ".join(f"'{at}'" for at in range(20_000)) + ")",
        " union all ".join(f"select {at} as a from t{at}" for at in range(800)),
        "/*" * DEEP,
        "'" * DEEP + "x",
        "{{" * DEEP,
        "$a$" * DEEP,
        "$" * DEEP,
        "select " + "a." * DEEP,
        ";" * DEEP,
        "interval '" + "1" * DEEP + "x'",
        "select interval '" + "1 day " * DEEP + "x'",
        "select a from t where " + "b like 'a_" * 2_000,
        "with a as (" * 200 + "select 1",
        "select \x00 from \ufeff t \ud800".encode("utf-8", "replace").decode(),
        "",
        "--",
        "select",
    ],
    ids=lambda text: text[:24].strip() or "empty",
)
def test_no_text_hangs_or_crashes(text: str) -> None:
    begun = time.monotonic()
    for each in findings(text, "SQL"):
        assert 0 <= each.span.start <= each.span.end <= len(text)
        assert each.code != "internal"
    assert time.monotonic() - begun < 20


def test_broken_statements_have_findings_with_places() -> None:
    """Statements with tokens left out, doubled and exchanged: no rule stumbles, and fixes only remove findings."""
    chance = random.Random(4)
    texts = [example.text for rule in all_rules() if rule.code.startswith("SQL") for example in (*rule.bad, *rule.good)]
    config = Config(select=("SQL",), sql_dialect="postgres")
    for _ in range(400):
        words = re.findall(r"\w+|\s+|[^\w\s]", " ".join(chance.sample(texts, 2)))
        for _ in range(chance.randint(1, 4)):
            at, other = chance.randrange(len(words)), chance.randrange(len(words))
            words[at] = chance.choice(["", words[at] * 2, words[other], "'", "(", ")", "{{", "--", "::"])
        text = "".join(words)
        found = check_file(Source(text, "rule.sql"), Kind.SQL, config)
        assert all(0 <= each.span.start <= each.span.end <= len(text) and each.code != "internal" for each in found), text
        apply(text, found, unsafe=True)


def test_places_of_expressions() -> None:
    """Also of what sqlglot keeps no place of: keys of JSON, types of casts, closing parentheses."""
    text = """select a -> 'b' ->> 'c' as x, max((d)) as y, cast(e as text) as z, f::numeric(10, 2) as v from t"""
    tree = read(text).statements[0].tree
    assert tree is not None
    select = first_select(tree)
    assert select is not None
    pieces = [text[o.expression.span.start : o.expression.span.end] for o in outputs(select)]
    assert pieces == ["a -> 'b' ->> 'c'", "max((d))", "cast(e as text)", "f::numeric(10, 2)"]


@pytest.mark.parametrize(("dialect", "words"), [("postgres", "NOT IN"), ("snowflake", "NOT IN"), ("bigquery", "NOT IN")])
def test_not_in_is_told_in_the_words_of_the_file(dialect: str, words: str) -> None:
    (found,) = findings("select a from t where b not in (select c from u)", "SQL009", dialect=dialect)
    assert found.message.startswith(words)
    (found,) = findings("select a from t where b <> all (select c from u)", "SQL009", dialect=dialect)
    assert found.message.startswith("<> ALL")
