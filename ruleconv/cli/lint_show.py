"""How ``ruleconv lint`` shows findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import click

from ruleconv.cli import files, printing, report
from ruleconv.diagnostic import Diagnostic, Severity
from ruleconv.linter.files import Outcome
from ruleconv.linter.report import writer


def text(findings: Sequence[Diagnostic], outcomes: Sequence[Outcome], form: str, statistics: bool) -> str:
    """The findings in a format, or how many there are of each rule."""
    if statistics:
        return _statistics(findings)
    if form != "text":
        return writer(form)(findings, {outcome.name: outcome.text for outcome in outcomes if not outcome.skipped})
    texts = {outcome.name: outcome.text for outcome in outcomes}
    return "\n".join(line for each in findings for line in report.render(each, texts[each.name]))


def put(shown: str, output: str | None, *, coloured: bool, to_stderr: bool) -> None:
    """To stdout, or whole or not at all into a file. ``coloured``: the escape sequences in it are ours."""
    if output is not None:
        plain = click.unstyle(shown) if coloured else shown
        files.put(output, plain + "\n" if plain else "", "--output")
    elif shown and coloured:
        click.echo(shown, err=to_stderr)
    elif shown:
        printing.put(shown, nl=True, to_stderr=to_stderr)


def _statistics(findings: Sequence[Diagnostic]) -> str:
    counts = Counter((each.code, each.severity.value) for each in findings)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return "\n".join(f"{number:6} {code:10} {severity}" for (code, severity), number in ordered)


def summary(findings: Sequence[Diagnostic], outcomes: Sequence[Outcome], repaired: int, known: tuple[int, int] | None) -> str:
    """One line about the whole run. ``known``: findings that the baseline hides, and entries of it that are no longer true."""
    looked_at = [outcome for outcome in outcomes if not outcome.skipped]
    parts = [f"{_number(len(looked_at), 'file')}: {_counts(findings)}"]
    fixable = sum(each.fix is not None and each.fix.safe for each in findings)
    if fixable:
        parts.append(f"--fix repairs {fixable}")
    if repaired:
        parts.append(f"{_number(repaired, 'file')} repaired")
    if known is not None:
        hidden, gone = known
        parts.append(f"the baseline hides {hidden}" + (f" and has {gone} that {'is' if gone == 1 else 'are'} gone" if gone else ""))
    skipped = len(outcomes) - len(looked_at)
    if skipped:
        parts.append(f"{_number(skipped, 'file')} skipped: no rule")
    return "; ".join(parts)


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _counts(findings: Sequence[Diagnostic]) -> str:
    if not findings:
        return "no findings"
    counts = Counter(each.severity for each in findings)
    return ", ".join(f"{counts[s]} {s.value}{'' if counts[s] == 1 or s is Severity.INFO else 's'}" for s in Severity if counts[s])
