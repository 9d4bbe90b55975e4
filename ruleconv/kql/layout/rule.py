"""Formats the queries of a rule's file, and only those."""

from __future__ import annotations

from ruleconv.kql.layout import WIDTH
from ruleconv.kql.layout.format import format_query
from ruleconv.kql.layout.writer import LayoutError
from ruleconv.rulefile.block import has_lines, replaced_query
from ruleconv.rulefile.model import RuleFile
from ruleconv.rulefile.reader import read_rules
from ruleconv.text import NOWHERE, Source


def format_rules(rules: list[RuleFile], width: int = WIDTH) -> str:
    """The text of the file that holds these rules, each query in its layout; one without lines of its own (``has_lines``) stays as it is.

    ParseError when a query is no KQL; LayoutError, a fault of ruleconv, when the file would not say the same.
    """
    file = rules[0].file
    text = file.text
    wanted = [format_query(rule.source, width) if has_lines(rule) else rule.source.text for rule in rules]
    for rule, query in reversed(list(zip(rules, wanted, strict=True))):
        if has_lines(rule):
            edit = replaced_query(rule, query)
            text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    again = read_rules(Source(text, file.name), rules[0].kind)
    said = [(_lines(rule.source.text), rule.metadata) for rule in again]
    if said != [(_lines(query), rule.metadata) for rule, query in zip(rules, wanted, strict=True)]:
        raise LayoutError("the file would not hold the same rule", NOWHERE)
    return text


def _lines(query: str) -> list[str]:
    return query.rstrip().splitlines()
