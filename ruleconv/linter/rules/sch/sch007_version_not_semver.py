from __future__ import annotations

import re
from collections.abc import Iterator

from ruleconv.diagnostic import Severity
from ruleconv.linter.edits import rewrite
from ruleconv.linter.examples import sentinel
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind


class VersionNotSemver(Rule):
    """The version is not of the form 1.0.0.

    Azure/Azure-Sentinel refuses it. `version: 1.0` is a number in YAML, and not a version.
    """

    code = "SCH007"
    name = "version-not-semver"
    severity = Severity.ERROR
    on = (Kind.SENTINEL,)
    fixable = "safe"
    bad = (
        sentinel("version: 1.0", fixed="version: 1.0.0"),
        sentinel("version: one"),
    )
    good = (sentinel("version: 1.0.12"),)

    def check(self, subject: Subject) -> Iterator[Finding]:
        node = subject.get("version")
        if node is None or node.kind != "scalar":
            return
        if re.fullmatch(r"\d+\.\d+\.\d+", node.text) and len(node.text) <= 20:
            return
        short = re.fullmatch(r"\d+(?:\.\d+)?", node.text)
        meant = node.text + (".0" if "." in node.text else ".0.0") if short else ""
        yield Finding(node.span, f"{node.text!r} is no version of the form 1.0.0", "", rewrite(node, meant) if meant else None)
