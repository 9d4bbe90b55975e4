from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class DeprecatedAggregation(Rule):
    """A condition with a pipe: an aggregation of the old kind.

    `selection | count() by User > 5` was replaced by correlation rules with Sigma 2, and most converters no longer take it. Write the
    selection as a rule with a name, and a correlation that refers to it.
    """

    code = "SIG024"
    name = "deprecated-aggregation"
    severity = Severity.WARNING
    on = (Kind.SIGMA,)
    reference = "https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-correlation-rules-specification.md"
    bad = (
        sigma("""\
detection:
  selection:
    EventID: 4625
  timeframe: 5m
  condition: selection | count() by IpAddress > 10
"""),
    )
    good = (
        sigma("""\
detection:
  selection:
    EventID: 4625
  condition: selection
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        view = subject.sigma
        if view is None:
            return
        for each in view.conditions:
            if each.aggregation:
                hint = "write a correlation rule of type event_count, value_count or temporal"
                yield Finding(each.aggregation_span, "an aggregation of the old kind", hint)
