from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.columns import hint, missing, nearest
from ruleconv.linter.examples import entity_mappings, sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class MappedColumnMissing(Rule):
    """An entity mapping names a column that the query does not put out.

    Sentinel then leaves the entity out of the alert, without a word. The output columns are inferred from the query; the rule is silent
    where they are not all known (a table that the schema does not have, `evaluate bag_unpack`).
    """

    code = "ENT001"
    name = "mapped-column-missing"
    severity = Severity.ERROR
    on = (Kind.SENTINEL,)
    bad = (sentinel(entity_mappings(("Account", ("FullName", "UserPrincipalName")))),)
    good = (sentinel(entity_mappings(("IP", ("Address", "IPAddress")))),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        for node in missing(subject, subject.mapped_columns):
            if nearest(subject, node.text) is None:
                yield Finding(node.span, f"the query does not put out the column {node.text}", hint(subject, node.text))
