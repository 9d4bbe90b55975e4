"""``ruleconv translate``"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import PurePath

import click

from ruleconv.cli import files, printing, report
from ruleconv.cli.files import Input
from ruleconv.diagnostic import Diagnostic, RuleconvError, Unsupported, UsageError
from ruleconv.ir.fidelity import Effect, Note
from ruleconv.reading import read
from ruleconv.schema import bundled, load
from ruleconv.text import Source

SUFFIXES = (".kql", ".csl", ".kusto", ".yaml", ".yml", ".json")
"""The files that are taken from folders."""


@dataclass(frozen=True)
class Target:
    """How a target language's texts are written: the suffix of files, what ends a statement, what begins a comment."""

    suffix: str
    end: str
    comment: str


TARGETS = {
    "sql": Target(".sql", ";\n", "--"),
    "kql": Target(".kql", "\n", "//"),
    "sentinel": Target(".yaml", "", "#"),
    "sigma": Target(".yml", "", "#"),
}


@dataclass
class Outcome:
    """What became of one input. ``effect`` None: it could not even be read."""

    name: str
    source: Source = field(default_factory=lambda: Source(""))
    text: str = ""
    effect: Effect | None = None
    notes: tuple[Note, ...] = ()
    findings: list[Diagnostic] = field(default_factory=list)
    written: str = ""

    @property
    def word(self) -> str:
        return "broken" if self.effect is None else self.effect.value


@click.command("translate")
@click.argument("inputs", nargs=-1, required=True, metavar="FILE|FOLDER|-...")
@click.option("--to", type=click.Choice(list(TARGETS)), default="sql", show_default=True, help="The language to write.")
@click.option("--dialect", type=click.Choice(["postgres", "duckdb"]), default="postgres", show_default=True, help="The dialect of SQL.")
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
@click.option("--out", metavar="DIR", help="Write one file a rule below DIR, in the tree of the input folders.")
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
    dialect: str,
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

    The text goes to stdout (or to --out), everything else to stderr. A note tells each deviation, with its effect: widens (more rows),
    narrows (missed rows) or changes. What the target cannot say is refused, with the place; with --fail-on never, Sigma is written
    without it, and each loss is a note. A broken file does not stop the others.

    \b
    Exit codes: 0 clean, 1 findings (see --fail-on), 2 wrong usage.

    \b
    Examples:
      ruleconv translate --to sql rule.yaml
      ruleconv translate --to kql --platform defender sigma/proc_creation_win_whoami.yml
      ruleconv translate --to sentinel sigma/ --out build/sentinel
      ruleconv translate --to sigma rule.yaml
      ruleconv translate --dialect duckdb --schema my_tables.json hunting/
      ruleconv translate --out build/sql --format json rules/ > report.json
      echo 'SigninLogs | summarize count() by AppDisplayName' | ruleconv translate -
    """
    if platform is not None and to == "sql":
        raise UsageError("--platform chooses tables of KQL", hint="SQL reads those of --table, --json-column or --pipeline")
    found = files.expand(inputs, SUFFIXES)
    if not found:
        raise UsageError("no rules in " + ", ".join(inputs), hint=f"files of a folder end in {', '.join(SUFFIXES)}")
    targets = files.outputs(found, TARGETS[to].suffix) if out is not None else {}
    if out is not None and os.path.lexists(out) and not os.path.isdir(out):
        raise UsageError(f"{out}: not a folder")
    options: dict[str, object] = {
        "source": source,
        "to": to,
        "dialect": dialect,
        "schema": bundled() | load(schemas) if schemas else bundled(),
        "platform": platform,
        "table": table,
        "json_column": json_column,
        "time_field": time_field,
        "pipelines": _pipelines(pipelines),
        "lossy": fail_on == "never",
    }
    limit = Effect(fail_on).rank if fail_on != "never" else Effect.REFUSED.rank
    outcomes: list[Outcome] = []
    failed = False
    from ruleconv.cli.progress import tracked

    for each in tracked(found, "translating", quiet=out is None and sys.stdout.isatty()):
        outcome = _translate(each, options)
        if out is not None and outcome.text:
            _write(outcome, out, targets[each], TARGETS[to])
        failed = failed or outcome.effect is None or outcome.effect.rank >= limit
        if form == "json":
            outcomes.append(outcome)
        else:
            _show(outcome, TARGETS[to], several=len(found) > 1, to_stdout=out is None)
            outcomes.append(Outcome(outcome.name, effect=outcome.effect, written=outcome.written))
    if form == "json":
        printing.put(json.dumps([_as_json(outcome) for outcome in outcomes], indent=2, ensure_ascii=False), nl=True)
    if out is not None or len(found) > 1:
        _summarise(outcomes)
    sys.exit(1 if failed else 0)


def _pipelines(paths: tuple[str, ...]) -> list[str]:
    """The pipelines' texts. Raises what is wrong with one: it would be wrong for every rule."""
    sources = [read(path) for path in paths]
    if sources:
        from ruleconv.sigma.read.pipelines import check

        for each in sources:
            check(each)
    return [each.text for each in sources]


