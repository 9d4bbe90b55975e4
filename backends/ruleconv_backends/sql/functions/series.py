"""Numeric arrays: each element is read as a DOUBLE PRECISION, or as NULL where it is no number.

Semantics: https://learn.microsoft.com/kusto/query/series-add-function and its neighbours. PostgreSQL works over a subselect
with one row per element, DuckDB over lists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv.ir.expr import Call
from ruleconv.ir.types import Type
from ruleconv_backends.sql.arguments import constant_list
from ruleconv_backends.sql.functions.math import as_real, constant
from ruleconv_backends.sql.registry import lowers
from ruleconv_backends.sql.value import SqlValue

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering

_NAN, _INFINITY = "CAST('NaN' AS DOUBLE PRECISION)", "CAST('Infinity' AS DOUBLE PRECISION)"
_EMPTY = "CAST('[]' AS JSONB)"


def numbers(name: str) -> str:
    """DuckDB: the elements of the JSON array ``_name`` as a list of DOUBLE."""
    kind = "JSON_TYPE(e) IN ('BIGINT', 'UBIGINT', 'DOUBLE')"
    return f"LIST_TRANSFORM(JSON_EXTRACT(_{name}, '$[*]'), e -> CASE WHEN {kind} THEN CAST(e AS DOUBLE) END)"


def number_at(name: str, at: str) -> str:
    """PostgreSQL: the element of the JSON array ``_name`` at that index as a double."""
    element = f"JSONB_ARRAY_ELEMENT(_{name}, CAST({at} AS INT))"
    return f"CASE JSONB_TYPEOF({element}) WHEN 'number' THEN CAST({element} AS DOUBLE PRECISION) END"


def rows(*names: str) -> str:
    """PostgreSQL: a FROM item ``p`` with the columns i, x (and y): the elements side by side, as many as the longest array has."""
    lengths = ", ".join(f"JSONB_ARRAY_LENGTH(_{name})" for name in names)
    longest = f"GREATEST({lengths})" if len(names) > 1 else lengths
    columns = ", ".join(f"{number_at(name, 'g.i')} AS {alias}" for name, alias in zip(names, "xy", strict=False))
    return f"(SELECT g.i AS i, {columns} FROM GENERATE_SERIES(0, {longest} - 1) AS g(i)) AS p"


def guarded(lowering: Lowering, body: str, arrays: dict[str, exp.Expression], **more: exp.Expression) -> exp.Expression:
    """``body``, null unless each of ``arrays`` is one."""
    tests = " AND ".join(f"JSONB_TYPEOF(_{n}) = 'array'" if lowering.postgres else f"JSON_TYPE(_{n}) = 'ARRAY'" for n in arrays)
    return lowering.template(f"CASE WHEN {tests} THEN {body} END", **arrays, **more)


# ---------------------------------------------------------------- element by element
_ONE: dict[str, tuple[str, str]] = {
    "abs": ("ABS({x})", "ABS({x})"),
    "acos": (f"CASE WHEN ABS({{x}}) > 1 THEN {_NAN} ELSE ACOS({{x}}) END", "ACOS({x})"),
    "asin": (f"CASE WHEN ABS({{x}}) > 1 THEN {_NAN} ELSE ASIN({{x}}) END", "ASIN({x})"),
    "atan": ("ATAN({x})", "ATAN({x})"),
    "ceiling": ("CEIL({x})", "CEIL({x})"),
    "cos": ("COS({x})", "COS({x})"),
    "exp": (f"CASE WHEN {{x}} > 709.78 THEN {_INFINITY} WHEN {{x}} < -745 THEN 0 ELSE EXP({{x}}) END", "EXP({x})"),
    "floor": ("FLOOR({x})", "FLOOR({x})"),
    "log": ("CASE WHEN {x} > 0 THEN LN({x}) END", "CASE WHEN {x} > 0 THEN LN({x}) END"),
    "sign": ("SIGN({x})", "CAST(SIGN({x}) AS DOUBLE)"),
    "sin": ("SIN({x})", "SIN({x})"),
    "tan": ("TAN({x})", "TAN({x})"),
}
_DIVIDE = f"CASE {{y}} WHEN 0 THEN {{x}} * {_INFINITY} ELSE {{x}} / {{y}} END"
_TWO: dict[str, tuple[str, str]] = {
    "add": ("{x} + {y}", "{x} + {y}"),
    "subtract": ("{x} - {y}", "{x} - {y}"),
    "multiply": ("{x} * {y}", "{x} * {y}"),
    "divide": (_DIVIDE, "{x} / {y}"),
    "pow": (
        f"CASE WHEN {{x}} < 0 AND {{y}} <> FLOOR({{y}}) THEN {_NAN} WHEN {{x}} = 0 AND {{y}} < 0 THEN {_INFINITY} "
        "ELSE POWER({x}, {y}) END",
        "POWER({x}, {y})",
    ),
    "equals": ("{x} = {y}", "{x} = {y}"),
    "not_equals": ("{x} <> {y}", "{x} <> {y}"),
    "greater": ("{x} > {y}", "{x} > {y}"),
    "greater_equals": ("{x} >= {y}", "{x} >= {y}"),
    "less": ("{x} < {y}", "{x} < {y}"),
    "less_equals": ("{x} <= {y}", "{x} <= {y}"),
}


@lowers(*(f"series_{name}" for name in _ONE))
def each(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    postgres, duckdb = _ONE[call.function.removeprefix("series_")]
    if lowering.postgres:
        body = f"(SELECT COALESCE(JSONB_AGG({postgres.format(x='p.x')} ORDER BY p.i), {_EMPTY}) FROM {rows('a')})"
    else:
        body = f"TO_JSON(LIST_TRANSFORM({numbers('a')}, x -> {duckdb.format(x='x')}))"
    return guarded(lowering, body, {"a": args[0].node})


@lowers(*(f"series_{name}" for name in _TWO))
def side_by_side(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """Two arrays, or an array and a number."""
    postgres, duckdb = _TWO[call.function.removeprefix("series_")]
    is_array = [value.type is Type.DYNAMIC for value in args]
    if not any(is_array):
        raise Unsupported(f"{call.function}() of two numbers", call.span)
    if all(is_array):
        arrays = {"a": args[0].node, "b": args[1].node}
        if lowering.postgres:
            formula = postgres.format(x="p.x", y="p.y")
            return guarded(lowering, f"(SELECT COALESCE(JSONB_AGG({formula} ORDER BY p.i), {_EMPTY}) FROM {rows('a', 'b')})", arrays)
        formula = duckdb.format(x="p[1]", y="p[2]")
        return guarded(lowering, f"TO_JSON(LIST_TRANSFORM(LIST_ZIP({numbers('a')}, {numbers('b')}), p -> {formula}))", arrays)
    at = is_array.index(True)
    array, other = {"a": args[at].node}, as_real(lowering, args[1 - at])
    if lowering.postgres:
        formula = postgres.format(**({"x": "p.x", "y": "_n"} if at == 0 else {"x": "_n", "y": "p.x"}))
        return guarded(lowering, f"(SELECT COALESCE(JSONB_AGG({formula} ORDER BY p.i), {_EMPTY}) FROM {rows('a')})", array, n=other)
    formula = duckdb.format(**({"x": "x", "y": "_n"} if at == 0 else {"x": "_n", "y": "x"}))
    return guarded(lowering, f"TO_JSON(LIST_TRANSFORM({numbers('a')}, x -> {formula}))", array, n=other)


# ---------------------------------------------------------------- as a whole
@lowers("series_sum", "series_product", "series_magnitude")
def total(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """Null where an element is no number (S-decision of array_sum: nulls are left out)."""
    match call.function:
        case "series_sum":
            postgres, duckdb = "SUM(p.x)", f"LIST_SUM({numbers('a')})"
        case "series_product":
            sign = "(1 - 2 * (COUNT(*) FILTER (WHERE p.x < 0) % 2))"
            postgres = f"CASE WHEN BOOL_OR(p.x = 0) THEN 0 ELSE EXP(SUM(LN(ABS(NULLIF(p.x, 0))))) * {sign} END"
            duckdb = f"LIST_PRODUCT({numbers('a')})"
        case _:
            postgres = "SQRT(SUM(p.x * p.x))"
            duckdb = f"SQRT(LIST_SUM(LIST_TRANSFORM({numbers('a')}, x -> x * x)))"
    body = f"(SELECT {postgres} FROM {rows('a')})" if lowering.postgres else duckdb
    return guarded(lowering, body, {"a": args[0].node})


@lowers("series_dot_product")
def dot_product(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    if not all(value.type is Type.DYNAMIC for value in args):
        at = 0 if args[0].type is Type.DYNAMIC else 1
        body = f"(SELECT SUM(p.x) FROM {rows('a')}) * _n" if lowering.postgres else f"LIST_SUM({numbers('a')}) * _n"
        return guarded(lowering, body, {"a": args[at].node}, n=as_real(lowering, args[1 - at]))
    arrays = {"a": args[0].node, "b": args[1].node}
    if lowering.postgres:
        return guarded(lowering, f"(SELECT SUM(p.x * p.y) FROM {rows('a', 'b')})", arrays)
    return guarded(lowering, f"LIST_SUM(LIST_TRANSFORM(LIST_ZIP({numbers('a')}, {numbers('b')}), p -> p[1] * p[2]))", arrays)


_COSINE = "SUM({x} * {y}) / NULLIF(SQRT(SUM({x} * {x})) * SQRT(SUM({y} * {y})), 0)"


@lowers("series_cosine_similarity")
def cosine(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    if len(args) > 2:
        raise Unsupported("series_cosine_similarity() with given magnitudes", call.span, "leave them out")
    arrays = {"a": args[0].node, "b": args[1].node}
    if lowering.postgres:
        return guarded(lowering, f"(SELECT {_COSINE.format(x='p.x', y='p.y')} FROM {rows('a', 'b')})", arrays)
    return guarded(
        lowering,
        f"(SELECT {_COSINE.format(x='q.p[1]', y='q.p[2]')} FROM (SELECT UNNEST(LIST_ZIP({numbers('a')}, {numbers('b')})) AS p) AS q)",
        arrays,
    )


@lowers("series_pearson_correlation")
def correlation(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    arrays = {"a": args[0].node, "b": args[1].node}
    if lowering.postgres:
        return guarded(lowering, f"(SELECT CORR(p.x, p.y) FROM {rows('a', 'b')})", arrays)
    return guarded(
        lowering, f"(SELECT CORR(q.p[1], q.p[2]) FROM (SELECT UNNEST(LIST_ZIP({numbers('a')}, {numbers('b')})) AS p) AS q)", arrays
    )


_STATISTICS = (
    ("min", "MIN(p.x)"), ("min_idx", "MIN(p.i) FILTER (WHERE p.x = p.least)"), ("max", "MAX(p.x)"),
    ("max_idx", "MIN(p.i) FILTER (WHERE p.x = p.most)"), ("avg", "AVG(p.x)"), ("stdev", "STDDEV_SAMP(p.x)"), ("variance", "VAR_SAMP(p.x)"),
    ("sum", "SUM(p.x)"), ("len", "COUNT(*)"),
)  # fmt: skip


def _elements(lowering: Lowering) -> str:
    """A FROM item ``p`` with i and x, on either engine."""
    if lowering.postgres:
        return rows("a")
    return f"(SELECT UNNEST(RANGE(LEN({numbers('a')}))) AS i, UNNEST({numbers('a')}) AS x) AS p"


@lowers("series_stats", "series_stats_dynamic")
def statistics(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """A bag; null in all but the length where an element is no number, unless those are to be ignored."""
    ignore = len(args) > 1 and getattr(call.args[1], "value", None) is True
    build = "JSONB_BUILD_OBJECT" if lowering.postgres else "JSON_OBJECT"
    kept = "WHERE NOT p.x IS NULL" if ignore else "HAVING COUNT(*) = COUNT(p.x)"
    fields = ", ".join(f"'{name}', {text}" for name, text in _STATISTICS)
    inner = f"(SELECT p.i AS i, p.x AS x, MIN(p.x) OVER () AS least, MAX(p.x) OVER () AS most FROM {_elements(lowering)}) AS p"
    return guarded(lowering, f"(SELECT {build}({fields}) FROM {inner} {kept})", {"a": args[0].node})


@lowers("series_fit_line", "series_fit_line_dynamic")
def fit_line(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """Least squares over the indices 0, 1, 2 ..."""
    build = "JSONB_BUILD_OBJECT" if lowering.postgres else "JSON_OBJECT"
    collect = "JSONB_AGG({} ORDER BY p.i)" if lowering.postgres else "TO_JSON(LIST({} ORDER BY p.i))"
    line = "REGR_SLOPE(p.x, p.i) OVER () AS m, REGR_INTERCEPT(p.x, p.i) OVER () AS c"
    fitted = f"(SELECT p.i AS i, p.x AS x, {line} FROM {_elements(lowering)}) AS p"
    body = (
        f"(SELECT {build}('rsquare', REGR_R2(p.x, p.i), 'slope', MAX(p.m), 'variance', VAR_SAMP(p.x), "
        f"'rvariance', VAR_SAMP(p.x - p.m * p.i - p.c), 'interception', MAX(p.c), "
        f"'line_fit', {collect.format('p.m * p.i + p.c')}) FROM {fitted} HAVING COUNT(*) = COUNT(p.x))"
    )
    return guarded(lowering, body, {"a": args[0].node})


@lowers("series_iir")
def running_sum(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """The one recursive filter that SQL has: SUM(..) OVER (ORDER BY ..)."""
    if constant_list(call, 1) != [1] or constant_list(call, 2) != [1, -1]:
        raise Unsupported(
            "series_iir() with these coefficients", call.span, "only the running sum can be said: numerators [1], denominators [1, -1]"
        )
    collect = (
        "COALESCE(JSONB_AGG(s.x ORDER BY s.i), CAST('[]' AS JSONB))"
        if lowering.postgres
        else "COALESCE(TO_JSON(LIST(s.x ORDER BY s.i)), CAST('[]' AS JSON))"
    )
    body = f"(SELECT {collect} FROM (SELECT p.i AS i, SUM(p.x) OVER (ORDER BY p.i) AS x FROM {_elements(lowering)}) AS s)"
    return guarded(lowering, body, {"a": args[0].node})


@lowers("series_fir")
def filtered_series(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """Each coefficient times the value that many places before (or around, where centred)."""
    weights = constant_list(call, 1)
    if not weights or not all(isinstance(w, (int, float)) and not isinstance(w, bool) for w in weights):
        raise Unsupported("series_fir() with coefficients that are not constant", call.span)
    numbers_ = [float(w) for w in weights if isinstance(w, (int, float))]
    flags = [getattr(argument, "value", None) for argument in call.args[2:]]
    normalize = flags[0] if flags else all(w >= 0 for w in numbers_)
    if not all(isinstance(flag, bool) for flag in flags):
        raise Unsupported("series_fir() with a flag that is not constant", call.span)
    centre = len(numbers_) // 2 if len(flags) > 1 and flags[1] else 0
    scale = sum(numbers_) if normalize else 1.0
    if scale == 0 or (normalize and any(w < 0 for w in numbers_)):
        raise Unsupported("series_fir() that normalizes these coefficients", call.span)
    terms = []
    for at, weight in enumerate(numbers_):
        lag = at - centre
        shifted = (
            "p.x"
            if lag == 0
            else f"LAG(p.x, {lag}, CAST(0 AS DOUBLE PRECISION)) OVER (ORDER BY p.i)"
            if lag > 0
            else f"LEAD(p.x, {-lag}, CAST(0 AS DOUBLE PRECISION)) OVER (ORDER BY p.i)"
        )
        terms.append(f"{weight!r} * {shifted}")
    formula = " + ".join(terms)
    formula = f"({formula}) / {scale!r}" if scale != 1 else formula
    collect = (
        "COALESCE(JSONB_AGG(s.x ORDER BY s.i), CAST('[]' AS JSONB))"
        if lowering.postgres
        else "COALESCE(TO_JSON(LIST(s.x ORDER BY s.i)), CAST('[]' AS JSON))"
    )
    body = f"(SELECT {collect} FROM (SELECT p.i AS i, {formula} AS x FROM {_elements(lowering)}) AS s)"
    return guarded(lowering, body, {"a": args[0].node})


# ---------------------------------------------------------------- missing values
def _present(lowering: Lowering, call: Call, args: list[SqlValue], at: int) -> tuple[str, dict[str, exp.Expression]]:
    """A FROM item ``p`` with i and x (NULL where the value is missing), and the placeholder that says so."""
    if at >= len(args) or (constant(call, at) is None and getattr(call.args[at], "value", 0) is None):
        return _elements(lowering), {}
    columns = "(SELECT q.i AS i, NULLIF(q.x, _missing) AS x FROM {}) AS p"
    return columns.format(_elements(lowering).removesuffix(" AS p") + " AS q"), {"missing": as_real(lowering, args[at])}


def _collected(lowering: Lowering, element: str, source: str) -> str:
    if lowering.postgres:
        return f"(SELECT COALESCE(JSONB_AGG({element} ORDER BY p.i), {_EMPTY}) FROM {source})"
    return f"(SELECT COALESCE(TO_JSON(LIST({element} ORDER BY p.i)), CAST('[]' AS JSON)) FROM {source})"


@lowers("series_fill_const")
def fill_const(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    source, more = _present(lowering, call, args, 2)
    filling = as_real(lowering, args[1]) if len(args) > 1 else exp.Literal.number("0")
    return guarded(lowering, _collected(lowering, "COALESCE(p.x, _filling)", source), {"a": args[0].node}, filling=filling, **more)


@lowers("series_fill_forward", "series_fill_backward")
def fill_from_neighbour(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """The value at the last index before (the first behind) that has one."""
    source, more = _present(lowering, call, args, 1)
    marked = _neighbours(source)
    side = "before" if call.function.endswith("forward") else "behind"
    return guarded(lowering, _collected(lowering, f"p.{side}", marked), {"a": args[0].node}, **more)


def _neighbours(source: str) -> str:
    """A FROM item ``p`` with the nearest values, and their indices, at both sides: those of the row's run of missing values."""
    counts = "COUNT(p.x) OVER (ORDER BY p.i) AS run, COUNT(p.x) OVER (ORDER BY p.i DESC) AS back"
    runs = f"(SELECT p.i AS i, p.x AS x, {counts} FROM {source}) AS r"
    return (
        "(SELECT r.i AS i, r.x AS x, MAX(r.x) OVER (PARTITION BY r.run) AS before, MAX(r.x) OVER (PARTITION BY r.back) AS behind, "
        "MAX(CASE WHEN NOT r.x IS NULL THEN r.i END) OVER (PARTITION BY r.run) AS before_i, "
        f"MAX(CASE WHEN NOT r.x IS NULL THEN r.i END) OVER (PARTITION BY r.back) AS behind_i FROM {runs}) AS p"
    )


