"""The command line: one file a command, loaded when the command is called."""

from __future__ import annotations


def main() -> None:
    """The entry point of ``ruleconv``."""
    from ruleconv.cli.group import start

    start()
