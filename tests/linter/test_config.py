"""The configuration: the file is found upwards, what is wrong is said with the nearest right thing, and the JSON schema says the same."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest

from ruleconv.diagnostic import Severity, UsageError
from ruleconv.linter import config_file
from ruleconv.linter.config import Config
from ruleconv.linter.rule import check_code, codes_of, rule_of
from ruleconv.sql.looks import DIALECTS

SCHEMA = json.loads(Path(config_file.__file__).with_name("config_schema.json").read_text("utf-8"))

GOOD = [
    "",
    'select = ["ATT", "KQL026", "ALL"]\nignore = ["kql02"]\nextend-select = ["M"]',
    'severity = { ATT002 = "error", KQL026 = "info" }',
    "attack-version = 18",
    'attack-version = "19"',
    'sql-dialect = "bigquery"',
    'connectors = ["Ours"]\nexclude = ["legacy/**"]\nbaseline = "known.json"\nfail-on = "never"',
    '[[overrides]]\npaths = ["old/*"]\nignore = ["KQL"]\nextend-select = ["MET001"]',
]
BAD = [
    ('slect = ["ATT"]', "unknown key 'slect' (did you mean select?)"),
    ('fail_on = "error"', "unknown key 'fail_on' (did you mean fail-on?)"),
    ("nonsense = 1", "unknown key 'nonsense' (keys: select,"),
    ('select = "ATT"', "select must be a list of texts"),
    ("select = [1]", "select must be a list of texts"),
    ('severity = { ATT002 = "fatal" }', "severity must be a table of codes to error, warning, info"),
    ("severity = { ATT002 = 1 }", "severity must be a table of codes to error, warning, info"),
    ("attack-version = 17", "attack-version must be one of 18, 19"),
    ("attack-version = true", "attack-version must be one of 18, 19"),
    ('sql-dialect = "oracle"', "sql-dialect must be one of auto,"),
    ("baseline = 1", "baseline must be a text"),
    ('fail-on = "errors"', "fail-on must be one of error, warning, info, never"),
    ("overrides = 1", "overrides must be a list of tables: [[overrides]]"),
    ('overrides = ["x"]', "overrides must be a list of tables: [[overrides]]"),
    ('[[overrides]]\nignore = ["KQL"]', "paths (of overrides) must be a list of globs"),
    ('[[overrides]]\npaths = ["x"]\nselect = ["KQL"]', "unknown key 'select' (did you mean extend-select?)"),
]
ONLY_OURS = [
    ('select = ["EMT001"]', "no rule EMT001 (did you mean MET001?)"),
    ('ignore = ["ZZZ"]', "no rule ZZZ (ruleconv rule --all lists the rules)"),
    ('severity = { ATT009 = "info" }', "no rule ATT009 (did you mean ATT0"),
    ("select = [", "no TOML: "),
    ("attack-version = " + "9" * 5000, "no TOML: "),
    ("select = " + "[" * 5000, "no TOML: "),
]


def written(tmp_path, text, name="ruleconv.toml"):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


def complaint(path):
    with pytest.raises(UsageError) as caught:
        config_file.read(path)
    assert str(path) in caught.value.message
    return f"{caught.value.message} ({caught.value.hint})"


@pytest.mark.parametrize("text", GOOD)
def test_good_to_both(tmp_path, text):
    config_file.read(written(tmp_path, text))
    jsonschema.validate(tomllib.loads(text), SCHEMA)


@pytest.mark.parametrize(("text", "message"), BAD)
def test_bad_to_both(tmp_path, text, message):
    assert message in complaint(written(tmp_path, text))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tomllib.loads(text), SCHEMA)


@pytest.mark.parametrize(("text", "message"), ONLY_OURS)
def test_bad_beyond_the_schema(tmp_path, text, message):
    assert message in complaint(written(tmp_path, text))


def test_the_schema_has_the_same_keys_and_values():
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    properties = SCHEMA["properties"]
    assert list(properties) == list(config_file.KEYS)
    assert list(properties["overrides"]["items"]["properties"]) == list(config_file.OVERRIDE_KEYS)
    assert properties["fail-on"]["enum"] == list(config_file.FAIL_ON)
    assert properties["sql-dialect"]["enum"] == list(DIALECTS)
    assert [each for each in properties["attack-version"]["enum"] if isinstance(each, str)] == list(config_file.ATTACK_VERSIONS)
    assert SCHEMA["definitions"]["severity"]["enum"] == list(Severity)
    pattern = SCHEMA["definitions"]["code"]
    for code in (*codes_of(), "ALL", "KQL", "KQL02", "a"):
        jsonschema.validate(code, pattern)
        check_code(code)


def test_the_defaults_of_the_schema_are_those_of_the_code(tmp_path):
    defaults = {key: value["default"] for key, value in SCHEMA["properties"].items() if "default" in value}
    lines = "\n".join(f"{key} = {json.dumps(value)}" for key, value in defaults.items() if value != {})
    assert config_file.read(written(tmp_path, lines)) == config_file.read(written(tmp_path, "", "other.toml"))


def test_values_arrive(tmp_path):
    settings = config_file.read(written(tmp_path, 'select = ["att", " KQL02 "]\nseverity = { att002 = "error" }\ntables = ["t.csv"]'))
    assert settings.config.select == ("ATT", "KQL02")
    assert settings.config.severity == {"ATT002": Severity.ERROR}
    assert settings.config.schema_files == (str(tmp_path / "t.csv"),)
    assert settings.home == tmp_path.resolve()


def test_the_file_is_found_upwards(tmp_path):
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text('[tool.ruleconv]\nselect = ["MET"]\n')
    (tmp_path / "a" / "pyproject.toml").write_text('[project]\nname = "uses-ruleconv"\n')
    assert config_file.find(inner) == tmp_path / "pyproject.toml"
    assert config_file.read(tmp_path / "pyproject.toml").config.select == ("MET",)
    (tmp_path / "a" / "ruleconv.toml").write_text('select = ["ATT"]')
    assert config_file.find(inner) == tmp_path / "a" / "ruleconv.toml"
    assert config_file.find(tmp_path) == tmp_path / "pyproject.toml"


@pytest.mark.parametrize("text", ["tool = 1", "[tool]\nruleconv = 1", "[tool.ruleconv]\nx = 1"])
def test_an_odd_pyproject_is_no_crash(tmp_path, text):
    path = written(tmp_path, text, "pyproject.toml")
    if config_file.find(tmp_path) == path:
        with pytest.raises(UsageError):
            config_file.read(path)


@pytest.mark.parametrize(
    ("glob", "path", "expected"),
    [
        ("legacy/**", "legacy/a/b.yaml", True),
        ("legacy", "legacy/a/b.yaml", True),
        ("./legacy/", "legacy/a.yaml", True),
        ("legacy", "legacy2/a.yaml", False),
        ("*.kql", "a/b.kql", True),
        ("**/b.kql", "b.kql", True),
        ("**/b.kql", "x/y/b.kql", True),
        ("a/b.kql", "a/b.kql", True),
        ("A/b.kql", "a/b.kql", False),
    ],
)
def test_globs(tmp_path, glob, path, expected):
    settings = config_file.read(written(tmp_path, f'exclude = ["{glob}"]'))
    assert settings.excludes(str(tmp_path.resolve() / path)) is expected


def test_overrides_add_up(tmp_path):
    text = (
        'ignore = ["KQL"]\n[[overrides]]\npaths = ["old/*"]\nignore = ["ATT"]\n[[overrides]]\npaths = ["*.kql"]\nextend-select = ["MET001"]'
    )
    settings = config_file.read(written(tmp_path, text))
    home = tmp_path.resolve()
    both = settings.for_file(str(home / "old/a.kql"))
    assert (both.ignore, both.extend_select) == (("KQL", "ATT"), ("MET001",))
    assert settings.for_file(str(home / "old/b.kql")) is both
    assert settings.for_file(str(home / "new.yaml")).ignore == ("KQL",)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (Config(), True),
        (Config(ignore=("KQL",)), False),
        (Config(ignore=("KQL",), select=("KQL003",)), True),
        (Config(select=("ALL",), ignore=("KQL003",)), False),
        (Config(select=("ATT",)), False),
        (Config(select=("ATT",), extend_select=("KQL",)), True),
        (Config(select=("KQL",), ignore=("KQL",)), False),
    ],
)
def test_the_longer_prefix_wins(config, expected):
    assert config.runs(rule_of("KQL003")) is expected
