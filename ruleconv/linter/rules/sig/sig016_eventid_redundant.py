from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter import sigma_facts
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind

_NAMES = ("EventID", "EventId", "event_id")


class EventidRedundant(Rule):
    """The event id repeats what the category says.

    `process_creation` is Sysmon's event 1. With the id in it, the rule finds nothing in other sources of the same events, such as
    Windows' event 4688 or a Defender table.
    """

    code = "SIG016"
    name = "eventid-redundant"
    severity = Severity.INFO
    on = (Kind.SIGMA,)
    recommended = False
    bad = (
        sigma("""\
detection:
  selection:
    EventID: 1
    Image|endswith: '\\whoami.exe'
  condition: selection
"""),
    )
    good = (
        sigma("""\
detection:
  selection:
    Image|endswith: '\\whoami.exe'
  condition: selection
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        view = subject.sigma
        if view is None:
            return
        category, product = view.logsource("category"), view.logsource("product")
        ids = sigma_facts.event_ids().get(category.text) if category is not None else None
        if category is None or ids is None or (product is not None and product.text != "windows"):
            return
        for item in view.items:
            if (
                item.key is not None
                and item.key.text in ("EventID", "EventId", "event_id")
                and ids == {value.text for value in item.values}
            ):
                yield Finding(item.key.span, f"the category {category.text} says this already", "take it out")
