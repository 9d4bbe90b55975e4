"""Window functions: over the rows before and after, in the order of a serialized input.

Source: https://learn.microsoft.com/kusto/query/window-functions. Their SQL is made by ``sql/window.py``.
"""

from __future__ import annotations

from ruleconv.catalogue.model import Function, NullRule, Parameter, first
from ruleconv.ir.types import NUMERIC, Type

_RESTART = Parameter("restart", (Type.BOOL,), optional=True)
_NEIGHBOUR = (
    Parameter("value"),
    Parameter("offset", (Type.LONG,), optional=True, constant=True),
    Parameter("default", optional=True),
)

FUNCTIONS: tuple[Function, ...] = (
    Function(
        "row_number", (Parameter("start", (Type.LONG,), optional=True), _RESTART), Type.LONG,
        "The number of the row, from `start` (1); back at `start` where `restart` is true.",
        nulls=NullRule.NEVER, window=True,
    ),
    Function(
        "row_cumsum", (Parameter("term", NUMERIC), _RESTART), first,
        "The sum of `term` up to this row; from 0 again where `restart` is true.",
        nulls=NullRule.SOMETIMES, window=True,
    ),
    Function(
        "row_rank_dense", (Parameter("term"), _RESTART), Type.LONG,
        "How many different values of `term` there were up to this row.",
        nulls=NullRule.NEVER, window=True,
    ),
    Function(
        "row_rank_min", (Parameter("term"), _RESTART), Type.LONG,
        "The number of the first row with this value of `term`.",
        nulls=NullRule.NEVER, window=True,
    ),
    Function(
        "row_window_session",
        (
            Parameter("expr", (Type.DATETIME,)),
            Parameter("max_distance_from_first", (Type.TIMESPAN,)),
            Parameter("max_distance_between_neighbors", (Type.TIMESPAN,)),
            _RESTART,
        ),
        Type.DATETIME,
        "The time at which the row's session began: a session ends with a gap, with its length, or where `restart` is true.",
        nulls=NullRule.SOMETIMES, window=True,
    ),
    Function(
        "prev", _NEIGHBOUR, first,
        "The value `offset` (1) rows before, `default` where there is no such row.",
        nulls=NullRule.SOMETIMES, window=True,
    ),
    Function(
        "next", _NEIGHBOUR, first,
        "The value `offset` (1) rows after, `default` where there is no such row.",
        nulls=NullRule.SOMETIMES, window=True,
    ),
)  # fmt: skip
