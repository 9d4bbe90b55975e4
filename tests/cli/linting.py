"""What the tests of ``ruleconv lint`` share: rules to check, and the command run in this process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from ruleconv.cli.group import cli
from ruleconv.linter.examples import BASES
from ruleconv.rulefile.model import Kind

WRONG = 'SigninLogs\n| where ResultTyp == "x"\n'
RIGHT = 'SigninLogs\n| where ResultType == "x"\n'
SENTINEL = BASES[Kind.SENTINEL]
SIGMA = BASES[Kind.SIGMA]
REVOKED = SENTINEL.replace("T1110", "T1208").replace("CredentialAccess", "CredentialAccess  # a comment")


def put(path: Path, text: str | bytes) -> Path:
    """Writes a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def run(*arguments: str, **options: Any) -> Result:
    """``ruleconv lint``."""
    return CliRunner().invoke(cli, ["lint", *arguments], catch_exceptions=False, **options)


def codes(*arguments: str, **options: Any) -> list[tuple[str, str]]:
    """File and code of each finding."""
    return [(each["file"], each["code"]) for each in json.loads(run("--format", "json", *arguments, **options).stdout)]
