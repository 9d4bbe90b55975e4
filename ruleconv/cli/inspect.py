"""``ruleconv inspect``"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable
from io import StringIO
from typing import TYPE_CHECKING

import click

from ruleconv.cli import files, printing, report
from ruleconv.cli.files import Input
from ruleconv.diagnostic import RuleconvError, Unreadable, UsageError
from ruleconv.inspection import as_json, as_markdown
from ruleconv.inspection.engine import inspect_each
from ruleconv.inspection.model import Inspection
from ruleconv.rulefile.detect import RULE_SUFFIXES, detect, may_be_rule
from ruleconv.rulefile.model import Kind
from ruleconv.schema import Schema, bundled, load
from ruleconv.text import Source

if TYPE_CHECKING:
    from ruleconv.inspection.index.entries import Job

_END = re.compile(r" +((?:\x1b\[[0-9;]*m)*)$")
FORMS = ("text", "json", "markdown", "html")


@click.command("inspect")
@click.argument("inputs", nargs=-1, required=True, metavar="FILE|FOLDER|-...")
@click.option("--format", "form", type=click.Choice(FORMS), help="How to print it. [default: text; of a folder markdown]")
@click.option("--source", type=click.Choice([kind.value for kind in Kind]), help="The language of the rules; found out when not given.")
@click.option("--schema", "schemas", multiple=True, metavar="FILE", help="Tables of your own: CSV, JSON, or a folder of them. Repeatable.")
@click.option("--navigator", metavar="FILE", help="Write the coverage as a layer of the ATT&CK Navigator.")
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of stdout.")
@click.option("--jobs", type=click.IntRange(0), default=0, metavar="N", help="Processes for many files; 0: one for each processor.")
def command(
    inputs: tuple[str, ...],
    form: str | None,
    source: str | None,
    schemas: tuple[str, ...],
    navigator: str | None,
    output: str | None,
    jobs: int,
) -> None:
    """Show what a rule does, at a glance: its card, stages, predicates, exclusions, indicators, output fields, ATT&CK coverage.

    Of a folder (or with --navigator, or --format html) it makes an index: for each value how many other rules look for it, rules that
    detect the same, near-duplicates, coverage. A file that cannot be read is told and listed, and does not stop the others.

    \b
    Exit codes: 0 clean, 1 a file could not be read, 2 wrong usage.

    \b
    Examples:
      ruleconv inspect rule.yaml
      ruleconv inspect --format json rule.yaml
      ruleconv inspect --format html --output index.html rules/
      ruleconv inspect --navigator layer.json --output index.md rules/
    """
    unreadable: list[OSError] = []
    found = files.expand(inputs, RULE_SUFFIXES, unreadable)
    report.show_folders(unreadable)
    if output is not None and navigator is not None and os.path.abspath(output) == os.path.abspath(navigator):
        raise UsageError(f"--output and --navigator name the same file: {output}")
    files.keep_inputs([each for each in (output, navigator) if each], found)
    output = None if output == files.STDIN else output
    schema = bundled() | load(schemas) if schemas else None
    if form == "html" or navigator is not None or any(os.path.isdir(each) for each in inputs):
        if form == "text":
            what = "a folder" if navigator is None else "--navigator's index"
            raise UsageError(f"{what} has no text form", hint="--format markdown, json or html")
        failed = _index(found, form or "markdown", source, schema, navigator, output, jobs)
    else:
        failed = _rules(found, form or "text", source, schema or bundled(), output)
    sys.exit(1 if failed or unreadable else 0)


# ---------------------------------------------------------------- single rules
def _rules(found: list[Input], form: str, source: str | None, schema: Schema, output: str | None) -> bool:
    made: list[Inspection] = []
    failed = False
    several = len(found) > 1
    for each in found:
        rules, broken = _inspect(each, source, schema)
        failed = failed or bool(broken)
        several = several or len(rules) + broken > 1
        made += rules
    if form == "json":
        documents = [as_json.plain(each) for each in made]
        text = json.dumps(documents if several else documents[0], ensure_ascii=False, indent=2) + "\n" if several or made else ""
    elif form == "markdown":
        text = "\n".join(as_markdown.render(each) for each in made)
    else:
        text = _text(made, colour=output is None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")) if made else ""
    if text and form == "text" and output is None:
        click.echo(text, nl=False)  # made for this terminal, colours included
    elif text:
        _put([text], output)
    return failed


def _inspect(each: Input, source: str | None, schema: Schema) -> tuple[list[Inspection], int]:
    """The rules of a file, and how many (the file as a whole counts as one) could not be read, which is told."""
    file = Source("", each.name)
    made: list[Inspection] = []
    broken = 0
    try:
        file = each.load()
        if source is None and file.text.strip() and not may_be_rule(file, detect(file)):
            click.echo(report.visible(f"{each.name}: skipped: this is no rule"), err=True)
            return [], 0
        for one in inspect_each(file, source, schema):
            if isinstance(one, Inspection):
                made.append(one)
                continue
            broken += 1
            report.show(report.of_error(one, file), file.text)
    except RuleconvError as error:
        broken += 1
        report.show(report.of_error(error, file), (file if file.text else error.source or file).text)
    except Exception as error:
        if os.environ.get("RULECONV_DEBUG"):
            raise
        broken += 1
        report.show((report.of_crash(error, file),), file.text)
    return made, broken


def _text(made: list[Inspection], *, colour: bool) -> str:
    from rich.console import Console

    from ruleconv.cli import inspection_text

    # rich fills lines up with blanks: what is piped or copied is better off without them.
    written = StringIO()
    console = Console(highlight=False, file=written, force_terminal=colour, width=Console().width)
    for at, each in enumerate(made):
        if at:
            console.rule()
        inspection_text.show(each, console)
    return "\n".join(_END.sub(r"\1", line) for line in written.getvalue().split("\n"))


# ---------------------------------------------------------------- folders
def _index(
    found: list[Input], form: str, source: str | None, schema: Schema | None, layer: str | None, output: str | None, jobs: int
) -> bool:
    from ruleconv.cli.progress import tracked
    from ruleconv.inspection.index import as_html, build, entries, navigator
    from ruleconv.inspection.index import as_json as index_json
    from ruleconv.inspection.index import as_markdown as index_markdown

    made = entries.read_all([_job(each, source) for each in found], processes=jobs or os.cpu_count() or 1, schema=schema)
    outcome = [entry for _ in tracked(found, "inspecting", quiet=False) for entry in next(made)]
    index = build.build(outcome)
    for each in index.broken:
        for problem in each.problems:
            click.echo(report.visible(f"{each.file}:{problem.line}:{problem.column}: error: {problem.message}"), err=True)
    if layer is not None:
        files.put(layer, navigator.layer(index), "--navigator")
    render = {"json": index_json.render, "markdown": index_markdown.render, "html": as_html.render}[form]
    _put(render(index), output)
    return bool(index.broken)


def _job(each: Input, source: str | None) -> Job:
    """The file's content, or why it cannot be opened."""
    from ruleconv.inspection.index.entries import Job

    try:
        return Job(each.name, each.data(), source)
    except Unreadable as error:
        return Job(each.name, b"", source, unreadable=error.reason)


def _put(pieces: Iterable[str], output: str | None) -> None:
    if output is not None:
        files.put(output, "".join(pieces), "--output")
        return
    for piece in pieces:
        printing.put(piece)
