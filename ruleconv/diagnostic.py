"""What ruleconv has to say about a text, and the errors that its public functions raise."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ruleconv.text import NOWHERE, Source, Span


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


MAX_MESSAGE = 2_000
"""Characters. A longer message speaks of a name of thousands of characters; its middle is left out."""


def brief(message: str) -> str:
    """The message, no longer than one is."""
    if len(message) <= MAX_MESSAGE:
        return message
    return f"{message[: MAX_MESSAGE * 3 // 4]} … {message[-MAX_MESSAGE // 5 :]}"


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters of the file (``span``) that give way to ``text``; an empty span inserts."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A repair. ``safe``: it never changes what the rule finds, nor what it says in a way that its author has to look at."""

    title: str
    edits: tuple[Edit, ...]
    safe: bool = True


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. ``span``, ``line`` and ``column`` are places in the user's file (lines and columns from 1)."""

    code: str
    severity: Severity
    message: str
    span: Span
    line: int
    column: int
    hint: str = ""
    name: str = ""
    fix: Fix | None = None

    @classmethod
    def at(cls, source: Source, span: Span, code: str, message: str, *, severity: Severity = Severity.ERROR, hint: str = "") -> Diagnostic:
        """A finding on ``span`` of ``source.text``, placed in the file that holds it."""
        line, column = source.position(span.start)
        return cls(code, severity, brief(message), source.file_span(span), line, column, hint, source.name)


class RuleconvError(Exception):
    """Base of every error that ruleconv raises on purpose.

    ``span`` counts characters of the text that was read; ``source`` (when known) turns it into file, line and column.
    ``diagnostics`` holds every error that was found, the first included, where one run finds several.
    """

    def __init__(
        self, message: str, span: Span = NOWHERE, hint: str = "", source: Source | None = None, diagnostics: tuple[Diagnostic, ...] = ()
    ) -> None:
        message = brief(message)
        super().__init__(message)
        self.message, self.span, self.hint, self.source, self.diagnostics = message, span, hint, source, diagnostics

    def located(self, source: Source) -> RuleconvError:
        """The same error, with the source filled in where it was not known yet."""
        if self.source is None:
            self.source = source
        return self

    @property
    def place(self) -> str:
        """``name:line:column``, or the empty string when the source is not known."""
        if self.source is None:
            return ""
        line, column = self.source.position(self.span.start)
        return f"{self.source.name}:{line}:{column}"


class ParseError(RuleconvError):
    """The text is not what it claims to be."""


class SchemaError(RuleconvError):
    """A name, a type or a number of arguments that does not exist: what the binder refuses, as Kusto would."""


class Unsupported(RuleconvError):
    """A construct that cannot be said in the target; ``construct`` names it, ``hint`` says what to do instead."""

    def __init__(self, construct: str, span: Span = NOWHERE, hint: str = "", source: Source | None = None) -> None:
        super().__init__(f"{construct} cannot be translated", span, hint, source)
        self.construct = construct


class UsageError(RuleconvError):
    """An argument of the API or an option that makes no sense (an unknown dialect, a file that is not there).

    ``option``: the parameter that is meant, where the message begins with it: the command line says its own name for it there.
    """

    def __init__(self, message: str, span: Span = NOWHERE, hint: str = "", source: Source | None = None, *, option: str = "") -> None:
        super().__init__(message, span, hint, source)
        self.option = option


class Unreadable(UsageError):
    """A file that cannot be opened; ``reason`` says why, without its name."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name, self.reason = name, reason


class ExecutionError(RuleconvError):
    """The engine refused to run ``sql``; the message is the engine's."""

    def __init__(self, message: str, span: Span = NOWHERE, hint: str = "", source: Source | None = None, sql: str = "") -> None:
        super().__init__(message, span, hint, source)
        self.sql = sql
