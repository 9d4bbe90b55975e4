"""``ruleconv translate``: which files, where the texts go, and the exit code."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePath

import click

from ruleconv.cli import files, printing, report
from ruleconv.cli.files import Input
from ruleconv.cli.translate_job import BROKEN, SKIPPED, Job, Outcome
from ruleconv.diagnostic import UsageError
from ruleconv.ir.fidelity import Effect
from ruleconv.reading import read
from ruleconv.schema import bundled, load
from ruleconv.translation import Options, joined

SUFFIXES = (".kql", ".csl", ".kusto", ".yaml", ".yml", ".json")
"""The files that are taken from folders."""


@dataclass(frozen=True)
class Target:
    """How a target language's texts are written: the suffix of files, what ends a statement, what begins a comment, and what stands
    between the texts of two files on stdout."""

    suffix: str
    end: str
    comment: str
    between: str = "\n"


TARGETS = {
    "sql": Target(".sql", ";\n", "--"),
    "kql": Target(".kql", "\n", "//"),
    "sentinel": Target(".yaml", "", "#", "---\n"),
    "sigma": Target(".yml", "", "#", "---\n"),
}


@click.command("translate")
@click.argument("inputs", nargs=-1, required=True, metavar="FILE|FOLDER|-...")
@click.option("--to", type=click.Choice(list(TARGETS)), default="sql", show_default=True, help="The language to write.")
@click.option("--dialect", type=click.Choice(["postgres", "duckdb"]), help="The dialect of SQL. [default: postgres]")
@click.option("--source", type=click.Choice(["kql", "sentinel", "sigma"]), help="The language of the rules; found out when not given.")
@click.option(
    "--platform",
    type=click.Choice(["defender", "sentinel", "asim", "generic"]),
    help="Sigma to KQL: whose tables hold the events; the best fit for each rule when not given.",
)
@click.option("--pipeline", "pipelines", multiple=True, metavar="FILE", help="Sigma: a pySigma processing pipeline (YAML). Repeatable.")
@click.option("--table", metavar="NAME", help="Sigma to SQL: the table of the events; named after the log source when not given.")
@click.option("--json-column", metavar="NAME", help="Sigma to SQL: the column that holds each event as JSON (Postgres: JSONB).")
@click.option("--time-field", metavar="NAME", help="Sigma to SQL: the field that says when an event happened (correlations need it).")
@click.option("--schema", "schemas", multiple=True, metavar="FILE", help="Tables of your own: CSV, JSON, or a folder of them. Repeatable.")
@click.option(
    "-o", "--output", "--out", "out", metavar="DIR", help="Write a file for each file below DIR, in the tree of the input folders."
)
@click.option(
    "--fail-on",
    type=click.Choice([Effect.WIDENS.value, Effect.NARROWS.value, Effect.CHANGES.value, "never"]),
    default=Effect.NARROWS.value,
    show_default=True,
    help="The least deviation that makes the exit code 1. What cannot be translated at all always does.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print results.")
def command(
    inputs: tuple[str, ...],
    to: str,
    dialect: str | None,
    source: str | None,
    platform: str | None,
    pipelines: tuple[str, ...],
    table: str | None,
    json_column: str | None,
    time_field: str | None,
    schemas: tuple[str, ...],
    out: str | None,
    fail_on: str,
    form: str,
) -> None:
    """Translate rules between KQL, Sentinel, Sigma and SQL: files, folders of them, or stdin (-).

    The text goes to stdout (or to files below --output), everything else to stderr. A note tells each deviation, with its effect: widens
    (more rows), narrows (missed rows) or changes. What the target cannot say is refused, with the place; with --fail-on never, Sigma is
    written without it, and each loss is a note. A broken file, or rule of a file, does not stop the others; YAML and JSON files that hold
    no rule are skipped. Of several files, the options for Sigma hold for the Sigma rules.

    \b
    Exit codes: 0 clean, 1 findings (see --fail-on), 2 wrong usage.

    \b
    Examples:
      ruleconv translate --to sql rule.yaml
      ruleconv translate --to kql --platform defender sigma/proc_creation_win_whoami.yml
      ruleconv translate --to sentinel sigma/ --output build/sentinel
      ruleconv translate --to sigma rule.yaml
      ruleconv translate --dialect duckdb --schema my_tables.json hunting/
      ruleconv translate --output build/sql --format json rules/ > report.json
      echo 'SigninLogs | summarize count() by AppDisplayName' | ruleconv translate -
    """
    if dialect is not None and to != "sql":
        raise UsageError(f"--dialect goes with --to sql, not with --to {to}")
    known = bundled() | load(schemas) if schemas else bundled()
    options = Options(platform, table, json_column, time_field, _pipelines(pipelines))
    options.check(to)
    unreadable: list[OSError] = []
    found = files.expand(inputs, SUFFIXES, unreadable)
    report.show_folders(unreadable)
    targets = _targets(found, out, TARGETS[to]) if out is not None else {}
    limit = Effect(fail_on).rank if fail_on != "never" else Effect.REFUSED.rank
    results: list[dict[str, object]] = []
    first = True
    counts: Counter[str] = Counter()
    from ruleconv.cli.progress import tracked

    job = Job(source, to, dialect or "postgres", known, options, lossy=fail_on == "never", alone=len(found) == 1)
    for each in tracked(found, "translating", quiet=out is None and sys.stdout.isatty()):
        outcome = job.run(each)
        text = joined(to, outcome.texts)
        if out is not None and text:
            _write(outcome, out, targets[each], text + TARGETS[to].end)
        if form == "json":
            results += [] if outcome.skipped else [_as_json(outcome, text)]
        else:
            shown = text if out is None else ""
            _show(outcome, TARGETS[to], shown, several=len(found) > 1, first=first, named=each.path in inputs)
            first = first and not shown
        counts.update(outcome.words)
    if form == "json":
        printing.put(json.dumps(results, indent=2, ensure_ascii=False), nl=True)
    if out is not None or sum(counts.values()) > 1:
        _summarise(counts)
    if not job.used:
        click.echo(f"{_sigma_options(options)} had no effect: no rule here is a Sigma rule", err=True)
    failed = unreadable or counts[BROKEN] or any(effect.rank >= limit and counts[effect.value] for effect in Effect)
    sys.exit(1 if failed else 0)


def _targets(found: list[Input], out: str, target: Target) -> dict[Input, PurePath]:
    """Where each file goes. UsageError when that is no folder, or where a rule stands that is read."""
    if not out:
        raise UsageError("--output: '' is no folder's name")
    if os.path.lexists(out) and not os.path.isdir(out):
        raise UsageError(f"--output {out}: not a folder")
    if not os.path.isdir(out) and PurePath(out).suffix in (target.suffix, *SUFFIXES):
        raise UsageError(f"--output {out}: the name of a folder is expected", hint=f"into one file: > {out}")
    targets = files.outputs(found, target.suffix)
    files.keep_inputs((os.path.join(out, path) for path in targets.values()), found)
    return targets


def _sigma_options(options: Options) -> str:
    return ", ".join({"pipelines": "--pipeline"}.get(name, "--" + name.replace("_", "-")) for name in options.given())


def _pipelines(paths: tuple[str, ...]) -> list[str]:
    """The pipelines' texts. Raises what is wrong with one: it would be wrong for every rule."""
    sources = [read(path) for path in paths]
    if sources:
        from ruleconv.sigma.read.pipelines import check

        for each in sources:
            check(each)
    return [each.text for each in sources]


