"""String comparisons of Kusto and Sigma as SQL. Semantics: docs/semantics.md; a NULL subject gives NULL.

A term is bordered by the text's ends or by what is neither letter nor digit; ``_`` is neither. Case is folded by LOWER, ILIKE
or the regular expression's own flag; the literal is folded here the way the engines do it, character by character.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from ruleconv.ir.expr import How
from ruleconv_backends.sql import cidr, names, regex
from ruleconv_backends.sql.select import conjunction, disjunction
from ruleconv_backends.sql.template import parenthesised

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering

_TERMS = (How.TERM, How.TERM_PREFIX, How.TERM_SUFFIX)
BORDERS = {"postgres": "[^[:alnum:]]", "duckdb": r"[^\p{L}\p{N}]"}
_ESCAPES = "\\!^#~|"


def folded(text: str) -> str:
    """In lower case as the engines' LOWER has it: one character for one."""
    if text.isascii():
        return text.lower()
    return "".join(low if len(low := c.lower()) == 1 else "i" if c == "İ" else c for c in text)


def has_case(text: str) -> bool:
    """Folding the case of the text can make a difference."""
    return text.lower() != text.upper()


def match_literal(lowering: Lowering, subject: exp.Expression, pattern: str, how: How, fold_case: bool) -> exp.Expression:
    """The test of one literal pattern."""
    fold_case = fold_case and has_case(pattern)
    match how:
        case How.EQUALS:
            if fold_case:
                return exp.EQ(this=exp.Lower(this=subject), expression=names.string(folded(pattern)))
            return exp.EQ(this=parenthesised(subject), expression=names.string(pattern))
        case How.CONTAINS:
            return _like(lowering, subject, f"%{_LITERAL}%" if pattern else "%", pattern, fold_case)
        case How.PREFIX:
            return _like(lowering, subject, f"{_LITERAL}%", pattern, fold_case)
        case How.SUFFIX:
            return _like(lowering, subject, f"%{_LITERAL}", pattern, fold_case)
        case How.GLOB:
            return _glob(lowering, subject, pattern, fold_case)
        case How.REGEX:
            return search(lowering, subject, regex.for_test(pattern, lowering.dialect), fold_case)
        case How.CIDR:
            return cidr.in_networks(lowering, subject, [pattern])
        case _:
            if not pattern:
                return exp.Like(this=parenthesised(subject), expression=names.string("%"))
            return search(lowering, subject, _term(lowering, how, [pattern]), fold_case)


def match_any_literal(
    lowering: Lowering, subject: exp.Expression, patterns: list[str], how: How, fold_case: bool, all_: bool
) -> exp.Expression:
    """The test of several literal patterns, one of which (``all_``: each of which) has to match."""
    patterns = list(dict.fromkeys(patterns))
    if len(patterns) == 1 or all_:
        return conjunction([match_literal(lowering, subject.copy(), pattern, how, fold_case) for pattern in patterns])
    if how is How.EQUALS:
        fold_case = fold_case and any(map(has_case, patterns))
        subject = exp.Lower(this=subject) if fold_case else parenthesised(subject)
        items = list(dict.fromkeys(folded(p) if fold_case else p for p in patterns))
        return exp.In(this=subject, expressions=[names.string(item) for item in items])
    if how is How.CIDR:
        return cidr.in_networks(lowering, subject, patterns)
    if how in _TERMS and all(patterns):
        groups: dict[tuple[bool, bool], list[str]] = {}
        for pattern in patterns:
            groups.setdefault((pattern[0].isalnum(), pattern[-1].isalnum()), []).append(pattern)
        fold_case = fold_case and any(map(has_case, patterns))
        return disjunction([search(lowering, subject.copy(), _term(lowering, how, group), fold_case) for group in groups.values()])
    return disjunction([match_literal(lowering, subject.copy(), pattern, how, fold_case) for pattern in patterns])


def match_dynamic(lowering: Lowering, subject: exp.Expression, pattern: exp.Expression, how: How, fold_case: bool) -> exp.Expression:
    """The test of a pattern that is known only when the query runs: a text that is never NULL."""
    if how in (How.EQUALS, How.CONTAINS, How.PREFIX, How.SUFFIX) and fold_case:
        subject, pattern = exp.Lower(this=subject), exp.Lower(this=pattern)
    match how:
        case How.EQUALS:
            return exp.EQ(this=parenthesised(subject), expression=parenthesised(pattern))
        case How.CONTAINS:
            return (
                lowering.template("STRPOS(_s, _p) > 0", s=subject, p=pattern) if lowering.postgres else _call("CONTAINS", subject, pattern)
            )
        case How.PREFIX:
            return _call("STARTS_WITH", subject, pattern)
        case How.SUFFIX:
            if lowering.postgres:
                return lowering.template("RIGHT(_s, LENGTH(_p)) = _p", s=subject, p=pattern)
            return _call("ENDS_WITH", subject, pattern)
        case How.REGEX if not lowering.postgres:
            return search(lowering, subject, pattern, fold_case)
        case How.TERM | How.TERM_PREFIX | How.TERM_SUFFIX:
            return search(lowering, subject, _dynamic_term(lowering, how, pattern), fold_case)
        case _:
            raise _unsupported(how)


