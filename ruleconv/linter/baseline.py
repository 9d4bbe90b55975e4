"""The findings that a repository lives with for now: a file that says which, so that only new ones count.

An entry is the file's path, the code and a hash of the line's text (without its blanks), and how often it stands there: it survives when
lines move, and ends when the line changes.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path, PurePath

from ruleconv.diagnostic import Diagnostic, UsageError
from ruleconv.text import Source

VERSION = 1


def key(finding: Diagnostic, text: str) -> str:
    """What a finding is known by: path, code and hash of its line."""
    line = Source(text).line(finding.line) if text else ""
    digest = hashlib.sha256("".join(line.split()).encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{PurePath(finding.name).as_posix()} {finding.code} {digest}"


def write(keys: Iterable[str]) -> str:
    """The file's text."""
    counts = Counter(keys)
    return json.dumps({"version": VERSION, "findings": {each: counts[each] for each in sorted(counts)}}, indent=1) + "\n"


def read(path: str) -> Counter[str]:
    """The entries of a baseline file. UsageError when it is none."""
    try:
        data = json.loads(Path(path).read_text("utf-8"))
        found = data["findings"]
        if data["version"] != VERSION or not all(isinstance(value, int) for value in found.values()):
            raise UsageError(f"{path}: a baseline of another version", hint="write it anew with --write-baseline")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", hint="write it with --write-baseline") from None
    except (ValueError, TypeError, KeyError, AttributeError):
        raise UsageError(f"{path}: no baseline of ruleconv", hint="write it with --write-baseline") from None
    return Counter(found)


def without(findings: Iterable[tuple[Diagnostic, str]], known: Counter[str]) -> list[Diagnostic]:
    """The findings (each with its file's text) that the baseline does not know; each entry takes as many as it counts."""
    left = Counter(known)
    kept = []
    for finding, text in findings:
        at = key(finding, text)
        if left[at] > 0:
            left[at] -= 1
        else:
            kept.append(finding)
    return kept
