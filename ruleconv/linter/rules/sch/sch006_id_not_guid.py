from __future__ import annotations

import re
from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sentinel, sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind

_GUID = re.compile(r"\{?[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}?")


class IdNotGuid(Rule):
    """The id is no GUID.

    Sentinel and Sigma know a rule by its GUID; anything else is refused, or taken for another rule.
    """

    code = "SCH006"
    name = "id-not-guid"
    severity = Severity.ERROR
    on = (
        Kind.SENTINEL,
        Kind.SIGMA,
    )
    bad = (
        sentinel("id: my-rule-1"),
        sigma("id: 1234"),
    )
    good = (sentinel("id: 5b2c3a9e-3f0d-4f51-9d4c-6b8f5a0c7d11"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        node = subject.get("id")
        if node is None or node.is_null or subject.exported:  # Defender numbers its rules
            return
        if node.kind != "scalar" or not _GUID.fullmatch(node.text):
            yield Finding(node.span, f"the id {node.text!r} is no GUID", "make one, for example with `uuidgen`")
