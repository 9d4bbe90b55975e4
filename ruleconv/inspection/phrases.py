"""Short phrases for what an inspection holds: the same in the text, the markdown and the HTML form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ruleconv.inspection.model import Card, Exclusion, Indicator, Inspection, Known, OutputField, Problem, Role, Stage, TimeWindow, Value

MOST_VALUES = 60
"""Values of one indicator that people are shown; JSON has all."""


MOST_PLACES = 3


def value(each: Value) -> str:
    """A text in quotes, a number or time as it is, a value that only a run tells with where it comes from."""
    if each.known is not Known.CONSTANT:
        return f"‹{each.known.value} {each.name or each.text}›" if each.known not in (Known.TIME, Known.EXPRESSION) else each.text
    if each.type in ("string", "dynamic", "guid", "unknown"):
        return '"' + each.text.replace("\n", "\\n").replace("\r", "\\r") + '"'
    return each.text


def values(each: Indicator) -> str:
    shown = [value(one) for one in each.values[:MOST_VALUES]]
    if len(each.values) > MOST_VALUES:
        shown.append(f"… {len(each.values) - MOST_VALUES} more")
    return (" .. " if each.kind.value == "range" else ", ").join(shown)


def kind(each: Indicator) -> str:
    """``not in``, ``term (all)``."""
    name = f"{each.kind.value} ({each.operator})" if each.kind.value == "function" and each.operator else each.kind.value
    return f"{'not ' if each.negated else ''}{name}{' (all)' if each.all_values else ''}"


def case(each: Indicator) -> str:
    return "" if each.case_sensitive is None else "exact" if each.case_sensitive else "any"


def field(each: Indicator) -> str:
    """With the functions around it, and what a computed column is made of."""
    name = each.field
    for function in reversed(each.through):
        if function not in ("tostring", "parse_json", "todynamic"):
            name = f"{function}({name})"
    return name


def test(each: Indicator) -> str:
    """``CommandLine contains "a", "b" (any case)``."""
    parts = [field(each), kind(each), values(each)]
    if each.case_sensitive is not None:
        parts.append(f"[{case(each)} case]")
    return " ".join(part for part in parts if part)


def exclusion(each: Exclusion) -> str:
    """``!in: User in ‹let admins›``."""
    conditions = " and ".join(map(test, each.conditions))
    return f"{each.form}: {conditions}" if conditions else f"{each.form}: {each.text}"


def window(each: TimeWindow) -> str:
    parts = [f"{each.period} ({each.origin})" if each.period else "", f"every {each.frequency}" if each.frequency else "", *each.bounds]
    return "; ".join(part for part in parts if part)


def problems(found: Iterable[Problem]) -> Iterator[str]:
    """``3:12, 4:8 and 22 more: there is no column X here``: what is said several times stands once."""
    places: dict[str, list[str]] = {}
    for each in found:
        places.setdefault(each.message, []).append(f"{each.line}:{each.column}")
    for message, all_ in places.items():
        more = f" and {len(all_) - MOST_PLACES} more" if len(all_) > MOST_PLACES else ""
        yield f"{', '.join(all_[:MOST_PLACES])}{more}: {message}"


def card(each: Card) -> Iterator[tuple[str, str]]:
    """The lines of a card that have something to say, without title and description."""
    logsources = ", ".join(
        "/".join(f"{name}={part}" for name, part in (("product", s.product), ("category", s.category), ("service", s.service)) if part)
        for s in each.logsources
    )
    lines = (
        ("id", each.id),
        ("severity", each.severity),
        ("status", each.status),
        ("author", each.author),
        ("source", each.source),
        ("date", " ".join(part for part in (each.date, f"(modified {each.modified})" if each.modified else "") if part)),
        ("version", each.version),
        ("kind", each.kind),
        ("trigger", each.trigger),
        ("log source", logsources),
        ("tables", ", ".join(each.tables)),
        ("connectors", ", ".join(each.connectors)),
        ("operators", " ".join(each.operators)),
        ("functions", ", ".join(each.functions)),
        ("tags", ", ".join(each.tags)),
        ("keywords", ", ".join(each.keywords)),
        ("references", "\n".join(each.references)),
        ("false positives", "\n".join(each.falsepositives)),
    )
    return (line for line in lines if line[1])


ROLES = (
    (Role.MATCH, "Indicators"),
    (Role.CONDITION, "Conditions of computed values"),
    (Role.LOOKUP, "What chooses the rows of its sets"),
)


def stage_texts(stage: Stage) -> list[str]:
    """Without the operator's name at their front, which is the stage's kind already."""
    return [text[len(stage.kind) :].lstrip() if text.startswith((f"{stage.kind} ", f"{stage.kind}\n")) else text for text in stage.texts]


def by_role(found: Iterable[Indicator], role: Role) -> list[Indicator]:
    return [each for each in found if each.role is role]


def output(inspection: Inspection) -> tuple[list[OutputField], dict[str, int]]:
    """The columns that the rule names or uses, and how many come along with each table."""
    listed = [each for each in inspection.output if each.listed or each.uses]
    along: dict[str, int] = {}
    for each in inspection.output:
        if not (each.listed or each.uses):
            table = each.of[0].partition(".")[0] if each.of else ""
            along[table] = along.get(table, 0) + 1
    return listed, along


def uses(each: OutputField) -> str:
    return ", ".join(f"{use.kind} {use.name}" if use.kind != "entity" else use.name for use in each.uses)


def comes_along(along: dict[str, int]) -> str:
    return ", ".join(f"{count} of {table}" if table else f"{count} more" for table, count in along.items())


def made_by(each: OutputField) -> str:
    """``extend 3, 5``"""
    return f"{', '.join(each.made_by)} {numbers(each.stages, 4)}".strip()


def numbers(stages: Sequence[str], most: int = 6) -> str:
    return ", ".join(stages[:most]) + (" …" if len(stages) > most else "")
