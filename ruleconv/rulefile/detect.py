"""Which kind of rule a text is: by the file's name, else by its first lines. No YAML is read for it."""

from __future__ import annotations

import re

from ruleconv.rulefile.model import Kind
from ruleconv.text import Source

_SUFFIXES = {".kql": Kind.KQL, ".csl": Kind.KQL, ".kusto": Kind.KQL, ".sql": Kind.SQL}
_YAML_SUFFIXES = (".yaml", ".yml")
JSON_SUFFIX = ".json"
EXPORT_MARKS = (b"alertRules", b"queryCondition")
"""One of them stands in every JSON file that a portal exports: JSON in a folder is mostly something else."""
RULE_SUFFIXES = (*_SUFFIXES, *_YAML_SUFFIXES, JSON_SUFFIX)
"""The files that are taken from a folder."""

_FIRST_LINE = re.compile(r"\ufeff?(?:[ \t]*(?:#[^\n]*|---[^\n]*|%[^\n]*)?\r?\n)*")
_YAML_KEY = re.compile(r"(?:\"[\w.-]+\"|'[\w.-]+'|[A-Za-z_][\w.-]*)[ \t]*:(?=\s|$)")
_SENTINEL_KEY = re.compile(r"^[\"']?query[\"']?[ \t]*:", re.MULTILINE | re.IGNORECASE)
_SIGMA_KEY = re.compile(r"^[\"']?(?:detection|logsource|correlation)[\"']?[ \t]*:", re.MULTILINE)
_SQL_START = re.compile(
    r"(?:\s|--[^\n]*\n|(?>/\*.*?\*/))*+(?:SELECT\s|WITH\s+(?:RECURSIVE\s+)?[\w\"]+\s*(?:\([^)]*\)\s*)?AS\s)", re.IGNORECASE | re.DOTALL
)
_JSON_START = re.compile(r"\ufeff?\s*(?:\[\s*)?\{\s*\"[\w$.]+\"\s*:")
_RULE_KEY = re.compile(
    r"^\ufeff?(?:\{[ \t]*)?[\"']?(?:query|queryFrequency|queryPeriod|triggerOperator|triggerThreshold|tactics|relevantTechniques"
    r"|entityMappings|requiredDataConnectors|detection|logsource|correlation)[\"']?[ \t]*:",
    re.MULTILINE | re.IGNORECASE,
)
_PEEK = 100_000


def detect(source: Source) -> Kind:
    """The kind; KQL when nothing speaks for another."""
    name = source.name.casefold()
    for suffix, kind in _SUFFIXES.items():
        if name.endswith(suffix):
            return kind
    text = source.text
    if is_json(source):
        return Kind.SENTINEL
    if name.endswith(_YAML_SUFFIXES) or _looks_like_yaml(text):
        return Kind.SIGMA if _SIGMA_KEY.search(text) and not _SENTINEL_KEY.search(text) else Kind.SENTINEL
    return Kind.SQL if _SQL_START.match(text[:_PEEK]) else Kind.KQL


def may_be_rule(source: Source, kind: Kind) -> bool:
    """Whether a YAML or JSON file has anything of a rule: a repository of rules also holds workflows and settings."""
    if kind in (Kind.KQL, Kind.SQL):
        return True
    if is_json(source):
        return '"query"' in source.text or any(mark.decode() in source.text for mark in EXPORT_MARKS)
    return _RULE_KEY.search(source.text) is not None


def is_json(source: Source) -> bool:
    """A rule file in JSON, as portals export them; a query or YAML never begins with a bracket and a name in quotes."""
    return source.name.casefold().endswith(JSON_SUFFIX) or _JSON_START.match(source.text) is not None


def _looks_like_yaml(text: str) -> bool:
    start = _FIRST_LINE.match(text)
    at = start.end() if start else 0
    return bool(_YAML_KEY.match(text, at)) and bool(_SENTINEL_KEY.search(text) or _SIGMA_KEY.search(text))
