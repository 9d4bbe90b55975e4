from __future__ import annotations

import re
from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import entity_mappings, sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.text import Span

_LEGACY = re.compile(r"\b(?:Account|Host|IP|URL|FileHash)CustomEntity\b")


class LegacyCustomEntity(Rule):
    """The query makes columns such as AccountCustomEntity, which Sentinel no longer looks at.

    Entities are mapped in entityMappings since 2021; a rule without one for the column has no entity.
    """

    code = "ENT010"
    name = "legacy-custom-entity"
    severity = Severity.WARNING
    on = (Kind.SENTINEL,)
    bad = (
        sentinel("""\
query: |
  SigninLogs
  | extend AccountCustomEntity = UserPrincipalName
entityMappings: ~
"""),
    )
    good = (
        sentinel(
            """\
query: |
  SigninLogs
  | extend AccountCustomEntity = UserPrincipalName
"""
            + entity_mappings(("Account", ("FullName", "AccountCustomEntity")))
        ),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        query = subject.query
        if query is None or "CustomEntity" not in query.text or not subject.is_analytics:
            return
        mapped = {node.text for node in subject.mapped_columns}
        seen: set[str] = set()
        for match in _LEGACY.finditer(query.text):
            if match.group() not in mapped | seen:
                seen.add(match.group())
                message = f"{match.group()} is not mapped: the name alone no longer makes an entity"
                yield Finding(subject.in_query(Span(*match.span())), message, "map it in entityMappings")
