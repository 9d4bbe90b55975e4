"""Suppression by comment, in YAML, in KQL (bare and in a rule) and in SQL."""

from __future__ import annotations

import pytest

from ruleconv.linter.config import Config
from ruleconv.linter.engine import check_file
from ruleconv.linter.examples import BASES
from ruleconv.linter.fix import apply
from ruleconv.rulefile.model import Kind
from ruleconv.text import Source

WRONG = 'SigninLogs\n| where ResultTyp == "x"'


def codes(text, kind=Kind.KQL, config=None):
    return [each.code for each in check_file(Source(text, "rule"), kind, config or Config())]


def fixed(text, kind=Kind.KQL):
    return apply(text, check_file(Source(text, "rule"), kind, Config()))


def rule(query="SigninLogs\n| project IPAddress", **keys):
    """The base rule with other keys and another query."""
    text = BASES[Kind.SENTINEL]
    start, end = text.index("query: |"), text.index("entityMappings")
    lines = "".join(f"  {line}\n" for line in query.split("\n"))
    text = text[:start] + "query: |\n" + lines + text[end:]
    for key, value in keys.items():
        at = text.index(f"\n{key}:") + 1
        text = text[:at] + f"{key}: {value}\n" + text[text.index("\n", at) + 1 :]
    return text


# ---------------------------------------------------------------- KQL
@pytest.mark.parametrize("kind", [Kind.KQL, Kind.SENTINEL])
@pytest.mark.parametrize(
    "query",
    [
        f"{WRONG} // ruleconv: ignore[KQL003] a column of ours",
        f"{WRONG} // ruleconv:ignore[kql003]",
        f"{WRONG} // see the wiki // ruleconv: ignore[KQL003]",
        f"{WRONG} // ruleconv: ignore[KQL]",
        'SigninLogs\n// ruleconv: ignore[KQL003]\n// more words\n\n| where ResultTyp == "x"',
        f"// ruleconv: ignore-file[KQL003]\n{WRONG}",
        f"{WRONG}\n// ruleconv: ignore-file[KQL003]",
    ],
)
def test_a_comment_hides(kind, query):
    text = query if kind is Kind.KQL else rule(query + "\n| project IPAddress")
    assert codes(text, kind) == []


@pytest.mark.parametrize("kind", [Kind.KQL, Kind.SENTINEL])
@pytest.mark.parametrize(
    "query",
    [
        f"// ruleconv: ignore[KQL003]\n{WRONG}",
        f"SigninLogs // ruleconv: ignore[KQL003]{WRONG.removeprefix('SigninLogs')}",
        f"{WRONG} // ruleconv: ignore[KQL002]",
    ],
)
def test_another_line_or_code_does_not(kind, query):
    text = query if kind is Kind.KQL else rule(query + "\n| project IPAddress")
    assert sorted(codes(text, kind)) == ["KQL003", "XRF011"]


def test_text_in_a_string_is_no_comment():
    text = 'SigninLogs\n| where ResultTyp == "// ruleconv: ignore[KQL003]"'
    assert codes(text) == ["KQL003"]
    assert codes('SigninLogs\n| where ResultTyp == @"\\" // ruleconv: ignore[KQL003]') == []


def test_a_yaml_mark_means_nothing_in_a_query():
    text = rule('SigninLogs\n| where ResultTyp == "x" # ruleconv: ignore[KQL003]\n| project IPAddress')
    assert "XRF011" not in codes(text, Kind.SENTINEL)
    assert codes(text, Kind.SENTINEL) != []


# ---------------------------------------------------------------- YAML
def test_yaml_comments():
    assert codes(rule(severity="Urgent"), Kind.SENTINEL) == ["SCH005"]
    assert codes(rule(severity="Urgent  # ruleconv: ignore[SCH005] ours"), Kind.SENTINEL) == []
    assert codes("# ruleconv: ignore[SCH005]\n" + rule(severity="Urgent"), Kind.SENTINEL) == ["XRF011", "SCH005"]
    assert codes(rule(severity="Urgent").replace("severity", "# ruleconv: ignore[SCH]\nseverity"), Kind.SENTINEL) == []
    assert codes("# ruleconv: ignore-file[SCH005]\n" + rule(severity="Urgent"), Kind.SENTINEL) == []


def test_yaml_text_that_looks_like_a_comment_is_none():
    description = "Finds 'a thing' that is written # ruleconv:ignore[SCH005] as text"
    text = rule(severity="Urgent", description=f'"{description}"')
    assert codes(text, Kind.SENTINEL) == ["SCH005"]
    block = rule(description="|\n  # ruleconv: ignore[SCH]\n  Finds things that nobody should do in the middle of the night.")
    assert codes(block, Kind.SENTINEL) == []


