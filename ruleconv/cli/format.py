"""``ruleconv format``"""

from __future__ import annotations

import difflib
import os
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import click

from ruleconv.cli import files, printing, report
from ruleconv.cli.files import STDIN, Input
from ruleconv.diagnostic import Diagnostic, RuleconvError, Severity, UsageError
from ruleconv.reading import decode, encode
from ruleconv.rulefile.detect import detect, is_json, may_be_rule
from ruleconv.rulefile.model import Kind
from ruleconv.text import NOWHERE, Source, Span

SUFFIXES = (".kql", ".csl", ".kusto", ".yaml", ".yml")
"""The files that are taken from folders."""
MIN_WIDTH, MAX_WIDTH, WIDTH = 40, 1000, 100

_NOT_KQL = {Kind.SIGMA: "a Sigma rule holds no KQL", Kind.SQL: "this is SQL"}
CHANGED, UNCHANGED, SKIPPED, BROKEN = "changed", "unchanged", "skipped", "broken"


@dataclass
class Outcome:
    """What became of one input. ``text`` is the file's new text, ``data`` the bytes that it had."""

    name: str
    source: Source
    word: str = BROKEN
    text: str = ""
    data: bytes = b""
    findings: list[Diagnostic] = field(default_factory=list)


@click.command("format")
@click.argument("inputs", nargs=-1, required=True, metavar="FILE|FOLDER|-...")
@click.option("--check", is_flag=True, help="Write nothing; list the files that would change, and exit with 1 when there are any.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change as a unified diff.")
@click.option(
    "--width", type=click.IntRange(MIN_WIDTH, MAX_WIDTH), default=WIDTH, show_default=True, help="Where lines should end at the latest."
)
@click.option("--source", type=click.Choice(["kql", "sentinel"]), help="The language of the files; found out when not given.")
def command(inputs: tuple[str, ...], check: bool, diff: bool, width: int, source: str | None) -> None:
    """Lay out KQL in one style: files and folders in place, stdin (-) to stdout.

    KQL files, and in Sentinel YAML the lines of a `query: |` block; all else of a file stays as it is, byte for byte. Only layout
    changes: every word and every comment stays, strings are not touched, and a file whose meaning would change is left alone.
    Sigma rules hold no KQL and are skipped. A broken file does not stop the others.

    \b
    Exit codes: 0 clean, 1 findings (a broken file; with --check one that would change), 2 wrong usage.

    \b
    Examples:
      ruleconv format hunting/ rule.yaml
      ruleconv format --check rules/
      ruleconv format --diff --width 120 query.kql
      echo 'T|where a==1|take 5' | ruleconv format -
    """
    unreadable: list[OSError] = []
    found = files.expand(inputs, SUFFIXES, unreadable)
    report.show_folders(unreadable)
    from ruleconv.cli.progress import tracked

    counts: Counter[str] = Counter()
    for each in tracked(found, "formatting", quiet=check or diff or _only_stdin(found)):
        outcome = _format(each, source, width)
        if outcome.word == CHANGED or each.path == STDIN:
            _deliver(each, outcome, check, diff)
        if outcome.word != SKIPPED or each.path in inputs:
            report.show(outcome.findings, outcome.source.file_text)
        counts[outcome.word] += 1
    if len(found) != 1 or (not check and not diff and found[0].path != STDIN and not counts[BROKEN]):
        _summarise(counts, check or diff)
    sys.exit(1 if unreadable or counts[BROKEN] or (check and counts[CHANGED]) else 0)


def _only_stdin(found: list[Input]) -> bool:
    return all(each.path == STDIN for each in found)


def _format(each: Input, kind: str | None, width: int) -> Outcome:
    """One input, with every failure turned into findings. Nothing is written here."""
    from ruleconv.kql.layout.rule import format_rules
    from ruleconv.rulefile.block import has_lines
    from ruleconv.rulefile.reader import read_rules

    outcome = Outcome(each.name, Source("", each.name))
    try:
        outcome.data = each.data()
        outcome.source = outcome_source = decode(outcome.data, each.name)
        outcome.text = outcome_source.text
        found = Kind(kind) if kind is not None else detect(outcome_source)
        if kind is None and not may_be_rule(outcome_source, found):
            return _skipped(outcome, "this is no rule")
        if found in _NOT_KQL:
            return _skipped(outcome, _NOT_KQL[found])
        if is_json(outcome_source):
            return _skipped(outcome, "in JSON a query has no lines of its own")
        rules = read_rules(outcome_source, found)
        lost = [rule for rule in rules if not has_lines(rule)]
        if len(lost) == len(rules):
            hint = "write it as a block: query: |"
            return _skipped(outcome, "the query has no lines of its own", hint, lost[0].source.file_span(Span(0, 1)))
        text = format_rules(rules, width)
        outcome.word = UNCHANGED if text == outcome.text else CHANGED
        outcome.text = text
    except RuleconvError as error:
        outcome.source = error.source if error.source is not None and not outcome.source.text else outcome.source
        outcome.findings.extend(report.of_error(error, outcome.source))
    except Exception as error:
        if os.environ.get("RULECONV_DEBUG"):
            raise
        outcome.findings.append(report.of_crash(error, outcome.source))
    return outcome


def _skipped(outcome: Outcome, why: str, hint: str = "", span: Span = NOWHERE) -> Outcome:
    outcome.word = SKIPPED
    outcome.findings.append(
        Diagnostic.at(outcome.source, span, "format", f"skipped: {why}", severity=Severity.WARNING if hint else Severity.INFO, hint=hint)
    )
    return outcome


def _deliver(each: Input, outcome: Outcome, check: bool, diff: bool) -> None:
    """Writes the file, or says what would change."""
    if outcome.word == BROKEN:
        return
    if check and outcome.word == CHANGED:
        click.echo(report.visible(outcome.name), err=diff)
    if diff:
        for line in _diff(outcome):
            printing.put(line, nl=True)
    if check or diff:
        return
    data = encode(outcome.text, outcome.data)
    if each.path == STDIN:
        sys.stdout.buffer.write(data)
        return
    try:
        files.rewrite(each.path, data)
    except UsageError as error:
        outcome.word = BROKEN
        outcome.findings.extend(report.of_error(error, outcome.source))


def _diff(outcome: Outcome) -> Iterator[str]:
    """The lines of a unified diff, without their line ends."""
    before, after = (text.split("\n") for text in (outcome.source.file_text, outcome.text))
    marked = [_marked(lines) for lines in (before, after)]
    yield from difflib.unified_diff(marked[0], marked[1], outcome.name, outcome.name, lineterm="")


_NO_END = "\n\\ No newline at end of file"


def _marked(lines: list[str]) -> list[str]:
    """The lines of a text that was split at its line ends, with ``diff``'s mark where the last has none."""
    return lines[:-1] if lines[-1] == "" else [*lines[:-1], lines[-1] + _NO_END]


def _summarise(counts: Counter[str], dry: bool) -> None:
    words = {CHANGED: "would change" if dry else "formatted", UNCHANGED: "unchanged", SKIPPED: "skipped", BROKEN: "broken"}
    total = sum(counts.values())
    said = ", ".join(f"{counts[word]} {said}" for word, said in words.items() if counts[word])
    click.echo(f"{total} {'file' if total == 1 else 'files'}: {said}", err=True)
