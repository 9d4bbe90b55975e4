"""Puts another text in the place of a rule's query. In: the rule and the new query. Out: which characters of the file change to what.

Possible where the query has lines of its own: a bare KQL file, and a YAML literal block (``query: |``), whose indentation stays.
Source: https://yaml.org/spec/1.1/#id926836 (block scalars: indentation, chomping).
"""

from __future__ import annotations

from ruleconv.diagnostic import Edit
from ruleconv.rulefile.model import Kind, RuleFile
from ruleconv.text import Span


def has_lines(rule: RuleFile) -> bool:
    """Whether the query has lines of its own, so that its layout is free. Folded, quoted and plain YAML texts have not."""
    if rule.kind is Kind.KQL:
        return True
    node = rule.root.get("query") if rule.root is not None else None
    # YAML takes U+2028 and U+2029 for line ends, which the query does not have.
    return node is not None and node.style == "|" and not any(char in node.text for char in "\u2028\u2029\x85")


def replaced_query(rule: RuleFile, query: str) -> Edit:
    """What puts ``query`` into the file. Needs ``has_lines(rule)``. Blank lines before and after a block's query: the first go, the
    last stay."""
    file = rule.file.text
    embedding = rule.source.embedding
    if rule.kind is Kind.KQL:
        return Edit(Span(0 if embedding is None else embedding.outer(0), len(file)), query)
    assert embedding is not None
    written = [(outer, line) for (_, outer), line in zip(embedding.pieces, rule.source.text.split("\n"), strict=False)]
    first = file.rfind("\n", 0, written[0][0]) + 1
    filled = [(outer, line) for outer, line in written if line.strip()]
    start = filled[0][0]
    indent = file[file.rfind("\n", 0, start) + 1 : start]
    last = filled[-1][0] + len(filled[-1][1])
    newline = "\r\n" if file[:first].endswith("\r\n") else "\n"
    lines = [indent + each if each else "" for each in query.replace("\r\n", "\n").rstrip("\n").split("\n")]
    return Edit(Span(first, last), newline.join(lines))
