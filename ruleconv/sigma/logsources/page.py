"""``docs/logsources.md``: which tables carry which of Sigma's log sources, from the data files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from ruleconv.sigma.logsources import carriers
from ruleconv.sigma.logsources.model import Carrier, Filter, Pattern

PLATFORMS = {
    "defender": "Defender XDR, advanced hunting. `--platform sentinel` takes them too where Log Analytics has the table, after its own.",
    "sentinel": "Log Analytics.",
    "asim": "ASIM's unifying parsers, whatever product the events come from. Only with `--platform asim`.",
}

HEAD = """\
# Which table carries which log source
Written by `tools/refresh_docs.py` from the files in `ruleconv/sigma/logsources/`, which name the sources of their facts.

`ruleconv translate --to kql` takes, of the tables of Defender XDR and Log Analytics that serve a rule's log source, the first by rank that
has all of its fields; with `--platform` only that platform's. A field that no table has is told by name, and the rule is written in the
generic form: a placeholder table named after the log source, with the fields as they are.

Fields: how many of Sigma's fields have a column; `+ X` where the dynamic column X holds every other field under its own name.
"""


def markdown() -> str:
    """The page."""
    return "\n".join((HEAD, *(_section(name, about) for name, about in PLATFORMS.items())))


def _section(platform: str, about: str) -> str:
    rows = sorted(row for carrier in carriers(platform) for row in _rows(carrier))
    lines = [f"| {source} | {rank} | {table} | {rest} |" for source, rank, table, rest in rows]
    return "\n".join((f"## {platform}", about, "", "| log source | rank | table | fields |", "|---|---|---|---|", *lines, ""))


def _rows(carrier: Carrier) -> Iterator[tuple[str, int, str, str]]:
    where = _filter(carrier.filter)
    table = f"`{carrier.name}`" + (f" where {where}" if where else "") + (" (by name only)" if carrier.alternative else "")
    for note in carrier.notes:
        table += f"; {note[1]}"
    fields = str(len(carrier.fields)) + "".join(f", `{front}*`" for front, _ in carrier.fronts)
    if carrier.rest:
        fields += " + every column" if carrier.rest == "." else f" + `{carrier.rest}`"
    for source in _sources(carrier.logsources):
        yield source, carrier.rank, table.replace("|", "\\|"), fields


def _sources(patterns: Iterable[Pattern]) -> Iterator[str]:
    """``linux / process_creation``: every log source that is named."""
    for pattern in patterns:
        parts = [part or ("",) for part in pattern.parts]
        yield from (" / ".join(part for part in each if part) or "any" for each in product(*parts))


def _filter(conditions: Filter) -> str:
    return " and ".join(f"{column} is {' or '.join(str(value) for value in values)}" for column, values in conditions)
