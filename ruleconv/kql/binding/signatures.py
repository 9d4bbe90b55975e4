"""What Microsoft's parser takes as arguments of a function: the facts of ``data/signatures.txt``, and doubts about calls that differ.

The catalogue says what is translated, and is often wider: a dynamic value counts as the number that it holds. Here it is the other way
round: what a call of the query would be told by Kusto's own editor, functions that the catalogue does not know included.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from ruleconv.ir import expr as ir
from ruleconv.ir.types import NUMERIC, Type
from ruleconv.ir.walk import walk
from ruleconv.kql import tree
from ruleconv.kql.binding import findings
from ruleconv.kql.binding.findings import Finding
from ruleconv.kql.binding.session import Context

DATA = Path(__file__).parent / "data" / "signatures.txt"

FUNCTION, AGGREGATE = "f", "a"

_ALL = frozenset(t for t in Type if t is not Type.UNKNOWN)
_NUMBERS = frozenset(NUMERIC)
_INTEGERS = frozenset({Type.INT, Type.LONG})
_SUMMABLE = _NUMBERS | {Type.DATETIME, Type.TIMESPAN}
_TEXTS = frozenset({Type.STRING, Type.DYNAMIC})
_TAKEN: dict[str, frozenset[Type]] = {
    "integer": _INTEGERS,
    "long": _INTEGERS,
    "int": frozenset({Type.INT}),
    "real": frozenset({*_INTEGERS, Type.REAL}),
    "decimal": _NUMBERS,
    "number": _NUMBERS,
    "number-or-bool": _NUMBERS | {Type.BOOL},
    "real-or-decimal": frozenset({Type.REAL, Type.DECIMAL}),
    "integer-or-array": _INTEGERS | {Type.DYNAMIC},
    "summable": _SUMMABLE,
    "orderable": _SUMMABLE | {Type.STRING, Type.BOOL},
    "common-orderable": _SUMMABLE | {Type.STRING, Type.BOOL},
    "not-dynamic": _ALL - {Type.DYNAMIC},
    "not-real-or-bool": _ALL - {Type.REAL, Type.BOOL},
    "string": _TEXTS,
    "string-or-dynamic": _TEXTS,
    "string-or-array": _TEXTS,
    "dynamic-array": frozenset({Type.DYNAMIC}),
    "dynamic-bag": frozenset({Type.DYNAMIC}),
    "bool": frozenset({Type.BOOL}),
    "datetime": frozenset({Type.DATETIME}),
    "timespan": frozenset({Type.TIMESPAN}),
    "guid": frozenset({Type.GUID}),
}
"""The types that go with each kind of parameter; a kind that is not here takes anything."""

_SHAPES = {"string": "", "dynamic-array": "array", "string-or-array": "array", "dynamic-bag": "bag"}
"""Which dynamic value a kind takes where it is known whether it is an array or a bag; "" for neither."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """``how``: "", "constant", "literal", "star" or "column". ``values``: what a literal may be, empty for anything. ``least`` and
    ``most``: how often it may stand; None: without a bound."""

    kind: str
    how: str
    values: tuple[str, ...]
    least: int = 1
    most: int | None = 1


@dataclass(frozen=True, slots=True)
class Signature:
    parameters: tuple[Parameter, ...]
    result: str
    """ "array" or "bag" where a dynamic result is known to be one."""

    @property
    def least(self) -> int:
        return sum(p.least for p in self.parameters)

    @property
    def most(self) -> int | None:
        found = [p.most for p in self.parameters]
        return None if None in found else sum(m for m in found if m is not None)

    def placed(self, count: int) -> list[Parameter] | None:
        """The parameter of each of that many arguments, None when this is not their number. Repeated parameters that stand together repeat
        together: ``pack(key, value, key, value)``."""
        repeated = [i for i, p in enumerate(self.parameters) if p.most != 1]
        if not repeated:
            return list(self.parameters[:count]) if self.least <= count <= len(self.parameters) else None
        head, tail = self.parameters[: repeated[0]], self.parameters[repeated[-1] + 1 :]
        block = self.parameters[repeated[0] : repeated[-1] + 1]
        middle = count - len(head) - len(tail)
        rounds, left_over = divmod(middle, len(block))
        if left_over or rounds < block[0].least or (block[0].most is not None and rounds > block[0].most):
            return None
        return [*head, *block * rounds, *tail]


@cache
def _lines() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in DATA.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            name, _, rest = line.partition(" ")
            found.setdefault(name, []).append(rest)
    return found


@cache
def signatures(of: str, name: str) -> tuple[Signature, ...]:
    """All signatures of the function or aggregate; none when Microsoft's parser does not know it."""
    return tuple(each for line in _lines().get(f"{of}:{name}", ()) for each in _signature(line))


