"""GitHub workflow commands: annotations on the lines of a pull request.

Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ruleconv.diagnostic import Diagnostic, Severity

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def write(findings: Sequence[Diagnostic], files: Mapping[str, str]) -> str:
    """A line for each finding."""
    return "\n".join(_line(each) for each in findings)


def _line(each: Diagnostic) -> str:
    place = f"file={_property(each.name)},line={each.line},col={each.column},title={_property(f'ruleconv {each.code}')}"
    return f"::{_COMMANDS[each.severity]} {place}::{_data(each.message + (f' ({each.hint})' if each.hint else ''))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
