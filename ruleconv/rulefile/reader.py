"""From a file's text to its rule, whatever its kind."""

from __future__ import annotations

from ruleconv.diagnostic import ParseError, Unsupported, UsageError
from ruleconv.rulefile.detect import detect
from ruleconv.rulefile.model import Kind, RuleFile
from ruleconv.text import Source, Span


def read_rule(file: Source, kind: str | None = None) -> RuleFile:
    """The one rule in a file; ``kind`` None: by the file's name and text. ParseError when it is not what it should be."""
    found = read_rules(file, kind)
    if len(found) > 1:
        span = found[1].root.span if found[1].root is not None else Span(0, 0)
        raise ParseError(f"{len(found)} rules in one file", span, "give each a file of its own", file)
    return found[0]


def read_rules(file: Source, kind: str | None = None) -> list[RuleFile]:
    """As ``read_rule``, for a file of any number of rules."""
    found = read_each(file, kind)
    for each in found:
        if isinstance(each, ParseError):
            raise each
    return [each for each in found if isinstance(each, RuleFile)]


def read_each(file: Source, kind: str | None = None) -> list[RuleFile | ParseError]:
    """As ``read_rules``, with the error in the place of each rule that is broken: the others are none the worse for it. A Sigma file counts
    as one rule: its documents belong together. ParseError when the file as a whole cannot be read."""
    if kind is not None and kind not in set(Kind):
        raise UsageError(f"no source {kind!r}", hint=f"one of: {', '.join(Kind)}")
    found = Kind(kind) if kind is not None else detect(file)
    if not file.text.strip("\ufeff \t\r\n"):
        raise ParseError("the file is empty", Span(0, 0), "a KQL query, a Sentinel rule or a Sigma rule is expected", file)
    if found is Kind.KQL:
        from ruleconv.rulefile import plain

        return [plain.read(file)]
    if found is Kind.SENTINEL:
        from ruleconv.rulefile import sentinel

        return sentinel.read_each(file)
    if found is Kind.SIGMA:
        return [RuleFile(Kind.SIGMA, file, file)]
    raise Unsupported("a SQL rule", Span(0, 0), "this version reads KQL, Sentinel and Sigma rules", file)
