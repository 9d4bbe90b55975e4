"""Findings as people and programs read them: ``file:line:column``, the source line with a caret under the place, the hint."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePath

import click

from ruleconv.diagnostic import Diagnostic, RuleconvError, Severity, Unreadable, Unsupported, UsageError
from ruleconv.ir.fidelity import Effect, Note
from ruleconv.text import NOWHERE, Source, Span

MAX_WIDTH = 140
"""A longer source line is cut to a window around the place."""
MAX_CARETS = 80
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


def of_error(error: RuleconvError, fallback: Source) -> tuple[Diagnostic, ...]:
    """The findings that an error stands for. What is no fault of a text (a file cannot be opened, or written) is in line 0."""
    if error.diagnostics:
        return error.diagnostics
    if isinstance(error, UsageError) and error.source is None and error.span == NOWHERE:
        message = error.reason if isinstance(error, Unreadable) else in_words(error).removeprefix(f"{fallback.name}: ")
        return (Diagnostic("error", Severity.ERROR, message, NOWHERE, 0, 0, error.hint, fallback.name),)
    code = "unsupported" if isinstance(error, Unsupported) else "error"
    return (Diagnostic.at(error.source or fallback, error.span, code, in_words(error), hint=error.hint),)


_OPTIONS = {"pipelines": "--pipeline", "tables": "--table"}
"""Parameters of the API that the command line calls otherwise."""


def in_words(error: RuleconvError) -> str:
    """The message; a parameter of the API, with which it begins, under the name of the option."""
    if isinstance(error, UsageError) and error.option and error.message.startswith(error.option):
        option = _OPTIONS.get(error.option, "--" + error.option.replace("_", "-"))
        return option + error.message.removeprefix(error.option)
    return error.message


def of_note(note: Note, source: Source) -> Diagnostic:
    """A fidelity note as a finding; its message begins with the effect."""
    severity = Severity.INFO if note.effect is Effect.EXACT else Severity.WARNING
    return Diagnostic.at(source, note.span, note.code, f"{note.effect}: {note.message}", severity=severity)


def of_crash(error: BaseException, source: Source) -> Diagnostic:
    """A fault of ruleconv itself, which must not stop the other files."""
    hint = "this is a fault of ruleconv: please report it with the rule; RULECONV_DEBUG=1 shows the traceback"
    return Diagnostic.at(source, Span(0, 0), "internal", f"{type(error).__name__}: {error}", hint=hint)


def show(findings: Iterable[Diagnostic], file_text: str) -> None:
    """Prints findings to stderr, each with its source line."""
    for finding in findings:
        for line in render(finding, file_text):
            click.echo(line, err=True)


def show_folders(unreadable: Iterable[OSError]) -> None:
    """Tells which folders could not be read."""
    for error in unreadable:
        click.echo(visible(f"{PurePath(str(error.filename))}: error: {error.strerror or error}"), err=True)


def render(finding: Diagnostic, file_text: str) -> Iterator[str]:
    """The lines of one finding, coloured (click takes the colours off where nobody sees them)."""
    place = visible(f"{finding.name}:{finding.line}:{finding.column}" if finding.line else finding.name)
    label = click.style(finding.severity.value, fg=_COLOURS[finding.severity], bold=True)
    yield f"{click.style(place, bold=True)}: {label}: {visible(finding.message)} [{finding.code}]"
    if file_text and finding.line:
        yield from _excerpt(finding, file_text)
    if finding.hint:
        yield f"  hint: {visible(finding.hint)}"


def _excerpt(finding: Diagnostic, file_text: str) -> Iterator[str]:
    source = Source(file_text)
    number, column = source.position(min(finding.span.start, len(file_text)))
    line = source.line(number)
    at = column - 1
    length = max(1, min(finding.span.end - finding.span.start, len(line) - at, MAX_CARETS))
    if len(line) > MAX_WIDTH:
        start = max(0, min(at - MAX_WIDTH // 3, len(line) - MAX_WIDTH))
        cut = line[start : start + MAX_WIDTH]
        line = ("…" if start else "") + cut + ("…" if start + MAX_WIDTH < len(source.line(number)) else "")
        at += (1 if start else 0) - start
        length = min(length, len(line) - at) or 1
    gutter = f"{number:5} | "
    padding = "".join("\t" if char == "\t" else " " * _width(char) for char in line[:at])
    carets = "^" * max(1, sum(map(_width, line[at : at + length])))
    yield gutter + visible(line)
    yield " " * (len(gutter) - 2) + "| " + padding + click.style(carets, fg=_COLOURS[finding.severity])


def _width(char: str) -> int:
    """Columns that a character takes on a terminal, as ``visible`` prints it."""
    if char < "\x7f":
        return 1
    import unicodedata

    return 0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1


_CONTROLS = {
    code: "�" for code in (*range(32), *range(127, 160), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A)) if code != 9
}


def visible(text: str) -> str:
    """The text without anything that would steer a terminal (escape sequences, bidirectional overrides)."""
    return text.translate(_CONTROLS)


def as_json(finding: Diagnostic) -> dict[str, object]:
    """A finding as a program reads it; the span counts characters of the file."""
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": finding.message,
        "line": finding.line or None,
        "column": finding.column or None,
        "span": [finding.span.start, finding.span.end],
        "hint": finding.hint,
    }
