"""Rules as portals export them, as JSON: ARM templates of Microsoft Sentinel (one or many rules), custom detections of Defender XDR.

A rule becomes the mapping that its YAML file would hold: the same keys, with the places of the JSON. Sources:
https://learn.microsoft.com/azure/templates/microsoft.securityinsights/alertrules and
https://learn.microsoft.com/graph/api/resources/security-detectionrule
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ruleconv.diagnostic import ParseError
from ruleconv.rulefile import json_nodes
from ruleconv.rulefile.yaml_nodes import Node
from ruleconv.text import Source, Span

_ALERT_RULES = re.compile(r"Microsoft\.(?:SecurityInsights|OperationalInsights/workspaces/providers)/(?:.*/)?alertRules", re.IGNORECASE)
_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_WITH_QUERIES = ("scheduled", "nrt")

_ARM = {"displayName": "name", "techniques": "relevantTechniques"}
"""Names of properties that the YAML form calls otherwise."""
_IGNORED = frozenset(("enabled", "alertRuleTemplateName", "templateVersion", "lastModifiedUtc", "createdTimeUTC"))
_DEFENDER = {
    ("id",): "id",
    ("displayName",): "name",
    ("queryCondition", "queryText"): "query",
    ("detectionAction", "alertTemplate", "description"): "description",
    ("detectionAction", "alertTemplate", "severity"): "severity",
    ("detectionAction", "alertTemplate", "category"): "tactics",
    ("detectionAction", "alertTemplate", "mitreTechniques"): "relevantTechniques",
}
_SEVERITIES = {each.lower(): each for each in ("Informational", "Low", "Medium", "High")}
"""Graph writes them in lower case, Sentinel does not."""
_NO_TACTICS = frozenset(("Exploit", "Malware", "Ransomware", "SuspiciousActivity", "UnwantedSoftware"))
"""Categories of Defender's alerts that are no tactic of ATT&CK: https://learn.microsoft.com/defender-endpoint/alerts-queue"""
_HINT = "an ARM template with resources of the type Microsoft.SecurityInsights/alertRules, or a custom detection with a queryCondition"


def rules(file: Source) -> list[Node]:
    """The rules of an exported file that have a query. ParseError when it is no JSON or holds none."""
    document = json_nodes.parse(file)
    found = list(_rules(document))
    if not found:
        raise ParseError("there is no rule with a query in this JSON", document.span, _HINT, file)
    return found


def _rules(document: Node) -> Iterator[Node]:
    stack = [document]
    while stack:
        node = stack.pop()
        if node.kind == "mapping":
            if _is_arm(node):
                yield _arm(node)
                continue
            if _at(node, ("queryCondition", "queryText")) is not None:
                yield _defender(node)
                continue
            if any(key.text == "query" for key, _ in node.pairs) and any(key.text in ("id", "name") for key, _ in node.pairs):
                yield node  # the YAML form, written as JSON
                continue
        stack.extend(reversed([*node.items, *(value for _, value in node.pairs)]))


def _is_arm(node: Node) -> bool:
    type_, kind, properties = node.get("type"), node.get("kind"), node.get("properties")
    if properties is None or properties.kind != "mapping" or properties.get("query") is None:
        return False
    named = type_ is not None and type_.kind == "scalar" and _ALERT_RULES.fullmatch(type_.text) is not None
    return named or (kind is not None and kind.kind == "scalar" and kind.text.casefold() in _WITH_QUERIES)


def _arm(node: Node) -> Node:
    """The resource as a rule: its properties under the names of the YAML form, and the GUID of its name."""
    made = Node("mapping", "map", node.span)
    for key, value in node.pairs:
        if key.text == "name" and value.kind == "scalar" and (guid := _GUID.search(value.text)):
            made.pairs.append((replace(key, text="id"), _part(value, guid.group())))
        elif key.text == "kind":
            made.pairs.append((key, value))
        elif key.text == "properties":
            for name, inner in value.pairs:
                if name.text not in _IGNORED and not (inner.is_null or (inner.kind == "mapping" and not inner.pairs)):
                    made.pairs.append((replace(name, text=_ARM.get(name.text, name.text)), inner))
    return made


def _part(node: Node, text: str) -> Node:
    """The scalar's node for a part of its text, placed at it where no escape stands before."""
    at = node.text.find(text)
    if node.span.end - node.span.start != len(node.text) + 2:
        return replace(node, text=text)
    return replace(node, text=text, style="", span=Span(node.span.start + 1 + at, node.span.start + 1 + at + len(text)))


def _defender(node: Node) -> Node:
    made = Node("mapping", "map", node.span)
    for path, name in _DEFENDER.items():
        found = _at(node, path)
        if found is None or found[1].is_null:
            continue
        key, value = found
        if name == "tactics" and value.text in _NO_TACTICS:
            continue
        if name == "severity":
            value = replace(value, text=_SEVERITIES.get(value.text, value.text))
        made.pairs.append((replace(key, text=name), value))
    return made


def _at(node: Node, path: tuple[str, ...]) -> tuple[Node, Node] | None:
    """Key and value at a path."""
    found = None
    for step in path:
        pair = next(((key, value) for key, value in node.pairs if key.text == step), None)
        if pair is None:
            return None
        found, node = pair, pair[1]
    return found
