"""``row_window_session``: where a session began depends on where it began for the row before, so the rows are walked.

Semantics: https://learn.microsoft.com/kusto/query/row-window-session-function
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv.ir import expr as ir
from ruleconv.ir.types import Type
from ruleconv_backends.sql import names
from ruleconv_backends.sql.recursion import Columns, walked
from ruleconv_backends.sql.select import Relation, disjunction
from ruleconv_backends.sql.value import SqlValue
from ruleconv_backends.sql.window_scope import WindowScope, restart_of

if TYPE_CHECKING:
    from ruleconv_backends.sql.relation import Relations


def session_starts(relations: Relations, relation: Relation, scope: WindowScope, call: ir.WindowCall, row: str, name: str) -> Relation:
    """The rows (numbered by ``row``) with the call's value as the column ``name``."""
    lowering = relations.lowering
    before = relations.helper(relation, "before")
    null = SqlValue(names.null(Type.DATETIME, relations.dialect), Type.DATETIME, True)

    def step(columns: Columns) -> Mapping[str, SqlValue]:
        with lowering.windows(scope), lowering.over(columns):
            time = lowering.value_as(call.args[0], Type.DATETIME)
            longest, gap = (lowering.value_as(argument, Type.TIMESPAN).node for argument in call.args[1:3])
            restart = restart_of(call)
            began, last = columns[name].node, columns[before].node
            tests: list[exp.Expression] = [
                exp.Is(this=time.node.copy(), expression=exp.Null()),
                exp.Is(this=began.copy(), expression=exp.Null()),
                lowering.template("_x >= _began + _longest", x=time.node, began=began, longest=longest),
                lowering.template("_x >= _last + _gap", x=time.node, last=last, gap=gap),
            ]
            if restart is not None:
                tests.append(lowering.holds(restart))
        start = exp.Case(ifs=[exp.If(this=disjunction(tests), true=time.node.copy())], default=began.copy())
        return {name: SqlValue(start, Type.DATETIME), before: time}

    result = walked(relations, relation, row, {name: null, before: null}, [step])
    del result.columns[before]
    result.star = ()
    result.order = [key.copy() for key in relation.order] or result.order
    return result
