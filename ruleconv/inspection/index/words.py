"""Phrases of the index that its markdown and its HTML share."""

from __future__ import annotations

from ruleconv.inspection import phrases
from ruleconv.inspection.index.build import Index, Related, Row, Seen
from ruleconv.inspection.model import Indicator, Technique

MOST_VALUES = 8


def corpus(seen: Seen) -> str:
    """``corpus 36 (sigma 28, kql 8)``."""
    languages = ", ".join(f"{name} {count}" for name, count in seen.by_language.items())
    return f"corpus {seen.corpus} ({languages})" if seen.corpus else "corpus 0"


def indicator(each: Indicator, seen: tuple[Seen, ...]) -> tuple[str, str]:
    """The test, and who else looks for its values: those that are looked for most first."""
    found = sorted(seen, key=lambda one: -one.corpus)
    many = len(found) > 1
    told = [f'"{one.value}": {corpus(one)}' if many else corpus(one) for one in found if one.corpus][:MOST_VALUES]
    return phrases.test(each), "; ".join(told) or ("corpus 0" if seen else "")


def related(index: Index, found: tuple[Related, ...]) -> str:
    return "; ".join(f"{index.rows[each.rule].entry.name} ({each.score:.0%})" for each in found)


def summary(index: Index) -> str:
    languages = ", ".join(f"{name} {count}" for name, count in index.languages.items())
    rules, files = len(index.rows), len(index.broken)
    found = f"{rules} {'rule' if rules == 1 else 'rules'}" + (f" ({languages})" if languages else "")
    return f"{found}, {files} {'file' if files == 1 else 'files'} that could not be read"


def technique(each: Technique) -> str:
    return each.name + (f" ({each.note})" if each.note else "")


def coverage_of(row: Row) -> str:
    return ", ".join(technique.id for technique in row.entry.coverage.techniques)
