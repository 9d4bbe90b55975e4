from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.sigma_refusals import asked_names
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class NegatedEmptyFilter(Rule):
    """A filter that is negated and looks for nothing.

    A search without a value either excludes no event or every one, whatever the reader makes of it. Fill it in, or take it out. A field
    that is null (`CommandLine: null`) is a proper filter.
    """

    code = "SIG021"
    name = "negated-empty-filter"
    severity = Severity.ERROR
    on = (Kind.SIGMA,)
    bad = (
        sigma("""\
detection:
  selection:
    Image|endswith: '\\\\whoami.exe'
  filter:
  condition: selection and not filter
"""),
        sigma("""\
detection:
  selection:
    Image|endswith: '\\\\whoami.exe'
  filter_main_admins: []
  condition: selection and not 1 of filter_main_*
"""),
    )
    good = (
        sigma("""\
detection:
  selection:
    Image|endswith: '\\\\whoami.exe'
  filter_main_null:
    CommandLine: null
  condition: selection and not 1 of filter_main_*
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        view = subject.sigma
        if view is None or not any(search.empty for search in view.searches.values()):
            return
        negated = asked_names(view, below_not=True)
        for name, search in view.searches.items():
            if search.empty and name in negated:
                yield Finding(search.key.span, f"{name[:80]} is negated and looks for nothing", "fill it in, or take it out")
