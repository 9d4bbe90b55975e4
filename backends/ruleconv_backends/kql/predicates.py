"""Tests of a value: comparisons, and ``Match`` in the operator that means it (``=~``, ``has_any``, ``!contains`` ...)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir.types import Type
from ruleconv.kql import tree
from ruleconv.kql.binding import predicates
from ruleconv.kql.binding.convert import as_text
from ruleconv.text import NOWHERE
from ruleconv_backends.kql import addresses, globs, implicit, names, operands, patterns, pipelines, scalars
from ruleconv_backends.kql.operators import LISTS, NEGATED, OPERATORS, Test
from ruleconv_backends.kql.precedence import SUM, UNARY, call, chain, wrapped
from ruleconv_backends.kql.writer import Writer

_TEXTUAL = (Type.STRING, Type.DYNAMIC, Type.UNKNOWN)


# ---------------------------------------------------------------- comparisons
def compare(w: Writer, node: ir.Compare) -> tree.Expr:
    """``left op right``. Sigma's kind is false when a side is missing."""
    if node.nulls is not ir.Nulls.ABSENT:
        return compared(w, node, node.op)
    made = compared(w, node, node.op)
    sides = [side for side in (node.left, node.right) if not isinstance(side, ir.Literal)]
    ordered = node.op not in (ir.Comparison.EQ, ir.Comparison.NE)
    if node.op is ir.Comparison.NE or (node.op is ir.Comparison.EQ and len(sides) > 1 and w.safe):
        return chain("and", [*(_present(w, side) for side in sides), made])
    if w.safe and (ordered or len(sides) > 1):
        return call("coalesce", made, operands.literal(ir.Literal(False, Type.BOOL)))
    return made


def compared(w: Writer, node: ir.Compare, op: ir.Comparison) -> tree.Expr:
    """The comparison with another operator over the same sides."""

    def rebuild(sides: implicit.Operands) -> ir.Expr | None:
        session = names.session()
        made = predicates.compare(session, node.op.value, sides[0], sides[1], NOWHERE, NOWHERE)
        if session.findings or not isinstance(made, ir.Compare):
            return None
        return replace(made, nulls=node.nulls)

    left, right = implicit.operands(node, (node.left, node.right), rebuild)
    if left.type.is_numeric and right.type.is_numeric:
        left, right = _plain_number(left), _plain_number(right)
    return tree.Binary(op.value, operands.operand(w, left), operands.operand(w, right))


def _plain_number(node: ir.Expr) -> ir.Expr:
    """``5`` for ``int(5)``: numbers compare by value."""
    if isinstance(node, ir.Literal) and node.type is Type.INT and node.value is not None:
        return replace(node, type=Type.LONG)
    return node


def _present(w: Writer, node: ir.Expr) -> tree.Expr:
    """That the value is there."""
    return missing(w, ir.Missing(node), negated=True)


def missing(w: Writer, node: ir.Missing, *, negated: bool = False) -> tree.Expr:
    """A KQL string has no null: one that is missing is empty. Of an open column nothing is known, and ``isempty`` takes any type."""
    empty = node.subject.type in (Type.STRING, Type.UNKNOWN)
    function = {(True, False): "isempty", (True, True): "isnotempty", (False, False): "isnull", (False, True): "isnotnull"}[empty, negated]
    return call(function, w.expr(w, node.subject))


