from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class QueryTooLong(Rule):
    """The query has more than 10,000 characters.

    Sentinel refuses the rule. Long lists belong into a watchlist, shared parts into a function of the workspace.
    """

    code = "SCH017"
    name = "query-too-long"
    severity = Severity.ERROR
    on = (Kind.SENTINEL,)
    bad = (sentinel("query: |\n  SigninLogs\n  | where UserPrincipalName has_any (" + "'alice', " * 1200 + "'bob')\nentityMappings: ~"),)
    good = (sentinel("query: |\n  SigninLogs\nentityMappings: ~"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        query = subject.query
        if query is not None and subject.is_analytics and len(query.text) > 10_000:
            key = subject.key("query")
            yield Finding(key.span if key else subject.start, f"the query has {len(query.text):,} characters, Sentinel takes 10,000")
