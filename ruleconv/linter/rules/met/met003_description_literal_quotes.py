from __future__ import annotations

import re
from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class DescriptionLiteralQuotes(Rule):
    """A description in a block that begins and ends with a quote, which then stands in the text.

    In `description: |` nothing needs quotes: they are shown to the analyst.
    """

    code = "MET003"
    name = "description-literal-quotes"
    severity = Severity.INFO
    on = (Kind.SENTINEL,)
    recommended = False
    bad = (
        sentinel("""\
description: |
  'Finds many failures from one address.'
"""),
    )
    good = (
        sentinel("""\
description: |
  Finds many failures from one address.
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        node = subject.get("description")
        if (
            node is not None
            and node.kind == "scalar"
            and node.style in ("|", ">")
            and re.fullmatch(r"'.*'|\".*\"", node.text.strip(), re.DOTALL)
        ):
            yield Finding(node.span, "the description's quotes are part of its text", "take them out")