# ---------------------------------------------------------------- matches
def match(w: Writer, node: ir.Match, *, denied: bool = False) -> tree.Expr:
    """The match, or (``denied``, of Sigma's kind) what is true when it does not hold."""
    if node.nulls is ir.Nulls.ABSENT and len(node.patterns) > 1 and any(_needs_guard(node, p) for p in node.patterns):
        parts = [replace(node, patterns=(pattern,), negated=False) for pattern in node.patterns]
        whole = ir.And(tuple(parts)) if node.quantifier is ir.Quantifier.ALL else ir.Or(tuple(parts))
        return w.expr(w, ir.Not(whole) if node.negated != denied else whole)
    subject, given = _bare(node)
    if subject.type.is_numeric:
        given = tuple(_plain_number(p) for p in given)
    absent = node.nulls is ir.Nulls.ABSENT
    tests = list(_tests(w, node, subject, given))
    negated = node.negated != denied
    if absent and len(tests) == 1 and tests[0].op in ("isempty", "isnotempty"):
        return _one(w, subject, tests[0], negated)
    if absent and isinstance(subject, ir.AnyField) and node.how is ir.How.REGEX and _takes_empty(node):
        raise Unsupported("a keyword's regular expression that an empty text matches", node.span, "in KQL every missing field is empty")
    if (absent and (len(given) == 1 and _needs_guard(node, given[0]))) or (absent and _takes_empty(node)):
        present = _present(w, given[0] if _needs_guard(node, given[0]) else subject)
        if negated:
            with w.two_valued(True):
                return call("not", chain("and", [present, _joined(w, node, subject, tests, False)]))
        return chain("and", [present, _joined(w, node, subject, tests, False)])
    return _joined(w, node, subject, tests, negated)


def _joined(w: Writer, node: ir.Match, subject: ir.Expr, tests: list[Test], negated: bool) -> tree.Expr:
    if len(tests) == 1:
        return _one(w, subject, tests[0], negated)
    with w.two_valued(w.safe or negated):
        whole = chain("and" if node.quantifier is ir.Quantifier.ALL else "or", [_one(w, subject, test, False) for test in tests])
    return call("not", whole) if negated else whole


def _one(w: Writer, subject: ir.Expr, test: Test, negated: bool) -> tree.Expr:
    """One test as an expression."""
    if test.op in ("isempty", "isnotempty"):
        if test.op == "isempty" and subject.type is Type.DYNAMIC:  # an empty text in a bag is no null
            subject = ir.Call("tostring", (subject,), Type.STRING, subject.span)
        return missing(w, ir.Missing(subject), negated=(test.op == "isnotempty") != negated)
    any_field = isinstance(subject, ir.AnyField)
    op = NEGATED.get(test.op) if negated and not any_field else test.op
    if not test.op or op is None or (negated and any_field):
        made = _plain(w, subject, test, test.op)
        if test.nullable and (w.safe or negated):
            made = call("coalesce", made, operands.literal(ir.Literal(False, Type.BOOL)))
        return call("not", made) if negated else made
    return _plain(w, subject, test, op)


def _plain(w: Writer, subject: ir.Expr, test: Test, op: str) -> tree.Expr:
    if test.whole is not None:
        return test.whole
    if test.many:
        return tree.InList(op, operands.operand(w, subject, SUM), test.items)
    equality = test.op in ("==", "=~")
    least = SUM if test.op == "==" else UNARY
    left = operands.operand(w, subject, least)
    return tree.Binary(op, left, wrapped(test.items[0], SUM if equality and op in ("==", "!=") else UNARY))


def _tests(w: Writer, node: ir.Match, subject: ir.Expr, given: tuple[ir.Expr, ...]) -> list[Test]:
    """The tests that the match is made of."""
    match node.how:
        case ir.How.GLOB:
            return _globs(w, node, subject, given)
        case ir.How.CIDR:
            return addresses.tests(w, subject, given, node)
        case ir.How.REGEX:
            return [Test("matches regex", (w.expr(w, patterns.regex(p, node.fold_case)),)) for p in given]
    any_field = isinstance(subject, ir.AnyField)
    if node.nulls is ir.Nulls.ABSENT and node.how is ir.How.EQUALS and len(given) == 1 and _is_text("", given[0]) and not any_field:
        return [Test("isempty")]
    if _is_caseless(node, subject, given):
        node = replace(node, fold_case=False)
    op = LISTS.get((node.how, node.fold_case, node.quantifier))
    listed = len(given) != 1 or given[0].type is Type.DYNAMIC or not _is_plain(node, subject)
    if op is not None and not given:
        return [Test(op, (operands.literal(ir.Literal([], Type.DYNAMIC)),), many=True)]
    if op is not None and not any_field and (name := scalars.listed(w, given, subject.type)) is not None:
        return [Test(op, (name,), many=True)]
    if op is not None and listed and not any_field:
        return [Test(op, tuple(w.expr(w, p) for p in given), many=True)]
    single = OPERATORS[node.how, node.fold_case]
    for pattern in given:
        if pattern.type is Type.DYNAMIC and len(given) > 1:
            raise Unsupported(f"a list that is computed, with {single}", node.span, "write its values")
    return [Test(single, (w.expr(w, p),)) for p in given]


