"""Functions that take a regular expression."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv.ir.expr import Call
from ruleconv.ir.types import Type
from ruleconv_backends.sql import names, regex
from ruleconv_backends.sql.arguments import call as sql_call
from ruleconv_backends.sql.arguments import constant_list, constant_text, constant_whole, number
from ruleconv_backends.sql.functions.strings import search_region
from ruleconv_backends.sql.regex_tree import Choice, Group, Regex, Sequence
from ruleconv_backends.sql.registry import lowers
from ruleconv_backends.sql.value import SqlValue

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering


@lowers("extract")
def extract(lowering: Lowering, call: Call, args: list[SqlValue]) -> SqlValue:
    """The first match. On PostgreSQL only the wanted group captures, and SUBSTRING gives that."""
    pattern = constant_text(call, 0, "a regular expression")
    group = constant_whole(call, 1)
    if group is None:
        raise Unsupported("extract() of a group whose number is not a constant", call.span)
    if not 0 <= group <= regex.parsed(pattern).groups:
        return SqlValue(names.string(""), Type.STRING, False)
    if lowering.postgres:
        written = regex.for_match(pattern, "postgres", (group,) if group else ())
        return SqlValue(exp.Substring(this=args[2].node, start=names.string(written)), Type.STRING, True)
    written = regex.for_match(pattern, "duckdb")
    more = [number(group)] if group else []
    return SqlValue(sql_call("REGEXP_EXTRACT", args[2].node, names.string(written), *more), Type.STRING, args[2].nullable)


@lowers("extract_all")
def extract_all(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """One group: an array of texts. Several: an array of arrays. No match: NULL."""
    pattern = constant_text(call, 0, "a regular expression")
    tree = regex.parsed(pattern)
    source = args[-1].node
    groups = _groups(call, tree) if len(args) > 2 else list(range(1, tree.groups + 1)) or [0]
    if not lowering.postgres:
        written = names.string(regex.for_match(pattern, "duckdb"))
        if len(groups) == 1:
            found = lowering.template("REGEXP_EXTRACT_ALL(_s, _re, _g)", s=source, re=written, g=number(groups[0]))
            return lowering.template("TO_JSON(NULLIF(_all, []))", all=found)
        each = ", ".join(f"REGEXP_EXTRACT_ALL(_s, _re, {group})[i]" for group in groups)
        rows = f"LIST_TRANSFORM(RANGE(1, LEN(REGEXP_EXTRACT_ALL(_s, _re)) + 1), i -> [{each}])"
        return lowering.template(f"TO_JSON(NULLIF({rows}, []))", s=source, re=written)
    kept = tuple(sorted({group for group in groups if group}))
    written = names.string(regex.for_match(pattern, "postgres", kept, every=True))
    places = {group: at + 1 for at, group in enumerate(kept)}
    taken = [f"m[{places.get(group, 1)}]" if _always(tree, group) else f"COALESCE(m[{places.get(group, 1)}], '')" for group in groups]
    element = taken[0] if len(taken) == 1 else f"JSONB_BUILD_ARRAY({', '.join(taken)})"
    template = "(SELECT JSONB_AGG(_element) FROM REGEXP_MATCHES(_s, _re, 'g') AS t(m))"
    return lowering.template(template.replace("_element", element), s=source, re=written)


def _groups(call: Call, tree: Regex) -> list[int]:
    wanted = constant_list(call, 1)
    if wanted is None:
        raise Unsupported("extract_all() of groups that are not a constant", call.span)
    groups = [tree.names.get(group, -1) if isinstance(group, str) else group for group in wanted]
    if not groups or not all(isinstance(group, int) and 1 <= group <= tree.groups for group in groups):
        raise Unsupported("extract_all() of a group that the regular expression does not have", call.span)
    return [group for group in groups if isinstance(group, int)]


def _always(tree: Regex, group: int) -> bool:
    """The group takes part in every match."""
    parts = tree.root.parts if isinstance(tree.root, Sequence) else (tree.root,)
    return group == 0 or any(isinstance(part, Group) and part.index == group for part in parts)


@lowers("replace_regex")
def replace_regex(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    return _replaced(lowering, call, args[0].node, 1, 2)


@lowers("replace")
def replace(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    return _replaced(lowering, call, args[2].node, 0, 1)


def _replaced(lowering: Lowering, call: Call, source: exp.Expression, pattern_at: int, rewrite_at: int) -> exp.Expression:
    pattern = constant_text(call, pattern_at, "a regular expression")
    rewrite = constant_text(call, rewrite_at, "a rewrite pattern")
    tree = regex.parsed(pattern)
    text, used, at = "", set[int](), 0
    while at < len(rewrite):
        char = rewrite[at]
        at += 1
        if char != "\\":
            text += char
            continue
        follows = rewrite[at : at + 1]
        at += 1
        if follows.isdecimal() and int(follows) <= tree.groups:
            used.add(int(follows))
            text += f"\\{follows}" if follows != "0" or not lowering.postgres else "\\&"
        elif follows == "\\":
            text += "\\\\"
        else:
            raise Unsupported(f"the rewrite pattern {rewrite!r}", call.span, r"only \0 to \9 and \\ mean something in it")
    groups = tuple(range(1, tree.groups + 1)) if used - {0} else ()
    written = regex.for_match(pattern, lowering.dialect, groups, every=True)
    return sql_call("REGEXP_REPLACE", source, names.string(written), names.string(text), names.string("g"))


@lowers("trim", "trim_start", "trim_end")
def trim(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    """One match at an end goes away, not all of them."""
    pattern = constant_text(call, 0, "a regular expression")
    body = f"(?:{pattern})" if isinstance(regex.parsed(pattern).root, Choice) else pattern
    start, end = (regex.for_match(text, lowering.dialect) for text in (f"^{body}", f"{body}$"))
    source = args[1].node
    if call.function == "trim" and not start.startswith("(") and not end.startswith("(?i)") and "{1,1}?" not in start + end:
        return sql_call("REGEXP_REPLACE", source, names.string(f"{start}|{end}"), names.string(""), names.string("g"))
    if call.function != "trim_end":
        source = sql_call("REGEXP_REPLACE", source, names.string(start), names.string(""))
    if call.function != "trim_start":
        source = sql_call("REGEXP_REPLACE", source, names.string(end), names.string(""))
    return source


@lowers("indexof_regex")
def indexof_regex(lowering: Lowering, call: Call, args: list[SqlValue]) -> SqlValue | exp.Expression:
    """Where the first match begins; NULL for a negative start."""
    pattern = constant_text(call, 1, "a regular expression")
    begin, occurrence = constant_whole(call, 2, 0), constant_whole(call, 4, 1)
    if begin is None or occurrence is None:
        raise Unsupported("indexof_regex() with a start or an occurrence that is not a constant", call.span)
    length = constant_whole(call, 3, -1)
    if begin < 0 or occurrence < 1 or (length is not None and length < -1):
        return SqlValue(names.null(Type.LONG, lowering.dialect), Type.LONG, True)
    region, start = (args[0].node, number(0)) if len(args) < 3 else search_region(lowering, call, args)
    written = names.string(regex.for_match(pattern, lowering.dialect))
    if lowering.postgres:
        found = f"REGEXP_INSTR(_s, _re, 1, {occurrence})"
    elif occurrence > 1:
        raise Unsupported("indexof_regex() of other than the first match, on DuckDB", call.span)
    else:
        before = names.string(regex.for_match(f"(?s:^(.*?))(?:{pattern})", "duckdb"))
        template = "CASE WHEN REGEXP_MATCHES(_s, _re) THEN LENGTH(REGEXP_EXTRACT(_s, _before, 1)) + _start ELSE -1 END"
        return lowering.template(template, s=region, re=written, before=before, start=start)
    if begin == 0:
        return lowering.template(f"{found} - 1", s=region, re=written)
    return lowering.template(f"CASE WHEN {found} > 0 THEN {found} - 1 + _start ELSE -1 END", s=region, re=written, start=start)


@lowers("regex_quote")
def regex_quote(lowering: Lowering, call: Call, args: list[SqlValue]) -> exp.Expression:
    special = names.string(r"([\\.+*?()|\[\]{}^$#&~-])")
    return sql_call("REGEXP_REPLACE", args[0].node, special, names.string(r"\\\1"), names.string("g"))
