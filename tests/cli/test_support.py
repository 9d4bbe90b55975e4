import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from ruleconv import catalogue, support
from ruleconv.cli.group import cli
from ruleconv.diagnostic import UsageError

PAGE = Path(__file__).parents[2] / "docs/support.md"


def run(*arguments):
    return CliRunner().invoke(cli, ["support", *arguments], catch_exceptions=False)


@pytest.fixture(scope="module")
def rows():
    return list(support.matrix())


def test_the_page_is_fresh(rows):
    assert PAGE.read_text() == support.markdown(rows), "ruleconv support --format markdown > docs/support.md"


def test_every_function_and_operator_has_a_row(rows):
    names = {row.name for row in rows}
    assert {record.name for record in catalogue.functions().values()} <= names
    assert {record.name for record in catalogue.all_aggregates().values()} <= names
    assert {"where", "summarize", "join kind=inner", "scan", "matches regex"} <= names


def test_a_refusal_says_why(rows):
    assert [row.name for row in rows for cell in row.cells if cell.word != support.EXACT and not cell.reason] == []


def test_names_choose_rows():
    output = run("strlen", "where", "--format", "json").stdout
    assert [(row["name"], row["postgres"]["support"]) for row in json.loads(output)] == [("where", "exact"), ("strlen", "exact")]
    assert "join kind=leftanti" in run("join").stdout
    with pytest.raises(UsageError, match="nothing is called nonsense"):
        run("nonsense")


def test_markdown_of_one_row():
    assert "| `where` | exact | exact |" in run("where", "--format", "markdown").stdout
