"""``parse`` and ``parse-where``: one regular expression for the row, then the conversions of the typed columns.

Semantics: https://learn.microsoft.com/kusto/query/parse-operator (in the kinds simple and regex a column that does not convert
empties the whole row's new columns, in the kind relaxed itself alone).
"""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.types import Type
from ruleconv_backends.sql import names
from ruleconv_backends.sql.parse_pattern import Pattern, simple
from ruleconv_backends.sql.relation import Relations
from ruleconv_backends.sql.select import Relation, conjunction, is_heavy
from ruleconv_backends.sql.stages import lowers_stage
from ruleconv_backends.sql.value import SqlValue


@lowers_stage(q.Parse)
def parse(relations: Relations, stage: q.Parse, input_: Relation | None) -> Relation:
    """The input's columns and the pattern's."""
    assert input_ is not None
    lowering = relations.lowering
    pattern = _pattern(relations, stage)
    typed = [c for c in pattern.captures if c.type is not Type.STRING]
    strict = stage.kind is not q.ParseKind.RELAXED
    relation = relations.ready(input_, [stage.subject], filtered=stage.keep_matching, grouped=input_.group is not None)
    relation, subject = as_text(relations, relation, stage.subject)
    text = lowering.text(subject) if pattern.matches_empty else subject.node
    regex = names.string(
        ("(?s)" if pattern.lazy and relations.dialect == "duckdb" and stage.kind is not q.ParseKind.REGEX else "") + pattern.regex
    )
    if stage.keep_matching and not (strict and typed):
        matches = "_x ~ _regex" if lowering.postgres else "REGEXP_MATCHES(_x, _regex)"
        relation = _filtered(relation, lowering.template(matches, x=text, regex=regex))
    relation, parts = _groups(relations, relation, pattern, text, regex)
    made = {c.name: parts[c.name] if c.type is Type.STRING else lowering.convert(parts[c.name], c.type) for c in pattern.captures}
    if strict and typed and (len(pattern.captures) > 1 or stage.keep_matching):
        relation = replace(relation, columns={**relation.columns, **made}, star=()).sealed()
        made = _all_or_nothing(relation, pattern, stage.keep_matching)
    merged = {**relation.columns, **made}
    return replace(relation, columns={c.name: merged[c.name] for c in stage.columns})


def as_text(relations: Relations, relation: Relation, subject: ir.Expr) -> tuple[Relation, SqlValue]:
    """The text to be parsed; a large expression becomes a column of a SELECT below, since it will be used several times."""
    with relations.lowering.over(relation.columns):
        value = relations.lowering.value_as(subject, Type.STRING)
    if not is_heavy(value.node):
        return relation, value
    name = relations.helper(relation, "text")
    sealed = relations.with_helpers(relation, {name: value})
    return sealed, sealed.columns.pop(name)


def _pattern(relations: Relations, stage: q.Parse) -> Pattern:
    if stage.kind is q.ParseKind.REGEX:
        from ruleconv_backends.sql.parse_regex import regex

        return regex(relations.dialect, stage)
    return simple(stage.pieces, stage.kind is q.ParseKind.RELAXED, stage.span)


def _filtered(relation: Relation, test: exp.Expression) -> Relation:
    result = replace(relation, where=list(relation.where), having=list(relation.having))
    (result.where if relation.group is None else result.having).append(test)
    return result


def _groups(
    relations: Relations, relation: Relation, pattern: Pattern, text: exp.Expression, regex: exp.Expression
) -> tuple[Relation, dict[str, SqlValue]]:
    """The text of every group; the match is made once, in a SELECT of its own when there are several."""
    lowering = relations.lowering
    if not pattern.captures:
        return relation, {}
    if len(pattern.captures) == 1:
        single = "SUBSTRING(_x FROM _regex)" if lowering.postgres else "REGEXP_EXTRACT(_x, _regex, _n)"
        number = exp.Literal.number(str(pattern.group(0)))
        return relation, {pattern.captures[0].name: SqlValue(lowering.template(single, x=text, regex=regex, n=number), Type.STRING)}
    helper = relations.helper(relation, "parsed")
    if lowering.postgres:
        whole = exp.Anonymous(this="REGEXP_MATCH", expressions=[text, regex])
    else:
        by_group = {pattern.group(at): key for at, key in enumerate(_keys(pattern))}
        keys = exp.Array(expressions=[names.string(by_group.get(n, f"_{n}")) for n in range(1, max(by_group) + 1)])
        whole = exp.Anonymous(this="REGEXP_EXTRACT", expressions=[text, regex, keys])
    sealed = relations.with_helpers(relation, {helper: SqlValue(whole, Type.UNKNOWN)})
    match = sealed.columns.pop(helper).node
    parts = {}
    for at, (capture, key) in enumerate(zip(pattern.captures, _keys(pattern), strict=True)):
        index = exp.Literal.number(str(pattern.group(at))) if lowering.postgres else names.string(key)
        parts[capture.name] = SqlValue(exp.Bracket(this=match.copy(), expressions=[index], offset=1), Type.STRING)
    return sealed, parts


def _keys(pattern: Pattern) -> list[str]:
    """The names of the struct's fields in DuckDB, which does not tell upper from lower case."""
    plain = [c.name for c in pattern.captures]
    return plain if len({name.lower() for name in plain}) == len(plain) else [f"{name}_{at}" for at, name in enumerate(plain)]


def _all_or_nothing(relation: Relation, pattern: Pattern, keep_matching: bool) -> dict[str, SqlValue]:
    """Each new column where every typed one was converted; or only the rows in which they were."""
    tests = {
        c.name: exp.Not(this=exp.Is(this=relation.columns[c.name].node, expression=exp.Null()))
        for c in pattern.captures
        if c.type is not Type.STRING
    }
    if keep_matching:
        relation.where.extend(tests.values())
        return {c.name: replace(relation.columns[c.name], nullable=c.type is Type.STRING) for c in pattern.captures}
    made = {}
    for capture in pattern.captures:
        value = relation.columns[capture.name]
        others = [test for name, test in tests.items() if name != capture.name]
        node = exp.Case(ifs=[exp.If(this=conjunction(others), true=value.node)]) if others else value.node
        made[capture.name] = SqlValue(node, capture.type, True)
    return made
