"""A JSON list, one object a finding. Spans count characters of the file from 0, lines and columns from 1."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from ruleconv.diagnostic import Diagnostic, Fix


def write(findings: Sequence[Diagnostic], files: Mapping[str, str]) -> str:
    """The findings as JSON."""
    return json.dumps([_finding(each) for each in findings], indent=2, ensure_ascii=False)


def _finding(each: Diagnostic) -> dict[str, object]:
    return {
        "file": each.name,
        "line": each.line,
        "column": each.column,
        "span": [each.span.start, each.span.end],
        "code": each.code,
        "severity": each.severity.value,
        "message": each.message,
        "hint": each.hint,
        "fix": _fix(each.fix) if each.fix is not None else None,
    }


def _fix(fix: Fix) -> dict[str, object]:
    edits = [{"span": [edit.span.start, edit.span.end], "text": edit.text} for edit in fix.edits]
    return {"title": fix.title, "safe": fix.safe, "edits": edits}
