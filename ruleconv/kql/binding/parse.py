"""``parse``, ``parse-where`` and ``parse-kv``: columns taken out of a text."""

from __future__ import annotations

from dataclasses import replace

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.types import Column, Type
from ruleconv.kql import tree
from ruleconv.kql.binding import findings, operators
from ruleconv.kql.binding.convert import as_text
from ruleconv.kql.binding.parameters import flag, word
from ruleconv.kql.binding.registry import bind, operator
from ruleconv.kql.binding.scope import Bound
from ruleconv.kql.binding.session import Context

_KINDS = {kind.value: kind for kind in q.ParseKind}


@operator(tree.Parse)
def parse(at: Context, node: tree.Parse, table: Bound) -> Bound:
    subject = bind(operators.over(at, table), node.subject)
    kind = _KINDS.get(word(node.parameters, "kind") or "simple", q.ParseKind.SIMPLE)
    pieces = tuple(_piece(at, part) for part in node.pattern)
    _check(at, node)
    captured = [Column(p.name, p.type, p.type is not Type.STRING) for p in pieces if isinstance(p, q.Capture)]
    seen: set[str] = set()
    for part in node.pattern:
        name = part.name.name if isinstance(part, tree.ColumnDeclaration) else part.name if isinstance(part, tree.Name) else None
        if name is not None and name in seen:
            at.session.report(findings.duplicate_column(name, part.span))
        seen.add(name or "")
    rel = q.Parse(
        table.rel,
        as_text(subject),
        kind,
        word(node.parameters, "flags") or "",
        pieces,
        added(table.columns, captured),
        node.keyword == "parse-where",
        node.span,
    )
    return replace(table, rel=rel)


def added(columns: tuple[Column, ...], new: list[Column]) -> tuple[Column, ...]:
    """The columns with the new ones: in place of those of the same name, else at the end."""
    by_name = {c.name: c for c in new}
    kept = [by_name.pop(c.name, c) for c in columns]
    return (*kept, *by_name.values())


def _piece(at: Context, part: tree.Expr) -> q.Piece:
    match part:
        case tree.Wildcard():
            return q.Skip()
        case tree.Literal():
            return q.Delimiter(str(part.value))
        case tree.ColumnDeclaration():
            return q.Capture(part.name.name, part.type)
        case tree.Name():
            return q.Capture(part.name, Type.STRING)
    raise Unsupported("a parse pattern of this kind", part.span)


def _check(at: Context, node: tree.Parse) -> None:
    """The pattern's grammar: a column follows a text, ``*`` is followed by a text and does not follow a string column."""
    parts = node.pattern
    for number, part in enumerate(parts):
        before = parts[number - 1] if number else None
        after = parts[number + 1] if number + 1 < len(parts) else None
        if isinstance(part, tree.Wildcard):
            if after is not None and not isinstance(after, tree.Literal):
                at.session.report(findings.misplaced("a text must follow * in the pattern", part.span))
            text = isinstance(before, tree.Name) or (isinstance(before, tree.ColumnDeclaration) and before.type is Type.STRING)
            if before is not None and text:
                at.session.report(findings.misplaced("* after a string column is ambiguous", part.span))
        elif isinstance(part, tree.Name | tree.ColumnDeclaration) and before is not None and not isinstance(before, tree.Literal):
            at.session.report(findings.misplaced("a column of the pattern must follow a text", part.span))


@operator(tree.ParseKv)
def parse_kv(at: Context, node: tree.ParseKv, table: Bound) -> Bound:
    subject = bind(operators.over(at, table), node.subject)
    keys = tuple(q.Capture(key.name.name, key.type) for key in node.keys)
    options = {p.name: p.value for p in node.properties}
    if "regex" in options:
        raise Unsupported("parse-kv with a regex", node.span, "use extract() for each key")
    quotes = tuple((text[0], text[-1]) for text in _texts(at, options.get("quote")) if text)
    columns = added(table.columns, [Column(k.name, k.type, k.type is not Type.STRING) for k in keys])
    pair, inner = _text(at, options.get("pair_delimiter"), ""), _text(at, options.get("kv_delimiter"), "")
    escape, greedy = _text(at, options.get("escape"), ""), flag(node.properties, "greedy")
    rel = q.ParseKeyValue(table.rel, as_text(subject), keys, pair, inner, quotes, escape, greedy, columns, node.span)
    return replace(table, rel=rel)


def _text(at: Context, node: tree.Expr | None, default: str) -> str:
    found = _texts(at, node)
    return found[0] if found else default


def _texts(at: Context, node: tree.Expr | None) -> list[str]:
    """The strings of a property: one, or several in a row."""
    if node is None:
        return []
    values = node.args if isinstance(node, tree.Call) and not node.name else (node,)
    texts = []
    for value in values:
        bound = bind(Context(at.session, at.scope), value)
        if isinstance(bound, ir.Literal) and isinstance(bound.value, str):
            texts.append(bound.value)
        else:
            at.session.report(findings.needs_constant(value.span))
    return texts
