from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter import sigma_logic
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.sigma_view import SigmaView
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind

_MOST = 200
"""Fields that must hold; what is past it is left alone."""


class ConditionNeverTrue(Rule):
    """No event can fulfil the condition.

    A filter excludes all that the selections find, or two selections that must both hold ask for different values of one field. Join the
    selections with `or`, or make the filter narrower.
    """

    code = "SIG027"
    name = "condition-never-true"
    severity = Severity.ERROR
    on = (Kind.SIGMA,)
    bad = (
        sigma("""\
detection:
  selection:
    Image|endswith: '\\cmd.exe'
    User: SYSTEM
  filter_main_shells:
    Image|endswith:
      - 'cmd.exe'
      - 'powershell.exe'
  condition: selection and not 1 of filter_main_*
"""),
        sigma("""\
logsource:
  product: windows
  service: security
detection:
  selection_logon:
    EventID: 4624
  selection_logoff:
    EventID: 4634
  condition: all of selection_*
"""),
        sigma("""\
detection:
  selection:
    Image: 'C:\\Windows\\System32\\cmd.exe'
    Image|contains: '\\Temp\\'
  condition: selection
"""),
    )
    good = (
        sigma("""\
logsource:
  product: windows
  service: system
detection:
  selection_both:
    ServiceName|contains|all:
      - 'ps'
      - 'svc'
  selection_known:
    ServiceName:
      - 'other'
      - 'psexesvc'
  condition: all of selection_*
"""),
        sigma("""\
detection:
  selection:
    Image|endswith:
      - '\\cmd.exe'
      - '\\cscript.exe'
  filter_main_shells:
    Image|endswith: '\\cmd.exe'
    User: SYSTEM
  condition: selection and not 1 of filter_main_*
"""),
        sigma("""\
detection:
  selection_img:
    Image|startswith: 'C:\\Windows\\'
  selection_name:
    Image|endswith: '\\cmd.exe'
  condition: all of selection_*
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        view = subject.sigma
        if view is None or (len(view.searches) < 2 and _is_simple(view)):
            return
        product = view.logsource("product")
        one_value = product is not None and product.text == "windows"
        for must, never in sigma_logic.conjunctions(view):
            held = [test for search in must for test in sigma_logic.tests(search) or ()]
            if not 0 < len(held) <= _MOST:
                continue
            for search, span in never:
                asked = sigma_logic.tests(search)
                if asked and all(any(sigma_logic.implies(mine, other) for mine in held) for other in asked):
                    yield Finding(span, f"{search.name[:80]} excludes all that the selections find", "make the filter narrower")
            for at, test in enumerate(held if one_value else ()):
                if other := next((each for each in held[:at] if sigma_logic.exclude(each, test)), None):
                    message = f"{test.item.field[:80]} is to have this value, and another one as well: no event has both"
                    yield Finding(test.item.where, message, f"join the selections with 'or'; the other is in line {_line(subject, other)}")


def _is_simple(view: SigmaView) -> bool:
    """No field stands there twice, and nothing is excluded: there is nothing to compare, as in most rules of one search."""
    fields = [item.field for item in view.items]
    return len(set(fields)) == len(fields) and not any(negated for _, negated in view.parts())


def _line(subject: Subject, test: sigma_logic.Test) -> int:
    return subject.file.position(test.item.where.start)[0]
