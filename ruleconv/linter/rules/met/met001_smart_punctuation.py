from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Edit, Fix, Severity
from ruleconv.linter.characters import SMART, outside_of_texts
from ruleconv.linter.examples import kql
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class SmartPunctuation(Rule):
    """A typographic quote or dash outside of a text, where a plain one is meant.

    Word processors and web pages put them there; a query with one does not parse, or compares with another character than it seems.
    """

    code = "MET001"
    name = "smart-punctuation"
    severity = Severity.WARNING
    on = (
        Kind.SENTINEL,
        Kind.SIGMA,
        Kind.KQL,
        Kind.SQL,
    )
    fixable = "safe"
    bad = (
        kql(
            """\
SigninLogs
| where Identity == “admin”
""",
            fixed="""\
SigninLogs
| where Identity == "admin"
""",
        ),
    )
    good = (
        kql("""\
SigninLogs
| where Identity == "it’s fine in a text"
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for span, char in outside_of_texts(subject, SMART):
            fix = Fix(f"Write {SMART[char]}", (Edit(span, SMART[char]),))
            yield Finding(span, f"the typographic character {char} where {SMART[char]} is meant", f"write {SMART[char]}", fix)