@lowers("series_fill_linear")
def fill_linear(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """Between two values on their line, at the edges the nearest one; of whole numbers the result is truncated."""
    source, more = _present(lowering, call, args, 1)
    edges = len(args) < 3 or getattr(call.args[2], "value", None) is not False
    if len(args) > 2 and not isinstance(getattr(call.args[2], "value", None), bool):
        raise Unsupported("series_fill_linear() with a flag that is not constant", call.span)
    nothing = as_real(lowering, args[3]) if len(args) > 3 else lowering.cast(exp.Literal.number("0"), Type.REAL)
    line = "p.before + (p.behind - p.before) * (p.i - p.before_i) / (p.behind_i - p.before_i)"
    whole = (
        "CAST(_a AS TEXT) LIKE '%.%'"
        if lowering.postgres
        else "LIST_CONTAINS(LIST_TRANSFORM(JSON_EXTRACT(_a, '$[*]'), e -> JSON_TYPE(e)), 'DOUBLE')"
    )
    between = f"CASE WHEN {whole} THEN {line} ELSE TRUNC({line}) END"
    edge = "COALESCE(p.before, p.behind)" if edges else "NULL"
    element = (
        f"CASE WHEN NOT p.x IS NULL THEN p.x WHEN p.before IS NULL AND p.behind IS NULL THEN _nothing "
        f"WHEN p.before IS NULL OR p.behind IS NULL THEN {edge} ELSE {between} END"
    )
    return guarded(lowering, _collected(lowering, element, _neighbours(source)), {"a": args[0].node}, nothing=nothing, **more)
