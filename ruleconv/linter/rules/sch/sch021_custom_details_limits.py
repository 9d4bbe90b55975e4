from __future__ import annotations

import re
from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class CustomDetailsLimits(Rule):
    """customDetails with more than 20 entries, or with a name that Sentinel does not take.

    A name has 20 characters at most, letters and digits, and begins with a letter.
    """

    code = "SCH021"
    name = "custom-details-limits"
    severity = Severity.ERROR
    on = (Kind.SENTINEL,)
    bad = (
        sentinel("""\
customDetails:
  Number of Accounts: Accounts
"""),
    )
    good = (
        sentinel("""\
customDetails:
  NumberOfAccounts: Accounts
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        node = subject.get("customDetails")
        if node is None or node.kind != "mapping":
            return
        if len(node.pairs) > 20:
            yield Finding(node.span, f"{len(node.pairs)} custom details, 20 are the most")
        for key, _ in node.pairs:
            if key.kind == "scalar" and not re.fullmatch(r"[a-zA-Z]\w{0,19}", key.text, re.ASCII):
                yield Finding(key.span, f"{key.text!r} is no name of a custom detail", "letters and digits, 20 at most, a letter first")
