from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter import edits, sigma_values
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class CidrInvalid(Rule):
    """The value of `cidr` is no network.

    A network is an address and the length of its prefix, and has no bits set behind it: `10.0.0.0/8`, `2001:db8::/32`. No reader takes
    anything else.
    """

    code = "SIG012"
    name = "cidr-invalid"
    severity = Severity.ERROR
    on = (Kind.SIGMA,)
    fixable = "unsafe"
    bad = (
        sigma(
            """\
detection:
  selection:
    DestinationIp|cidr:
      - '10.0.0.1/8'
  condition: selection
""",
            fixed="""\
detection:
  selection:
    DestinationIp|cidr:
      - '10.0.0.0/8'
  condition: selection
""",
        ),
        sigma("""\
detection:
  selection:
    DestinationIp|cidr: '10.0.0.*'
  condition: selection
"""),
    )
    good = (
        sigma("""\
detection:
  selection:
    DestinationIp|cidr:
      - '10.0.0.0/8'
      - '2001:db8::/32'
  condition: selection
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        view = subject.sigma
        if view is None:
            return
        for item in view.items:
            if "cidr" not in item.modifiers:
                continue
            from ruleconv.linter.sigma_networks import objection

            for value in item.values:
                if sigma_values.kind(value) == "text" and (found := objection(value.text)):
                    message, meant = found
                    fix = edits.rewrite(value, meant, safe=False) if meant else None
                    yield Finding(value.span, message, f"the network is {meant}" if meant else "for example 10.0.0.0/8", fix)
