"""Findings as other programs read them: one function a format, findings in, text out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module

from ruleconv.diagnostic import Diagnostic

FORMATS = ("json", "sarif", "github", "gitlab", "junit")


def writer(form: str) -> Callable[[Sequence[Diagnostic], Mapping[str, str]], str]:
    """The function for a format: the findings, and the names of all files that were looked at with their texts (of those
    with findings), to a text."""
    found: Callable[[Sequence[Diagnostic], Mapping[str, str]], str] = import_module(f"ruleconv.linter.report.as_{form}").write
    return found
