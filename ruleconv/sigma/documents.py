"""The YAML documents of a Sigma file: which are rules, correlations and filters, and what each says about itself.

Sources: SigmaHQ/sigma-specification, sigma-rules-specification.md and sigma-filters-specification.md; collections with ``action:`` as
pySigma reads them. What says nothing about events (tags, references, author) refuses no rule here: that is the linter's concern.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from ruleconv.diagnostic import ParseError
from ruleconv.rulefile.yaml_nodes import Node
from ruleconv.sigma.events import LogSource
from ruleconv.text import Source

LEVELS = ("informational", "low", "medium", "high", "critical")
STATUSES = ("unsupported", "deprecated", "experimental", "test", "stable")
_UUID = re.compile(r"\{?[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}\}?")
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)|(\d{4})/(\d\d?)/(\d\d?)")
_TITLE = 256
SIGMA_TAXONOMY = "sigma"
_PARTS = ("product", "category", "service")
_SAYING_WHICH = frozenset(("logsource", "detection", "correlation", "filter", "action"))
TIMEFRAME = re.compile(r"\d+[smhdwMy]")
"""Of an aggregation of the old kind: the one key of a detection, beside the condition, that is no search."""


# ---------------------------------------------------------------- mappings
def mapping(node: Node | None, what: str, document: Node, source: Source) -> Node:
    """The node, which has to be a map. ParseError with its place (the document's, when there is none)."""
    if node is None or node.is_null:
        raise ParseError(f"a Sigma rule needs {what}", document.span, source=source)
    if node.kind != "mapping":
        raise ParseError(f"{what} of a Sigma rule is a map of names and values", node.span, source=source)
    return node


def entries(node: Node) -> Iterator[tuple[Node, Node]]:
    """The keys and values of a map, with those that ``<<`` brings in (and the map's own keys override)."""
    if not any(key.tag == "merge" for key, _ in node.pairs):
        yield from node.pairs
        return
    own = {key.text for key, _ in node.pairs if key.tag != "merge"}
    for key, value in node.pairs:
        if key.tag != "merge":
            yield key, value
            continue
        for merged in value.items if value.kind == "sequence" else [value]:
            for inner, inner_value in entries(merged) if merged.kind == "mapping" else ():
                if inner.text not in own:
                    own.add(inner.text)
                    yield inner, inner_value


def merged(node: Node, other: Node) -> Node:
    """A map with the keys of the other one put in (and put over its own), maps within maps too."""
    keys = {key.text: at for at, (key, _) in enumerate(node.pairs)}
    result = Node("mapping", node.tag, node.span, pairs=list(node.pairs))
    for key, value in other.pairs:
        at = keys.get(key.text)
        if at is None:
            keys[key.text] = len(result.pairs)
            result.pairs.append((key, value))
            continue
        mine = result.pairs[at][1]
        both = mine.kind == "mapping" and value.kind == "mapping"
        result.pairs[at] = (key, merged(mine, value) if both else value)
    return result


# ---------------------------------------------------------------- documents
def rules(documents: Iterable[Node], source: Source) -> Iterator[Node]:
    """The documents that are rules, correlations or filters, after ``action: global``, ``repeat`` and ``reset`` were carried out."""
    everywhere: Node | None = None
    before: Node | None = None
    for document in documents:
        if document.kind != "mapping":
            raise ParseError("a Sigma rule is a YAML map", document.span, source=source)
        _check_once(document, source)
        action = document.get("action")
        if action is None or action.is_null:
            if is_correlation(document) or document.get("filter") is not None:
                yield document
                continue
            before = document if everywhere is None else merged(document, everywhere)
            yield before
            continue
        rest = Node("mapping", document.tag, document.span, pairs=[pair for pair in document.pairs if pair[0].text != "action"])
        match action.text:
            case "global":
                everywhere = before = rest
            case "reset":
                everywhere = None
            case "repeat" if before is not None:
                before = merged(before, rest)
                yield before
            case "repeat":
                raise ParseError("action: repeat, and no rule before it", action.span, source=source)
            case _:
                raise ParseError(f"the action {action.text[:80]!r} is none", action.span, "one of: global, reset, repeat", source)


def _check_once(document: Node, source: Source) -> None:
    """What says which events are meant stands there once: of two, YAML readers silently take the last."""
    seen: set[str] = set()
    for key, _ in document.pairs:
        if key.text in _SAYING_WHICH and key.text in seen:
            raise ParseError(f"{key.text!r} stands here twice", key.span, source=source)
        seen.add(key.text)


def is_correlation(document: Node) -> bool:
    """``correlation:`` with a text beside a detection is a remark (some public rules have it)."""
    node = document.get("correlation")
    return node is not None and (node.kind == "mapping" or document.get("detection") is None)


def about(document: Node, source: Source) -> tuple[str, str, str]:
    """Title, name and id of a rule ("" where there is no name, no id); checks what says which rule it is and in what state it is."""
    title = document.get("title")
    if title is None or title.is_null:
        raise ParseError("a Sigma rule needs a title", document.span, source=source)
    if title.kind != "scalar" or title.tag not in ("str", "timestamp") or len(title.text) > _TITLE:
        raise ParseError(f"the title of a Sigma rule is a text of at most {_TITLE} characters", title.span, source=source)
    name = _text(document, "name", source)
    if name is not None and not name.text:
        raise ParseError("the name of a Sigma rule is not empty", name.span, source=source)
    id_ = _given(document, "id")
    if id_ is not None and not (id_.kind == "scalar" and _UUID.fullmatch(id_.text)):
        raise ParseError("the id of a Sigma rule is a UUID", id_.span, source=source)
    for key, allowed in (("level", LEVELS), ("status", STATUSES)):
        node = _text(document, key, source)
        if node is not None and node.text.lower() not in allowed:
            raise ParseError(f"{node.text[:80]!r} is no {key} of a Sigma rule", node.span, f"one of: {', '.join(allowed)}", source)
    for key in ("date", "modified"):
        node = _given(document, key)
        if node is not None and not (node.kind == "scalar" and _is_date(node)):
            raise ParseError(f"the {key} of a Sigma rule is written yyyy-mm-dd", node.span, source=source)
    return title.text, name.text if name else "", id_.text if id_ else ""


def _is_date(node: Node) -> bool:
    """A day of the calendar; YAML's own timestamps may have a time behind it."""
    found = _DATE.match(node.text) if node.tag == "timestamp" else _DATE.fullmatch(node.text)
    if found is None:
        return node.tag == "timestamp"
    year, month, day = (int(part) for part in found.groups() if part)
    try:
        return date(year, month, day) is not None
    except ValueError:
        return False


def key(name: str) -> str:
    """What two references to one rule have in common: the case of a UUID's letters does not count, that of a name does."""
    return name.lower() if _UUID.fullmatch(name) else name


def _given(document: Node, key: str) -> Node | None:
    node = document.get(key)
    return None if node is None or node.is_null else node


def _text(document: Node, key: str, source: Source) -> Node | None:
    node = _given(document, key)
    if node is not None and (node.kind != "scalar" or node.tag != "str"):
        raise ParseError(f"the {key} of a Sigma rule is a text", node.span, source=source)
    return node


def logsource(document: Node, source: Source) -> LogSource:
    """A list of categories or services (not Sigma's own, but public rules have them) is joined to one name; see ``listed``."""
    node = mapping(document.get("logsource"), "a logsource", document, source)
    given = {key.text: value for key, value in entries(node)}
    parts = {}
    for key in _PARTS:
        value = given.get(key)
        if value is None or value.is_null:
            continue
        words = value.items if value.kind == "sequence" else [value]
        if not words or any(word.kind != "scalar" or word.tag not in ("str", "null") for word in words):
            raise ParseError(f"the {key} of a logsource is a text", value.span, source=source)
        parts[key] = "_".join(word.text for word in words if not word.is_null)
    if not any(parts.values()):
        raise ParseError("a logsource names a product, a category or a service", node.span, source=source)
    return LogSource(parts.get("product", ""), parts.get("category", ""), parts.get("service", ""), node.span, _taxonomy(document))


def _taxonomy(document: Node) -> str:
    """Whose names the rule uses; empty for Sigma's own, which are also meant where nothing is said."""
    node = document.get("taxonomy")
    name = node.text if node is not None and node.kind == "scalar" and not node.is_null else ""
    return "" if name.casefold() == SIGMA_TAXONOMY else name


def listed(document: Node) -> tuple[Node, Node] | None:
    """The part of the log source (its key and value) that lists several; None where none does."""
    node = document.get("logsource")
    parts = () if node is None or node.kind != "mapping" else entries(node)
    return next(((key, value) for key, value in parts if key.text in _PARTS and len(value.items) > 1), None)
