"""``ruleconv lint``: which files, which findings of them count, and the exit code."""

from __future__ import annotations

import gc
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path, PurePath

import click

from ruleconv.cli import files, lint_fix, lint_show, report
from ruleconv.cli.files import STDIN, Input
from ruleconv.diagnostic import Diagnostic, Severity, UsageError
from ruleconv.linter import baseline as baselines
from ruleconv.linter import config_file
from ruleconv.linter.cache import Cache
from ruleconv.linter.config_file import FAIL_ON, Settings
from ruleconv.linter.files import Job, Outcome, lint_all, usable_processors
from ruleconv.linter.report import FORMATS
from ruleconv.linter.rule import check_code
from ruleconv.reading import MAX_BYTES, decode
from ruleconv.rulefile.detect import RULE_SUFFIXES
from ruleconv.rulefile.model import Kind

_RANKS = {Severity.ERROR: 3, Severity.WARNING: 2, Severity.INFO: 1}


@dataclass
class Run:
    """What one call works on; ``jobs``, ``inputs`` and ``outcomes`` go side by side."""

    settings: Settings
    inputs: list[Input]
    jobs: list[Job]
    outcomes: list[Outcome]


@click.command("lint")
@click.argument("inputs", nargs=-1, metavar="[FILE|FOLDER|-]...")
@click.option("--select", multiple=True, metavar="CODES", help="Run only these rules: codes or their beginnings (ATT, KQL02), or ALL.")
@click.option("--extend-select", multiple=True, metavar="CODES", help="Run these rules besides the recommended ones.")
@click.option("--ignore", multiple=True, metavar="CODES", help="Do not run these rules.")
@click.option("--format", "form", type=click.Choice(["text", *FORMATS]), default="text", show_default=True, help="How to print findings.")
@click.option("-o", "--output", metavar="FILE", help="Write the findings to FILE instead of stdout.")
@click.option("--statistics", is_flag=True, help="Count the findings of each rule, instead of showing them.")
@click.option("--fix", "fixing", is_flag=True, help="Repair what can be repaired without changing a meaning.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: also repairs that their author should look at.")
@click.option("--diff", "as_diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@click.option("--source", type=click.Choice([kind.value for kind in Kind]), help="The language of the rules; found out when not given.")
@click.option("--stdin-filename", metavar="NAME", help="The name of what stdin (-) gives: for messages, kinds and overrides.")
@click.option("--baseline", metavar="FILE", help="Findings that are known: they do not count. [default: the configuration's]")
@click.option("--write-baseline", metavar="FILE", help="Write all present findings as a baseline.")
@click.option("--base", metavar="REV", help="A git revision: also tell ids, versions and dates that should or should not have changed.")
@click.option("--config", "config_path", metavar="FILE", help="The configuration. [default: ruleconv.toml or pyproject.toml, upwards]")
@click.option("--isolated", is_flag=True, help="Use no configuration file.")
@click.option("--schema", "schemas", multiple=True, metavar="FILE", help="Tables of your own: CSV, JSON, or a folder of them. Repeatable.")
@click.option("--fail-on", type=click.Choice(FAIL_ON), help="The least severity that makes the exit code 1. [default: warning]")
@click.option("--jobs", type=click.IntRange(0), default=0, metavar="N", help="Processes for many files; 0: one for each processor.")
@click.option("--no-cache", is_flag=True, help="Neither use nor write the folder .ruleconv_cache.")
def command(
    inputs: tuple[str, ...],
    select: tuple[str, ...],
    extend_select: tuple[str, ...],
    ignore: tuple[str, ...],
    form: str,
    output: str | None,
    statistics: bool,
    fixing: bool,
    unsafe_fixes: bool,
    as_diff: bool,
    source: str | None,
    stdin_filename: str | None,
    baseline: str | None,
    write_baseline: str | None,
    base: str | None,
    config_path: str | None,
    isolated: bool,
    schemas: tuple[str, ...],
    fail_on: str | None,
    jobs: int,
    no_cache: bool,
) -> None:
    """Check rules: Sentinel YAML, KQL, Sigma and SQL files, folders of them (the present one when none is given), or stdin (-).

    Findings go to stdout, each with its place and its line. A comment `ruleconv: ignore[CODE] reason` at the end of a line hides the
    findings of that line. `ruleconv rule CODE` explains a rule.

    \b
    Exit codes: 0 clean, 1 findings (see --fail-on), 2 wrong usage or a file that cannot be read.

    \b
    Examples:
      ruleconv lint rules/
      ruleconv lint --select ATT,ENT --format sarif --output findings.sarif rules/
      ruleconv lint --diff rule.yaml
      ruleconv lint --write-baseline .ruleconv-baseline.json rules/
    """
    # Trees of files live briefly and hold hardly any cycles: looking for them time and again costs a tenth of the run.
    gc.set_threshold(100_000, 50, 50)
    _check_together(
        {
            "--fix": fixing,
            "--unsafe-fixes": unsafe_fixes,
            "--diff": as_diff,
            "--statistics": statistics,
            "--format": form != "text",
            "--output": output is not None,
            "--write-baseline": write_baseline is not None,
            "--baseline": baseline is not None,
        }
    )
    if stdin_filename is not None and inputs and STDIN not in inputs:
        raise UsageError("--stdin-filename names what stdin gives", hint="give - as the file")
    settings = _settings(config_path, isolated, select, extend_select, ignore, schemas)
    output = None if output == STDIN else output
    entries = None if as_diff or write_baseline is not None else _baseline(settings, baseline)
    run, failed = _run(inputs, settings, source, stdin_filename, jobs, no_cache)
    files.keep_inputs([each for each in (output, write_baseline) if each is not None], run.inputs)
    repaired = 0
    if as_diff:
        repaired = lint_fix.show(run.jobs, run.outcomes, unsafe=unsafe_fixes)
        sys.exit(2 if failed or any(outcome.broken for outcome in run.outcomes) else 1 if repaired else 0)
    if fixing:
        repaired = lint_fix.write(run.inputs, run.jobs, run.outcomes, unsafe=unsafe_fixes)
    _across(run, base)
    broken = failed or any(outcome.broken for outcome in run.outcomes)
    if write_baseline is not None:
        _write_baseline(write_baseline, run.outcomes)
        sys.exit(2 if broken else 0)
    findings, known = _without_known(run, entries)
    shown = lint_show.text(findings, run.outcomes, form, statistics)
    # With --fix, stdout is the text that stdin gave.
    to_stderr = fixing and any(each.path == STDIN for each in run.inputs)
    lint_show.put(shown, output, coloured=form == "text", to_stderr=to_stderr)
    if form == "text" and not statistics:
        click.echo(lint_show.summary(findings, run.outcomes, repaired, known), err=True)
    limit = fail_on or settings.fail_on
    found = limit != "never" and any(_RANKS[each.severity] >= _RANKS[Severity(limit)] for each in findings)
    sys.exit(2 if broken else 1 if found else 0)


_APART = {
    "--diff": ("--statistics", "--format", "--output", "--write-baseline", "--baseline"),
    "--write-baseline": ("--fix", "--statistics", "--format", "--output", "--baseline"),
    "--statistics": ("--format",),
}


def _check_together(given: dict[str, bool]) -> None:
    """UsageError for options of which one would be ignored without a word."""
    for option, others in _APART.items():
        for other in others:
            if given[option] and given[other]:
                raise UsageError(f"{option} and {other} do not go together")
    if given["--unsafe-fixes"] and not (given["--fix"] or given["--diff"]):
        raise UsageError("--unsafe-fixes goes with --fix or --diff")


# ---------------------------------------------------------------- what to lint
def _settings(
    path: str | None, isolated: bool, select: Iterable[str], extend_select: Iterable[str], ignore: Iterable[str], schemas: tuple[str, ...]
) -> Settings:
    """The configuration file's settings, under those of the command line."""
    here = Path.cwd()
    if isolated and path is not None:
        raise UsageError("--isolated uses no configuration, --config names one")
    found = None if isolated else Path(path) if path is not None else config_file.find(here)
    settings = config_file.read(found) if found is not None else Settings(home=here)
    config = settings.config
    for path in config.schema_files:
        if not Path(path).exists():
            raise UsageError(f"{found}: tables: {path}: no such file or folder")
    config = replace(
        config,
        select=_codes(select) or config.select,
        extend_select=config.extend_select + _codes(extend_select),
        ignore=config.ignore + _codes(ignore),
        schema_files=config.schema_files + schemas,
    )
    return replace(settings, config=config)


def _codes(given: Iterable[str]) -> tuple[str, ...]:
    return tuple(check_code(code) for each in given for code in each.split(",") if code.strip())


def _run(
    inputs: tuple[str, ...], settings: Settings, source: str | None, stdin_filename: str | None, processes: int, no_cache: bool
) -> tuple[Run, bool]:
    """Lints; what cannot be read is told on stderr and left out, and the second value is then true."""
    given = inputs or ((STDIN,) if stdin_filename is not None else (".",))
    unreadable: list[OSError] = []
    found = files.expand(given, RULE_SUFFIXES, unreadable)
    report.show_folders(unreadable)
    named: dict[str, tuple[str, Input]] = {}
    for each in found:
        name = str(PurePath(stdin_filename)) if each.path == STDIN and stdin_filename else each.name
        if not settings.excludes(name):
            named.setdefault(os.path.abspath(name), (name, each))
    jobs = [
        Job(
            name,
            settings.for_file(name),
            each.path,
            sys.stdin.buffer.read(MAX_BYTES + 1) if each.path == STDIN else None,
            Kind(source) if source else None,
        )
        for name, each in named.values()
    ]
    cache = None if no_cache or not settings.home.is_dir() else Cache(settings.home)
    run = Run(settings, [], [], [])
    outcomes = lint_all(jobs, processes=processes or usable_processors(), cache=cache)
    for job, (_, each), outcome in zip(jobs, named.values(), outcomes, strict=True):
        if outcome.unreadable:
            click.echo(f"{report.visible(job.name)}: error: {report.visible(outcome.unreadable)}", err=True)
            continue
        run.inputs.append(each)
        run.jobs.append(job)
        run.outcomes.append(outcome)
    return run, bool(unreadable) or len(run.jobs) < len(jobs)


# ---------------------------------------------------------------- what more than one file tells
def _across(run: Run, base: str | None) -> None:
    """Adds what only several rules, or a file and its past, tell."""
    if base is None and sum(len(outcome.facts) for outcome in run.outcomes) < 2:
        return
    from ruleconv.linter import across

    read = [(job, outcome) for job, outcome in zip(run.jobs, run.outcomes, strict=True) if not outcome.broken and not outcome.skipped]
    facts = [across.FileFacts(job.name, _text_of(job, outcome), outcome.facts, job.config) for job, outcome in read]
    found: dict[str, list[Diagnostic]] = {}
    for each in chain(across.duplicates(facts), across.unknown_related(facts)):
        found.setdefault(each.name, []).append(each)
    if base is not None:
        from ruleconv.linter.files import facts as facts_of
        from ruleconv.linter.revision import Revision

        revision = Revision(base, Path.cwd())
        for file, (job, _) in zip(facts, read, strict=True):
            before = revision.content(job.path) if job.path != STDIN else None
            if before is not None:
                found.setdefault(file.name, []).extend(across.changes(file, facts_of(replace(job, content=before))))
    for file, (job, outcome) in zip(facts, read, strict=True):
        if file.name in found:
            outcome.text = file.text()
            outcome.findings.extend(across.visible(found[file.name], file, job.kind))
            outcome.findings.sort(key=lambda finding: finding.span.start)


def _text_of(job: Job, outcome: Outcome) -> Callable[[], str]:
    return lambda: outcome.text or decode(job.load(), job.name).text


# ---------------------------------------------------------------- what is known already
def _baseline(settings: Settings, given: str | None) -> tuple[Path, Counter[str]] | None:
    """The baseline's folder and entries. UsageError when it cannot be read: asked before anything is repaired."""
    path = Path(given) if given is not None else settings.home / settings.baseline if settings.baseline else None
    return None if path is None else (path.resolve().parent, baselines.read(str(path)))


def _without_known(run: Run, known: tuple[Path, Counter[str]] | None) -> tuple[list[Diagnostic], tuple[int, int] | None]:
    """The findings that the baseline does not know; how many it hides, and how many of its entries are no longer true."""
    pairs = [(each, outcome.text) for outcome in run.outcomes for each in outcome.findings]
    if known is None:
        return [each for each, _ in pairs], None
    folder, entries = known
    kept, left = baselines.without(pairs, entries, folder)
    return kept, (len(pairs) - len(kept), left.total())


def _write_baseline(path: str, outcomes: list[Outcome]) -> None:
    """Everything that is no reason to stop: a file that is no text, and a fault of ruleconv, stay findings."""
    home = Path(path).resolve().parent
    pairs = [(each, outcome.text) for outcome in outcomes if not outcome.broken for each in outcome.findings if each.code != "internal"]
    keys = list(baselines.keys(pairs, home))
    files.put(path, baselines.write(keys), "--write-baseline")
    counts = Counter(each.severity for each, _ in pairs)
    click.echo(f"{path}: {len(keys)} finding{'' if len(keys) == 1 else 's'} ({counts[Severity.ERROR]} of them errors)", err=True)
