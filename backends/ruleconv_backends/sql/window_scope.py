"""What a window function may lean on: the order of the rows, and what a SELECT below has computed for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot import exp

from ruleconv.ir import expr as ir

SESSION = "row_window_session"
_RESTART_AT = {"row_number": 1, "row_cumsum": 1, "row_rank_dense": 1, "row_rank_min": 1, SESSION: 3}


@dataclass
class WindowScope:
    """``order``: the rows' sort keys; ``row``: the column that numbers the rows, once there is one. ``columns``: calls that a SELECT
    below has computed, with their columns. What to PARTITION BY in place of a restart condition: ``keys``, the sort keys that it
    looks at, or ``runs``, a column that numbers the runs."""

    order: list[exp.Ordered] = field(default_factory=list)
    row: exp.Expression | None = None
    columns: list[tuple[ir.Expr, str]] = field(default_factory=list)
    keys: list[tuple[ir.Expr, tuple[ir.Expr, ...]]] = field(default_factory=list)
    runs: list[tuple[ir.Expr, tuple[ir.Expr, ...]]] = field(default_factory=list)

    def ordering(self, leading: int = 0) -> list[exp.Ordered]:
        """What to ORDER BY within a partition by the first ``leading`` sort keys."""
        if self.row is not None:
            return [exp.Ordered(this=self.row.copy(), nulls_first=False)]
        return [key.copy() for key in self.order[leading:]]

    def column(self, call: ir.Expr) -> str | None:
        return next((name for made, name in self.columns if made == call), None)

    def run(self, restart: ir.Expr) -> tuple[ir.Expr, ...] | None:
        return next((keys for made, keys in (*self.keys, *self.runs) if made == restart), None)

    def sorts_by(self, restart: ir.Expr | None) -> int | None:
        """How many of the sort keys the restart looks at; None when it is anything else than a change in the first ones."""
        return 0 if restart is None else next((len(keys) for made, keys in self.keys if made == restart), None)


def restart_of(call: ir.WindowCall) -> ir.Expr | None:
    """The restart condition of the call; one that is always false counts as none."""
    at = _RESTART_AT.get(call.function, 99)
    restart = call.args[at] if len(call.args) > at else None
    return None if isinstance(restart, ir.Literal) and restart.value is False else restart
