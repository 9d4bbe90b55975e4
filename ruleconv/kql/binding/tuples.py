"""Scalar functions that give several columns: ``series_stats``, ``series_fit_line`` and their kin.

The IR says each column as a step into the one call: ``Access(Call("series_stats", ..), "min")``. Columns as Microsoft's parser has them.
"""

from __future__ import annotations

from ruleconv import catalogue
from ruleconv.ir import expr as ir
from ruleconv.ir.types import Column, Type
from ruleconv.kql import tree
from ruleconv.kql.binding import arguments, column_names, signatures
from ruleconv.kql.binding.convert import as_type
from ruleconv.kql.binding.naming import Item
from ruleconv.kql.binding.registry import bind
from ruleconv.kql.binding.session import Context

_REAL, _LONG, _ARRAY = Type.REAL, Type.LONG, Type.DYNAMIC
_FIT = (("rsquare", _REAL), ("slope", _REAL), ("variance", _REAL), ("rvariance", _REAL), ("interception", _REAL), ("line_fit", _ARRAY))
_SIDE = ("rsquare", "slope", "interception", "variance", "rvariance")
_DECOMPOSED = (("baseline", _ARRAY), ("seasonal", _ARRAY), ("trend", _ARRAY), ("residual", _ARRAY))

FIELDS: dict[str, tuple[tuple[str, Type], ...]] = {
    "series_stats": (
        ("min", _REAL), ("min_idx", _LONG), ("max", _REAL), ("max_idx", _LONG), ("avg", _REAL), ("stdev", _REAL), ("variance", _REAL),
    ),
    "series_fft": (("real", _ARRAY), ("imag", _ARRAY)),
    "series_ifft": (("real", _ARRAY), ("imag", _ARRAY)),
    "series_fit_poly": (("rsquare", _REAL), ("coefficients", _ARRAY), ("variance", _REAL), ("rvariance", _REAL), ("poly_fit", _ARRAY)),
    "series_fit_line": _FIT,
    "series_fit_2lines": (
        ("rsquare", _REAL), ("split_idx", _LONG), ("variance", _REAL), ("rvariance", _REAL), ("line_fit", _ARRAY),
        *((f"{side}_{field}", _REAL) for side in ("right", "left") for field in _SIDE),
    ),
    "series_periods_detect": (("periods", _ARRAY), ("scores", _ARRAY)),
    "series_periods_validate": (("periods", _ARRAY), ("scores", _ARRAY)),
    "series_decompose": _DECOMPOSED,
    "series_decompose_forecast": _DECOMPOSED,
    "series_decompose_anomalies": (("ad_flag", _ARRAY), ("ad_score", _ARRAY), ("baseline", _ARRAY)),
}  # fmt: skip


SORTS = ("array_sort_asc", "array_sort_desc")


def _sorted(at: Context, node: tree.Call) -> list[Item] | None:
    """``array_sort_asc(a, b)``: ``a_sorted`` and ``b_sorted``. The call gives an array, or one of arrays; ``print`` names no single one."""
    value = bind(at, node)
    if not isinstance(value, ir.Call) or not value.args:
        return None
    count = len(value.args) - (value.args[-1].type is Type.BOOL)
    if count < 1 or (count == 1 and at.row is None):
        return None
    items = []
    for number, argument in enumerate(node.args[:count]):
        name = f"{column_names.result_name(at, argument) or f'array{number}'}_sorted"
        one = value if count == 1 else ir.Access(value, ir.Literal(number, Type.LONG, node.span), node.span)
        items.append(Item(name, one, Column(name, Type.DYNAMIC)))
    return items


def fields(at: Context, node: tree.Call) -> list[Item] | None:
    """The columns of such a call; None for any other."""
    if node.name in SORTS and at.scope.find(node.name) is None:
        return _sorted(at, node)
    described = FIELDS.get(node.name)
    if described is None or at.scope.find(node.name) is not None:
        return None
    record = catalogue.function(node.name)
    args = [bind(at, argument) for argument in node.args if not isinstance(argument, tree.Wildcard)]
    if record is not None and not arguments.check_count(at, node.name, record.parameters, node, len(args)):
        return []
    signatures.doubt(at, signatures.FUNCTION, node, args)
    call = ir.Call(node.name, tuple(args), Type.DYNAMIC, node.span)
    argument = column_names.result_name(at, node.args[0]) or "" if node.args else ""
    items = []
    for field, type_ in described:
        value = as_type(ir.Access(call, ir.Literal(field, Type.STRING, node.span), node.span), type_)
        name = f"{node.name}_{argument}_{field}"
        items.append(Item(name, value, Column(name, type_)))
    return items
