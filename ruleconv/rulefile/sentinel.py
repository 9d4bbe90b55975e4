"""Microsoft Sentinel's rules as YAML (analytics rules and hunting queries) and as the JSON that portals export.

Source: https://learn.microsoft.com/azure/sentinel/sentinel-analytic-rules-creation and the contents of Azure/Azure-Sentinel.
"""

from __future__ import annotations

from ruleconv.diagnostic import Diagnostic, ParseError
from ruleconv.rulefile import portal
from ruleconv.rulefile.detect import is_json
from ruleconv.rulefile.model import Kind, RuleFile
from ruleconv.rulefile.scalar import embedding
from ruleconv.rulefile.yaml_nodes import Node, compose_all
from ruleconv.text import Source, Span

QUERY = "query"
_HINT = "a Sentinel rule is a mapping with the keys id, name, query ..."


def read_each(file: Source) -> list[RuleFile | ParseError]:
    """The rules of a file (YAML documents, or what the JSON of a portal's export holds), each with its metadata and its query, whose places
    are those of the file; of a rule that is none, why. Never empty. ParseError when the file as a whole cannot be read."""
    if is_json(file):
        return [_rule_or_why(file, root, ()) for root in portal.rules(file)]
    documents, problems = compose_all(file)
    if not documents:
        raise ParseError("the file is empty", Span(0, 0), _HINT, file)
    ends = [root.span.start for root in documents[1:]] + [len(file.text) + 1]
    starts = [0, *ends]
    return [
        _rule_or_why(file, root, tuple(each for each in problems if start <= each.span.start < end))
        for root, start, end in zip(documents, starts, ends, strict=False)
    ]


def _rule_or_why(file: Source, root: Node, problems: tuple[Diagnostic, ...]) -> RuleFile | ParseError:
    try:
        if root.kind != "mapping":
            raise ParseError(f"not a rule, but a {_describe(root)}", root.span, _HINT, file)
        return _rule(file, root, problems)
    except ParseError as error:
        return error


def _rule(file: Source, root: Node, problems: tuple[Diagnostic, ...]) -> RuleFile:
    node = _query(file, root)
    source = Source(node.text, file.name, embedding(file, node))
    metadata = {key.text: value.plain() for key, value in root.pairs if key.kind == "scalar" and key.text != QUERY}
    return RuleFile(Kind.SENTINEL, file, source, metadata, root, problems)


def _query(file: Source, root: Node) -> Node:
    node = root.get(QUERY)
    if node is None:
        near = next((key for key, _ in root.pairs if key.kind == "scalar" and key.text.strip().casefold() == QUERY), None)
        if near is not None:
            raise ParseError(f"the rule has no key 'query', but {near.text!r}", near.span, "the case of a key counts", file)
        raise ParseError("the rule has no query", Span(root.span.start, root.span.start), _HINT, file)
    if node.kind != "scalar":
        raise ParseError(f"the query is a {_describe(node)}", node.span, "write it as text: query: |", file)
    if node.is_null or not node.text.strip():
        raise ParseError("the query is empty", node.span, "write it as text: query: |", file)
    return node


def _describe(node: Node) -> str:
    return {"sequence": "list", "mapping": "mapping"}.get(node.kind, "single value")
