"""What the README shows is what the tool prints."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
README = (TOP / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def command(word):
    (found,) = [line for kind, text in BLOCKS if kind == "sh" for line in text.splitlines() if word in line]
    return found


def test_both_commands_work_alone():
    """Each makes its own environment: CI runs them as they stand."""
    for word in ("ruleconv translate", "pytest"):
        assert command(word).startswith("python3 -m venv .venv && .venv/bin/pip install -q -e ")


def test_the_sample_is_what_the_tool_prints():
    words = shlex.split(command("ruleconv translate").rpartition("&&")[2])
    assert words[0] == ".venv/bin/ruleconv"
    done = subprocess.run([sys.executable, "-m", "ruleconv.cli", *words[1:]], cwd=TOP, capture_output=True, text=True)
    assert [text for kind, text in BLOCKS if kind == "sql"] == [done.stdout]
    assert done.stderr == ""


@pytest.mark.parametrize("session", [text for kind, text in BLOCKS if kind == "console"], ids=lambda text: text.splitlines()[0][2:40])
def test_a_session_shown_is_what_the_tool_prints(session):
    line, _, output = session.partition("\n")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    shell = ["bash", "-c", line.removeprefix("$ ")]
    done = subprocess.run(shell, cwd=TOP, env={**os.environ, "PATH": path}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.stdout == output


def test_the_query_shown_is_the_rule_s():
    from ruleconv.reading import read
    from ruleconv.rulefile.reader import read_rule

    rule = read_rule(read(TOP / command("ruleconv translate").split()[-1]))
    assert [text for kind, text in BLOCKS if kind == "kusto"] == [rule.source.text]
