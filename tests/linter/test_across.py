"""What several rules share, and what changed since a revision."""

from __future__ import annotations

import subprocess

import pytest

from ruleconv.diagnostic import UsageError
from ruleconv.linter import across
from ruleconv.linter.config import Config
from ruleconv.linter.examples import BASES
from ruleconv.linter.files import Job, facts
from ruleconv.linter.revision import Revision
from ruleconv.rulefile.model import Kind

SIGMA = BASES[Kind.SIGMA]
SENTINEL = BASES[Kind.SENTINEL]
OTHER_ID = "11111111-2222-4333-8444-555555555555"


def file(name, text, config=None):
    config = config or Config()
    return across.FileFacts(name, lambda: text, facts(Job(name, config, content=text.encode())), config)


def shared(*files):
    return [(each.name, each.code, each.line) for each in across.duplicates(files)]


def sigma(**keys):
    lines = SIGMA.splitlines(keepends=True)
    for key, value in keys.items():
        lines = [f"{key}: {value}\n" if line.startswith(f"{key}:") else line for line in lines]
    return "".join(lines)


# ---------------------------------------------------------------- several rules
def test_a_copied_rule():
    found = shared(file("a.yml", SIGMA), file("b.yml", SIGMA))
    assert found == [("b.yml", "XRF001", 2), ("b.yml", "XRF002", 1), ("b.yml", "XRF003", 1)]


def test_related_rules_that_are_not_there():
    related = f"related:\n  - id: {OTHER_ID}\n    type: derived\n  - id: {OTHER_ID}\n    type: obsolete\n  - {OTHER_ID}\n"
    config = Config(select=("SIG019",))
    one, other = file("a.yml", SIGMA + related, config), file("b.yml", sigma(id=OTHER_ID), config)
    assert list(across.unknown_related([one, other])) == []
    (found,) = across.unknown_related([one])
    assert (SIGMA + related)[found.span.start : found.span.end] == OTHER_ID
    assert list(across.unknown_related([file("a.yml", SIGMA + related)])) == []  # off unless it is asked for


def test_two_rules_of_one_file():
    assert [code for _, code, _ in shared(file("a.yml", SIGMA + "---\n" + SIGMA))] == ["XRF001", "XRF002", "XRF003"]


def test_rules_that_differ_share_nothing():
    other = sigma(id=OTHER_ID, title="Another").replace("svc_", "srv_")
    assert shared(file("a.yml", SIGMA), file("b.yml", other)) == []


def test_an_id_in_other_letters_is_the_same():
    found = shared(file("a.yaml", SENTINEL), file("b.yaml", SENTINEL.replace("5b2c3a9e", "5B2C3A9E").replace("name: S", "name: Other s")))
    assert [code for _, code, _ in found] == ["XRF001", "XRF003"]


def test_names_of_files():
    names = Config(select=("XRF007",))
    assert shared(file("a/X.yml", SIGMA, names), file("b/x.yml", SIGMA, names)) == [("b/x.yml", "XRF007", 1)]
    assert shared(file("a/x.yml", SIGMA, names), file("b/y.yml", SIGMA, names)) == []


@pytest.mark.parametrize(
    ("kind", "one", "other", "same"),
    [
        ("kql", "SigninLogs // why\n| where ResultType == '50126' | take 5", "SigninLogs | where ResultType == '50126'\n| take 5;", True),
        ("kql", "SigninLogs | where UserAgent == 'a  b' | take 5", "SigninLogs | where UserAgent == 'a b' | take 5", False),
        ("sql", "SELECT a, b FROM t WHERE c = 'x--y' -- why\n AND d = 1", "SELECT a, b\nFROM t /* * */ WHERE c = 'x--y' AND d = 1", True),
        ("sql", "SELECT a, b FROM t WHERE c = 'x--y' AND d = 1", "SELECT a, b FROM t WHERE c = 'x--z' AND d = 1", False),
    ],
)
def test_logic_without_blanks_and_comments(kind, one, other, same):
    every = Config(select=("XRF003",))
    assert bool(shared(file(f"a.{kind}", one, every), file(f"b.{kind}", other, every))) is same


