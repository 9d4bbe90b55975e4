"""``parse-kv``: for each key, the regular expression that finds its first appearance and takes the value.

Semantics: https://learn.microsoft.com/kusto/query/parse-kv-operator (white space around keys and values does not count; and the
emulator: a value runs to the next pair delimiter, further key-value delimiters in it are part of it).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import query as q
from ruleconv.ir.types import Type
from ruleconv_backends.sql import names
from ruleconv_backends.sql.parse_pattern import escaped, other_than
from ruleconv_backends.sql.parsing import as_text
from ruleconv_backends.sql.relation import Relations
from ruleconv_backends.sql.select import Relation
from ruleconv_backends.sql.stages import lowers_stage
from ruleconv_backends.sql.value import SqlValue


@lowers_stage(q.ParseKeyValue)
def parse_key_value(relations: Relations, stage: q.ParseKeyValue, input_: Relation | None) -> Relation:
    """The input's columns and one for each key."""
    assert input_ is not None
    _check(stage)
    lowering = relations.lowering
    relation = relations.ready(input_, [stage.subject], grouped=input_.group is not None)
    relation, subject = as_text(relations, relation, stage.subject)
    made = {key.name: lowering.convert(_value(relations, stage, subject.node, key.name), key.type) for key in stage.keys}
    merged = {**relation.columns, **made}
    return replace(relation, columns={c.name: merged[c.name] for c in stage.columns})


def _check(stage: q.ParseKeyValue) -> None:
    if not stage.pair_delimiter or not stage.kv_delimiter:
        raise Unsupported("parse-kv without pair_delimiter and kv_delimiter", stage.span, "name both delimiters, or use extract()")
    if stage.greedy:
        raise Unsupported("parse-kv with greedy=true", stage.span, "use parse with the keys as delimiters")
    if len(stage.pair_delimiter) > 1 and stage.quotes:
        raise Unsupported("parse-kv with quotes and a pair delimiter of several characters", stage.span)
    if stage.escape and not stage.quotes:
        raise Unsupported("parse-kv with escape and no quote", stage.span)


@dataclass(frozen=True, slots=True)
class _Quoted:
    """A quoted text: its regex, and the regex of what it holds."""

    opening: str
    body: str
    closing: str

    @property
    def whole(self) -> str:
        return f"{self.opening}{self.body}{self.closing}"


def _quotes(stage: q.ParseKeyValue) -> list[_Quoted]:
    found = []
    for opening, closing in stage.quotes:
        inside = other_than(closing)
        if stage.escape:
            special = escaped(stage.escape)
            inside = f"(?:[^{_in_class(closing)}{_in_class(stage.escape)}]|{special}.)*"
        found.append(_Quoted(escaped(opening), inside, escaped(closing)))
    return found


def _in_class(character: str) -> str:
    return other_than(character)[2:-2]


def _value(relations: Relations, stage: q.ParseKeyValue, subject: exp.Expression, key: str) -> SqlValue:
    """The text of the key's value."""
    quotes = _quotes(stage)
    if not quotes:
        regex = _plain(stage, key) if len(stage.pair_delimiter) == 1 else _long(stage, key)
        return SqlValue(_extracted(relations, subject, regex), Type.STRING)
    values = []
    for quoted in quotes:
        value = _extracted(relations, subject, _behind(stage, key, quotes, f"{quoted.opening}({quoted.body}){quoted.closing}"))
        if stage.escape:
            value = _unescaped(relations, value, stage.escape)
        values.append(value)
    first = "".join(_in_class(opening) for opening, _ in stage.quotes)
    delimiter = _in_class(stage.pair_delimiter)
    values.append(_extracted(relations, subject, _behind(stage, key, quotes, f"([^{delimiter}{first}]{other_than(stage.pair_delimiter)})")))
    if relations.lowering.postgres:
        return SqlValue(exp.Coalesce(this=values[0], expressions=values[1:]), Type.STRING)
    empty = [exp.Nullif(this=value, expression=exp.Literal.string("")) for value in values[:-1]]
    return SqlValue(exp.Coalesce(this=empty[0], expressions=[*empty[1:], values[-1]]), Type.STRING)


def _plain(stage: q.ParseKeyValue, key: str) -> str:
    """No quotes, one character between pairs."""
    value = other_than(stage.pair_delimiter)
    if not stage.pair_delimiter.isspace():
        word = f"[^{_in_class(stage.pair_delimiter)}\\s]"
        value = rf"{word}*(?:\s+{word}+)*"
    return rf"(?:^|{escaped(stage.pair_delimiter)})\s*{escaped(key)}\s*{escaped(stage.kv_delimiter)}\s*({value})"


def _long(stage: q.ParseKeyValue, key: str) -> str:
    """No quotes, several characters between pairs."""
    pair = escaped(stage.pair_delimiter)
    return rf"^(?:.*?{pair})??\s*{escaped(key)}\s*{escaped(stage.kv_delimiter)}\s*(.*?)\s*(?:{pair}.*)?$"


def _behind(stage: q.ParseKeyValue, key: str, quotes: list[_Quoted], value: str) -> str:
    """The value of the key, behind whole pairs only: a delimiter in quotes divides nothing."""
    pair = escaped(stage.pair_delimiter)
    openings = "".join(_in_class(opening) for opening, _ in stage.quotes)
    item = "|".join([f"[^{_in_class(stage.pair_delimiter)}{openings}]", *(quoted.whole for quoted in quotes)])
    spelled = "|".join([*(f"{quoted.opening}{escaped(key)}{quoted.closing}" for quoted in quotes), escaped(key)])
    return rf"^(?:(?:{item})*{pair})*?\s*(?:{spelled})\s*{escaped(stage.kv_delimiter)}\s*{value}\s*(?:{pair}.*)?$"


def _extracted(relations: Relations, subject: exp.Expression, regex: str) -> exp.Expression:
    """The first group of the first match."""
    if relations.lowering.postgres:
        return relations.lowering.template("SUBSTRING(_x FROM _regex)", x=subject, regex=names.string(regex))
    flagged = regex if "." not in regex.replace("\\.", "") else f"(?s){regex}"
    return relations.lowering.template("REGEXP_EXTRACT(_x, _regex, 1)", x=subject, regex=names.string(flagged))


def _unescaped(relations: Relations, value: exp.Expression, escape: str) -> exp.Expression:
    """What stands behind each escape character."""
    return relations.lowering.template(
        "REGEXP_REPLACE(_x, _regex, _with, 'g')", x=value, regex=names.string(f"{escaped(escape)}(.)"), **{"with": names.string("\\1")}
    )
