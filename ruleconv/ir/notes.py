"""The codes of notes: who writes each, what it does to the rows, what it means. ``docs/notes.md`` is this list.

A note's own message says what differs in the rule at hand. Codes are stable; those of lint rules (``ruleconv.linter``) are others.
"""

from __future__ import annotations

from dataclasses import dataclass

from ruleconv.ir.fidelity import Effect

EXACT, WIDENS, NARROWS, CHANGES = Effect.EXACT, Effect.WIDENS, Effect.NARROWS, Effect.CHANGES

WRITERS = {
    "SGR": "Reading Sigma",
    "LOG": "Sigma's log sources and fields on the tables of Sentinel and Defender XDR",
    "SQW": "Writing SQL",
    "KQW": "Writing KQL",
    "SEW": "Writing a rule of Sentinel",
    "SIW": "Writing Sigma",
}
"""The groups, by the first letters of their codes."""


@dataclass(frozen=True, slots=True)
class NoteCode:
    """``effects``: those that a note of this code may have."""

    code: str
    effects: tuple[Effect, ...]
    meaning: str


NOTE_CODES = (
    NoteCode(
        "SGR001", (CHANGES,), "A key stands twice in one mapping: both are asked for, where other readers of YAML take the last alone."
    ),
    NoteCode("SGR002", (EXACT,), "An aggregation of the old kind (`| count() by User > 5`) is read as the correlation that replaced it."),
    NoteCode("SGR003", (EXACT,), "A log source lists several categories, products or services: the rule is read over one table for all."),
    NoteCode("SGR004", (NARROWS,), "The time of a given event cannot be read: a correlation finds it in no window."),
    NoteCode("LOG001", (EXACT,), "No table fits the log source: the table and its columns are placeholders, named as in the rule."),
    NoteCode(
        "LOG002", (EXACT,), "Another table than the one closest to the log source: the closest lacks a field, or is not of this platform."
    ),
    NoteCode("LOG003", (WIDENS, NARROWS, CHANGES, EXACT), "The table holds more, fewer or other events than the log source promises."),
    NoteCode(
        "LOG004", (WIDENS, NARROWS, CHANGES, EXACT), "The column that stands for a field holds it in another form, or only sometimes."
    ),
    NoteCode("SQW010", (CHANGES,), "`externaldata`: SQL fetches nothing; the rows are expected in a table."),
    NoteCode("SQW011", (NARROWS, WIDENS), "PostgreSQL prints JSON with blanks: a pattern on a bag's text with its punctuation misses it."),
    NoteCode(
        "SQW012", (CHANGES,), "`geo_info_from_ip_address()`: SQL knows no places; networks and where they are, are expected in a table."
    ),
    NoteCode("SQW020", (CHANGES,), "The engine's function differs from Kusto's in some values."),
    NoteCode("SQW022", (CHANGES,), "`ingestion_time()`: no database keeps it; the event's own time stands in."),
    NoteCode("SQW030", (CHANGES,), "A plugin makes columns from the data: only those that the query names are there, as text."),
    NoteCode("KQW001", (NARROWS,), "A leg of a fuzzy union is left out: it reads a table that is not known."),
    NoteCode(
        "KQW002", (WIDENS, NARROWS), "KQL's texts have no null: a test for a missing text also finds an empty one, and the other way."
    ),
    NoteCode("SEW001", (EXACT,), "Sentinel has no level critical; the severity is High, and the description tells the level."),
    NoteCode("SEW002", (EXACT,), "The rule has no level; the severity is Medium."),
    NoteCode("SEW004", (EXACT,), "The rule has no description; its name stands for it."),
    NoteCode("SEW005", (EXACT,), "A text is longer than Sentinel takes, and cut."),
    NoteCode("SEW006", (EXACT,), "A tag is no technique of ATT&CK, and stays a tag."),
    NoteCode(
        "SEW007",
        (EXACT,),
        "The tactics of a technique are added: the rule names none of them, and Sentinel shows a technique below a tactic.",
    ),
    NoteCode("SEW008", (NARROWS,), "The rule looks back farther than a run of Sentinel does."),
    NoteCode("SEW009", (EXACT,), "The query is longer than the 10,000 characters that Sentinel takes."),
    NoteCode("SEW010", (EXACT,), "Keys of the Sigma rule's own, for which Sentinel has no place, are left out."),
    NoteCode("SIW001", (EXACT,), "An order, or columns that a join adds, are not put out: a rule of Sigma finds events."),
    NoteCode("SIW002", (EXACT, WIDENS, CHANGES), "A test of when an event happened is left to whoever runs the rule."),
    NoteCode("SIW003", (WIDENS, CHANGES), "The query takes the first few rows; the rule finds all events."),
    NoteCode("SIW004", (WIDENS, CHANGES), "The query makes rows of groups or of elements; the rule finds the events themselves."),
    NoteCode(
        "SIW005", (EXACT, WIDENS, NARROWS, CHANGES), "The correlation counts or joins in other windows, groups or pairs than the query."
    ),
    NoteCode("SIW006", (CHANGES,), "A field holds a list, an object or JSON: readers of Sigma differ in what they compare."),
    NoteCode("SIW007", (WIDENS, NARROWS, CHANGES), "Two fields are compared, which Sigma does without regard to case."),
    NoteCode(
        "SIW008", (WIDENS, CHANGES), "The rule of Sentinel raises an alert by another trigger than `gt 0`; a rule of Sigma, by any event."
    ),
    NoteCode("SIW009", (WIDENS, NARROWS, CHANGES), "A part that Sigma cannot say is left out, as `--fail-on never` asks."),
)
"""All of them, in the order of their writers."""


def markdown() -> str:
    """The page ``docs/notes.md``."""
    lines = [
        "# Notes",
        "",
        "Written by `python tools/refresh_docs.py`. A note tells where a translation differs from its rule, at the place in the rule; its",
        "message says what differs there. The effect is the note's own: `exact` (the rows are the same), `widens` (more rows: noise),",
        "`narrows` (fewer rows: missed attacks), `changes` (other values or rows). `ruleconv translate --fail-on` chooses from which on",
        "the exit code is 1. `ruleconv rule CODE` explains a code at the command line; codes of other letters are those of",
        "[lint rules](lint/README.md).",
    ]
    for group, title in WRITERS.items():
        lines += ["", f"## {group}: {title}", "", "| note | effect | meaning |", "|---|---|---|"]
        for each in NOTE_CODES:
            if each.code.startswith(group):
                meaning = each.meaning.replace("|", "\\|")
                lines.append(f"| {each.code} | {', '.join(each.effects)} | {meaning} |")
    return "\n".join(lines) + "\n"
