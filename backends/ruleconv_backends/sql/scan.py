"""``scan``: a state machine over the ordered rows, as a recursive CTE that carries the states of all steps.

The state of step k holds the values of the steps 1..k of its sequence. A row meets the steps from the last to the first: it
continues step k from the state of step k-1 (which moves up and is empty then), or it repeats step k; the first step may always
begin. Semantics: https://learn.microsoft.com/kusto/query/scan-operator (and the emulator: a declared column without its step's
name is its default).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import reduce

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.types import Type
from ruleconv.ir.walk import has_window, walk
from ruleconv_backends.sql import names
from ruleconv_backends.sql.logic import negation
from ruleconv_backends.sql.recursion import Columns, walked
from ruleconv_backends.sql.relation import Relations
from ruleconv_backends.sql.select import Relation, conjunction
from ruleconv_backends.sql.stages import lowers_stage
from ruleconv_backends.sql.value import SqlValue


@lowers_stage(q.Scan)
def scan(relations: Relations, stage: q.Scan, input_: Relation | None) -> Relation:
    """A row for every match of an input row with a step that has output."""
    assert input_ is not None
    _check(stage)
    machine = Machine(relations, stage, input_)
    if len(stage.steps) == 1 and stage.match_id is None and not machine.references:
        return _stateless(relations, stage, input_, machine)
    relation = relations.ready(input_, [], grouped=True)
    row = relations.helper(relation, "row")
    number = exp.Window(this=exp.Anonymous(this="ROW_NUMBER", expressions=[]), over="OVER")
    if relation.order:
        number.set("order", exp.Order(expressions=[key.copy() for key in relation.order]))
    relation = relations.with_helpers(relation, {row: SqlValue(number, Type.LONG, False)})
    result = walked(relations, relation, row, machine.start, machine.levels)
    return _matches(relations, stage, machine, result, row)


def _check(stage: q.Scan) -> None:
    for step in stage.steps:
        if step.output == "last":
            raise Unsupported("scan with output=last", stage.span, "use output=all and keep the last row of each match with arg_max")
        if step.optional:
            raise Unsupported("an optional step of scan", stage.span)
        made = {a.name for a in step.assignments}
        for node in (step.condition, *(a.value for a in step.assignments)):
            if has_window(node):
                raise Unsupported("a window function inside scan", stage.span, "compute it with extend before scan")
            if any(isinstance(part, ir.ColumnRef) and part.name in made and len(step.assignments) > 1 for part in walk(node)):
                raise Unsupported("a scan assignment that uses a declared column without its step", stage.span, "write step.column")


class Machine:
    """The names and values of the walk: per step whether it is active, what its state holds, whether and how the row matched."""

    def __init__(self, relations: Relations, stage: q.Scan, input_: Relation) -> None:
        self.relations, self.stage = relations, stage
        self.steps = stage.steps
        self.at = {step.name: number for number, step in enumerate(self.steps)}
        lowering = relations.lowering
        with lowering.over({}):
            types = {c.name: c.type for c in stage.columns}
            self.defaults = {d.name: lowering.value_as(d.value, types[d.name]) for d in stage.declared}
        self.types = {name: value.type for name, value in input_.columns.items()} | types
        self.references = self._references()
        self.start = self._start()
        self.levels = [self._continues, self._repeats, self._moves] if len(self.steps) > 1 else [self._repeats, self._moves]

    # ------------------------------------------------------------ names
    def _references(self) -> list[tuple[int, str]]:
        """The columns of steps that any expression reads."""
        found: list[tuple[int, str]] = []
        for number, step in enumerate(self.steps):
            for node in (step.condition, *(a.value for a in step.assignments)):
                for part in walk(node):
                    if not isinstance(part, ir.ColumnRef) or "." not in part.name:
                        continue
                    name, _, column = part.name.partition(".")
                    if self.at.get(name, -1) > number or name not in self.at:
                        raise Unsupported(f"the reference {part.name} to a later step", part.span)
                    if (self.at[name], column) not in found:
                        found.append((self.at[name], column))
        return found

    def held(self, step: int) -> list[tuple[int, str]]:
        """What the state of the step holds."""
        return [(of, column) for of, column in self.references if of <= step]

    def state(self, step: int, of: int, column: str) -> str:
        return f"_{self.steps[step].name}.{self.steps[of].name}.{column}" if step != of else f"_{self.steps[of].name}.{column}"

    def flag(self, kind: str, step: int) -> str:
        return f"_{kind}.{self.steps[step].name}"

    def given(self, step: int, column: str) -> str:
        """The value that the step gave a declared column for the present row."""
        return f"_new.{self.steps[step].name}.{column}"

    def empty(self, column: str) -> SqlValue:
        return self.defaults.get(column) or SqlValue(
            names.literal(None, self.types[column], self.relations.dialect), self.types[column], True
        )

    def _start(self) -> dict[str, SqlValue]:
        no = SqlValue(exp.Boolean(this=False), Type.BOOL, False)
        minus = SqlValue(exp.Neg(this=exp.Literal.number("1")), Type.LONG, False)
        start: dict[str, SqlValue] = {}
        for step in range(len(self.steps)):
            if len(self.steps) > 1 or self.stage.match_id:
                start[self.flag("active", step)] = no
            for of, column in self.held(step):
                start[self.state(step, of, column)] = self.empty(column)
            if self.stage.match_id:
                start[self.flag("id", step)] = minus
        if self.stage.match_id:
            start["_ids"] = minus
        return start

    # ------------------------------------------------------------ what a step sees
    def environment(self, columns: Columns, step: int, source: int, fresh: exp.Expression | None) -> dict[str, SqlValue]:
        """The columns for the expressions of ``step`` when its earlier values come from the state of step ``source``.

        ``fresh``: a test under which that state is empty by now. From another step's state, the step's own values are empty.
        """
        env = {**columns, **self.defaults}
        for of, column in self.held(step):
            if of > source:
                value = self.empty(column)
            else:
                value = columns[self.state(source, of, column)]
                if fresh is not None:
                    value = replace(
                        value, node=exp.Case(ifs=[exp.If(this=fresh.copy(), true=self.empty(column).node)], default=value.node.copy())
                    )
            env[f"{self.steps[of].name}.{column}"] = value
        return env

    def _holds(self, env: Mapping[str, SqlValue], step: int) -> exp.Expression:
        with self.relations.lowering.over(env):
            test = self.relations.lowering.holds(self.steps[step].condition)
        return test if isinstance(test, exp.Boolean) else exp.Coalesce(this=test, expressions=[exp.Boolean(this=False)])

    def _promoted(self, columns: Columns, step: int) -> exp.Expression | None:
        """Whether the step's state has moved up to the next step."""
        return columns[self.flag("continues", step + 1)].node if step + 1 < len(self.steps) else None

    # ------------------------------------------------------------ levels
    def _continues(self, columns: Columns) -> dict[str, SqlValue]:
        """Check 1 of each step but the first."""
        made = {}
        for step in range(1, len(self.steps)):
            test = conjunction(
                [columns[self.flag("active", step - 1)].node, self._holds(self.environment(columns, step, step - 1, None), step)]
            )
            made[self.flag("continues", step)] = SqlValue(test, Type.BOOL, False)
        return made

    def _repeats(self, columns: Columns) -> dict[str, SqlValue]:
        """Check 2 of each step."""
        made = {}
        for step in range(len(self.steps)):
            promoted = self._promoted(columns, step)
            tests = []
            if step > 0:
                tests += [negation(columns[self.flag("continues", step)].node.copy()), columns[self.flag("active", step)].node]
                tests += [negation(promoted.copy())] if promoted is not None else []
            tests.append(self._holds(self.environment(columns, step, step, promoted if step == 0 else None), step))
            made[self.flag("repeats", step)] = SqlValue(conjunction(tests), Type.BOOL, False)
        return made

    def _moves(self, columns: Columns) -> dict[str, SqlValue]:
        """The new states, and what the row gives."""
        made: dict[str, SqlValue] = {}
        for step in range(len(self.steps)):
            made.update(self._move(columns, step))
        if self.stage.match_id:
            made["_ids"] = SqlValue(self._begun(columns), Type.LONG, False)
        return made

    def _move(self, columns: Columns, step: int) -> dict[str, SqlValue]:
        repeats = columns[self.flag("repeats", step)].node
        continues = columns[self.flag("continues", step)].node if step > 0 else None
        promoted = self._promoted(columns, step)
        no, yes = exp.Boolean(this=False), exp.Boolean(this=True)
        made: dict[str, SqlValue] = {}

        def chosen(old: exp.Expression, on_repeat: exp.Expression, on_continue: exp.Expression, cleared: exp.Expression) -> exp.Expression:
            branches = [exp.If(this=continues.copy(), true=on_continue)] if continues is not None else []
            branches.append(exp.If(this=repeats.copy(), true=on_repeat))
            if promoted is not None:
                branches.append(exp.If(this=promoted.copy(), true=cleared))
            return exp.Case(ifs=branches, default=old.copy())

        if self.flag("active", step) in columns:
            made[self.flag("active", step)] = SqlValue(
                chosen(columns[self.flag("active", step)].node, yes, yes.copy(), no), Type.BOOL, False
            )
        given = self._given(columns, step, continues, promoted)
        for of, column in self.held(step):
            name = self.state(step, of, column)
            old = columns[name]
            empty = self.empty(column).node
            if of == step:
                value = given.get(column) or self.defaults.get(column) or columns[column]
                node = chosen(old.node, value.node.copy(), value.node.copy(), empty.copy())
            else:
                node = chosen(old.node, old.node.copy(), columns[self.state(step - 1, of, column)].node.copy(), empty.copy())
            made[name] = SqlValue(node, old.type, True)
        if self.stage.match_id:
            old = columns[self.flag("id", step)]
            before = columns[self.flag("id", step - 1)].node.copy() if step else exp.Null()
            made[self.flag("id", step)] = SqlValue(
                self._begun(columns) if step == 0 else chosen(old.node, old.node.copy(), before, exp.Neg(this=exp.Literal.number("1"))),
                Type.LONG,
                False,
            )
        if self.steps[step].output != "none":
            test: exp.Expression = repeats.copy() if continues is None else exp.Or(this=continues.copy(), expression=repeats.copy())
            made[self.flag("matches", step)] = SqlValue(test, Type.BOOL, False)
            made.update({self.given(step, column): value for column, value in given.items()})
        return made

    def _given(self, columns: Columns, step: int, continues: exp.Expression | None, promoted: exp.Expression | None) -> dict[str, SqlValue]:
        """The values of the step's assignments, whichever way the row matched."""
        lowering = self.relations.lowering
        env = self.environment(columns, step, step, promoted if step == 0 else None)
        if continues is not None:
            other = self.environment(columns, step, step - 1, None)
            for name, value in env.items():
                if other[name].node != value.node:
                    env[name] = replace(
                        value, node=exp.Case(ifs=[exp.If(this=continues.copy(), true=other[name].node.copy())], default=value.node.copy())
                    )
        with lowering.over(env):
            return {a.name: lowering.value_as(a.value, self.types[a.name]) for a in self.steps[step].assignments}

    def _begun(self, columns: Columns) -> exp.Expression:
        """The number of the last sequence that was begun: one more where the first step matches and has none."""
        active = columns[self.flag("active", 0)].node.copy()
        promoted = self._promoted(columns, 0)
        idle: exp.Expression = negation(active)
        if promoted is not None:
            idle = exp.Paren(this=exp.Or(this=idle, expression=promoted.copy()))
        last = columns["_ids"].node
        test = conjunction([columns[self.flag("repeats", 0)].node, idle])
        return exp.Case(ifs=[exp.If(this=test, true=exp.Add(this=last.copy(), expression=exp.Literal.number("1")))], default=last.copy())


