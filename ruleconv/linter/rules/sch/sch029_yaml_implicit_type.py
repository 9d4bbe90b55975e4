from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Fix, Severity
from ruleconv.linter import edits
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject, walk
from ruleconv.rulefile.model import Kind

_TRUTHS = frozenset(("enabled", "createIncident", "reopenClosedIncident", "suppressionEnabled"))
"""Keys of Sentinel's rules whose values are truth values."""


class YamlImplicitType(Rule):
    """A value that YAML reads as a truth value, though it looks like a text.

    `Country: NO` is false. Put such a value into quotes, or write `true` or `false` where that is meant.
    """

    code = "SCH029"
    name = "yaml-implicit-type"
    severity = Severity.WARNING
    on = (
        Kind.SENTINEL,
        Kind.SIGMA,
    )
    fixable = "unsafe"
    bad = (
        sigma(
            """\
detection:
  selection:
    Country: NO
  condition: selection
""",
            fixed="""\
detection:
  selection:
    Country: 'NO'
  condition: selection
""",
        ),
    )
    good = (
        sigma("""\
detection:
  selection:
    Country: 'NO'
    User|exists: true
    Signed: true
  condition: selection
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        node = subject.get("detection") if subject.kind is Kind.SIGMA else subject.root
        if node is None:
            return
        truths: set[int] = set()
        for each in walk(node):
            if each.kind == "mapping":
                truths.update(id(value) for key, value in each.pairs if key.text in _TRUTHS or key.text.endswith("|exists"))
            elif each.kind == "scalar" and not each.style and each.tag == "bool" and each.text.casefold() not in ("true", "false"):
                if id(each) in truths:
                    continue
                edit = edits.quote(each, each.text)
                fix = Fix(f"Write '{each.text}'", (edit,), safe=False) if edit is not None else None
                yield Finding(each.span, f"YAML reads {each.text} as a truth value", f"put it into quotes: '{each.text}'", fix)
