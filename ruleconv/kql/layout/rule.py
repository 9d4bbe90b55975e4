"""Formats the query of a rule's file, and only that."""

from __future__ import annotations

from ruleconv.kql.layout import WIDTH
from ruleconv.kql.layout.format import format_query
from ruleconv.kql.layout.writer import LayoutError
from ruleconv.rulefile.block import has_lines, replace_query
from ruleconv.rulefile.model import RuleFile
from ruleconv.rulefile.reader import read_rule
from ruleconv.text import NOWHERE, Source


def format_rule(rule: RuleFile, width: int = WIDTH) -> str | None:
    """The file's text with its query in its layout; None when the query has no lines of its own (a YAML text that is no ``query: |``).

    ParseError when the query is no KQL; LayoutError, a fault of ruleconv, when the file would not say the same.
    """
    if not has_lines(rule):
        return None
    query = format_query(rule.source, width)
    text = replace_query(rule, query)
    again = read_rule(Source(text, rule.file.name), rule.kind)
    if _lines(again.source.text) != _lines(query) or again.metadata != rule.metadata:
        raise LayoutError("the file would not hold the same rule", NOWHERE)
    return text


def _lines(query: str) -> list[str]:
    return query.rstrip().splitlines()
