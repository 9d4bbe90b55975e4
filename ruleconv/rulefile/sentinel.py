"""Microsoft Sentinel's rules as YAML: analytics rules and hunting queries.

Source: https://learn.microsoft.com/azure/sentinel/sentinel-analytic-rules-creation and the contents of Azure/Azure-Sentinel.
"""

from __future__ import annotations

from ruleconv.diagnostic import Diagnostic, ParseError
from ruleconv.rulefile import portal
from ruleconv.rulefile.detect import is_json
from ruleconv.rulefile.model import Kind, RuleFile
from ruleconv.rulefile.scalar import embedding
from ruleconv.rulefile.yaml_nodes import Node, compose
from ruleconv.text import Source, Span

QUERY = "query"
_HINT = "a Sentinel rule is a mapping with the keys id, name, query ..."


def read(file: Source) -> RuleFile:
    """The first rule of a file."""
    return read_all(file)[0]


def read_all(file: Source) -> list[RuleFile]:
    """The rules of a file (YAML holds one, the JSON that a portal exports any number), each with its metadata and its query, whose places
    are those of the file. ParseError when it is no such rule."""
    if is_json(file):
        return [_rule(file, root, ()) for root in portal.rules(file)]
    root, problems = compose(file)
    if root is None:
        raise ParseError("the file is empty", Span(0, 0), _HINT, file)
    if root.kind != "mapping":
        raise ParseError(f"not a rule, but a {_describe(root)}", root.span, _HINT, file)
    return [_rule(file, root, problems)]


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
