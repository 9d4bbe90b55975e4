"""The findings that a repository lives with for now: a file that says which, so that only new ones count.

An entry is the file's path (from the folder of the baseline), the code and a hash of the line's text without its blanks, and how often it
stands there: it survives when lines move, and ends when the line changes.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath

from ruleconv import reading
from ruleconv.diagnostic import Diagnostic, ParseError, UsageError
from ruleconv.text import Source

VERSION = 1
_AGAIN = "write it with --write-baseline"


def keys(findings: Iterable[tuple[Diagnostic, str]], folder: Path) -> Iterator[str]:
    """What findings (each with its file's text) are known by: path, code and hash of the line."""
    sources: dict[str, Source] = {}
    for finding, text in findings:
        source = sources.get(finding.name)
        if source is None or source.text is not text:
            source = sources[finding.name] = Source(text)
        line = source.line(finding.line) if text else ""
        digest = hashlib.sha256("".join(line.split()).encode("utf-8", "surrogatepass")).hexdigest()[:16]
        path = PurePath(os.path.relpath(finding.name, folder)).as_posix()
        yield f"{path} {finding.code} {digest}"


def write(known: Iterable[str]) -> str:
    """The file's text."""
    counts = Counter(known)
    return json.dumps({"version": VERSION, "findings": {each: counts[each] for each in sorted(counts)}}, indent=1) + "\n"


def read(path: str) -> Counter[str]:
    """The entries of a baseline file. UsageError when it is none."""
    try:
        data = json.loads(reading.read(path).text)
        version, found = data["version"], data["findings"]
        if not all(isinstance(value, int) for value in found.values()):
            raise ValueError(path)
    except UsageError as error:
        raise UsageError(error.message, hint=_AGAIN) from None
    except (ParseError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise UsageError(f"{path}: no baseline of ruleconv", hint=_AGAIN) from None
    if version != VERSION:
        raise UsageError(f"{path}: a baseline of another version ({version})", hint=_AGAIN)
    return Counter(found)


def without(findings: list[tuple[Diagnostic, str]], known: Counter[str], folder: Path) -> tuple[list[Diagnostic], Counter[str]]:
    """The findings that the baseline does not know, each entry taking as many as it counts, and the entries that are left over."""
    left = Counter(known)
    kept = []
    for (finding, _), at in zip(findings, keys(findings, folder), strict=True):
        if left[at] > 0:
            left[at] -= 1
        else:
            kept.append(finding)
    return kept, +left
