from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.attack_tags import known, techniques
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class MatrixMismatch(Rule):
    """A technique of the ICS matrix beside techniques of the enterprise matrix only, or the other way round.

    Mostly a digit is wrong: T0858 and T1058 are different things.
    """

    code = "ATT013"
    name = "matrix-mismatch"
    severity = Severity.WARNING
    on = (
        Kind.SENTINEL,
        Kind.SIGMA,
    )
    bad = (
        sentinel("""\
tactics:
  - CredentialAccess
relevantTechniques:
  - T1110
  - T1003
  - T0859
"""),
    )
    good = (
        sentinel("""\
relevantTechniques:
  - T1110
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        named = [(tag, technique) for tag in techniques(subject) if (technique := known(tag)) is not None]
        matrices = Counter(technique.matrix for _, technique in named)
        for tag, technique in named:
            if matrices[technique.matrix] == 1 and len(named) > 2 and len(matrices) > 1:
                yield Finding(tag.node.span, f"{tag.text.upper()} is of the matrix {technique.matrix}, the other techniques are not")
