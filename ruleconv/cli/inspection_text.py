"""An inspection for people at a terminal: tables where there is room for them, lines where there is not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from ruleconv.cli.report import visible
from ruleconv.inspection import phrases
from ruleconv.inspection.model import Binding, Branch, Indicator, Inspection, Role, Stage

NARROW = 90
"""Columns below which there are no tables."""
_SEVERITIES = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan", "informational": "dim"}


def show(inspection: Inspection, console: Console) -> None:
    """Prints it. Everything of the rule goes through ``visible``: no text of a rule steers a terminal."""
    narrow = console.width < NARROW
    for part in _parts(inspection, narrow):
        console.print(part)


def _parts(inspection: Inspection, narrow: bool) -> Iterator[RenderableType]:
    card = inspection.card
    yield _text(card.title or inspection.filename or "(no title)", "bold")
    if card.description:
        yield _text(card.description, "dim")
    yield Text()
    yield _pairs(
        [
            ("language", inspection.language),
            *phrases.card(card),
            ("time window", phrases.window(inspection.window)),
        ],
        narrow,
    )
    for problem in phrases.problems(inspection.problems):
        yield _Hanging(_text(f"not all is known: {problem}", "yellow"))
    if inspection.coverage.tactics or inspection.coverage.techniques:
        yield _heading("ATT&CK")
        yield _coverage(inspection)
    if inspection.stages:
        yield _heading(f"Stages ({inspection.stage_count})")
        yield from _stages(inspection.stages)
    if inspection.lets:
        yield _heading("Searches" if inspection.language == "sigma" else "Let bindings")
        yield from map(_binding, inspection.lets)
    if inspection.exclusions:
        yield _heading("Exclusions")
        for exclusion in inspection.exclusions:
            where = f"  (stage {exclusion.stage})" if exclusion.stage else ""
            yield _indented(_Hanging(Text.assemble(("− ", "red"), _text(phrases.exclusion(exclusion)), (where, "dim"))))
    for role, heading in phrases.ROLES:
        found = phrases.by_role(inspection.indicators, role)
        if found:
            yield _heading(heading)
            yield _lines(found) if narrow else _indicators(found)
    yield from _output(inspection, narrow)


def _coverage(inspection: Inspection) -> RenderableType:
    lines = []
    placed: set[str] = set()
    for tactic in inspection.coverage.tactics:
        names = [f"{each.id} {each.name}".strip() + (f" ({each.note})" if each.note else "") for each in tactic.techniques]
        placed.update(each.id for each in tactic.techniques)
        lines.append(Text.assemble((tactic.name, "magenta"), (f" {tactic.id}  " if tactic.id else "  ", "dim"), _text("; ".join(names))))
    rest = [each for each in inspection.coverage.techniques if each.id not in placed]
    if rest:
        lines.append(_text("; ".join(f"{each.id} {each.name}{f' ({each.note})' if each.note else ''}" for each in rest)))
    return Padding(Group(*lines), (0, 0, 0, 2))


# ---------------------------------------------------------------- stages
def _stages(stages: Iterable[Stage]) -> Iterator[RenderableType]:
    for stage in stages:
        tree = Tree(_stage(stage), guide_style="dim")
        _grow(tree, stage)
        yield Padding(tree, (0, 0, 0, 2))


def _stage(stage: Stage) -> _Hanging:
    made = Text.assemble((stage.number, "bold cyan"), " ", (stage.kind, "bold"), "  ")
    made.append_text(_text("\n".join(phrases.stage_texts(stage))))
    if stage.lets:
        made.append_text(_text(f"  → {', '.join(stage.lets)}", "dim"))
    return _Hanging(made)


def _grow(tree: Tree, stage: Stage) -> None:
    if len(stage.predicates) > 1 or any(each.excludes for each in stage.predicates):
        for predicate in stage.predicates:
            sign = ("− ", "red") if predicate.excludes else ("+ ", "green")
            tree.add(_Hanging(Text.assemble(sign, _text(predicate.text))))
    for branch in stage.branches:
        node = tree.add(_branch(branch))
        for inner in branch.stages:
            _grow(node.add(_stage(inner)), inner)


def _branch(branch: Branch) -> Text:
    return _text(f"{branch.kind} {branch.label}".strip(), "italic")


def _binding(binding: Binding) -> RenderableType:
    used = f"  used by {phrases.numbers(binding.used_by)}" if binding.used_by else "  not used"
    head = Text.assemble(_text(binding.name, "bold"), (f" {binding.kind}", "dim"), (used, "dim"))
    tree = Tree(head, guide_style="dim")
    if binding.values:
        tree.add(_text(", ".join(phrases.value(each) for each in binding.values[: phrases.MOST_VALUES])))
    elif not binding.stages:
        tree.add(_text(binding.text))
    for stage in binding.stages:
        _grow(tree.add(_stage(stage)), stage)
    return Padding(tree, (0, 0, 0, 2))


# ---------------------------------------------------------------- indicators, output
def _indicators(found: list[Indicator]) -> RenderableType:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("field", "kind", "values", "case", "stage"):
        table.add_column(name, header_style="dim", overflow="fold", ratio=6 if name == "values" else 3 if name == "field" else None)
    for each in found:
        subject = _text(phrases.field(each))
        if each.of:
            subject.append_text(_text(f"\n= {each.of}", "dim"))
        kind = _text(phrases.kind(each) + ("" if _needed(each) else " ·or·"))
        table.add_row(subject, kind, _text(phrases.values(each)), phrases.case(each), phrases.numbers(each.stages))
    return Padding(table, (0, 0, 0, 2))


def _needed(each: Indicator) -> bool:
    """No other test can stand in for it; a condition of a computed value is no test of the event."""
    return each.required or each.role is Role.CONDITION


def _lines(found: list[Indicator]) -> RenderableType:
    made: list[RenderableType] = []
    for each in found:
        where = f"  (stage {phrases.numbers(each.stages)})" if each.stages else ""
        made.append(_Hanging(Text.assemble(_text(phrases.test(each)), ("" if _needed(each) else " ·or·"), (where, "dim"))))
        if each.of:
            made.append(_Hanging(_text(f"  = {each.of}", "dim")))
    return Padding(Group(*made), (0, 0, 0, 2))


def _output(inspection: Inspection, narrow: bool) -> Iterator[RenderableType]:
    listed, along = phrases.output(inspection)
    missing = [each for each in inspection.mappings if each.found is False]
    if not (listed or along or missing):
        return
    yield _heading("Output fields")
    if narrow:
        for each in listed:
            used = f"  → {phrases.uses(each)}" if each.uses else ""
            named = Text.assemble(_text(each.name), (f" {each.type} ", "dim"), _text(phrases.made_by(each)), (visible(used), "green"))
            yield _indented(_Hanging(named))
    elif listed:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        for name in ("name", "type", "made by", "from", "used for"):
            table.add_column(name, header_style="dim", overflow="fold", ratio=5 if name == "from" else None)
        for each in listed:
            table.add_row(_text(each.name), each.type, _text(phrases.made_by(each)), _text("\n".join(each.of)), _text(phrases.uses(each)))
        yield Padding(table, (0, 0, 0, 2))
    if along:
        yield _indented(_text(f"and as they come: {phrases.comes_along(along)}", "dim"))
    if inspection.open:
        yield _indented(_text("and whatever else the tables have: not all columns are known", "dim"))
    for gone in missing:
        yield _indented(_text(f"{gone.use.kind} {gone.use.name}: the result has no column {gone.column}", "red"))


# ---------------------------------------------------------------- small parts
_HANG = 4


@dataclass(frozen=True, slots=True)
class _Hanging:
    """A text whose lines after the first stand further in, so that it is seen where the next one begins."""

    text: Text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines = self.text.wrap(console, max(options.max_width - _HANG, 10))
        yield from (Text.assemble(" " * _HANG if at else "", line) for at, line in enumerate(lines))


def _text(text: str, style: str = "") -> Text:
    return Text("\n".join(map(visible, text.split("\n"))), style=style)


def _heading(text: str) -> Text:
    return Text(f"\n{text}", style="bold underline")


def _indented(part: RenderableType) -> RenderableType:
    return Padding(part, (0, 0, 0, 2))


def _pairs(pairs: list[tuple[str, str]], narrow: bool) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    lines = []
    for name, told in pairs:
        if told:
            style = _SEVERITIES.get(told, "") if name == "severity" else ""
            table.add_row(name, _text(told, style))
            lines.append(Text.assemble((f"{name}: ", "dim"), _text(told, style)))
    return Group(*lines) if narrow else table
