"""Every code that a note may have is explained, in one place, and is no lint rule's."""

import ast
from pathlib import Path

import pytest
from click.testing import CliRunner

from ruleconv import catalogue
from ruleconv.cli.group import cli
from ruleconv.ir.fidelity import Effect
from ruleconv.ir.notes import NOTE_CODES, WRITERS, markdown
from ruleconv.linter.rule import all_rules
from ruleconv.sigma.logsources import carriers
from ruleconv.sigma.platforms import NAMES

TOP = Path(__file__).parents[2]
KNOWN = {each.code: each for each in NOTE_CODES}
BINDER = TOP / "ruleconv/kql/binding"
"""Its notes are findings of the linter, too: their codes are lint rules."""


def written():
    """(code, effects that stand beside it, place) of each note that the sources make."""
    for folder in ("ruleconv", "backends"):
        for path in (TOP / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.Call) or len(node.args) < 2 or not isinstance(node.args[0], ast.Constant):
                    continue
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in ("Note", "note"):
                    effects = {
                        each.attr
                        for each in ast.walk(node.args[1])
                        if isinstance(each, ast.Attribute) and getattr(each.value, "id", "") == "Effect"
                    }
                    yield node.args[0].value, effects, path


WRITTEN = list(written())


def test_every_code_is_explained_and_written_somewhere():
    assert {code for code, _, path in WRITTEN if BINDER not in path.parents} == set(KNOWN)


def test_the_binder_s_codes_are_lint_rules():
    found = {code for code, _, path in WRITTEN if BINDER in path.parents}
    assert found
    assert found <= {rule.code for rule in all_rules()}


def test_no_code_means_two_things():
    assert not set(KNOWN) & {rule.code for rule in all_rules()}
    assert not set(WRITERS) & {rule.code[:3] for rule in all_rules()}
    assert len(KNOWN) == len(NOTE_CODES)


def test_the_effects_are_those_that_are_written():
    known = [(KNOWN[code], names, path.name) for code, names, path in WRITTEN if code in KNOWN]
    wrong = [(each.code, name, place) for each, names, place in known for name in names if Effect[name] not in each.effects]
    assert wrong == []


def test_the_effects_of_the_data_are_known():
    deviations = {each.deviation.effect for each in catalogue.functions().values() if each.deviation}
    assert deviations == set(KNOWN["SQW020"].effects)
    every = [each for name in NAMES if name != "generic" for each in carriers(name)]
    assert {effect for each in every for effect, _ in each.notes} <= set(KNOWN["LOG003"].effects)
    fields = {field.effect for each in every for field in each.fields.values() if field.note}
    assert fields
    assert fields <= set(KNOWN["LOG004"].effects)


def test_the_page_is_fresh():
    assert (TOP / "docs/notes.md").read_text("utf-8") == markdown(), "python tools/refresh_docs.py"


@pytest.mark.parametrize(("word", "shown"), [("LOG001", "placeholders"), ("sqw010", "externaldata"), ("SIW", "SIW009")])
def test_the_command_line_explains_a_code(word, shown):
    done = CliRunner().invoke(cli, ["rule", word])
    assert done.exit_code == 0
    assert shown in done.stdout
