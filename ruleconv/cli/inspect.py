"""``ruleconv inspect``"""

from __future__ import annotations

import json
import os
import re
import sys
from io import StringIO

import click

from ruleconv.cli import files, report
from ruleconv.cli.files import Input
from ruleconv.diagnostic import RuleconvError, UsageError
from ruleconv.inspection import as_json
from ruleconv.inspection.engine import inspect_all
from ruleconv.inspection.model import Inspection
from ruleconv.rulefile.detect import RULE_SUFFIXES
from ruleconv.rulefile.model import Kind
from ruleconv.schema import Schema, bundled, load

_END = re.compile(r" +((?:\x1b\[[0-9;]*m)*)$")


@click.command("inspect")
@click.argument("inputs", nargs=-1, required=True, metavar="FILE|FOLDER|-...")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print it.")
@click.option("--source", type=click.Choice([kind.value for kind in Kind]), help="The language of the rules; found out when not given.")
@click.option("--schema", "schemas", multiple=True, metavar="FILE", help="Tables of your own: CSV, JSON, or a folder of them. Repeatable.")
def command(inputs: tuple[str, ...], form: str, source: str | None, schemas: tuple[str, ...]) -> None:
    """Show what a rule does, at a glance."""
    found = files.expand(inputs, RULE_SUFFIXES)
    if not found:
        raise UsageError("no rules in " + ", ".join(inputs), hint=f"files of a folder end in {', '.join(RULE_SUFFIXES)}")
    schema = bundled() | load(schemas) if schemas else bundled()
    made: list[Inspection] = []
    failed = False
    for each in found:
        outcome = _inspect(each, source, schema)
        failed = failed or not outcome
        made += outcome
    if form == "json":
        documents = [as_json.plain(each) for each in made]
        click.echo(json.dumps(documents[0] if len(documents) == 1 else documents, ensure_ascii=False, indent=2))
    else:
        _print(made)
    sys.exit(1 if failed else 0)


def _inspect(each: Input, source: str | None, schema: Schema) -> list[Inspection]:
    """The rules of a file; none, with the error told, when it cannot be read."""
    file = each.load()
    try:
        return inspect_all(file, source, schema)
    except RuleconvError as error:
        report.show(report.of_error(error, file), file.text)
    except Exception as error:
        if os.environ.get("RULECONV_DEBUG"):
            raise
        report.show((report.of_crash(error, file),), file.text)
    return []


def _print(made: list[Inspection]) -> None:
    from rich.console import Console

    from ruleconv.cli import inspection_text

    # rich fills lines up with blanks: what is piped or copied is better off without them.
    console = Console(highlight=False, file=StringIO(), force_terminal=sys.stdout.isatty(), width=Console().width)
    for at, each in enumerate(made):
        if at:
            console.rule()
        inspection_text.show(each, console)
    assert isinstance(console.file, StringIO)
    click.echo("\n".join(_END.sub(r"\1", line) for line in console.file.getvalue().splitlines()))
