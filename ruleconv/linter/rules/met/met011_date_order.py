from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class DateOrder(Rule):
    """The rule was modified before it was written, or a date lies in the future.

    Sigma's dates are of the form 2026-11-21.
    """

    code = "MET011"
    name = "date-order"
    severity = Severity.WARNING
    on = (Kind.SIGMA,)
    bad = (
        sigma("""\
date: 2026-01-02
modified: 2025-12-31
"""),
        sigma("date: 2999-01-01\n"),
    )
    good = (
        sigma("""\
date: 2025-12-31
modified: 2026-01-02
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        today = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%d")
        date, modified = subject.get("date"), subject.get("modified")
        for node in (date, modified):
            if node is not None and node.kind == "scalar" and _iso(node.text) > today:
                yield Finding(node.span, f"{node.text} lies in the future")
        if (
            date is not None
            and modified is not None
            and modified.kind == date.kind == "scalar"
            and "" < _iso(modified.text) < _iso(date.text)
        ):
            yield Finding(modified.span, f"modified on {modified.text}, but written on {date.text}")


def _iso(text: str) -> str:
    """2026-11-21, also of 2026/11/21; empty for what is no date."""
    return text.replace("/", "-") if re.fullmatch(r"\d{4}[-/]\d{2}[-/]\d{2}", text) else ""