def _stateless(relations: Relations, stage: q.Scan, input_: Relation, machine: Machine) -> Relation:
    """One step that looks at no state: a filter, then its assignments."""
    (step,) = stage.steps
    relation = input_.sealed() if input_.windowed or input_.is_grouped or input_.limit is not None or input_.volatile else input_
    with relations.lowering.over({**relation.columns, **machine.defaults}):
        test = relations.lowering.holds(step.condition)
        made = {a.name: relations.lowering.value_as(a.value, machine.types[a.name]) for a in step.assignments}
    merged = {**relation.columns, **machine.defaults, **made}
    where = [*relation.where] if isinstance(step.condition, ir.Literal) and step.condition.value is True else [*relation.where, test]
    if step.output == "none":
        where.append(exp.Boolean(this=False))
    return replace(relation, columns={c.name: merged[c.name] for c in stage.columns}, where=where)


def _matches(relations: Relations, stage: q.Scan, machine: Machine, walked_: Relation, row: str) -> Relation:
    """The rows that matched; one SELECT for each step with output."""
    parts = []
    for number, step in enumerate(stage.steps):
        if step.output == "none":
            continue
        made = {a.name: walked_.columns[machine.given(number, a.name)] for a in step.assignments}
        merged: dict[str, SqlValue] = {**walked_.columns, **machine.defaults, **made}
        if stage.match_id:
            merged[stage.match_id] = walked_.columns[machine.flag("id", number)]
        columns = {c.name: merged[c.name] for c in stage.columns}
        parts.append(replace(walked_, columns=columns, star=(), where=[walked_.columns[machine.flag("matches", number)].node]))
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return replace(
            walked_,
            columns={c.name: {**walked_.columns, **machine.defaults}[c.name] for c in stage.columns},
            where=[exp.Boolean(this=False)],
        )
    return _together(relations, parts, row, walked_)