def _unsupported(how: How) -> Exception:
    from ruleconv.diagnostic import Unsupported

    what = {How.REGEX: "a regular expression", How.GLOB: "a pattern with wildcards", How.CIDR: "a network"}[how]
    return Unsupported(f"{what} that is not a constant", hint="write the pattern as a literal, or in a let of a literal")


def _call(name: str, *arguments: exp.Expression) -> exp.Expression:
    return exp.Anonymous(this=name, expressions=list(arguments))


_LITERAL = "\0"
"""Where the escaped pattern goes in a LIKE pattern."""


def _like(lowering: Lowering, subject: exp.Expression, shape: str, pattern: str, fold_case: bool) -> exp.Expression:
    kind = exp.ILike if fold_case else exp.Like
    if "%" not in pattern and "_" not in pattern and not (lowering.postgres and "\\" in pattern):
        return kind(this=parenthesised(subject), expression=names.string(shape.replace(_LITERAL, pattern)))
    escape = next((c for c in _ESCAPES if c not in pattern), "\\")
    text = "".join(escape + c if c in "%_" or c == escape else c for c in pattern)
    test = kind(this=parenthesised(subject), expression=names.string(shape.replace(_LITERAL, text)))
    return exp.Escape(this=test, expression=names.string(escape))


def _glob(lowering: Lowering, subject: exp.Expression, pattern: str, fold_case: bool) -> exp.Expression:
    """Sigma's ``*`` and ``?``, which a backslash makes plain. ESCAPE also says of a bare ``_`` that it is meant (SQL006)."""
    escape = next((c for c in _ESCAPES if c not in pattern), "\\")
    text, at, escaped = "", 0, False
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char == "\\" and at < len(pattern) and pattern[at] in "\\*?":
            char = pattern[at]
            at += 1
        elif char in "*?":
            text, escaped = text + ("%" if char == "*" else "_"), escaped or char == "?"
            continue
        if char in "%_" or char == escape or (lowering.postgres and char == "\\"):
            text, escaped = text + (escape if char in "%_" or char == escape else ""), True
        text += char
    test = (exp.ILike if fold_case else exp.Like)(this=parenthesised(subject), expression=names.string(text))
    return exp.Escape(this=test, expression=names.string(escape)) if escaped else test


def search(lowering: Lowering, subject: exp.Expression, pattern: str | exp.Expression, fold_case: bool) -> exp.Expression:
    """An unanchored search with a regular expression of the engine."""
    node = names.string(pattern) if isinstance(pattern, str) else pattern
    if lowering.postgres:
        kind = exp.RegexpILike if fold_case else exp.RegexpLike
        return kind(this=parenthesised(subject), expression=parenthesised(node))
    return _call("REGEXP_MATCHES", subject, node, *([names.string("i")] if fold_case else []))


def _term(lowering: Lowering, how: How, patterns: list[str]) -> str:
    """One regular expression for terms whose ends are alike: a border stands only beside a letter or digit."""
    border = BORDERS[lowering.dialect]
    words = "|".join(regex.quoted(p) for p in patterns)
    body = words if len(patterns) == 1 else f"({words})"
    left = f"(^|{border})" if how is not How.TERM_SUFFIX and patterns[0][0].isalnum() else ""
    right = f"($|{border})" if how is not How.TERM_PREFIX and patterns[0][-1].isalnum() else ""
    return left + body + right


def _dynamic_term(lowering: Lowering, how: How, pattern: exp.Expression) -> exp.Expression:
    """As ``_term``, put together by the engine."""
    border = BORDERS[lowering.dialect]
    alnum = border.replace("^", "", 1)
    quote = r"REGEXP_REPLACE(_p, '([\\.\[\]{}()*+?^$|])', '\\\1', 'g')" if lowering.postgres else "REGEXP_ESCAPE(_p)"
    parts = [lowering.template(quote, p=pattern)]
    if how is not How.TERM_SUFFIX:
        parts.insert(0, _border_if(lowering, pattern, "^" + alnum, f"(^|{border})"))
    if how is not How.TERM_PREFIX:
        parts.append(_border_if(lowering, pattern, alnum + "$", f"($|{border})"))
    node = parts[0]
    for part in parts[1:]:
        node = exp.DPipe(this=node, expression=part, safe=True)
    return exp.Paren(this=node)


def _border_if(lowering: Lowering, pattern: exp.Expression, edge: str, border: str) -> exp.Expression:
    """The border where the pattern ends with a letter or digit."""
    test = "_p ~ _edge" if lowering.postgres else "REGEXP_MATCHES(_p, _edge)"
    return lowering.template(f"CASE WHEN {test} THEN _border ELSE '' END", p=pattern, edge=names.string(edge), border=names.string(border))
