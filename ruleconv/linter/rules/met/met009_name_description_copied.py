from __future__ import annotations

import re
from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class NameDescriptionCopied(Rule):
    """The description says the same as the name.

    It is the place for what the rule finds, why that matters, and what to do.
    """

    code = "MET009"
    name = "name-description-copied"
    severity = Severity.INFO
    on = (
        Kind.SENTINEL,
        Kind.SIGMA,
    )
    recommended = False
    bad = (sentinel("description: Sign-in failures from one address."),)
    good = (sentinel("description: Finds an address from which many accounts fail to sign in."),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        node = subject.get("description")
        name = subject.text("title" if subject.kind is Kind.SIGMA else "name")
        if node is not None and node.kind == "scalar" and name and _folded(name) == _folded(node.text):
            yield Finding(node.span, "the description repeats the name")


def _folded(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()
