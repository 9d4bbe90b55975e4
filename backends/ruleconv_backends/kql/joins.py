"""``join`` and ``lookup``. Kusto numbers names that both sides have; where other names are wanted, a ``project`` follows."""

from __future__ import annotations

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.types import Type
from ruleconv.kql import tree
from ruleconv.kql.binding.naming import unique_all
from ruleconv_backends.kql import implicit, names, pipelines
from ruleconv_backends.kql.writer import Writer

_LEFT_ONLY = (q.JoinKind.LEFTANTI, q.JoinKind.LEFTSEMI)
_RIGHT_ONLY = (q.JoinKind.RIGHTANTI, q.JoinKind.RIGHTSEMI)


def join(w: Writer, stage: q.Join) -> list[tree.TabularOperator]:
    """The operator, and what gives its columns other names."""
    if stage.kind is q.JoinKind.CROSS or not stage.keys:
        raise Unsupported("a join of all rows with all rows", stage.span, "Kusto joins on equal values")
    default = q.JoinKind.LEFTOUTER if stage.lookup else q.JoinKind.INNERUNIQUE
    parameters = () if stage.kind is default else (names.option("kind", stage.kind.value),)
    keys = tuple(_key(stage, left, right) for left, right in stage.keys)
    made = tree.Join("lookup" if stage.lookup else "join", parameters, pipelines.argument(w, stage.right), keys)
    given = _columns(stage)
    wanted = [(c.side, c.source.name, c.name) for c in stage.output]
    if given == wanted:
        return [made]
    shown = {(side, source): name for side, source, name in given}
    if not all((side, source) in shown for side, source, _ in wanted):
        raise Unsupported("the columns of this join", stage.span)
    return [made, pipelines.renamed([shown[side, source] for side, source, _ in wanted], [name for *_, name in wanted])]


def _key(stage: q.Join, left: ir.Expr, right: ir.Expr) -> tree.Expr:
    sides = (implicit.bare(left), implicit.bare(right))
    first, second = sides
    if not isinstance(first, ir.ColumnRef) or not isinstance(second, ir.ColumnRef):
        raise Unsupported("a join on a value that is computed", stage.span, "extend both sides by it first")
    if first.name == second.name and (first.type is second.type or Type.UNKNOWN in (first.type, second.type)):
        return names.name(first.name)
    return tree.Binary("==", _path("$left", first.name), _path("$right", second.name))


def _path(side: str, column: str) -> tree.Path:
    return tree.Path(tree.Name(side), names.name(column))


def _columns(stage: q.Join) -> list[tuple[q.Side, str, str]]:
    """Kusto's output: side, the column there, its name here."""
    hidden = {right.name for _, key in stage.keys if isinstance(right := implicit.bare(key), ir.ColumnRef)} if stage.lookup else set()
    items: list[tuple[q.Side, str]] = []
    if stage.kind not in _RIGHT_ONLY:
        items += [(q.Side.LEFT, c.name) for c in stage.left.columns]
    if stage.kind not in _LEFT_ONLY:
        items += [(q.Side.RIGHT, c.name) for c in stage.right.columns if c.name not in hidden]
    unique = unique_all([name for _, name in items])
    return [(side, source, name) for (side, source), name in zip(items, unique, strict=True)]