def _translate(each: Input, options: dict[str, object]) -> Outcome:
    """One input, with every failure turned into findings."""
    from ruleconv.translation import translate

    outcome = Outcome(each.name, Source("", each.name))
    try:
        outcome.source = each.load()
        made = translate(outcome.source.text, filename=each.name, **options)  # type: ignore[arg-type]
        outcome.text, outcome.effect = made.text, made.effect
        outcome.notes = tuple(sorted(made.notes, key=lambda note: note.span.start))
        place = made.source or outcome.source
        outcome.findings.extend(report.of_note(note, place) for note in outcome.notes)
    except RuleconvError as error:
        if error.source is not None and not outcome.source.text:
            outcome.source = error.source
        outcome.effect = Effect.REFUSED if isinstance(error, Unsupported) else None
        outcome.findings.extend(report.of_error(error, outcome.source))
    except Exception as error:
        if os.environ.get("RULECONV_DEBUG"):
            raise
        outcome.findings.append(report.of_crash(error, outcome.source))
    return outcome


def _write(outcome: Outcome, out: str, path: PurePath, target: Target) -> None:
    try:
        outcome.written = files.write(out, path, outcome.text + target.end)
    except UsageError as error:
        outcome.effect = None
        outcome.findings.extend(report.of_error(error, outcome.source))


def _show(outcome: Outcome, target: Target, several: bool, to_stdout: bool) -> None:
    report.show(outcome.findings, outcome.source.file_text)
    if to_stdout and outcome.text:
        header = f"{target.comment} {report.visible(outcome.name)}\n" if several else ""
        printing.put(f"{header}{outcome.text}{target.end}" + ("\n" if several else ""))


def _summarise(outcomes: list[Outcome]) -> None:
    counts = Counter(outcome.word for outcome in outcomes)
    words = [*(effect.value for effect in Effect), "broken"]
    click.echo(
        f"{len(outcomes)} rule{'' if len(outcomes) == 1 else 's'}: "
        + ", ".join(f"{counts[word]} {word}" for word in words if counts[word]),
        err=True,
    )


def _as_json(outcome: Outcome) -> dict[str, object]:
    notes: dict[str, list[dict[str, object]]] = {"notes": [], "errors": []}
    for finding, note in zip(outcome.findings[: len(outcome.notes)], outcome.notes, strict=True):
        notes["notes"].append({**report.as_json(finding), "message": note.message, "effect": note.effect.value})
    notes["errors"].extend(report.as_json(finding) for finding in outcome.findings[len(outcome.notes) :])
    effect = outcome.effect.value if outcome.effect is not None else None
    return {"file": outcome.name, "effect": effect, "text": outcome.text or None, "written": outcome.written or None, **notes}
