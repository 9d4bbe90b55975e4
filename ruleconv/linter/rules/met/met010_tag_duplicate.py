from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.edits import delete
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind

_LISTS = ("tags", "tactics", "relevantTechniques", "references")


class TagDuplicate(Rule):
    """A tag, tactic, technique or reference stands twice.

    One of them is to be something else, or one too many.
    """

    code = "MET010"
    name = "tag-duplicate"
    severity = Severity.WARNING
    on = (
        Kind.SENTINEL,
        Kind.SIGMA,
    )
    fixable = "safe"
    bad = (
        sentinel(
            """\
relevantTechniques:
  - T1110
  - T1110
""",
            fixed="""\
relevantTechniques:
  - T1110
""",
        ),
    )
    good = (
        sentinel("""\
relevantTechniques:
  - T1110
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        for key in _LISTS:
            node = subject.get(key)
            seen: set[str] = set()
            for item in subject.items(key):
                if item.text in seen and node is not None:
                    yield Finding(item.span, f"{item.text} stands twice", "take one out", delete(subject.file, node, item, "Take it out"))
                seen.add(item.text)
