"""The index as JSON, a rule at a time: no more than one of them is held as plain data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ruleconv.inspection.as_json import plain_value
from ruleconv.inspection.index.build import FORMAT, Index, Related, Row


def render(index: Index) -> Iterator[str]:
    """Pieces of the text."""
    head = {
        "format": FORMAT,
        "languages": index.languages,
        "tactics": [{"id": tactic.id, "name": tactic.name, "slug": tactic.slug, "rules": count} for tactic, count in index.tactics],
        "techniques": [
            {"id": each.technique.id, "name": each.technique.name, "note": each.technique.note, "rules": list(each.rules)}
            for each in index.techniques
        ],
        "without_technique": index.without_technique,
        "broken": [{"file": each.file, "problems": plain_value(each.problems)} for each in index.broken],
    }
    yield json.dumps(head, ensure_ascii=False, indent=1)[:-2] + ',\n "rules": ['
    for number, row in enumerate(index.rows):
        yield ("," if number else "") + "\n" + json.dumps(_row(number, row), ensure_ascii=False)
    yield "\n]}\n"


def _row(number: int, row: Row) -> dict[str, Any]:
    entry = row.entry
    indicators = []
    for indicator, seen in zip(entry.indicators, row.seen, strict=True):
        made = plain_value(indicator)
        assert isinstance(made, dict)
        made.pop("places")
        made["seen"] = [{"value": each.value, "corpus": each.corpus, "by_language": each.by_language} for each in seen]
        indicators.append(made)
    return {
        "rule": number,
        "file": entry.file,
        "language": entry.language,
        "card": plain_value(entry.card),
        "period": entry.period,
        "coverage": plain_value(entry.coverage),
        "stage_count": entry.stage_count,
        "indicators": indicators,
        "exclusions": plain_value(entry.exclusions),
        "same_action": [_related(each) for each in row.same_action],
        "near_duplicates": [_related(each) for each in row.duplicates],
        "problems": plain_value(entry.problems),
    }


def _related(each: Related) -> dict[str, Any]:
    return {"rule": each.rule, "score": each.score}
