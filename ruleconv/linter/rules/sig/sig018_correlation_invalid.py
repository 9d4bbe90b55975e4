from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from ruleconv.diagnostic import ParseError, Severity
from ruleconv.linter.examples import BASES, sigma, whole
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.sigma import documents

_ID = re.compile(r"[0-9a-fA-F-]{32,36}")
_MOST = 50
"""Names among which the one that was meant is looked for."""


class CorrelationInvalid(Rule):
    """The correlation lacks something, or refers to nothing.

    A correlation has a type, rules, a timespan and (unless it is temporal) a condition; what counts values names the field. References are
    names or ids: those of a file with several rules must be among them, and no correlation refers to itself.
    """

    code = "SIG018"
    name = "correlation-invalid"
    severity = Severity.ERROR
    on = (Kind.SIGMA,)
    reference = "https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-correlation-rules-specification.md"
    bad = (
        sigma("""\
logsource: ~
detection: ~
correlation:
  type: event_count
  rules: failed_logon
  group-by: [User]
  condition:
    gte: 10
"""),
        whole(
            Kind.SIGMA,
            BASES[Kind.SIGMA].replace("title:", "name: whoami\ntitle:", 1)
            + """\
---
title: Many Of Them
correlation:
  type: event_count
  rules: whoamy
  group-by: [User]
  timespan: 10m
  condition:
    gte: 10
""",
        ),
    )
    good = (
        sigma("""\
logsource: ~
detection: ~
correlation:
  type: event_count
  rules: failed_logon
  group-by: [User]
  timespan: 10m
  condition:
    gte: 10
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        view = subject.sigma
        if view is None or view.kind != "correlation":
            return
        from ruleconv.sigma.correlation_document import read_section

        try:
            section = read_section(view.document, subject.file)
        except ParseError as error:
            span = subject.start if error.span == view.document.span else error.span
            yield Finding(span, error.message, error.hint)
            return
        names = subject.sigma_file.names if len(subject.siblings) > 1 else frozenset()
        own = {documents.key(subject.text(key)) for key in ("name", "id")} - {""}
        listed = {documents.key(each.name) for each in section.rules}
        for each in section.rules:
            if documents.key(each.name) in own:
                yield Finding(each.span, "the correlation refers to itself")
            elif names and documents.key(each.name) not in names:
                near = get_close_matches(each.name, sorted(names)[:_MOST], 1, 0.7)
                hint = f"did you mean {near[0]}?" if near else "rules are known by their name or id"
                yield Finding(each.span, f"no rule of this file is called {each.name[:80]}", hint)
        if subject.sigma_file.circular is subject.root and not own & listed:
            yield Finding(section.rules[0].span, "correlations that refer to each other in a circle")
        for alias, by_rule in section.aliases.items():
            for name, field in by_rule.items():
                # Of rules in other files it is not known whether a name and an id are one rule's.
                if documents.key(name) not in (names or listed) and (names or _alike({name, *listed})):
                    yield Finding(field.span, f"the alias {alias[:80]} is for {name[:80]}, which is not under rules")


def _alike(names: set[str]) -> bool:
    """All of them are names, or all are ids."""
    return len({_ID.fullmatch(name) is None for name in names}) == 1