def test_each_file_has_its_own_configuration():
    assert shared(file("a.yml", SIGMA), file("b.yml", SIGMA, Config(ignore=("XRF",)))) == []


def test_a_comment_hides_them():
    copy = SIGMA.replace("\nid:", "\n# ruleconv: ignore[XRF001] on purpose\nid:")
    other = file("b.yml", copy)
    found = list(across.duplicates([file("a.yml", SIGMA), other]))
    assert [each.code for each in across.visible(found, other, None)] == ["XRF002", "XRF003"]


# ---------------------------------------------------------------- a file and its past
def changed(before, after):
    return [each.code for each in across.changes(file("a", after), facts(Job("a", Config(), content=before.encode())))]


def test_a_query_that_changes_needs_another_version():
    after = SENTINEL.replace("Accounts > 20", "Accounts > 30")
    assert changed(SENTINEL, after) == ["XRF004"]
    assert changed(SENTINEL, after.replace("version: 1.0.0", "version: 1.0.1")) == []
    assert changed(SENTINEL, SENTINEL.replace("| where Accounts > 20", "|   where Accounts   > 20 // many")) == []
    assert changed(SENTINEL, SENTINEL.replace("severity: Medium", "severity: High")) == []


def test_a_detection_that_changes_needs_another_date():
    after = SIGMA.replace("svc_", "srv_")
    assert changed(SIGMA, after) == ["XRF006"]
    assert changed(SIGMA, after.replace("tags:", "modified: 2026-11-22\ntags:")) == []


def test_an_id_is_for_life():
    assert changed(SIGMA, sigma(id=OTHER_ID)) == ["XRF005"]
    assert changed(SIGMA, sigma(id=OTHER_ID, title="Renamed too")) == ["XRF005"]
    two = SIGMA + "---\n" + sigma(id=OTHER_ID, title="Second")
    assert changed(SIGMA, two) == []


# ---------------------------------------------------------------- git
def git(folder, *arguments):
    subprocess.run(["git", "-c", "user.name=n", "-c", "user.email=e@x", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path):
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.yml").write_text(SIGMA)
    (tmp_path / "rules" / "ü x.yml").write_text("ü")
    (tmp_path / "same.yml").write_text("same")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    return tmp_path


def test_the_past_of_files(repository):
    (repository / "rules" / "a.yml").write_text(SIGMA + "\n")
    (repository / "rules" / "ü x.yml").write_text("ü ü")
    (repository / "new.yml").write_text("new")
    past = Revision("main", repository / "rules")
    assert past.content(str(repository / "rules" / "a.yml")) == SIGMA.encode()
    assert past.content(str(repository / "rules" / "ü x.yml")) == "ü".encode()
    assert past.content(str(repository / "same.yml")) is None
    assert past.content(str(repository / "new.yml")) is None
    assert past.content("/elsewhere.yml") is None


def test_a_renamed_file_keeps_its_past(repository):
    git(repository, "mv", "rules/a.yml", "b.yml")
    (repository / "b.yml").write_text(SIGMA.replace("svc_", "srv_"))
    assert Revision("HEAD", repository).content(str(repository / "b.yml")) == SIGMA.encode()


def test_what_others_did_meanwhile_does_not_count(repository):
    git(repository, "checkout", "-qb", "mine")
    git(repository, "checkout", "-q", "main")
    (repository / "same.yml").write_text("theirs")
    git(repository, "commit", "-qam", "two")
    git(repository, "checkout", "-q", "mine")
    assert Revision("main", repository).content(str(repository / "same.yml")) is None


@pytest.mark.parametrize("name", ["none", "-x", "--output=x"])
def test_no_revision(repository, name):
    with pytest.raises(UsageError, match="no revision"):
        Revision(name, repository)


def test_no_repository(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(UsageError, match="no git repository"):
        Revision("main", tmp_path)