def test_above_a_block_it_holds_for_the_whole_block():
    hidden = "Finds an address from which\n  many\u200b accounts fail to sign in, as in a spray."
    config = Config(select=("MET002", "XRF011"))
    assert codes(rule(description="|\n  " + hidden), Kind.SENTINEL, config) != []
    assert codes(rule(description="|  # ruleconv: ignore[MET002] pasted\n  " + hidden), Kind.SENTINEL, config) == []
    assert codes(rule(description=">- # ruleconv: ignore[MET002]\n  " + hidden), Kind.SENTINEL, config) == []
    above = rule(description="|\n  " + hidden).replace("description:", "# ruleconv: ignore[MET002]\ndescription:")
    assert codes(above, Kind.SENTINEL, config) == []
    query = rule('SigninLogs\n| where ResultTyp == "x"\n| project IPAddress').replace("query: |", "query: |  # ruleconv: ignore[KQL003]")
    assert codes(query, Kind.SENTINEL) == []


def test_a_file_that_is_no_yaml():
    assert codes('id: "x # ruleconv: ignore[SCH001]\nquery: T', Kind.SENTINEL) != []
    assert codes("# ruleconv: ignore-file[SCH001]\nquery: [", Kind.SENTINEL) == []


def test_sigma():
    text = BASES[Kind.SIGMA].replace("level: medium", "level: huge  # ruleconv: ignore[MET015]")
    assert codes(text, Kind.SIGMA) == []


def test_rules_that_share_a_file():
    two = BASES[Kind.SIGMA] + "---\n" + BASES[Kind.SIGMA].replace("level: medium", "level: huge  # ruleconv: ignore[MET015]")
    assert "MET015" not in codes(two, Kind.SIGMA)
    assert "XRF011" not in codes(two, Kind.SIGMA)


# ---------------------------------------------------------------- SQL
def test_sql():
    wrong = "SELECT a FROM t WHERE b = NULL"
    assert "SQL010" in codes(wrong, Kind.SQL)
    assert codes(wrong + " -- ruleconv: ignore[SQL]", Kind.SQL) == []
    assert codes("-- ruleconv: ignore[SQL]\n" + wrong, Kind.SQL) == []
    assert "SQL010" in codes("SELECT '-- ruleconv: ignore[SQL]' FROM t WHERE b = NULL", Kind.SQL)


# ---------------------------------------------------------------- unused ones
def unused(text, kind=Kind.KQL, config=None):
    return [(each.message, each.hint) for each in check_file(Source(text, "r"), kind, config or Config()) if each.code == "XRF011"]


def test_unused_codes_are_told():
    assert unused("SigninLogs // ruleconv: ignore[KQL003] x") == [("nothing to suppress: no finding KQL003 in line 1", "take the code out")]
    assert unused("// ruleconv: ignore-file[KQL003]\nSigninLogs") == [
        ("nothing to suppress: no finding KQL003 in this file", "take the code out")
    ]
    assert unused("SigninLogs // ruleconv: ignore[KQ003]") == [("this suppresses nothing: there is no rule KQ003", "did you mean KQL003?")]
    assert unused("SigninLogs // ruleconv: ignore[SIG001]") == [
        ("this suppresses nothing: no rule SIG001 looks at kql files", "take the code out")
    ]
    assert unused("SigninLogs // ruleconv: ignore") == [
        ("this suppresses nothing: it names no code", "write ruleconv: ignore[CODE] reason")
    ]


def test_rules_that_did_not_run_leave_no_comment_unused():
    text = "SigninLogs // ruleconv: ignore[KQL003]"
    assert unused(text, config=Config(ignore=("KQL003",))) == []
    assert unused(text, config=Config(select=("ATT", "XRF"))) == []
    assert len(unused(text, config=Config(select=("KQL003", "XRF")))) == 1
    assert unused(text, config=Config(ignore=("XRF011",))) == []
    # Off by default, and what only several files tell.
    assert unused("SigninLogs // ruleconv: ignore[KQL026]") == []
    assert unused("SigninLogs // ruleconv: ignore[XRF003]") == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("SigninLogs // ruleconv: ignore[KQL003] x\n| count\n", "SigninLogs\n| count\n"),
        ("SigninLogs // ruleconv: ignore[KQL003]\r\n| count\r\n", "SigninLogs\r\n| count\r\n"),
        ("SigninLogs\n  // ruleconv: ignore[KQL003]\n| count", "SigninLogs\n| count"),
        ("SigninLogs\r\n// ruleconv: ignore[KQL003]\r\n| count", "SigninLogs\r\n| count"),
        ("SigninLogs // ruleconv: ignore[KQL003]", "SigninLogs"),
        ("SigninLogs // ruleconv: ignore[KQL003, KQL002]\n| count", "SigninLogs\n| count"),
        (f"{WRONG} // ruleconv: ignore[KQL002, KQL003] x", f"{WRONG} // ruleconv: ignore[KQL003] x"),
        (f"{WRONG} // ruleconv: ignore[KQL003, KQL002]", f"{WRONG} // ruleconv: ignore[KQL003]"),
        (f"{WRONG} // why // ruleconv: ignore[KQL003,KQL002,KQL001]", f"{WRONG} // why // ruleconv: ignore[KQL003,KQL001]"),
    ],
)
def test_the_fix_takes_out_what_is_unused_and_no_more(before, after):
    assert fixed(before) == after


def test_the_fix_in_yaml():
    text = rule(severity="High  # ruleconv: ignore[SCH005] once")
    assert fixed(text, Kind.SENTINEL) == rule(severity="High")
