"""An inspection as markdown (GitHub's flavour): for catalogues, wikis and reviews."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ruleconv.inspection import phrases
from ruleconv.inspection.model import Binding, Branch, Indicator, Inspection, Role, Stage

_ACTIVE = re.compile(r"([\\`*_{}\[\]#~])")
_TICKS = re.compile(r"`+")


def render(inspection: Inspection, level: int = 1) -> str:
    """The page; ``level``: of its heading."""
    return "\n".join(_page(inspection, level)).rstrip() + "\n"


def _page(inspection: Inspection, level: int) -> Iterator[str]:
    head = "#" * level
    card = inspection.card
    yield f"{head} {plain(card.title or inspection.filename or '(no title)')}"
    yield ""
    if card.description:
        yield from ("> " + plain(line) for line in card.description.splitlines())
        yield ""
    pairs = [("language", inspection.language), *phrases.card(card), ("time window", phrases.window(inspection.window))]
    yield from table(("", ""), ((name, cell(text, code=name not in _PROSE)) for name, text in pairs if text))
    for problem in phrases.problems(inspection.problems):
        yield f"Not all is known: {plain(problem)}  "
    yield from _section(f"{head}# ATT&CK", _coverage(inspection))
    yield from _section(f"{head}# Stages ({inspection.stage_count})", _stages(inspection.stages, 0))
    bindings = "Searches" if inspection.language == "sigma" else "Let bindings"
    yield from _section(f"{head}# {bindings}", (line for let in inspection.lets for line in _binding(let)))
    yield from _section(f"{head}# Exclusions", (f"- {code(phrases.exclusion(each))}{_stage(each.stage)}" for each in inspection.exclusions))
    for role, heading in phrases.ROLES:
        yield from _section(f"{head}# {heading}", _indicators(phrases.by_role(inspection.indicators, role)))
    yield from _section(f"{head}# Output fields", _output(inspection))


_PROSE = frozenset(("language", "severity", "status", "author", "source", "date", "references", "false positives", "time window"))


def _section(heading: str, lines: Iterable[str]) -> Iterator[str]:
    made = list(lines)
    if made:
        yield ""
        yield heading
        yield ""
        yield from made


def _coverage(inspection: Inspection) -> Iterator[str]:
    placed: set[str] = set()
    for tactic in inspection.coverage.tactics:
        placed.update(each.id for each in tactic.techniques)
        told = "; ".join(f"{each.id} {each.name}{f' ({each.note})' if each.note else ''}" for each in tactic.techniques)
        yield f"- **{plain(tactic.name)}**{f' {tactic.id}' if tactic.id else ''}{f': {plain(told)}' if told else ''}"
    for each in inspection.coverage.techniques:
        if each.id not in placed:
            yield f"- {each.id} {plain(each.name)}{f' ({each.note})' if each.note else ''}"


def _stages(stages: Sequence[Stage], depth: int) -> Iterator[str]:
    indent = "  " * depth
    for stage in stages:
        lets = f" → {', '.join(map(code, stage.lets))}" if stage.lets else ""
        for at, text in enumerate(phrases.stage_texts(stage)):
            yield f"{indent}- {f'{stage.number} **{stage.kind}** ' if not at else '… '}{code(text)}{lets if not at else ''}"
        if len(stage.predicates) > 1 or any(each.excludes for each in stage.predicates):
            for each in stage.predicates:
                yield f"{indent}  - {'− excludes' if each.excludes else '+'} {code(each.text)}"
        for branch in stage.branches:
            yield from _branch(branch, depth + 1)


def _branch(branch: Branch, depth: int) -> Iterator[str]:
    yield f"{'  ' * depth}- *{branch.kind}*{f' {code(branch.label)}' if branch.label else ''}"
    yield from _stages(branch.stages, depth + 1)


def _binding(let: Binding) -> Iterator[str]:
    used = f", used by {plain(phrases.numbers(let.used_by))}" if let.used_by else ", not used"
    yield f"- {code(let.name)} ({let.kind}{used})"
    if let.values:
        yield f"  - {code(', '.join(phrases.value(each) for each in let.values[: phrases.MOST_VALUES]))}"
    elif let.stages:
        yield from _stages(let.stages, 1)
    else:
        yield ""
        yield from ("  " + line for line in fenced(let.text))


def _stage(number: str) -> str:
    return f" (stage {number})" if number else ""


def _indicators(found: list[Indicator]) -> Iterator[str]:
    if found:
        rows = (
            (
                code(phrases.field(each)) + (f" = {code(each.of)}" if each.of else ""),
                phrases.kind(each) + ("" if each.required or each.role is Role.CONDITION else " (or)"),
                code(phrases.values(each)),
                phrases.case(each),
                phrases.numbers(each.stages),
            )
            for each in found
        )
        yield from table(("field", "kind", "values", "case", "stage"), rows)


def _output(inspection: Inspection) -> Iterator[str]:
    listed, along = phrases.output(inspection)
    if listed:
        rows = (
            (
                code(each.name),
                each.type,
                phrases.made_by(each),
                ", ".join(map(code, each.of)),
                plain(phrases.uses(each)),
            )
            for each in listed
        )
        yield from table(("name", "type", "made by", "from", "used for"), rows)
    if along:
        yield f"And as they come: {plain(phrases.comes_along(along))}.  "
    if listed and inspection.open:
        yield "Not all columns are known."
    for gone in inspection.mappings:
        if gone.found is False:
            yield f"**{plain(f'{gone.use.kind} {gone.use.name}')}: the result has no column {code(gone.column)}.**  "


# ---------------------------------------------------------------- small parts
def plain(text: str) -> str:
    """The text on one line, with nothing in it that markdown or HTML would take for its own."""
    shown = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _ACTIVE.sub(r"\\\1", shown).replace("|", "&#124;")


def code(text: str) -> str:
    """A code span on one line, whatever backticks are in it; ``|`` as tables need it."""
    shown = " ".join(text.split())
    if not shown:
        return ""
    fence = "`" * (max((len(run) for run in _TICKS.findall(shown)), default=0) + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def cell(text: str, *, code: bool) -> str:
    return "<br>".join(plain(line) for line in text.splitlines()) if not code else plain(text)


def fenced(text: str) -> Iterator[str]:
    fence = "`" * max(3, max((len(run) for run in _TICKS.findall(text)), default=0) + 1)
    yield fence
    yield from text.splitlines()
    yield fence


def table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(names)} |"
    yield f"|{'|'.join('---' for _ in names)}|"
    for row in rows:
        # A bar within a code span divides a table's cells unless a backslash is before it, which is taken away: one of the text's own
        # does not count. Other text has none.
        yield "| " + " | ".join(each.replace("|", "\\|") for each in row) + " |"
    yield ""
