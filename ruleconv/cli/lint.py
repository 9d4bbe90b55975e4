"""``ruleconv lint``"""

from __future__ import annotations

import difflib
import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path, PurePath

import click

from ruleconv.cli import files, report
from ruleconv.cli.files import Input
from ruleconv.diagnostic import Diagnostic, Severity, UsageError
from ruleconv.linter import baseline as baselines
from ruleconv.linter import config_file, fix
from ruleconv.linter.cache import Cache
from ruleconv.linter.config_file import FAIL_ON, Settings
from ruleconv.linter.files import Job, Outcome, lint_all, lint_one, usable_processors
from ruleconv.linter.report import FORMATS, writer
from ruleconv.reading import MAX_BYTES, decode
from ruleconv.rulefile.detect import RULE_SUFFIXES
from ruleconv.rulefile.model import Kind

_RANKS = {Severity.ERROR: 3, Severity.WARNING: 2, Severity.INFO: 1}
_ROUNDS = 10
"""Of fixing: one fix may make room for the next."""


@click.command("lint")
@click.argument("inputs", nargs=-1, metavar="[FILE|FOLDER|-]...")
@click.option("--select", multiple=True, metavar="CODES", help="Run only these rules: codes or their beginnings (ATT, KQL02), or ALL.")
@click.option("--extend-select", multiple=True, metavar="CODES", help="Run these rules besides the recommended ones.")
@click.option("--ignore", multiple=True, metavar="CODES", help="Do not run these rules.")
@click.option("--format", "form", type=click.Choice(["text", *FORMATS]), default="text", show_default=True, help="How to print findings.")
@click.option("--output", metavar="FILE", help="Write the findings to FILE instead of stdout.")
@click.option("--statistics", is_flag=True, help="Count the findings of each rule, instead of showing them.")
@click.option("--fix", "fixing", is_flag=True, help="Repair what can be repaired without changing a meaning.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: also repairs that their author should look at.")
@click.option("--diff", "as_diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@click.option("--source", type=click.Choice(list(Kind)), help="The language of the rules; found out when not given.")
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
    settings = _settings(config_path, isolated)
    config = settings.config
    if schemas:
        from ruleconv.schema import load

        config = replace(config, schema=config.tables | load(schemas))
    config = replace(
        config,
        select=_codes(select) or config.select,
        extend_select=config.extend_select + _codes(extend_select),
        ignore=config.ignore + _codes(ignore),
    )
    _check_codes(config.select + config.extend_select + config.ignore)
    settings = replace(settings, config=config)
    found = [each for each in files.expand(inputs or (".",), RULE_SUFFIXES) if not settings.excludes(each.path)]
    if not found:
        raise UsageError("no rules in " + ", ".join(inputs or (".",)), hint=f"files of a folder end in {', '.join(RULE_SUFFIXES)}")
    made, unreadable = _jobs(found, settings, source, stdin_filename)
    # What stands in schemas of the user's own is not part of a key.
    cache = None if no_cache or config.schema is not None or not settings.home.is_dir() else Cache(settings.home)
    outcomes = lint_all(made, processes=jobs or usable_processors(), cache=cache)
    _across(made, outcomes, base)
    changed = 0
    if fixing or as_diff:
        changed = _fix(found, made, outcomes, unsafe=unsafe_fixes, write=not as_diff)
    if as_diff:
        sys.exit(2 if unreadable else 1 if changed else 0)
    if write_baseline is not None:
        _write_baseline(write_baseline, outcomes)
        sys.exit(2 if unreadable else 0)
    known = baseline or settings.baseline
    pairs = [(each, outcome.text) for outcome in outcomes for each in outcome.findings]
    findings = baselines.without(pairs, baselines.read(known)) if known else [each for each, _ in pairs]
    _show(findings, outcomes, form, output, statistics)
    limit = fail_on or settings.fail_on
    failed = limit != "never" and any(_RANKS[each.severity] >= _RANKS[Severity(limit)] for each in findings)
    broken = unreadable or any(outcome.broken for outcome in outcomes)
    sys.exit(2 if broken else 1 if failed else 0)


# ---------------------------------------------------------------- what to lint
def _settings(path: str | None, isolated: bool) -> Settings:
    here = Path.cwd()
    if isolated:
        return Settings(home=here)
    found = Path(path) if path is not None else config_file.find(here)
    return config_file.read(found) if found is not None else Settings(home=here)


def _codes(given: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(code.strip().upper() for each in given for code in each.split(",") if code.strip())


def _check_codes(codes: Sequence[str]) -> None:
    """A code that no rule begins with is a mistake, and would silently do nothing."""
    if not codes:
        return
    from ruleconv.linter.rule import all_rules

    known = [rule.code for rule in all_rules()] + ["XRF011", "SCH028"]
    for code in codes:
        if code != "ALL" and not any(each.startswith(code) for each in known):
            near = difflib.get_close_matches(code, known, 1)
            raise UsageError(f"no rule {code}", hint=f"did you mean {near[0]}?" if near else "ruleconv rule --all lists the rules")


def _jobs(found: list[Input], settings: Settings, source: str | None, stdin_filename: str | None) -> tuple[list[Job], bool]:
    """The files with their contents; one that cannot be read is told and left out."""
    made: list[Job] = []
    unreadable = False
    for each in list(found):
        name = stdin_filename or each.name if each.path == files.STDIN else each.path
        try:
            content = sys.stdin.buffer.read(MAX_BYTES + 1) if each.path == files.STDIN else _bytes(each.path)
        except OSError as error:
            click.echo(f"{report.visible(name)}: error: {error.strerror or error}", err=True)
            found.remove(each)
            unreadable = True
            continue
        made.append(Job(name, content, settings.for_file(name), Kind(source) if source else None))
    return made, unreadable


def _bytes(path: str) -> bytes:
    if not os.path.isfile(path):
        raise OSError(f"{path} is no file")
    with open(path, "rb") as file:
        return file.read(MAX_BYTES + 1)


def _across(jobs: list[Job], outcomes: list[Outcome], base: str | None) -> None:
    """Adds what only several files, or a file and its past, tell."""
    if len(jobs) < 2 and base is None:
        return
    from ruleconv.linter import across

    read = [(job, outcome) for job, outcome in zip(jobs, outcomes, strict=True) if not outcome.broken]
    facts = [across.FileFacts(job.name, _text_of(job), outcome.facts, job.config) for job, outcome in read]
    found = list(across.duplicates(facts))
    if base is not None:
        from ruleconv.linter.revision import Revision

        revision = Revision(base, Path.cwd())
        for file, (job, _) in zip(facts, read, strict=True):
            before = revision.content(job.name)
            if before is not None and before != job.content:
                found.extend(across.changes(file, lint_one(replace(job, content=before)).facts))
    by_name = {outcome.name: outcome for outcome in outcomes}
    for each in found:
        outcome = by_name[each.name]
        outcome.text = outcome.text or next(file.text() for file in facts if file.name == each.name)
        outcome.findings.append(each)
        outcome.findings.sort(key=lambda finding: finding.span.start)


def _text_of(job: Job) -> Callable[[], str]:
    return lambda: decode(job.content, job.name).text


# ---------------------------------------------------------------- fixes
def _fix(found: list[Input], jobs: list[Job], outcomes: list[Outcome], *, unsafe: bool, write: bool) -> int:
    """Repairs the files (or shows how), and puts what is left into ``outcomes``. How many files change."""
    changed = 0
    for at, (each, job) in enumerate(zip(found, jobs, strict=True)):
        outcome = outcomes[at]
        text = after = outcome.text
        for _ in range(_ROUNDS):
            repaired = fix.apply(after, outcome.findings, unsafe=unsafe)
            if repaired == after:
                break
            new = lint_one(replace(job, content=repaired.encode("utf-8", "surrogatepass")))
            if _breaks(outcome.findings, new.findings):
                break
            after, outcome = repaired, new
        if after == text:
            continue
        changed += 1
        if not write:
            lines = difflib.unified_diff(text.splitlines(True), after.splitlines(True), job.name, job.name)
            click.echo("".join(report.visible(line[:-1]) + "\n" if line.endswith("\n") else line + "\n" for line in lines), nl=False)
        elif each.path == files.STDIN:
            click.echo(after, nl=False)
        else:
            path = PurePath(each.path)
            files.write(str(path.parent), PurePath(path.name), after)
            outcomes[at] = outcome
    return changed


def _breaks(before: list[Diagnostic], after: list[Diagnostic]) -> bool:
    """The repaired text no longer parses, though the old one did."""
    broken = {"SCH001", "KQL001", "SQL001", "internal"}
    return bool({each.code for each in after} & broken - {each.code for each in before})


def _write_baseline(path: str, outcomes: list[Outcome]) -> None:
    keys = [baselines.key(each, outcome.text) for outcome in outcomes for each in outcome.findings]
    target = PurePath(path)
    files.write(str(target.parent), PurePath(target.name), baselines.write(keys))
    click.echo(f"{path}: {len(keys)} findings", err=True)


# ---------------------------------------------------------------- findings
def _show(findings: list[Diagnostic], outcomes: list[Outcome], form: str, output: str | None, statistics: bool) -> None:
    if statistics:
        text = _statistics(findings)
    elif form == "text":
        texts = {outcome.name: outcome.text for outcome in outcomes}
        text = "\n".join(line for each in findings for line in report.render(each, texts[each.name]))
    else:
        text = writer(form)(findings, [outcome.name for outcome in outcomes])
    if output is not None:
        target = PurePath(output)
        files.write(str(target.parent), PurePath(target.name), click.unstyle(text) + "\n" if text else "")
    elif text:
        click.echo(text)
    if form == "text" and not statistics:
        click.echo(_summary(findings, len(outcomes)), err=True)


def _statistics(findings: list[Diagnostic]) -> str:
    counts = Counter((each.code, each.severity.value) for each in findings)
    return "\n".join(
        f"{count:6} {code:10} {severity}" for (code, severity), count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )


def _summary(findings: list[Diagnostic], looked_at: int) -> str:
    files_ = f"{looked_at} file{'' if looked_at == 1 else 's'}"
    if not findings:
        return f"{files_}: no findings"
    counts = Counter(each.severity for each in findings)
    words = ", ".join(f"{counts[s]} {s.value}{'' if counts[s] == 1 or s is Severity.INFO else 's'}" for s in Severity if counts[s])
    fixable = sum(each.fix is not None and each.fix.safe for each in findings)
    return f"{files_}: {words}" + (f"; --fix repairs {fixable}" if fixable else "")
