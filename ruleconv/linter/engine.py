"""``ruleconv.lint``: every rule over every rule of a file, with one parse shared by all."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

from ruleconv.diagnostic import Diagnostic, ParseError, Severity, UsageError
from ruleconv.linter import suppress
from ruleconv.linter.config import DEFAULT, Config
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.detect import detect, is_json
from ruleconv.rulefile.model import Kind
from ruleconv.schema import Schema
from ruleconv.text import Source, Span


def lint(
    text: str,
    *,
    source: str | None = None,
    filename: str | None = None,
    select: Sequence[str] | None = None,
    ignore: Sequence[str] | None = None,
    schema: Schema | None = None,
    config: Config | None = None,
) -> list[Diagnostic]:
    """The findings of one file, in the order of their places.

    ``source``: "kql", "sentinel", "sigma", "sql", or None to detect it. ``select``, ``ignore``: prefixes of codes, instead of those of
    ``config``. Never raises for what is wrong with the text (that is a finding); UsageError for a wrong argument.
    """
    if source is not None and source not in set(Kind):
        raise UsageError(f"no source {source!r}", hint=f"one of: {', '.join(Kind)}")
    given = config or DEFAULT
    if select is not None:
        given = replace(given, select=tuple(select))
    if ignore is not None:
        given = replace(given, ignore=tuple(ignore))
    if schema is not None:
        given = replace(given, schema=schema)
    file = Source(text, filename or "<text>")
    return check_file(file, Kind(source) if source is not None else detect(file), given)


def check_file(file: Source, kind: Kind, config: Config = DEFAULT) -> list[Diagnostic]:
    """As ``lint``, for a file of a known kind; what a comment suppresses is taken out."""
    return check_subjects(file, kind, config)[0]


def check_subjects(file: Source, kind: Kind, config: Config = DEFAULT) -> tuple[list[Diagnostic], list[Subject]]:
    """As ``check_file``, with the rules that were found in the file."""
    found: list[Diagnostic] = []
    try:
        subjects, problems = read(file, kind, config)
        found.extend(problem for problem in problems if config.selects(problem.code))
    except ParseError as error:
        found.append(Diagnostic.at(error.source or file, error.span, "SCH001", error.message, hint=error.hint))
        subjects = []
    for subject in subjects:
        for rule in config.rules(kind):
            if subject.first or not rule.per_file:
                _check(rule, subject, found)
    return sorted(suppress.apply(file, kind, sorted(set(found), key=_order), config, subjects), key=_order), subjects


def read(file: Source, kind: Kind, config: Config = DEFAULT) -> tuple[list[Subject], list[Diagnostic]]:
    """The rules of a file, and what the reader itself has to say. ParseError when the file cannot be read at all."""
    if kind in (Kind.KQL, Kind.SQL):
        return [Subject(file, kind, None, config)], []
    from ruleconv.rulefile.yaml_nodes import compose_all

    problems: tuple[Diagnostic, ...] = ()
    exported = kind is Kind.SENTINEL and is_json(file)
    if exported:
        from ruleconv.rulefile import portal

        documents = portal.rules(file)
    else:
        documents, problems = compose_all(file)
    subjects = [Subject(file, kind, root, config) for root in documents if root.kind == "mapping"]
    siblings = tuple(subjects)
    for subject in subjects:
        subject.siblings = siblings
        subject.first = subject is subjects[0]
        subject.exported = exported
    found = [replace(problem, code="SCH028", severity=config.severity.get("SCH028", problem.severity)) for problem in problems]
    if not subjects:
        span = documents[0].span if documents else Span(0, min(1, len(file.text)))
        found.append(Diagnostic.at(file, span, "SCH001", "there is no rule in this file: a mapping with the keys of a rule is expected"))
    return subjects, found


def _check(rule: Rule, subject: Subject, found: list[Diagnostic]) -> None:
    """Adds the findings of one rule."""
    severity = None
    try:
        for finding in rule.check(subject):
            severity = severity or subject.config.severity_of(rule)
            found.append(_diagnostic(rule, finding, severity, subject.file))
    except RecursionError:
        message = f"the rule {rule.code} gave up: this is nested too deeply"
        found.append(Diagnostic.at(subject.file, subject.start, "internal", message, severity=Severity.WARNING))
    except Exception as error:  # one rule's fault must not cost the findings of the others
        if os.environ.get("RULECONV_DEBUG"):
            raise
        message = f"a fault of ruleconv's rule {rule.code}: {type(error).__name__}: {error}"
        hint = f"please report it with the file; --ignore {rule.code} until then"
        found.append(Diagnostic.at(subject.file, subject.start, "internal", message, hint=hint))


def _diagnostic(rule: Rule, finding: Finding, severity: Severity, file: Source) -> Diagnostic:
    found = Diagnostic.at(file, finding.span, rule.code, finding.message, severity=severity, hint=finding.hint)
    return replace(found, fix=finding.fix) if finding.fix is not None else found


def _order(found: Diagnostic) -> tuple[int, int, str, str]:
    return (found.span.start, found.span.end, found.code, found.message)
