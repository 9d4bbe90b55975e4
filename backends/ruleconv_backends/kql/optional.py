"""``column_ifexists``: the binder decides it by the schema at hand; the text keeps asking, for the workspace may have another."""

from __future__ import annotations

from ruleconv.ir import expr as ir
from ruleconv.kql import tree
from ruleconv_backends.kql.precedence import call
from ruleconv_backends.kql.writer import Writer

_NAMES = ("column_ifexists", "columnifexists")


def asked(w: Writer, node: ir.ColumnRef | ir.Literal) -> tree.Expr | None:
    """The call that stands at the node's place, when it gives this column or this constant; else None."""
    if not w.text_of(node.span).startswith(_NAMES):
        return None
    written = w.syntax_at(node.span)
    if not isinstance(written, tree.Call) or written.name not in _NAMES or len(written.args) != 2:
        return None
    column, other = written.args
    if not isinstance(column, tree.Literal) or not isinstance(other, tree.Literal) or not isinstance(column.value, str):
        return None
    if isinstance(node, ir.ColumnRef):
        fits = column.value == node.name
    else:
        fits = other.value == node.value and other.type is node.type and all(c.name != column.value for c in w.row)
    return call("column_ifexists", column, other) if fits else None
