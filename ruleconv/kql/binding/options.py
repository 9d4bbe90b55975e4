"""Doubts about options: a name that the operator does not have, one that is given twice, a value that is none of its values. A value on
which the rows hang is refused then.

The facts stand in ``data/options.txt``. What they leave open is not objected to; a hint that belongs to another operator does no harm.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ruleconv.diagnostic import Unsupported
from ruleconv.ir.types import Type
from ruleconv.kql import tree
from ruleconv.kql.binding import findings
from ruleconv.kql.binding.parameters import word
from ruleconv.kql.binding.session import Session

DATA = Path(__file__).parent / "data" / "options.txt"

_HINTS = "hint"
_OPERATORS: dict[type[tree.Node], str] = {
    tree.Union: "union",
    tree.MvExpand: "mv-expand",
    tree.MvApply: "mv-apply",
    tree.Parse: "parse",
    tree.MakeSeries: "make-series",
    tree.Search: "search",
    tree.Find: "find",
    tree.Evaluate: "evaluate",
    tree.Scan: "scan",
    tree.Summarize: "summarize",
    tree.Distinct: "distinct",
}
_REPEATABLE = frozenset({"hint.shufflekey"})
_SAME = {"with_source": "withsource"}


@cache
def options() -> dict[str, dict[str, tuple[str, ...]]]:
    """By operator and option, its values."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for line in DATA.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            operator, option, *values = line.split()
            found.setdefault(operator, {})[option] = tuple(values)
    return found


def check(session: Session, node: tree.Node) -> None:
    """Doubts the operator's options; a value that decides which rows there are, and that nobody knows, is refused."""
    parameters: tuple[tree.Parameter, ...] = getattr(node, "parameters", ())
    operator = node.keyword if isinstance(node, tree.Join) else _OPERATORS.get(type(node))
    if not parameters or operator is None:
        return
    known = options()[operator]
    seen: set[str] = set()
    for parameter in parameters:
        name = _SAME.get(parameter.name, parameter.name)
        if name in seen and name not in _REPEATABLE:
            session.doubt(findings.misplaced(f"the option {parameter.name} is given twice", parameter.span))
        seen.add(name)
        values = known.get(parameter.name)
        if values is None:
            if parameter.name not in options()[_HINTS]:
                hint = f"its options are {', '.join(known)}"
                session.doubt(findings.misplaced(f"{operator} has no option {parameter.name}", parameter.span, hint))
        elif not _is_one_of(values, parameter):
            hint = _wanted(values)
            session.doubt(findings.misplaced(f"this is no value of the option {parameter.name}", parameter.value.span, hint))
            if _has_meaning(values, parameter):
                session.refusals.append(Unsupported(f"this value of the option {parameter.name}", parameter.value.span, hint))


def _is_one_of(values: tuple[str, ...], parameter: tree.Parameter) -> bool:
    match parameter.value:
        case tree.Name(name=text):
            if "word" in values or "any" in values:
                return True
            return (text.casefold() if parameter.name.startswith("hint.") else text) in values
        case tree.Literal(type=Type.BOOL):
            return "bool" in values or "any" in values
        case tree.Literal(type=Type.INT | Type.LONG):
            return "int" in values or "any" in values
    return "any" in values


def _has_meaning(values: tuple[str, ...], parameter: tree.Parameter) -> bool:
    """Whether the rows hang on the value (``kind=Inner``) and nobody knows what it says; ``kind='inner'`` is clear."""
    is_choice = not parameter.name.startswith("hint.") and not {"any", "bool", "int", "word"} & set(values)
    return is_choice and word((parameter,), parameter.name) not in values


def _wanted(values: tuple[str, ...]) -> str:
    names = {"bool": "true or false", "int": "a whole number", "word": "a word without quotes"}
    return "it takes " + ", ".join(names.get(value, value) for value in values)
