"""The shipped table is that of the grammar, loads without lark, and every action it names exists."""

import json
import subprocess
import sys

from ruleconv.kql import table
from ruleconv.kql.build import ACTIONS


def test_the_saved_table_is_fresh() -> None:
    saved = json.loads(table.SAVED.read_text("utf-8"))
    assert saved == table.compile_grammar(table.GRAMMAR.read_text("utf-8")), "run python -m ruleconv.kql.table"


def test_a_stale_table_is_made_again(monkeypatch, tmp_path) -> None:  # type: ignore[no-untyped-def]
    stale = tmp_path / "kql.table.json"
    stale.write_text('{"grammar": "of another time"}', "utf-8")
    fresh = table.load()
    monkeypatch.setattr(table, "SAVED", stale)
    assert table.load.__wrapped__() == fresh


def test_every_action_is_used_and_exists() -> None:
    named = {rule.action for rule in table.load().rules if rule.action}
    assert named == set(ACTIONS)
    assert all(rule.action for rule in table.load().rules if rule.size != 1)


def test_reading_loads_no_lark() -> None:
    read = "from ruleconv.kql.parse import parse; from ruleconv.text import Source; parse(Source('T')); "
    program = read + "import sys; print('lark' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip() == "False"