def _is_plain(node: ir.Match, subject: ir.Expr) -> bool:
    """Whether ``subject == pattern`` is this match: of other types than strings it is a comparison with other nulls."""
    return node.how is not ir.How.EQUALS or node.nulls is ir.Nulls.ABSENT or node.subject.type is Type.STRING


def _globs(w: Writer, node: ir.Match, subject: ir.Expr, given: tuple[ir.Expr, ...]) -> list[Test]:
    """Sigma's wildcards in the plainest operators; equal texts in one list."""
    found: list[Test] = []
    folds_equal = node.fold_case and not _is_caseless(node, subject, given)
    equals: list[ir.Expr] = []
    first_equal = 0
    for pattern in given:
        how, text = globs.plainest(pattern, node.fold_case)
        value = ir.Literal(text, Type.STRING, pattern.span)
        if how is None and isinstance(subject, ir.AnyField):
            found.append(Test("", whole=operands.literal(ir.Literal(True, Type.BOOL))))
        elif how is None:
            found.append(Test("isnotempty"))
        elif not text and how is ir.How.EQUALS and not isinstance(subject, ir.AnyField):
            found.append(Test("isempty"))
        elif how is ir.How.EQUALS and node.quantifier is ir.Quantifier.ANY and not isinstance(subject, ir.AnyField):
            first_equal = first_equal if equals else len(found)
            equals.append(value)
        else:
            folds = node.fold_case and how is not ir.How.REGEX
            found.append(Test(OPERATORS[how, folds], (w.expr(w, value),)))
    if equals:
        items = tuple(w.expr(w, value) for value in equals)
        op = ("=~" if folds_equal else "==") if len(items) == 1 else ("in~" if folds_equal else "in")
        found.insert(first_equal, Test(op, items, many=len(items) > 1))
    return found


_PARTS = (ir.How.CONTAINS, ir.How.PREFIX, ir.How.SUFFIX, ir.How.TERM, ir.How.TERM_PREFIX, ir.How.TERM_SUFFIX)


def _needs_guard(node: ir.Match, pattern: ir.Expr) -> bool:
    """Whether the pattern is a field of the event, of which any text would be a part if it is missing, and so empty."""
    return node.how in _PARTS and _is_computed(pattern)


def _takes_empty(node: ir.Match) -> bool:
    """Whether a KQL string that is missing, and so empty, would match."""
    checks: Callable[[ir.Expr], bool]
    match node.how:
        case ir.How.GLOB:
            return False  # `*` alone is isnotempty(); a plain text and the rest need characters, or ask for the empty string
        case ir.How.REGEX:
            checks = patterns.takes_empty
        case how if how in _PARTS:
            checks = partial(_is_text, "")
        case ir.How.EQUALS:
            checks = _is_computed
        case _:
            return False
    found = [checks(p) for p in node.patterns]
    return all(found) if node.quantifier is ir.Quantifier.ALL else any(found)


