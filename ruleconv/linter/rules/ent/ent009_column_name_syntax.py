from __future__ import annotations

import re
from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import entity_mappings, sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class ColumnNameSyntax(Rule):
    """A mapped column whose name Sentinel does not take.

    Letters, digits and underscores, not a digit first: a path into a dynamic column (`Properties.user`) has to become a column in the
    query.
    """

    code = "ENT009"
    name = "column-name-syntax"
    severity = Severity.ERROR
    on = (Kind.SENTINEL,)
    bad = (sentinel(entity_mappings(("IP", ("Address", "LocationDetails.ip")))),)
    good = (sentinel(entity_mappings(("IP", ("Address", "IPAddress")))),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        for node in subject.mapped_columns:
            if not re.fullmatch(r"[a-zA-Z_]\w{0,499}", node.text, re.ASCII):
                yield Finding(
                    node.span, f"{node.text!r} is no name that a mapped column may have", "extend the query by a column of a plain name"
                )
