"""The stages of a query as flows of events: from which table, through which filters, and how they are grouped at the end.

Source for what each stage does: docs/semantics.md and ``ruleconv.ir.query``.
"""

from __future__ import annotations

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.fidelity import Effect
from ruleconv.ir.types import Type
from ruleconv.ir.walk import walk
from ruleconv.text import Span
from ruleconv_backends.sigma.inline import element, inline, lost, reason_lost
from ruleconv_backends.sigma.losses import Losses
from ruleconv_backends.sigma.operators import join_name, name_of, span_of
from ruleconv_backends.sigma.parsers import parser_times
from ruleconv_backends.sigma.state import Flow, Group, State
from ruleconv_backends.sigma.temporal import Temporal
from ruleconv_backends.sigma.times import time_filter

_MAX_DEPTH = 40
_DISPLAY = "the rule finds the events themselves"


class Reader:
    """Reads the stages of one query. Losses are noted in ``losses``, or raised."""

    def __init__(self, query: q.Query, losses: Losses) -> None:
        self.lets = {let.name: let.rel for let in query.lets}
        self.losses = losses

    def rows(self) -> dict[str, list[ir.Expr]]:
        """The values of lets that are tables of one column written in the query."""
        return {
            name: [row[0] for row in rel.rows]
            for name, rel in self.lets.items()
            if isinstance(rel, q.Rows) and len(rel.columns) == 1 and all(isinstance(row[0], ir.Literal) for row in rel.rows)
        }

    def read(self, rel: q.Rel, depth: int = 0) -> State:
        """Raises Unsupported for stages that no Sigma rule can say."""
        if depth > _MAX_DEPTH:
            raise Unsupported("a query of this depth", span_of(rel))
        chain: list[q.Rel] = []
        at = rel
        while not isinstance(at, (q.Source, q.LetRef, q.Union, q.Join, q.Rows, q.RangeRows, q.External)):
            chain.append(at)
            inner = getattr(at, "input", None)
            if inner is None:
                raise Unsupported(f"{name_of(at)}", span_of(at), "a Sigma rule is about the events of a table")
            at = inner
        state = self._start(at, depth)
        for stage in reversed(chain):
            self._apply(stage, state)
        return state

    def settled(self, state: State) -> State:
        """Without a join that no correlation can say."""
        if state.temporal is not None and state.temporal.kind is None:
            self.losses.lose(state.temporal.refusal(), Effect.WIDENS)
            state.temporal = None
            del state.flows[1:]
        return state

    # ------------------------------------------------------------ where events come from
    def _start(self, rel: q.Rel, depth: int) -> State:
        match rel:
            case q.Source():
                columns: dict[str, ir.Expr] = {c.name: ir.ColumnRef(c.name, c.type, c.nullable) for c in rel.columns}
                return State([Flow(rel, columns, times=parser_times(rel, self.losses))])
            case q.LetRef(name=name) if name in self.lets:
                return self.read(self.lets[name], depth + 1)
            case q.Union():
                return self._union(rel, depth)
            case q.Join():
                return self._join(rel, depth)
            case _:
                raise Unsupported(f"{name_of(rel)}", span_of(rel), "a Sigma rule is about the events of a table")

    def _union(self, rel: q.Union, depth: int) -> State:
        flows: list[Flow] = []
        repeated = ""
        for leg in rel.legs:
            state = self.read(leg.input, depth + 1)
            if state.temporal is not None:
                self.losses.lose(Unsupported("union with rows of a join", rel.span, "write one rule for each"), Effect.WIDENS)
                state.temporal = None
                del state.flows[1:]
            if state.group is not None:
                self._grouped_no_more(state, rel.span, "union")
            for flow in state.flows:
                columns: dict[str, ir.Expr] = {}
                for column, source in zip(rel.columns, leg.sources, strict=True):
                    if source is not None:
                        columns[column.name] = flow.columns.get(source.name, source)
                    elif column.name == rel.withsource:
                        columns[column.name] = ir.Literal(leg.label, Type.STRING)
                    else:
                        columns[column.name] = ir.Literal("" if column.type is Type.STRING else None, column.type)
                flow.columns = columns
                flows.append(flow)
            repeated = repeated or state.repeated
        return State(flows, repeated=repeated)

    def _grouped_no_more(self, state: State, span: Span, what: str) -> None:
        """Groups that go on as rows: those without a threshold are their events."""
        group = state.group
        assert group is not None
        if group.thresholds:
            self.losses.lose(Unsupported(f"{what} with rows of a summarize", span, "write one rule for each"), Effect.WIDENS)
        self._note_display(group)
        for flow in state.flows:
            flow.columns = {name: self._after(name, value, flow) for name, value in group.columns.items()}
        state.group = None

    def _after(self, name: str, value: ir.Expr, flow: Flow) -> ir.Expr:
        if any(isinstance(part, ir.AggregateCall) for part in walk(value)):
            return lost(name, "an aggregate", value.type)
        return flow.inlined(value)

    def _note_display(self, group: Group) -> None:
        if group.keys:
            self.losses.note("SIW004", Effect.WIDENS, f"summarize makes one row of a group of events: {_DISPLAY}", group.span)
        else:
            self.losses.note("SIW004", Effect.CHANGES, f"the query gives one row for all events: {_DISPLAY}", group.span)

    def _join(self, rel: q.Join, depth: int) -> State:
        """Joins that only add columns leave the events as they are; others are refused."""
        kind = rel.kind
        right_first = kind in (q.JoinKind.RIGHTOUTER, q.JoinKind.RIGHTANTI, q.JoinKind.RIGHTSEMI)
        state = self.settled(self.read(rel.right if right_first else rel.left, depth + 1))
        if kind in (q.JoinKind.INNER, q.JoinKind.INNERUNIQUE) and (both := self._temporal(rel, state, depth)) is not None:
            return both
        kept = q.Side.RIGHT if right_first else q.Side.LEFT
        if kind in (q.JoinKind.LEFTOUTER, q.JoinKind.RIGHTOUTER):
            self.losses.note("SIW001", Effect.EXACT, f"the columns that {join_name(rel)} adds are not put out", rel.span)
            if state.group is None:
                state.repeated = join_name(rel)
        else:
            hint = {
                q.JoinKind.LEFTANTI: "a Sigma rule sees one event at a time: keep the list of known values elsewhere, as a filter",
                q.JoinKind.RIGHTANTI: "a Sigma rule sees one event at a time: keep the list of known values elsewhere, as a filter",
            }.get(kind, "two events within a time span are a temporal correlation: filter on the difference of their times")
            effect = Effect.CHANGES if kind is q.JoinKind.FULLOUTER else Effect.WIDENS
            self.losses.lose(Unsupported(join_name(rel), rel.span, hint), effect, of_groups=state.group is not None)
        columns = {c.name: c for c in rel.columns}
        before = state.group.columns if state.group is not None else None
        for flow in state.flows:
            known = before if before is not None else flow.columns
            made: dict[str, ir.Expr] = {}
            for each in rel.output:
                if each.side is kept:
                    made[each.name] = known.get(each.source.name, each.source)
                else:
                    made[each.name] = lost(each.name, "of the joined table", columns[each.name].type)
            if state.group is not None:
                state.group.columns = made
            else:
                flow.columns = made
        return state

    def _temporal(self, rel: q.Join, left: State, depth: int) -> State | None:
        """Both flows of a join, of which a later filter may say how far apart their events are; None where a side is not one flow."""
        if left.group is not None or len(left.flows) != 1 or not rel.keys:
            return None
        try:
            right = self.read(rel.right, depth + 1)
        except Unsupported:
            return None
        if right.group is not None or len(right.flows) != 1 or right.temporal is not None:
            return None
        one, other = left.flows[0], right.flows[0]
        try:
            keys = tuple((one.inlined(mine), other.inlined(theirs)) for mine, theirs in rel.keys)
        except Unsupported:
            return None
        types = {column.name: column.type for column in rel.columns}
        for side, flow in ((q.Side.LEFT, one), (q.Side.RIGHT, other)):
            flow.columns = {
                each.name: flow.columns.get(each.source.name, each.source)
                if each.side is side
                else lost(each.name, "of the joined table", types[each.name])
                for each in rel.output
            }
        unique = rel.kind is q.JoinKind.INNERUNIQUE
        return State([one, other], temporal=Temporal(join_name(rel), keys, rel.span, unique))

    # ------------------------------------------------------------ stages
    def _apply(self, stage: q.Rel, state: State) -> None:
        grouped = state.group is not None
        match stage:
            case q.Filter():
                self._filter(stage, state)
            case q.Extend() | q.Serialize():
                self._extend(stage, state)
            case q.Project():
                self._project(stage.values, stage.span, state)
            case q.Distinct():
                message = f"distinct gives each row once: {_DISPLAY}"
                self.losses.note("SIW004", Effect.WIDENS, message, stage.span, of_groups=grouped)
                self._project(stage.values, stage.span, state)
            case q.Sort():
                self.losses.note("SIW001", Effect.EXACT, "a Sigma rule has no order", stage.span)
            case q.Limit():
                self.losses.note("SIW003", Effect.WIDENS, "a Sigma rule finds all events, not the first few", stage.span, of_groups=grouped)
            case q.Aggregate():
                self._aggregate(stage, state)
            case q.Expand():
                message = f"mv-expand gives a row for each element, and none for an empty list: {_DISPLAY}"
                self.losses.note("SIW004", Effect.WIDENS, message, stage.span, of_groups=grouped)
                self._expand(stage, state)
            case q.Apply() if (body := _row_wise(stage)) is not None:
                message = f"mv-apply gives a row for each element that passes: {_DISPLAY}"
                self.losses.note("SIW004", Effect.WIDENS, message, stage.span, of_groups=grouped)
                self._expand(stage, state)
                for each in body:
                    self._apply(each, state)
            case q.Parse() if not stage.keep_matching:
                names = {piece.name: "a part that parse cuts out" for piece in stage.pieces if isinstance(piece, q.Capture)}
                self._computed(stage, state, names)
            case q.ParseKeyValue():
                self._computed(stage, state, {key.name: "a part that parse-kv cuts out" for key in stage.keys})
            case _:
                error = Unsupported(f"{name_of(stage)}", span_of(stage), "a Sigma rule filters events and counts them, no more")
                self.losses.lose(error, Effect.CHANGES)
                known = {column.name for column in stage.columns}
                self._computed(stage, state, {name: f"which {name_of(stage)} gives" for name in known - self._names(state)})

    def _names(self, state: State) -> set[str]:
        if state.group is not None:
            return set(state.group.columns)
        return {name for flow in state.flows for name in flow.columns}

    def _computed(self, stage: q.Rel, state: State, made: dict[str, str]) -> None:
        """Columns whose values no expression over the event gives."""
        types = {column.name: column.type for column in stage.columns}
        for columns in self._columns(state):
            columns.update({name: lost(name, reason, types.get(name, Type.UNKNOWN)) for name, reason in made.items()})

    def _expand(self, stage: q.Expand | q.Apply, state: State) -> None:
        """Each column is some element of its list; of several in parallel, and of groups, that says nothing."""
        if stage.item_index:
            self._computed(stage, state, {stage.item_index: "the place of an element"})
        if state.group is None:
            state.repeated = name_of(stage)
        if state.group is not None or len(stage.values) > 1 or (isinstance(stage, q.Expand) and stage.kind_array):
            self._computed(stage, state, {each.name: f"an element that {name_of(stage)} gives" for each in stage.values})
            return
        for flow in state.flows:
            for each in stage.values:
                flow.columns[each.name] = element(flow.inlined(each.value), each.type)

    def _columns(self, state: State) -> list[dict[str, ir.Expr]]:
        return [state.group.columns] if state.group is not None else [flow.columns for flow in state.flows]

    def _filter(self, stage: q.Filter, state: State) -> None:
        for term in _conjuncts(stage.predicate):
            if state.group is None and state.temporal is not None:
                self._joined_filter(term, state.flows, state.temporal)
                continue
            if state.group is None:
                for flow in state.flows:
                    self._event_filter(term, flow)
                continue
            node = inline(term, state.group.columns)
            if any(isinstance(part, ir.AggregateCall) for part in walk(node)):
                if state.group.closed:
                    error = Unsupported("a filter on groups of groups", term.span, "a correlation counts events, once")
                    self.losses.lose(error, Effect.WIDENS, of_groups=True)
                else:
                    state.group.thresholds.append(node)
                continue
            # A filter on keys keeps whole groups: the same as one on their events.
            for flow in state.flows:
                self._event_filter(node, flow)

    def _joined_filter(self, term: ir.Expr, flows: list[Flow], temporal: Temporal) -> None:
        """A filter on one side's columns is that side's; one on both may say how far apart the events are."""
        left, right = (flow.inlined(term) for flow in flows)
        if temporal.take(term, left, right):
            return
        side = flows[1] if _is_lost(left) and not _is_lost(right) else flows[0]
        self._event_filter(term, side)

    def _event_filter(self, term: ir.Expr, flow: Flow) -> None:
        try:
            node = flow.inlined(term)
        except Unsupported as error:
            self.losses.lose(error, Effect.WIDENS)
            return
        if (found := time_filter(node)) is not None:
            flow.times.append(found)
        else:
            flow.filters.append(node)

    def _extend(self, stage: q.Extend | q.Serialize, state: State) -> None:
        for columns in self._columns(state):
            columns.update(self._values(stage.values, columns))

    def _project(self, values: tuple[q.Named, ...], span: Span, state: State) -> None:
        if state.group is not None:
            state.group.columns = self._values(values, state.group.columns)
            return
        for flow in state.flows:
            flow.columns = self._values(values, flow.columns)
            raw = [value.name for value in flow.columns.values() if isinstance(value, ir.ColumnRef) and reason_lost(value) is None]
            flow.shown = list(dict.fromkeys(raw))

    def _values(self, values: tuple[q.Named, ...], columns: dict[str, ir.Expr]) -> dict[str, ir.Expr]:
        made: dict[str, ir.Expr] = {}
        for each in values:
            if any(isinstance(part, ir.WindowCall) for part in walk(each.value)):
                made[each.name] = lost(each.name, "which looks at other rows", each.value.type)
                continue
            try:
                made[each.name] = inline(each.value, columns)
            except Unsupported:
                made[each.name] = lost(each.name, "whose definition is too long", each.value.type)
        return made

    def _aggregate(self, stage: q.Aggregate, state: State) -> None:
        if state.group is not None:
            group = state.group
            columns = self._values((*stage.keys, *stage.aggregates), group.columns)
            if group.thresholds:
                group.columns, group.closed = columns, True
                return
            self._note_display(group)
            if any(_has_aggregate(value) for value in columns.values()):
                group.columns, group.closed, group.keys, group.span = columns, True, stage.keys, stage.span
                return
        columns = {each.name: each.value for each in (*stage.keys, *stage.aggregates)}
        state.group = Group(stage.keys, stage.aggregates, columns, stage.span)


def _is_lost(node: ir.Expr) -> bool:
    return any(reason_lost(part) is not None for part in walk(node))


def _row_wise(stage: q.Apply) -> list[q.Rel] | None:
    """The stages of a ``mv-apply`` that filters elements and computes columns of them, first to last; None where it does more."""
    found: list[q.Rel] = []
    at = stage.body
    while isinstance(at, (q.Filter, q.Extend, q.Project)):
        found.append(at)
        at = at.input
    if not isinstance(at, q.LetRef) or at.name != stage.context or stage.limit is not None:
        return None
    return [each for each in reversed(found) if not isinstance(each, q.Project)]


def _has_aggregate(node: ir.Expr) -> bool:
    return any(isinstance(part, ir.AggregateCall) for part in walk(node))


def _conjuncts(node: ir.Expr) -> list[ir.Expr]:
    terms: list[ir.Expr] = []
    stack = [node]
    while stack:
        at = stack.pop()
        if isinstance(at, ir.And):
            stack.extend(reversed(at.terms))
        else:
            terms.append(at)
    return terms
