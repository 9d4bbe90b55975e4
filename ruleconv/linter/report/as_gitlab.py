"""GitLab's Code Quality report (a JSON list in Code Climate's form).

Source: https://docs.gitlab.com/ci/testing/code_quality/
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence

from ruleconv.diagnostic import Diagnostic, Severity

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def write(findings: Sequence[Diagnostic], files: Mapping[str, str]) -> str:
    """The findings; the fingerprint leaves lines out, so that a moved finding stays the same one."""
    seen: Counter[str] = Counter()
    return json.dumps([_issue(each, seen) for each in findings], indent=2, ensure_ascii=False)


def _issue(each: Diagnostic, seen: Counter[str]) -> dict[str, object]:
    key = f"{each.name}\0{each.code}\0{each.message}"
    seen[key] += 1
    return {
        "description": each.message + (f" ({each.hint})" if each.hint else ""),
        "check_name": each.code,
        "fingerprint": hashlib.sha256(f"{key}\0{seen[key]}".encode("utf-8", "surrogatepass")).hexdigest(),
        "severity": _SEVERITIES[each.severity],
        "location": {"path": each.name, "lines": {"begin": each.line}},
    }