def _show(outcome: Outcome, target: Target, text: str, *, several: bool, first: bool, named: bool) -> None:
    """Findings to stderr, and ``text`` (if it goes nowhere else) to stdout."""
    if outcome.skipped and named:
        click.echo(report.visible(f"{outcome.name}: skipped: this is no rule"), err=True)
    report.show(outcome.findings, outcome.source.file_text)
    if text:
        between = "" if first else target.between
        header = f"{target.comment} {report.visible(outcome.name)}\n" if several else ""
        printing.put(f"{between}{header}{text}{target.end}")


def _write(outcome: Outcome, out: str, path: PurePath, text: str) -> None:
    try:
        outcome.written = files.write(out, path, text)
    except UsageError as error:
        outcome.words.clear()
        outcome.fail(error)


def _summarise(counts: Counter[str]) -> None:
    words = [*(effect.value for effect in Effect), BROKEN, SKIPPED]
    total = counts.total() - counts[SKIPPED]
    said = ", ".join(f"{counts[word]} {word}" for word in words[:-1] if counts[word])
    skipped = f"{counts[SKIPPED]} file{'' if counts[SKIPPED] == 1 else 's'} skipped: no rule" if counts[SKIPPED] else ""
    parts = [f"{total} rule{'' if total == 1 else 's'}" + (f": {said}" if said else ""), skipped]
    click.echo("; ".join(filter(None, parts)), err=True)


def _as_json(outcome: Outcome, text: str) -> dict[str, object]:
    return {
        "file": outcome.name,
        "effect": outcome.effect.value if outcome.effect is not None else None,
        "text": text or None,
        "written": outcome.written or None,
        "notes": [{**report.as_json(found), "message": note.message, "effect": note.effect.value} for note, found in outcome.notes],
        "errors": [report.as_json(found) for found in outcome.errors],
    }