def _together(relations: Relations, parts: Iterable[Relation], row: str, walked_: Relation) -> Relation:
    """The matches of several steps in the order of their rows; of one row, the later step's first."""
    number = walked_.columns[row]
    queries = []
    sql_names: dict[str, str] = {}
    shape: Relation | None = None
    shared = relations.alias("steps")
    assert isinstance(walked_.source, exp.Subquery)
    cte = exp.CTE(this=walked_.source.this.copy(), alias=exp.TableAlias(this=names.identifier(shared)))
    for at, part in enumerate(parts):
        step = relations.lowering.cast(exp.Neg(this=exp.Literal.number(str(at))) if at else exp.Literal.number("0"), Type.LONG)
        shape = replace(
            part, columns={**part.columns, "_row": number, "_step": SqlValue(step, Type.LONG, False)}, order=[], source=names.table(shared)
        )
        query, sql_names = shape.build_named(inner=True)
        queries.append(query)
    assert shape is not None
    whole = reduce(lambda left, right: exp.Union(this=left, expression=right, distinct=False), queries)
    whole.set("with_", exp.With(expressions=[cte]))
    source = exp.Subquery(this=whole, alias=exp.TableAlias(this=names.identifier("t")))
    columns = {
        name: SqlValue(names.column(sql_names[name]), value.type, True)
        for name, value in shape.columns.items()
        if name not in ("_row", "_step")
    }
    order = [exp.Ordered(this=names.column(name), nulls_first=False) for name in ("_row", "_step")]
    return Relation(relations.dialect, source, columns, order=order)
