"""Tables that no schema can list: custom logs, watchlists, ASIM parsers, functions of the workspace.

Their columns are taken from their use.
"""

from __future__ import annotations

import re

from ruleconv.ir import query as q
from ruleconv.ir.expr import Expr
from ruleconv.kql import tree
from ruleconv.kql.binding import findings
from ruleconv.kql.binding.registry import bind
from ruleconv.kql.binding.scope import Bound, Origin
from ruleconv.kql.binding.session import Context

_OPEN_NAME = re.compile(
    r"""\w+_CL(?:_[A-Za-z]+)?                      # custom logs
    | _GetWatchlist | _GetWatchlistAlias           # watchlists
    | _(?:Im|ASim)_\w+ | (?:v?im|ASim)[A-Z]\w+     # ASIM parsers
    | _Asim\w* | ASIM_\w+""",
    re.VERBOSE,
)


def is_open_name(name: str) -> bool:
    """Whether such a table or function is the user's own by the conventions of Microsoft Sentinel."""
    return _OPEN_NAME.fullmatch(name) is not None


def unknown_function(at: Context, node: tree.Call) -> Bound:
    """A call that stands for rows, of a function that is not known: a table of the same name, open."""
    session = at.session
    if session.schema.table(node.name) is not None:
        session.report(findings.unknown_function(node.name, node.name_span, node.name))
    arguments: list[tuple[str, Expr]] = []
    for argument in node.args:
        value = argument.value if isinstance(argument, tree.NamedExpr) else argument
        if not isinstance(value, tree.Wildcard):
            key = argument.names[0].name if isinstance(argument, tree.NamedExpr) else ""
            arguments.append((key, bind(at, value)))
    name = _distinct(at, node, table_of(node))
    origin = Origin(f"table:{name}")
    rows = "the rows that it gives for these arguments" if node.args else "its rows"
    session.note("KQL004", f"the function {node.name}() is not known: {rows} are expected in the table {name}", node.name_span)
    return Bound(q.Source(name, session.columns_of(origin), True, node.span, node.name, tuple(arguments)), (origin,))


def _distinct(at: Context, node: tree.Call, name: str) -> str:
    """Calls with other arguments are other tables."""
    source = at.session.source.text
    arguments = " ".join(" ".join(source[a.span.start : a.span.end].split()) for a in node.args)
    calls = at.session.unknown_calls.setdefault(name, [])
    if arguments not in calls:
        calls.append(arguments)
    number = calls.index(arguments)
    return f"{name}_{number + 1}" if number else name


def table_of(node: tree.Call) -> str:
    """The name of the table that stands for the function's rows: a watchlist has its own."""
    if node.name.startswith("_GetWatchlist") and node.args:
        first = node.args[0].value if isinstance(node.args[0], tree.NamedExpr) else node.args[0]
        if isinstance(first, tree.Literal) and isinstance(first.value, str):
            return f"{node.name}_{first.value}"
    return node.name
