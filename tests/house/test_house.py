"""The layout holds: layers, names, provenance, and nothing of a developer's machine in the files."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]


def tracked():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=TOP, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [TOP / name for name in listed.stdout.split("\0") if name and (TOP / name).is_file()]


def test_the_layers_hold():
    script = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([script, "--no-cache"], cwd=TOP, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_no_file_names_a_place_of_this_machine():
    word = re.compile(rb"/(?:work|home|root)/[a-z.]|\.\./shared")
    allowed = {".ci/run", "tests/floors.json", "tests/house/test_house.py"}
    found = [str(path.relative_to(TOP)) for path in tracked() if word.search(path.read_bytes())]
    assert set(found) <= allowed


def test_floors_are_rates():
    floors = json.loads((TOP / "tests/floors.json").read_text())
    assert all(re.fullmatch(r"[a-z-]+@(duckdb|postgres)", name) and 0 < rate <= 100 for name, rate in floors.items())


def test_files_stay_small():
    """People complain past 2,000 lines, and read up to 400."""
    sizes = {path: len(path.read_text().splitlines()) for path in tracked() if path.suffix == ".py" and "tests" not in path.parts}
    assert {str(p): n for p, n in sizes.items() if n > 700} == {}


def test_the_data_says_where_it_comes_from():
    assert "sentinelninja" in (TOP / "ruleconv/schema/data/PROVENANCE.md").read_text()
