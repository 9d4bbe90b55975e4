"""``SigmaBackend``: IR in, Sigma rules as YAML and notes out."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from ruleconv.diagnostic import Unsupported
from ruleconv.ir.correlation import Correlate
from ruleconv.ir.expr import Expr
from ruleconv.ir.fidelity import Effect, Translation
from ruleconv.ir.query import Query
from ruleconv.rulefile.metadata import NO_METADATA, Metadata
from ruleconv.rulefile.yaml_text import Value as Yaml
from ruleconv.rulefile.yaml_text import write
from ruleconv.text import NOWHERE, Source
from ruleconv_backends.sigma import correlation, rule, times
from ruleconv_backends.sigma.correlates import Correlations
from ruleconv_backends.sigma.detection import lay_out
from ruleconv_backends.sigma.fields import subject
from ruleconv_backends.sigma.flow import Reader
from ruleconv_backends.sigma.logsource import Named, NoName, choices
from ruleconv_backends.sigma.losses import Losses
from ruleconv_backends.sigma.predicates import Predicates
from ruleconv_backends.sigma.state import Flow, State
from ruleconv_backends.sigma.tree import EVERY_EVENT, NO_EVENT, AnyOf, Item, Neg, Tree

SEPARATOR = "---\n"


class SigmaBackend:
    """Writes bound queries as Sigma rules. ``dialect``: there is but one. ``lossy``: what Sigma cannot say is left out, with a note for
    each part, and not refused."""

    def __init__(self, dialect: str = "", *, lossy: bool = False) -> None:
        self.lossy = lossy

    def translate(
        self, query: Query, *, source: Source | None = None, now: int | None = None, metadata: Metadata = NO_METADATA, lossy: bool = False
    ) -> Translation:
        """One document for each table that the query reads, and one for the correlation of their events. ``now`` is of no use here.

        Raises Unsupported (with its place) for what Sigma cannot say; with ``lossy`` only where nothing is left to write.
        """
        losses = Losses(self.lossy or lossy)
        reader = Reader(query, losses)
        try:
            if isinstance(query.body, Correlate):
                documents = Correlations(partial(_detection, reader, losses), source).made(query.body, metadata)
            else:
                documents = _Documents(reader, losses, metadata, source).made(reader.settled(reader.read(query.body)))
        except RecursionError:
            raise Unsupported("a query that is nested this deeply", NOWHERE, "divide it with let", source) from None
        _note_trigger(metadata, losses)
        return Translation(SEPARATOR.join(write(each, step=4) for each in documents), losses.notes, source)


def _note_trigger(metadata: Metadata, losses: Losses) -> None:
    """Sentinel raises an alert by the number of rows; Sigma by each event (of a correlation: each group) that is found."""
    if metadata.origin != "sentinel":
        return
    operator, threshold = (str(metadata.raw.get(key, default)) for key, default in (("triggerOperator", "gt"), ("triggerThreshold", 0)))
    more = operator.casefold() in ("gt", "greaterthan")
    if not more or threshold != "0":
        message = f"the alert is raised when the number of rows is {operator} {threshold}; Sigma raises one for whatever is found"
        losses.note("SIW008", Effect.WIDENS if more else Effect.CHANGES, message)


class _Documents:
    def __init__(self, reader: Reader, losses: Losses, metadata: Metadata, source: Source | None) -> None:
        self.reader, self.losses, self.metadata, self.source = reader, losses, metadata, source

    def made(self, state: State) -> list[dict[str, Yaml]]:
        about = rule.about(self.metadata, self.source, state.flows[0].source.table)
        plan = correlation.plan(state, self.metadata, self.losses)
        for flow in state.flows:
            # A correlation over the look-back has that as its timespan; of other tests of the time it says nothing either.
            spanned = isinstance(plan, correlation.Plan) and not plan.window.binned
            told = [each for each in flow.times if each.look_back is None] if spanned else flow.times
            times.note(told, self.metadata.period, self.losses)
        found = [
            (flow, *_detection(self.reader, self.losses, flow, self.metadata, correlation.compared(plan, flow, at)))
            for at, flow in enumerate(state.flows)
        ]
        full = len(found)
        found = [each for each in found if each[2] != NO_EVENT]
        if not found or (len(found) < full and isinstance(plan, correlation.Pair)):
            raise Unsupported("a filter that no event passes", state.flows[0].source.span)
        suffixes = _suffixes([flow.source.table for flow, _, _ in found])
        if plan is None:
            return [
                rule.document(about, suffix if len(found) > 1 else "", _part(where, tree), fields=_fields(flow, where))
                for (flow, where, tree), suffix in zip(found, suffixes, strict=True)
            ]
        rules = [correlation.Rule(rule.slug(suffix), *each) for each, suffix in zip(found, suffixes, strict=True)]
        if isinstance(plan, correlation.Pair):
            together = [correlation.pair(plan, rules, self.losses)]
        else:
            together = correlation.correlations(plan, rules, self.losses)
            if not all(each.grows for each in plan.thresholds):
                self.losses.counted()
        bases = [
            rule.document(about, suffix, {"name": each.name, **_part(each.where, each.tree)}, fields=[], full=False)
            for each, suffix in zip(rules, suffixes, strict=True)
        ]
        numbers = [""] if len(together) == 1 else [f"alternative {at + 1}" for at in range(len(together))]
        return [*bases, *(rule.document(about, number, part, fields=[]) for number, part in zip(numbers, together, strict=True))]


def _detection(reader: Reader, losses: Losses, flow: Flow, metadata: Metadata, compared: Sequence[Expr] = ()) -> tuple[Named, Tree]:
    """The first log source that has a field for every column, and the tests in its terms. ``compared``: what else the rule asks for."""
    columns = frozenset(column.name for column in flow.source.columns)
    for where in choices(flow.source, flow.filters, metadata.logsource, own=metadata.origin == "sigma"):
        told = Losses(losses.lossy)
        try:
            for node in compared:
                with suppress(Unsupported):
                    subject(node, where)
            filters = [each for each in flow.filters if each not in where.implied]
            tree = Predicates(where, told, reader.rows(), columns).conjunction(filters)
            if tree == EVERY_EVENT:
                tree = _every_event(flow, where)
        except NoName:
            continue
        losses.extend(told)
        return where.on_windows(tree), tree
    raise AssertionError("the last choice takes any column")


def _every_event(flow: Flow, where: Named) -> Tree:
    """A detection needs a test: every event of Log Analytics and Defender has a time; of other tables, a test or its contrary holds."""
    names = [column.name for column in flow.source.columns]
    time = next((name for name in times.TIME_COLUMNS if name in names), times.TIME_COLUMNS[0] if flow.source.open or not names else "")
    if time:
        return Item(where.field((time,)), ("exists",), (True,))
    missing = Item(where.field((names[0],)), (), (None,))
    return AnyOf((missing, Neg(missing)))


def _part(where: Named, tree: Tree) -> dict[str, Yaml]:
    return {"logsource": dict(where.logsource), "detection": lay_out(tree)}


def _fields(flow: Flow, where: Named) -> list[str]:
    """The fields to show; columns without a name in the log source have none."""
    names: dict[str, None] = {}
    for column in flow.shown or ():
        with suppress(NoName):
            names[where.field((column,))] = None
    return list(names)


def _suffixes(tables: list[str]) -> list[str]:
    """The tables' names, numbered where one comes again."""
    made: list[str] = []
    for at, table in enumerate(tables):
        made.append(f"{table} {tables[: at + 1].count(table)}" if tables.count(table) > 1 else table)
    return made
