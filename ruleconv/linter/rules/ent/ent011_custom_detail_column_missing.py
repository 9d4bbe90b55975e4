from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.columns import hint, missing
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class CustomDetailColumnMissing(Rule):
    """A custom detail names a column that the query does not put out.

    Sentinel then leaves the detail out of the alert. As for entity mappings, the output columns are inferred, and the rule is silent where
    they are not all known.
    """

    code = "ENT011"
    name = "custom-detail-column-missing"
    severity = Severity.ERROR
    on = (Kind.SENTINEL,)
    bad = (sentinel("customDetails:\n  Failures: FailureCount\n"),)
    good = (sentinel("customDetails:\n  Accounts: Accounts\n"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        for node in missing(subject, subject.detail_columns):
            yield Finding(node.span, f"the query does not put out the column {node.text}", hint(subject, node.text))
