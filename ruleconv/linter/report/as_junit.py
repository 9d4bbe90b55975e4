"""JUnit XML: a test suite a file, a failed test case a finding, so that any CI shows them.

Characters that XML does not have are replaced.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr  # writes XML, reads none

from ruleconv.diagnostic import Diagnostic, Severity

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(findings: Sequence[Diagnostic], files: Mapping[str, str]) -> str:
    """All files, those without a finding too."""
    by_file: dict[str, list[Diagnostic]] = {name: [] for name in files}
    for each in findings:
        by_file.setdefault(each.name, []).append(each)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>"]
    for name, found in by_file.items():
        failures = sum(each.severity is not Severity.INFO for each in found)
        lines.append(f"  <testsuite name={_attribute(name)} tests={_attribute(max(1, len(found)))} failures={_attribute(failures)}>")
        lines.extend(_case(each) for each in found)
        if not found:
            lines.append(f"    <testcase name={_attribute(name)} classname={_attribute('ruleconv')}/>")
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>"])


def _case(each: Diagnostic) -> str:
    place = f"{each.name}:{each.line}:{each.column}"
    head = f"    <testcase name={_attribute(f'{place} {each.code}')} classname={_attribute('ruleconv.' + each.code)}"
    text = f"{place}: {each.message}" + (f" ({each.hint})" if each.hint else "")
    if each.severity is Severity.INFO:
        return f"{head}><system-out>{escape(_clean(text))}</system-out></testcase>"
    return (
        f"{head}><failure message={_attribute(each.message)} type={_attribute(each.severity)}>{escape(_clean(text))}</failure></testcase>"
    )


def _clean(text: str) -> str:
    return _NO_XML.sub("�", text)


def _attribute(value: object) -> str:
    return quoteattr(_clean(str(value)))
