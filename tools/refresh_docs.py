"""Write anew what the documentation quotes or generates: the README's sample, docs/notes.md, docs/support.md, docs/logsources.md, docs/lint
and the JSON schemas of inspections.

Run from anywhere: python tools/refresh_docs.py
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from ruleconv import support
from ruleconv.inspection import json_schema
from ruleconv.ir import notes
from ruleconv.linter.pages import pages
from ruleconv.linter.rule import all_rules
from ruleconv.reading import read
from ruleconv.rulefile.reader import read_rule
from ruleconv.sigma.logsources import page as logsources

TOP = Path(__file__).parents[1]


def block(text: str, kind: str, content: str) -> str:
    """The text with the content of its one block of that kind replaced."""
    made, count = re.subn(rf"(?ms)^```{kind}\n.*?^```$", lambda _: f"```{kind}\n{content}```", text)
    if count != 1:
        raise SystemExit(f"README.md has {count} blocks of {kind}")
    return made


def printed(command: str) -> str:
    """What a shell command of the README prints, on stdout and stderr."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    shell = ["bash", "-c", command]
    return subprocess.run(
        shell, cwd=TOP, env={**os.environ, "PATH": path}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    ).stdout


def write_all(folder: Path, texts: dict[str, str]) -> None:
    """The files of a folder, and no others."""
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        if path.name not in texts:
            path.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def main() -> None:
    page = TOP / "README.md"
    text = page.read_text(encoding="utf-8")
    command = next(line for line in text.splitlines() if ".venv/bin/ruleconv translate" in line)
    words = shlex.split(command.rpartition("&&")[2])[1:]
    done = subprocess.run([sys.executable, "-m", "ruleconv.cli", *words], cwd=TOP, capture_output=True, text=True, check=False)
    text = block(text, "kusto", read_rule(read(TOP / words[-1])).source.text)
    text = block(text, "sql", done.stdout)
    text = re.sub(r"(?ms)^```console\n\$ (.*?)\n.*?^```$", lambda match: f"```console\n$ {match[1]}\n{printed(match[1])}```", text)
    page.write_text(text, encoding="utf-8")
    (TOP / "docs/notes.md").write_text(notes.markdown(), encoding="utf-8")
    (TOP / "docs/logsources.md").write_text(logsources.markdown(), encoding="utf-8")
    json_schema.write()
    write_all(TOP / "docs/lint", pages(all_rules()))
    (TOP / "docs/support.md").write_text(support.markdown(support.matrix()), encoding="utf-8")


if __name__ == "__main__":
    main()
