"""Nothing ever reaches for the network: every command works where no socket can be opened."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = """\
import socket, sys

def refuse(*arguments, **options):
    raise SystemExit("a socket was asked for")

class NoSocket(socket.socket):
    def __init__(self, family=socket.AF_INET, *arguments, **options):
        # asyncio and multiprocessing have sockets of their own between processes; none of them leaves the machine.
        if family != socket.AF_UNIX:
            refuse()
        super().__init__(family, *arguments, **options)

socket.socket = NoSocket
socket.create_connection = socket.getaddrinfo = socket.gethostbyname = refuse
sys.argv = ["ruleconv", *sys.argv[1:]]
from ruleconv.cli import main
main()
"""

SIGMA = """\
title: Whoami
id: 0d2e1f6b-7a55-4a52-8b1d-90f4b3c3a6d2
status: test
tags:
    - attack.discovery
    - attack.t1033
    - d3fend.d3-pa
logsource:
    category: process_creation
    product: windows
detection:
    selection:
        Image|endswith: '\\whoami.exe'
    condition: selection
level: medium
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ("translate", "--to", "sql"),
        ("translate", "--to", "kql"),
        ("translate", "--to", "sentinel"),
        ("translate", "--to", "sigma", "--fail-on", "never"),
        ("lint", "--isolated", "--no-cache", "--select", "ALL", "--fail-on", "never"),
        ("format", "--check"),
    ],
    ids=" ".join,
)
def test_a_command_opens_no_socket(arguments: tuple[str, ...], tmp_path: Path) -> None:
    rule = tmp_path / "rule.yml"
    rule.write_text(SIGMA, "utf-8")
    inputs = [*(str(path) for path in sorted((ROOT / "rules" / "sentinel").glob("*.yaml"))), str(rule)]
    done = subprocess.run([sys.executable, "-c", BLOCK, *arguments, *inputs], capture_output=True, text=True, timeout=120)
    assert "a socket was asked for" not in done.stderr
    assert "fault of ruleconv" not in done.stderr + done.stdout
    assert done.returncode in (0, 1), done.stderr


def test_a_rule_runs_without_one() -> None:
    command = [sys.executable, "-c", BLOCK, "run", "print x = 1", "--format", "csv"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.stdout == "x\n1\n", done.stderr
