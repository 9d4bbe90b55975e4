"""Fixes applied to a text: only the named characters change, and edits that meet are left for the next round."""

from __future__ import annotations

from collections.abc import Iterable

from ruleconv.diagnostic import Diagnostic, Edit


def apply(text: str, findings: Iterable[Diagnostic], *, unsafe: bool = False) -> str:
    """The text with the fixes of the findings, the safe ones or all. Of fixes whose edits overlap, the first wins."""
    taken: list[Edit] = []
    for finding in findings:
        fix = finding.fix
        if fix is None or not (fix.safe or unsafe):
            continue
        fresh = [edit for edit in fix.edits if edit not in taken]
        if not any(_meet(edit, other) for edit in fresh for other in taken):
            taken.extend(fresh)
    # The line ends of the file are its own business, not the fix's.
    crlf = "\r\n" in text
    for edit in sorted(taken, key=lambda edit: (edit.span.start, edit.span.end), reverse=True):
        new = edit.text.replace("\r\n", "\n").replace("\n", "\r\n") if crlf else edit.text
        text = text[: edit.span.start] + new + text[edit.span.end :]
    return text


def _meet(one: Edit, other: Edit) -> bool:
    """They change the same characters; insertions at one place meet, too."""
    if one.span.start == one.span.end or other.span.start == other.span.end:
        return one.span.start <= other.span.end and other.span.start <= one.span.end
    return one.span.start < other.span.end and other.span.start < one.span.end
