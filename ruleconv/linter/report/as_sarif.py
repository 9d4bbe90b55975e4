"""SARIF 2.1.0, as GitHub's code scanning takes it. A region is told twice, by lines and columns and by characters, and both mean the same.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from inspect import getdoc
from pathlib import PurePath
from urllib.parse import quote

from ruleconv import __version__
from ruleconv.diagnostic import Diagnostic, Fix, Severity
from ruleconv.linter.rule import codes_of, rule_of
from ruleconv.text import Source, Span

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def write(findings: Sequence[Diagnostic], files: Mapping[str, str]) -> str:
    """One run with the rules that have findings."""
    codes = sorted({each.code for each in findings})
    index = {code: at for at, code in enumerate(codes)}
    seen: Counter[str] = Counter()
    sources = {name: Source(text) for name, text in files.items() if text}
    driver = {
        "name": "ruleconv",
        "semanticVersion": __version__,
        "rules": [_rule(code) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "artifacts": [{"location": {"uri": _uri(name)}} for name in dict.fromkeys(files)],
        "results": [_result(each, index, seen, sources.get(each.name)) for each in findings],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _rule(code: str) -> dict[str, object]:
    if code not in codes_of():
        return {"id": code}  # a fault of ruleconv itself
    rule = rule_of(code)
    text = getdoc(type(rule)) or ""
    summary, _, rest = text.partition("\n\n")
    made: dict[str, object] = {
        "id": code,
        "name": "".join(part.capitalize() for part in rule.name.split("-")),
        "shortDescription": {"text": " ".join(summary.split())},
        "fullDescription": {"text": " ".join((rest or summary).split())},
        "help": {"text": f"{text}\n\nruleconv rule {code} shows examples."},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }
    if rule.reference:
        made["helpUri"] = rule.reference
    return made


def _result(each: Diagnostic, index: dict[str, int], seen: Counter[str], source: Source | None) -> dict[str, object]:
    region = {"startLine": each.line, "startColumn": each.column}
    if source is not None:
        region["endLine"], region["endColumn"] = source.position(each.span.end)
        region |= _characters(each.span, source)
    fingerprint = hashlib.sha256(f"{each.name}\0{each.code}\0{each.message}".encode("utf-8", "surrogatepass")).hexdigest()
    seen[fingerprint] += 1
    made: dict[str, object] = {
        "ruleId": each.code,
        "ruleIndex": index[each.code],
        "level": _LEVELS[each.severity],
        "message": {"text": each.message + (f" ({each.hint})" if each.hint else "")},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": _uri(each.name)}, "region": region}}],
        "partialFingerprints": {"ruleconv/v1": f"{fingerprint[:32]}:{seen[fingerprint]}"},
    }
    if each.fix is not None:
        made["fixes"] = [_fix(each.name, each.fix, source)]
    return made


def _characters(span: Span, source: Source | None) -> dict[str, int]:
    """A byte order mark is none of the file's characters."""
    mark = int(source is not None and source.text.startswith("\ufeff"))
    start = max(0, span.start - mark)
    return {"charOffset": start, "charLength": max(0, span.end - mark - start)}


def _fix(name: str, fix: Fix, source: Source | None) -> dict[str, object]:
    replacements = [{"deletedRegion": _characters(edit.span, source), "insertedContent": {"text": edit.text}} for edit in fix.edits]
    return {
        "description": {"text": fix.title},
        "artifactChanges": [{"artifactLocation": {"uri": _uri(name)}, "replacements": replacements}],
    }


def _uri(name: str) -> str:
    path = PurePath(name)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix(), errors="surrogateescape")
