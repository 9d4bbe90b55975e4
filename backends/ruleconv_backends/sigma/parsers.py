"""Functions of the workspace that stand for a table, and what their arguments do to its rows.

Source: https://learn.microsoft.com/azure/sentinel/normalization-about-parsers (the parameters of ASIM's filtering parsers) and
https://learn.microsoft.com/azure/sentinel/watchlists-queries.
"""

from __future__ import annotations

import re

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.fidelity import Effect
from ruleconv_backends.sigma.losses import Losses
from ruleconv_backends.sigma.times import TimeFilter, look_back_of

_ASIM = re.compile(r"_[Ii]m_\w+|_A[Ss]im_\w+|v?im[A-Z]\w+|ASim[A-Z]\w+")
_NAMED_BY_ARGUMENT = frozenset({"_GetWatchlist"})
"""The argument is part of the table's name."""
_SHOWN = frozenset({"pack", "disabled"})


def parser_times(source: q.Source, losses: Losses) -> list[TimeFilter]:
    """The tests of an event's time among the arguments: ``starttime`` and ``endtime`` of ASIM's parsers, whose other arguments filter
    events. Raises Unsupported for those, and for arguments of which nobody knows what they do; ``lossy`` notes them."""
    if not source.arguments or source.function in _NAMED_BY_ARGUMENT:
        return []
    if _ASIM.fullmatch(source.function) is None:
        error = Unsupported(f"arguments of {source.function}(), a function of the workspace,", source.span, "write out what it does")
        losses.lose(error, Effect.CHANGES)
        return []
    found: list[TimeFilter] = []
    for name, value in source.arguments:
        match name, value:
            case ("starttime", _):
                found.append(TimeFilter(source.span, look_back_of(value)))
            case ("endtime", ir.Call(function="now", args=())):
                pass
            case ("endtime", _):
                found.append(TimeFilter(source.span, None))
            case (_, ir.Literal(value=False)) if name in _SHOWN:
                pass
            case _:
                what = f"the argument {name} of {source.function}()" if name else f"arguments of {source.function}()"
                losses.lose(Unsupported(what, source.span, "write it as a where after the parser"), Effect.WIDENS)
    return found