def _signature(line: str) -> Iterator[Signature]:
    """One, or one with and one without the parameter that may follow repeated ones."""
    written, _, result = line.partition("> ")
    parameters = tuple(_parameter(word) for word in written.split())
    if len(parameters) > 1 and parameters[-2].most != 1 and parameters[-1].least == 0 and parameters[-1].most == 1:
        yield Signature(parameters[:-1], result)
        parameters = (*parameters[:-1], replace(parameters[-1], least=1))
    yield Signature(parameters, result)


def _parameter(word: str) -> Parameter:
    word, _, often = word.partition("{")
    word, _, values = word.partition("=")
    kind, _, how = word.partition(":")
    least, most = often.rstrip("}").split(",") if often else ("1", "1")
    return Parameter(kind, how, tuple(values.split("|")) if values else (), int(least), int(most) if most else None)


# ---------------------------------------------------------------- calls
def takes(of: str, name: str, position: int, count: int, type_: Type) -> bool:
    """Whether some signature takes a value of that type as the argument at that position."""
    placed = (s.placed(count) for s in signatures(of, name))
    return any(p is not None and position < len(p) and _goes(p[position], type_) for p in placed)


def doubt(at: Context, of: str, node: tree.Call, args: Sequence[ir.Expr]) -> None:
    """Says what Microsoft's parser objects to in a call whose arguments are all here."""
    found = signatures(of, node.name)
    if not found or len(args) != len(node.args):
        return
    objection = _objection(at, node, args, found)
    if objection is not None:
        at.session.doubt(objection)


def _objection(at: Context, node: tree.Call, args: Sequence[ir.Expr], found: tuple[Signature, ...]) -> Finding | None:
    fitting = [placed for s in found if (placed := s.placed(len(args))) is not None]
    if not fitting:
        mosts = [s.most for s in found]
        most = None if None in mosts else max(m for m in mosts if m is not None)
        return findings.argument_count(node.name, min(s.least for s in found), most, len(args), node.name_span)
    first: Finding | None = None
    for placed in fitting:
        wrong = next((w for w in (_wrong(at, p, a, n) for p, a, n in zip(placed, args, node.args, strict=True)) if w is not None), None)
        wrong = wrong or _uncommon(placed, args)
        if wrong is None:
            return None
        first = first or wrong
    if len(fitting) > 1:
        return findings.misplaced(f"{node.name}() is not defined for {' and '.join(a.type.value for a in args)}", node.name_span)
    return first


def _wrong(at: Context, parameter: Parameter, value: ir.Expr, node: tree.Expr) -> Finding | None:
    if not _goes(parameter, value.type):
        return findings.wrong_type(parameter.kind.replace("-", " "), value.type, node.span)
    shape = _SHAPES.get(parameter.kind)
    if shape is not None and value.type is Type.DYNAMIC and (known := shape_of(value)) and known != shape:
        return findings.wrong_type(parameter.kind.replace("-", " "), Type.DYNAMIC, node.span)
    if parameter.how in ("constant", "literal") and not at.session.calls and any(isinstance(part, ir.ColumnRef) for part in walk(value)):
        return findings.needs_constant(node.span)
    if parameter.how == "literal" and isinstance(node, tree.Literal) and not _is_among(parameter.values, node.value):
        return findings.misplaced(f"{node.value} is none of the values {', '.join(parameter.values)}", node.span)
    return None


def _is_among(values: Sequence[str], value: object) -> bool:
    return not values or str(value).casefold() in (each.casefold() for each in values)


def _goes(parameter: Parameter, type_: Type) -> bool:
    taken = _TAKEN.get(parameter.kind)
    return taken is None or type_ is Type.UNKNOWN or type_ in taken


def _uncommon(placed: Sequence[Parameter], args: Sequence[ir.Expr]) -> Finding | None:
    """A dynamic among values of other types, where all must be of one."""
    types = {a.type for p, a in zip(placed, args, strict=True) if p.kind == "common-scalar" and a.type is not Type.UNKNOWN}
    if Type.DYNAMIC in types and len(types) > 1:
        return findings.no_common_type((a.type for a in args), next(a.span for a in args if a.type is Type.DYNAMIC))
    return None


def shape_of(value: ir.Expr) -> str:
    """ "array" or "bag" for a dynamic value that is known to be one."""
    if isinstance(value, ir.Literal):
        return "array" if isinstance(value.value, list) else "bag" if isinstance(value.value, dict) else ""
    if isinstance(value, ir.Call):
        results = {s.result for s in signatures(FUNCTION, value.function)}
        return results.pop() if len(results) == 1 else ""
    return ""
