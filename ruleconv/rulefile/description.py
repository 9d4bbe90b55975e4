"""What a Sigma rule says about itself and Sentinel has no key for, as paragraphs at the end of a description (S46), written and read back:

References:
- https://example.org

False positives:
- Administrators

Fields:
- CommandLine

Sigma rule 0b9d7f2e-0000-4000-8000-000000000001 (status: test, level: critical, date: 2024-01-31, author: A. Writer).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ruleconv.rulefile.metadata import Metadata, Related

_LIST = re.compile(r"(References?|False positives|FalsePositives|Fields):[ \t]*((?:\n[ \t]*[-*][ \t]+\S[^\n]*)+)", re.IGNORECASE)
_ITEM = re.compile(r"\n[ \t]*[-*][ \t]+([^\n]*)")
_SIGMA = re.compile(r"Sigma rule(?: ([0-9A-Fa-f-]{36}))?(?: \(((?:[a-z]+: [^\n]*)?)\))?\.")
_FACT = re.compile(r"(?:^|, )(status|level|date|modified|license|author|taxonomy|product|category|service): ")
_PARAGRAPHS = 8
_LOGSOURCE = ("product", "category", "service")


@dataclass(frozen=True, slots=True)
class Told:
    """A description taken apart: ``text`` stands before the paragraphs; ``facts`` is what the one of the Sigma rule says."""

    text: str
    references: tuple[str, ...] = ()
    falsepositives: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def logsource(self) -> dict[str, str]:
        return {name: self.facts[name] for name in _LOGSOURCE if name in self.facts}


def read(text: str) -> Told:
    """Takes off the paragraphs at the end that are lists of references or false positives, or name the Sigma rule."""
    told = Told(text.strip())
    for _ in range(_PARAGRAPHS):
        before, _, last = told.text.rpartition("\n\n")
        before, last = before.rstrip(), last.strip()
        if match := _LIST.fullmatch(last):
            items = tuple(item.strip() for item in _ITEM.findall(match[2]))
            if match[1].lower().startswith("ref"):
                told = replace(told, text=before, references=items + told.references)
            elif match[1].lower() == "fields":
                if not told.related and not told.facts:
                    break  # somebody else's list of something else
                told = replace(told, text=before, fields=items + told.fields)
            else:
                told = replace(told, text=before, falsepositives=items + told.falsepositives)
        elif (match := _SIGMA.fullmatch(last)) and not told.related and not told.facts:
            related = (Related(match[1].lower(), "derived"),) if match[1] else ()
            told = replace(told, text=before, related=related, facts=_facts(match[2] or ""))
        else:
            break
    return told


def write(metadata: Metadata, *, level: str = "") -> str:
    """The description of a Sigma rule with its paragraphs; ``level``: to be told there, where Sentinel has no equal of it."""
    parts = [metadata.description.strip()]
    parts.append(_list("References", metadata.references))
    parts.append(_list("False positives", metadata.falsepositives))
    parts.append(_list("Fields", metadata.fields))
    facts = {"status": metadata.status, "level": level, "date": metadata.date, "modified": metadata.modified, "license": metadata.license}
    facts["taxonomy"] = metadata.taxonomy
    facts |= {name: metadata.logsource.get(name, "") for name in _LOGSOURCE}
    named = ", ".join(f"{name}: {_one_line(value)}" for name, value in facts.items() if value)
    if metadata.id or named:
        parts.append("Sigma rule" + (f" {metadata.id}" if metadata.id else "") + (f" ({named})" if named else "") + ".")
    return "\n\n".join(part for part in parts if part)


def _list(name: str, items: Iterable[str]) -> str:
    lines = [f"- {_one_line(item)}" for item in items]
    return "\n".join([f"{name}:", *lines]) if lines else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _facts(text: str) -> dict[str, str]:
    pieces = _FACT.split(text)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))
