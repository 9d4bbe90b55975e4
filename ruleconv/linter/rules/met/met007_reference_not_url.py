from __future__ import annotations

import re
from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class ReferenceNotUrl(Rule):
    """A reference that is no URL.

    Readers and tools expect links in `references`; what is known from elsewhere belongs into the description.
    """

    code = "MET007"
    name = "reference-not-url"
    severity = Severity.INFO
    on = (Kind.SIGMA,)
    recommended = False
    bad = (
        sigma("""\
references:
  - internal research
"""),
    )
    good = (
        sigma("""\
references:
  - https://attack.mitre.org/techniques/T1033/
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for node in subject.items("references"):
            if not re.match(r"https?://\S+$", node.text.strip()):
                yield Finding(node.span, "this reference is no URL")
