"""``ruleconv run``"""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from pathlib import PurePath
from typing import TYPE_CHECKING

import click

from ruleconv.cli import files, printing, report
from ruleconv.cli.values import as_json, as_text
from ruleconv.diagnostic import ParseError, RuleconvError, UsageError
from ruleconv.rulefile.detect import detect
from ruleconv.rulefile.model import Kind
from ruleconv.schema import bundled, load
from ruleconv.text import Source

if TYPE_CHECKING:
    from ruleconv.engines.model import Result

_FILE_SUFFIXES = (".kql", ".csl", ".kusto", ".yaml", ".yml", ".json", ".sql")


@click.command("run")
@click.argument("rule", metavar="FILE|QUERY|-")
@click.option("--table", "tables", multiple=True, metavar="NAME=PATH", help="Rows of a table: JSON, NDJSON, CSV or Parquet. Repeatable.")
@click.option("--events", metavar="PATH", help="Sigma: the events to judge: JSON, NDJSON, CSV or Parquet.")
@click.option("--time-field", metavar="NAME", help="Sigma: the field that says when an event happened (correlations need it).")
@click.option("--engine", type=click.Choice(["duckdb", "postgres"]), default="duckdb", show_default=True, help="What executes the SQL.")
@click.option("--dsn", metavar="DSN", help="The PostgreSQL database, which may hold the tables already. [env: RULECONV_POSTGRES_DSN]")
@click.option("--now", metavar="TIME", help="What now() and ago() take as the time: 2024-01-31T12:00:00Z.")
@click.option("--source", type=click.Choice(["kql", "sentinel", "sigma"]), help="The language of the rule; found out when not given.")
@click.option("--schema", "schemas", multiple=True, metavar="FILE", help="Tables of your own: CSV, JSON, or a folder of them. Repeatable.")
@click.option(
    "--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True, help="How to print the rows."
)
def command(
    rule: str,
    tables: tuple[str, ...],
    events: str | None,
    time_field: str | None,
    engine: str,
    dsn: str | None,
    now: str | None,
    source: str | None,
    schemas: tuple[str, ...],
    form: str,
) -> None:
    """Execute a rule and print its rows. The rule is a file, KQL as an argument, or stdin (-).

    Of a Sigma rule the rows are the events that it finds (of a correlation: the groups).

    DuckDB runs inside this process and sees nothing but the tables that are named. PostgreSQL is the one of --dsn, or a private server that
    the extra ruleconv[postgres] brings.

    \b
    Exit codes: 0 done, 1 the rule is wrong or cannot be executed, 2 wrong usage.

    \b
    Examples:
      ruleconv run 'print strcat("a", "b")'
      ruleconv run proc_creation_win_whoami.yml --events sysmon.ndjson
      ruleconv run rule.yaml --table SigninLogs=signins.ndjson --now 2024-01-31T12:00:00Z
      ruleconv run hunt.kql --engine postgres --dsn postgresql://localhost/logs --format csv
    """
    given = _tables(tables)
    if events is not None:
        _check_events(source, tables, now, schemas)
    schema = bundled() | load(schemas) if schemas else bundled()
    file = Source("", rule)
    try:
        file = _load(rule)
        if events is not None and (kind := detect(file)) is not Kind.SIGMA and source is None:
            raise UsageError(f"--events are for Sigma rules; this is a {kind} rule", hint="give the rows of its tables: --table NAME=PATH")
        result = _execute(
            file,
            {
                "source": source,
                "engine": engine,
                "tables": given or None,
                "events": _events(events),
                "time_field": time_field,
                "now": now,
                "dsn": dsn,
                "schema": schema,
            },
        )
    except UsageError:
        raise
    except RuleconvError as error:
        text = file if file.text else error.source or file
        report.show(report.of_error(error, file), text.file_text)
        sys.exit(1)
    _notes(result, file, source)
    {"table": _print_table, "json": _print_json, "csv": _print_csv}[form](result)


def _check_events(source: str | None, tables: tuple[str, ...], now: str | None, schemas: tuple[str, ...]) -> None:
    """UsageError for options that have nothing to do with events."""
    for option, given in (("--table", tables), ("--now", now), ("--schema", schemas)):
        if given:
            raise UsageError(f"--events and {option} do not go together", hint="a Sigma rule reads nothing but its events")
    if source not in (None, "sigma"):
        raise UsageError(f"--events and --source {source} do not go together", hint="events are for Sigma rules")


def _tables(given: tuple[str, ...]) -> dict[str, str]:
    """Files by table."""
    found: dict[str, str] = {}
    for each in given:
        name, equals, path = each.partition("=")
        if not (name and equals and path):
            raise UsageError(f"--table {each}: expected NAME=PATH", hint="for example SigninLogs=signins.ndjson")
        if name in found:
            raise UsageError(f"--table {name} is given twice", hint="one file holds all rows of a table")
        found[name] = path
    return found


def _load(rule: str) -> Source:
    """The rule's text. An argument that names no file is a query, unless it looks like a file's name."""
    if rule == files.STDIN:
        return files.Input(rule, PurePath(rule)).load()
    if os.path.isdir(rule):
        raise UsageError(f"{rule}: a folder; run takes one rule")
    if len(rule) < 4096 and "\0" not in rule and os.path.lexists(rule):
        return files.Input(rule, PurePath(rule)).load()
    if rule.casefold().endswith(_FILE_SUFFIXES) and not set(rule) & set("|\n=("):
        raise UsageError(f"{rule}: no such file")
    if not rule.strip():
        raise ParseError("the query is empty", source=Source(rule, "<query>"))
    return Source(rule, "<query>")


def _events(path: str | None) -> list[dict[str, object]] | None:
    if path is None:
        return None
    from pathlib import Path

    from ruleconv.engines.files import read

    return list(read(Path(path)).rows)


def _execute(file: Source, options: dict[str, object]) -> Result:
    import ruleconv

    return ruleconv.run(file.text, filename=file.name, **options)  # type: ignore[arg-type]


def _notes(result: Result, file: Source, source: str | None) -> None:
    if result.notes:
        from ruleconv.rulefile.reader import read_rule

        place = read_rule(file, source).source
        report.show([report.of_note(note, place) for note in result.notes], file.text)


# ---------------------------------------------------------------- forms
def _print_table(result: Result) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in result.columns:
        justify = "right" if column.type.is_numeric else "left"
        table.add_column(Text(report.visible(column.name)), justify=justify, overflow="fold")  # type: ignore[arg-type]
    for row in result.rows:
        table.add_row(*(Text(report.visible(as_text(value))) for value in row))
    if sys.stdout.isatty():
        Console(file=sys.stdout).print(table)
    else:
        # Into a file or a pipe nothing is folded, however wide it is, and no line is filled up with blanks.
        written = io.StringIO()
        Console(file=written, width=1_000_000, color_system=None).print(table)
        lines = written.getvalue().rstrip("\n").split("\n")[1:-1]  # between the blank lines of the box
        click.echo("\n".join(line.rstrip() for line in lines))
    click.echo(f"{len(result.rows)} row{'' if len(result.rows) == 1 else 's'}", err=True)


def _print_json(result: Result) -> None:
    names = [column.name for column in result.columns]
    rows = [dict(zip(names, map(as_json, row), strict=True)) for row in result.rows]
    printing.put(json.dumps(rows, indent=2, ensure_ascii=False), nl=True)


def _print_csv(result: Result) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.name for column in result.columns])
    writer.writerows([as_text(value) for value in row] for row in result.rows)
    printing.put(text.getvalue())
