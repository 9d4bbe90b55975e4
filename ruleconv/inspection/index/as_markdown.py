"""The index as markdown."""

from __future__ import annotations

from collections.abc import Iterator

from ruleconv.inspection import phrases
from ruleconv.inspection.as_markdown import code, plain, table
from ruleconv.inspection.index import words
from ruleconv.inspection.index.build import Index, Row


def render(index: Index) -> Iterator[str]:
    """Lines of the page, with their ends."""
    for line in _page(index):
        yield line + "\n"


def _page(index: Index) -> Iterator[str]:
    yield "# Rules"
    yield ""
    yield f"{plain(words.summary(index))}."
    yield ""
    yield "## Coverage"
    yield ""
    if index.tactics:
        yield from table(("tactic", "id", "rules"), ((plain(tactic.name), tactic.id, str(count)) for tactic, count in index.tactics))
    if index.techniques:
        rows = ((each.technique.id, plain(words.technique(each.technique)), str(len(each.rules))) for each in index.techniques)
        yield from table(("technique", "name", "rules"), rows)
    yield f"{index.without_technique} rules name no technique."
    yield ""
    if index.broken:
        yield "## Files that could not be read"
        yield ""
        for each in index.broken:
            yield f"- {code(each.file)}: " + plain("; ".join(f"{p.line}:{p.column}: {p.message}" for p in each.problems))
        yield ""
    for row in index.rows:
        yield from _rule(index, row)


def _rule(index: Index, row: Row) -> Iterator[str]:
    entry = row.entry
    yield f"## {plain(entry.name)}"
    yield ""
    yield f"{code(entry.file)}, {entry.language}  "
    card = [(name, text) for name, text in phrases.card(entry.card) if name in ("severity", "status", "author", "log source", "tables")]
    told = [*card, ("time window", entry.period), ("ATT&CK", words.coverage_of(row))]
    yield "; ".join(f"{name}: {plain(text)}" for name, text in told if text)
    yield ""
    for indicator, seen in zip(entry.indicators, row.seen, strict=True):
        test, others = words.indicator(indicator, seen)
        yield f"- {code(test)}{f' {plain(others)}' if others else ''}"
    for exclusion in entry.exclusions:
        yield f"- − {code(phrases.exclusion(exclusion))}"
    if row.same_action:
        yield f"- detecting the same action: {plain(words.related(index, row.same_action))}"
    if row.duplicates:
        yield f"- near-duplicates: {plain(words.related(index, row.duplicates))}"
    for problem in entry.problems:
        yield f"- not all is known: {problem.line}:{problem.column}: {plain(problem.message)}"
    yield ""
