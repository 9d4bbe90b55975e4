"""A baseline survives moved lines and ends with changed ones."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from ruleconv.diagnostic import UsageError
from ruleconv.linter import baseline
from ruleconv.linter.engine import lint

HERE = Path("/repository")
ONE = 'SigninLogs\n| where ResultTyp == "x"\n'
TWICE = 'SigninLogs\n| where ResultTyp == "x"\n| union (SigninLogs\n| where ResultTyp == "x")\n'


def findings(text, name="/repository/a.kql"):
    return [(each, text) for each in lint(text, filename=name, select=["KQL003"])]


def known(text, name="/repository/a.kql"):
    return Counter(baseline.keys(findings(text, name), HERE))


def left(text, entries, name="/repository/a.kql"):
    kept, gone = baseline.without(findings(text, name), entries, HERE)
    return len(kept), gone.total()


def test_moved_lines_stay_known():
    assert findings(ONE)
    assert left(ONE, known(ONE)) == (0, 0)
    assert left("// a comment\n\n" + ONE.replace("| where", "   |   where"), known(ONE)) == (0, 0)
    assert left(ONE.replace("\n", "\r\n"), known(ONE)) == (0, 0)


def test_changed_lines_and_other_files_do_not():
    assert left(ONE.replace('"x"', '"y"'), known(ONE)) == (1, 1)
    assert left(ONE, known(ONE), "/repository/b.kql") == (1, 1)
    assert left("SigninLogs", known(ONE)) == (0, 1)


def test_each_entry_counts():
    assert sorted(known(TWICE).values()) == [1, 1]
    same = 'union (SigninLogs\n| where ResultTyp == "x"\n), (SigninLogs\n| where ResultTyp == "x"\n)'
    assert list(known(same).values()) == [2]
    assert left(same, known(ONE)) == (1, 0)


def test_entries_are_relative_to_the_baseline():
    (entry,) = known(ONE, "/repository/rules/a.kql")
    assert entry.startswith("rules/a.kql KQL003 ")


def test_the_file_is_read_as_written(tmp_path):
    path = tmp_path / "b.json"
    entries = known(ONE) + known(TWICE, "/repository/ü.kql")
    path.write_text(baseline.write(entries.elements()), "utf-8")
    assert baseline.read(str(path)) == entries


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"version": 1}', '{"version": 1, "findings": {"a": "b"}}', '{"version": 1, "findings": []}']
)
def test_a_file_that_is_none(tmp_path, text):
    path = tmp_path / "b.json"
    path.write_text(text)
    with pytest.raises(UsageError, match="no baseline of ruleconv"):
        baseline.read(str(path))


def test_another_version_and_no_file(tmp_path):
    path = tmp_path / "b.json"
    path.write_text('{"version": 2, "findings": {}}')
    with pytest.raises(UsageError, match=r"another version \(2\)"):
        baseline.read(str(path))
    with pytest.raises(UsageError, match="No such file"):
        baseline.read(str(tmp_path / "none.json"))
