from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sentinel, sigma
from ruleconv.linter.keys import KNOWN, nearest_key
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class UnknownKey(Rule):
    """A key that rules of this kind do not have.

    It is ignored, silently: mostly it is misspelt.
    """

    code = "SCH003"
    name = "unknown-key"
    severity = Severity.WARNING
    on = (
        Kind.SENTINEL,
        Kind.SIGMA,
    )
    bad = (
        sentinel("severty: High\n"),
        sigma("""\
falsepositive:
  - none
"""),
    )
    good = (
        sentinel("""\
customDetails:
  Accounts: Accounts
"""),
        sigma("""\
fields:
  - CommandLine
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        if subject.root is None:
            return
        for key, _ in subject.root.pairs:
            if key.kind != "scalar" or key.text in KNOWN[subject.kind]:
                continue
            near = nearest_key(key.text, subject.kind)
            if near is None and subject.kind is Kind.SIGMA:
                continue  # the specification allows keys of one's own
            yield Finding(key.span, f"there is no key {key.text}", f"did you mean {near}?" if near else "")
