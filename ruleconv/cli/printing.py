"""Results on stdout: translations, rows, reports. What another program reads gets every character; a terminal none that would steer it."""

from __future__ import annotations

import sys

import click

from ruleconv.cli.report import visible

_told = False


def put(text: str, *, nl: bool = False, to_stderr: bool = False) -> None:
    """Prints a result. ``click.echo`` alone would take escape sequences out of what goes to a file or a pipe: a literal of a rule would
    be another one. On a terminal they are shown as marks, which stderr tells once, for what is copied from there is not the result."""
    global _told
    shown = text
    if (sys.stderr if to_stderr else sys.stdout).isatty():
        shown = "\n".join(map(visible, text.split("\n")))
        if shown != text and not _told:
            _told = True
            click.echo("Characters that would steer the terminal are shown as �: write the result to a file to have them.", err=True)
    click.echo(shown, nl=nl, err=to_stderr, color=True)
