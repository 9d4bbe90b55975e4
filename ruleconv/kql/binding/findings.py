"""What the binder objects to: one factory for each message.

Codes, which are also the linter's: KQL002 unknown table, KQL003 unknown column, KQL004 unknown function, KQL005 a value of the wrong type
or kind, KQL027 join key, KQL033 a name that is declared twice, KQL047 join condition, KQL048 number of arguments.
Kusto refuses all of these too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ruleconv.ir.types import Type
from ruleconv.text import Span


@dataclass(frozen=True, slots=True)
class Finding:
    code: str
    message: str
    span: Span
    hint: str = ""


def _meant(near: str | None) -> str:
    return f"did you mean {near}?" if near else ""


def unknown_column(name: str, span: Span, near: str | None = None) -> Finding:
    return Finding("KQL003", f"there is no column {name} here", span, _meant(near))


def unknown_name(name: str, span: Span, near: str | None = None) -> Finding:
    return Finding("KQL003", f"{name} is no column, table, variable or function that is known here", span, _meant(near))


def column_expected(span: Span) -> Finding:
    return Finding("KQL003", "a column is expected here", span)


def unknown_table(name: str, span: Span, near: str | None = None) -> Finding:
    return Finding("KQL002", f"there is no table {name}", span, _meant(near) or "give its columns with --schema")


def no_table_of_union(span: Span) -> Finding:
    return Finding("KQL002", "none of the union's tables is known", span, "give their columns with --schema")


def unknown_function(name: str, span: Span, near: str | None = None) -> Finding:
    return Finding("KQL004", f"there is no function {name}()", span, _meant(near))


def unknown_plugin(name: str, span: Span) -> Finding:
    return Finding("KQL004", f"there is no plugin {name}", span)


def argument_count(name: str, least: int, most: int | None, given: int, span: Span) -> Finding:
    if most is None:
        wanted = f"at least {least}"
    elif least == most:
        wanted = str(least)
    else:
        wanted = f"{least} to {most}"
    plural = "argument" if wanted == "1" else "arguments"
    return Finding("KQL048", f"{name}() takes {wanted} {plural}, not {given}", span)


def unknown_argument(function: str, name: str, span: Span) -> Finding:
    return Finding("KQL048", f"{function}() has no parameter {name}", span)


def argument_list_needed(name: str, span: Span) -> Finding:
    return Finding("KQL048", f"{name} is a function: its arguments are missing", span)


def wrong_type(wanted: Iterable[Type] | str, found: Type, span: Span) -> Finding:
    text = wanted if isinstance(wanted, str) else " or ".join(t.value for t in wanted)
    return Finding("KQL005", f"a value of type {text} is expected, this is {found.value}", span)


def operator_types(op: str, types: Iterable[Type], span: Span) -> Finding:
    return Finding("KQL005", f"{op} is not defined for {' and '.join(t.value for t in types)}", span, "convert one of them")


def not_allowed_type(type_: Type, span: Span, hint: str = "") -> Finding:
    return Finding("KQL005", f"a value of type {type_.value} is not allowed here", span, hint or "convert it, for example with tostring()")


def scalar_expected(span: Span) -> Finding:
    return Finding("KQL005", "a single value is expected here, this is a table", span)


def table_expected(span: Span) -> Finding:
    return Finding("KQL005", "a table is expected here", span)


def no_common_type(types: Iterable[Type], span: Span) -> Finding:
    return Finding("KQL005", f"the values have no common type: {', '.join(dict.fromkeys(t.value for t in types))}", span, "convert them")


def duplicate_column(name: str, span: Span) -> Finding:
    return Finding("KQL033", f"the column {name} is declared twice", span)


def aggregate_not_allowed(name: str, span: Span) -> Finding:
    return Finding("KQL005", f"the aggregate {name}() is not allowed here", span, "use it in summarize")


def column_in_aggregate(name: str, span: Span) -> Finding:
    return Finding("KQL005", f"the column {name} must stand inside an aggregate", span, "put it in an aggregate, or into the by list")


def join_column_missing(name: str, side: str, span: Span, near: str | None = None) -> Finding:
    return Finding("KQL027", f"the {side} side of the join has no column {name}", span, _meant(near))


def join_condition(span: Span) -> Finding:
    return Finding("KQL047", "a join condition is a column of both sides, or $left.a == $right.b", span)


def join_types(left: Type, right: Type, span: Span) -> Finding:
    return Finding("KQL027", f"the join keys have different types: {left.value} and {right.value}", span, "convert one of them")


def redeclared(name: str, span: Span) -> Finding:
    return Finding("KQL033", f"{name} is declared twice", span)


def recursion(name: str, span: Span) -> Finding:
    return Finding("KQL004", f"{name} calls itself", span, "Kusto's functions cannot recurse")


def needs_constant(span: Span) -> Finding:
    return Finding("KQL005", "a constant is expected here", span)


def misplaced(what: str, span: Span, hint: str = "") -> Finding:
    return Finding("KQL005", what, span, hint)


def no_query(span: Span) -> Finding:
    return Finding("SCH018", "the text has no query: nothing follows its statements", span)