def _is_caseless(node: ir.Match, subject: ir.Expr, given: Sequence[ir.Expr]) -> bool:
    """Whether Sigma's texts hold no letters: ``==`` then says the same, and takes a column of numbers too. A dynamic value it
    compares as what it is, and ``=~`` as a text."""
    if node.nulls is not ir.Nulls.ABSENT or node.how not in (ir.How.EQUALS, ir.How.GLOB) or subject.type is Type.DYNAMIC:
        return False
    texts = [p.value for p in given if isinstance(p, ir.Literal)]
    return len(texts) == len(given) and all(isinstance(text, str) and text.lower() == text.upper() for text in texts)


def _is_text(text: str, node: ir.Expr) -> bool:
    return isinstance(node, ir.Literal) and node.value == text


def _is_computed(node: ir.Expr) -> bool:
    return not isinstance(node, ir.Literal)


def _bare(node: ir.Match) -> tuple[ir.Expr, tuple[ir.Expr, ...]]:
    """Subject and patterns without the binder's conversions. A subject that is no text is made one for operators on texts."""
    if isinstance(node.subject, ir.AnyField):
        return node.subject, node.patterns

    def rebuild(parts: implicit.Operands) -> ir.Expr | None:
        return _rebuilt(node, parts)

    subject, *given = implicit.operands(node, (node.subject, *node.patterns), rebuild)
    texts = node.how is not ir.How.EQUALS or node.fold_case or any(p.type is Type.STRING for p in node.patterns)
    if texts and subject.type not in _TEXTUAL:
        subject = ir.Call("tostring", (subject,), Type.STRING, node.span)
    return subject, tuple(given)


def _rebuilt(node: ir.Match, parts: implicit.Operands) -> ir.Expr | None:
    """What the binder makes of the match over these operands."""
    session = names.session()
    subject, given = parts[0], list(parts[1:])
    made: ir.Expr
    if len(given) == 1 and _is_plain(node, subject) and given[0].type is not Type.DYNAMIC:
        how = ir.How.REGEX if node.how in (ir.How.GLOB, ir.How.CIDR) else node.how
        fold = node.fold_case and how is not ir.How.REGEX
        op = OPERATORS[how, fold]
        made = predicates.equality(False, subject, given[0], NOWHERE) if op == "==" else predicates.string_match(
            session, op, subject, given[0], NOWHERE, NOWHERE
        )  # fmt: skip
    else:
        op_ = LISTS.get((node.how, node.fold_case, node.quantifier))
        if op_ is not None:
            made = predicates.match_list(session, op_, subject, given, NOWHERE, NOWHERE)
        else:
            made = predicates.string_match(session, "has", subject, given[0], NOWHERE, NOWHERE)
            if isinstance(made, ir.Match):
                made = replace(made, patterns=tuple(as_text(p) for p in given))
    if session.findings or not isinstance(made, ir.Match):
        return None
    return replace(
        made, how=node.how, fold_case=node.fold_case, quantifier=node.quantifier, nulls=node.nulls, negated=node.negated
    )  # fmt: skip


def match_query(w: Writer, node: ir.MatchQuery) -> tree.Expr:
    """``x in (T | project y)``."""
    op = LISTS.get((node.how, node.fold_case, node.quantifier))
    if op is None:
        raise Unsupported(f"{node.how} against the rows of a query", node.span)
    subject = implicit.bare(node.subject) if node.subject.type is Type.STRING or isinstance(node.subject, ir.Cast) else node.subject
    rows = pipelines.table(w, node.query)
    column = isinstance(rows, tree.Name) and any(c.name == rows.name for c in w.row)
    if column:  # here the name would be the column's
        rows = tree.Pipeline(rows, (tree.Project("project", (names.name(node.query.columns[0].name),)),))
    items = (rows if isinstance(rows, tree.Name) else tree.Parenthesized(rows),)
    negated = node.negated and op in NEGATED
    made = tree.InList(NEGATED[op] if negated else op, operands.operand(w, subject), items)
    return call("not", made) if node.negated and not negated else made
