from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind

_METHODS = ("AllEntities", "AnyAlert", "Selected")
_PATH = ("incidentConfiguration", "groupingConfiguration")


class IncidentConfigInvalid(Rule):
    """The grouping of alerts into incidents contradicts itself.

    `matchingMethod: Selected` needs something to group by, and groupByEntities can only name entity types that the rule maps.
    """

    code = "SCH023"
    name = "incident-config-invalid"
    severity = Severity.ERROR
    on = (Kind.SENTINEL,)
    bad = (
        sentinel("""\
incidentConfiguration:
  createIncident: true
  groupingConfiguration:
    enabled: true
    matchingMethod: Selected
    groupByEntities:
      - Account
"""),
    )
    good = (
        sentinel("""\
incidentConfiguration:
  createIncident: true
  groupingConfiguration:
    enabled: true
    matchingMethod: Selected
    groupByEntities:
      - IP
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        method = subject.get(*_PATH, "matchingMethod")
        if method is None or method.kind != "scalar":
            return
        if method.text not in _METHODS:
            yield Finding(method.span, f"there is no matchingMethod {method.text!r}", "one of: " + ", ".join(_METHODS))
            return
        groups = [subject.items(*_PATH, key) for key in ("groupByEntities", "groupByAlertDetails", "groupByCustomDetails")]
        if method.text == "Selected" and not any(groups):
            yield Finding(method.span, "matchingMethod Selected, but nothing to group by is selected", "fill groupByEntities")
        types = [mapping.get("entityType") for mapping in subject.entries("entityMappings")]
        mapped = {node.text for node in types if node is not None}
        for node in groups[0]:
            if node.text not in mapped:
                yield Finding(node.span, f"groupByEntities names {node.text}, which the rule does not map", "map it in entityMappings")
