"""The rules' pages in the documentation, as Markdown: written from their docstrings, attributes and examples."""

from __future__ import annotations

from collections.abc import Iterable
from inspect import getdoc

from ruleconv.linter.rule import GROUPS, Rule
from ruleconv.rulefile.model import Kind

INDEX = "README.md"
TITLES = {
    "sch": "Schema of the rule file",
    "met": "What a rule says about itself",
    "att": "MITRE ATT&CK",
    "ent": "Entities and columns that a rule maps",
    "con": "Data connectors",
    "kql": "KQL",
    "sig": "Sigma",
    "sql": "SQL",
    "xrf": "Across files and revisions",
}
_NAMES = {Kind.SENTINEL: "Sentinel", Kind.SIGMA: "Sigma", Kind.KQL: "KQL", Kind.SQL: "SQL"}
_FENCES = {Kind.SENTINEL: "yaml", Kind.SIGMA: "yaml", Kind.KQL: "kusto", Kind.SQL: "sql"}


def pages(rules: Iterable[Rule]) -> dict[str, str]:
    """Names of files to their text: a page for each rule, and the index."""
    found = tuple(rules)
    return {INDEX: index(found)} | {f"{rule.code}.md": page(rule) for rule in found}


def index(rules: Iterable[Rule]) -> str:
    """All rules, by group."""
    lines = [
        "# Lint rules",
        "",
        "Written by `python tools/refresh_docs.py` from the rules themselves. `ruleconv rule CODE` prints a page;"
        " [adopting.md](../adopting.md) says how to bring the linter into a repository.",
    ]
    known = tuple(rules)
    for group in GROUPS:
        of_group = [rule for rule in known if rule.code.lower().startswith(group)]
        if not of_group:
            continue
        lines += [
            "",
            f"## {group.upper()}: {TITLES[group]}",
            "",
            "| rule | name | severity | on | fix | finds |",
            "|---|---|---|---|---|---|",
        ]
        for rule in of_group:
            severity = rule.severity.value + ("" if rule.recommended else ", off")
            kinds = ", ".join(_NAMES[kind] for kind in rule.on)
            summary = _summary(rule).replace("|", "\\|")
            lines.append(f"| [{rule.code}]({rule.code}.md) | {rule.name} | {severity} | {kinds} | {rule.fixable} | {summary} |")
    return "\n".join(lines) + "\n"


def page(rule: Rule) -> str:
    """One rule's page."""
    summary, _, rest = (getdoc(type(rule)) or "").partition("\n\n")
    facts = f"{rule.severity.value.capitalize()}, {'on by default' if rule.recommended else 'off by default'}"
    kinds = ", ".join(_NAMES[kind] for kind in rule.on)
    fix = f" {rule.fixable.capitalize()} fix." if rule.fixable else ""
    parts = [f"# {rule.code}: {rule.name}", f"{facts}. Looks at {kinds}.{fix}", summary, rest]
    for title, examples in (("Found", rule.bad), ("Not found", rule.good)):
        for number, example in enumerate(examples):
            parts.append(f"## {title}" if number == 0 else "")
            parts.append(_block(example.kind, example.text))
            if example.fixed:
                parts += ["Fixed:", _block(example.kind, example.fixed)]
    if rule.reference:
        parts.append(f"See <{rule.reference}>.")
    mark = {Kind.KQL: "//", Kind.SQL: "--"}.get(rule.on[0], "#")
    parts += [
        "## Suppress",
        f'`{mark} ruleconv: ignore[{rule.code}] reason` at the end of the line, `--ignore {rule.code}`, or `ignore = ["{rule.code}"]` in'
        " `ruleconv.toml`.",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _summary(rule: Rule) -> str:
    return " ".join((getdoc(type(rule)) or "").partition("\n\n")[0].split())


def _block(kind: Kind, text: str) -> str:
    """A block of code; its fence is longer than any in the text."""
    fence = "```"
    while fence in text:
        fence += "`"
    body = text if text.endswith("\n") else text + "\n"
    return f"{fence}{_FENCES[kind]}\n{body}{fence}"
