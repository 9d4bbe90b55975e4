"""Predicates of the IR as tests of fields: which field, how, against which values, and what is negated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from ruleconv.inspection.lineage import TRANSPARENT
from ruleconv.inspection.model import Indicator, Known, Role, Test, Value
from ruleconv.inspection.terms import Terms, is_unknown, is_value, unwrapped
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.expr import Comparison, Expr, How, Quantifier
from ruleconv.ir.types import Type
from ruleconv.text import Span

_OF_HOW = {
    How.EQUALS: Test.EQ,
    How.CONTAINS: Test.CONTAINS,
    How.PREFIX: Test.PREFIX,
    How.SUFFIX: Test.SUFFIX,
    How.TERM: Test.TERM,
    How.TERM_PREFIX: Test.TERM_PREFIX,
    How.TERM_SUFFIX: Test.TERM_SUFFIX,
    How.GLOB: Test.GLOB,
    How.REGEX: Test.REGEX,
    How.CIDR: Test.CIDR,
}
_OF_OP = {
    Comparison.EQ: Test.EQ,
    Comparison.NE: Test.EQ,
    Comparison.LT: Test.LT,
    Comparison.LE: Test.LE,
    Comparison.GT: Test.GT,
    Comparison.GE: Test.GE,
}
_NULLS = {"isempty": Test.IS_NULL, "isnull": Test.IS_NULL, "isnotempty": Test.IS_NOT_NULL, "isnotnull": Test.IS_NOT_NULL}
_CIDRS = frozenset(("ipv4_is_in_range", "ipv6_is_in_range", "ipv4_is_in_any_range", "ipv6_is_in_any_range", "ipv4_is_match"))
_FOLDS = {"tolower": str.lower, "toupper": str.upper}
_TESTS = (ir.And, ir.Or, ir.Not, ir.Match, ir.MatchQuery, ir.Compare, ir.Between, ir.Missing)
DEEPEST = 200


def conjuncts(node: Expr, negated: bool = False) -> Iterator[tuple[Expr, bool]]:
    """The parts that must all hold, each with whether it is negated: ``not(a or b)`` is two."""
    stack = [(node, negated)]
    while stack:
        at, neg = stack.pop()
        if isinstance(at, ir.Not):
            stack.append((at.term, not neg))
        elif isinstance(at, ir.Or if neg else ir.And):
            stack.extend((term, neg) for term in reversed(at.terms))
        else:
            yield at, neg


def excludes(node: Expr, negated: bool) -> bool:
    """Whether such a part says what is left out: every test in it is negated, and one of them is not about missing values."""
    found = list(_leaves(node, negated))
    return bool(found) and all(neg for _, neg in found) and any(not _about_null(leaf) for leaf, _ in found)


def _leaves(node: Expr, negated: bool) -> Iterator[tuple[Expr, bool]]:
    stack = [(node, negated)]
    while stack:
        at, neg = stack.pop()
        if isinstance(at, ir.Not):
            stack.append((at.term, not neg))
        elif isinstance(at, ir.And | ir.Or):
            stack.extend((term, neg) for term in reversed(at.terms))
        else:
            if isinstance(at, ir.Match | ir.MatchQuery | ir.Between):
                neg = neg != at.negated
            elif isinstance(at, ir.Compare):
                neg = neg != (at.op is Comparison.NE)
            yield at, neg


def _anywhere(node: ir.Or) -> Expr | None:
    """The one test of any field that the binder has spelt out for each column (``search "x"``): what was written stands once."""
    first = node.terms[0]
    if not isinstance(first, ir.Match) or len(node.terms) < 2 or node.span.end <= node.span.start:
        return None
    alike = replace(first, subject=ir.AnyField(first.span))
    for each in node.terms:
        if not isinstance(each, ir.Match) or each.span != node.span or replace(each, subject=alike.subject) != alike:
            return None
    return alike


def _about_null(node: Expr) -> bool:
    if isinstance(node, ir.Missing) or (isinstance(node, ir.Call) and node.function in _NULLS):
        return True
    return isinstance(node, ir.Match) and node.how is How.EQUALS and all(_is_empty(each) for each in node.patterns)


def _is_empty(node: Expr) -> bool:
    return isinstance(node, ir.Literal) and node.value == "" and node.type is Type.STRING


@dataclass
class Reader:
    """``number``: of the stage at a span."""

    terms: Terms
    number: Callable[[Span], str] = lambda span: ""

    # ------------------------------------------------------------ tests
    def indicators(
        self, node: Expr, rel: q.Rel | None, stage: str, role: Role, *, negated: bool = False, required: bool = True
    ) -> Iterator[Indicator]:
        """Every test in a predicate over the rows of ``rel``, from left to right."""
        stack: list[tuple[Expr, bool, bool]] = [(node, negated, required)]
        while stack:
            at, neg, must = stack.pop()
            match at:
                case ir.Not():
                    stack.append((at.term, not neg, must))
                case ir.Or() if (anywhere := _anywhere(at)) is not None:
                    stack.append((anywhere, neg, must))
                case ir.And() | ir.Or():
                    must = must and (len(at.terms) == 1 or isinstance(at, ir.Or if neg else ir.And))
                    stack.extend((term, neg, must) for term in reversed(at.terms))
                case ir.Cast() if at.type is Type.BOOL:
                    stack.append((at.operand, neg, must))
                case ir.Literal() if not is_unknown(at):
                    continue
                case _:
                    made = self._test(at, rel, neg)
                    if made is not None:
                        yield self._finished(made, at, rel, stage, role, must)

    def conditions(self, node: Expr, rel: q.Rel | None, stage: str) -> Iterator[Indicator]:
        """The tests within a value that is computed."""
        stack: list[Expr] = [node]
        while stack:
            at = stack.pop()
            if isinstance(at, _TESTS) or (isinstance(at, ir.Call) and at.type is Type.BOOL and at.function not in TRANSPARENT):
                yield from self.indicators(at, rel, stage, Role.CONDITION, required=False)
            elif isinstance(at, ir.Case):
                stack.append(at.default)
                for test, value in reversed(at.branches):
                    stack += (value, test)
            elif isinstance(at, ir.Call | ir.AggregateCall | ir.WindowCall):
                stack.extend(reversed(at.args))
            elif isinstance(at, ir.Arithmetic):
                stack += (at.right, at.left)

    def _test(self, node: Expr, rel: q.Rel | None, negated: bool) -> _Made | None:
        match node:
            case ir.Missing():
                return _Made(node.subject, Test.IS_NOT_NULL if negated else Test.IS_NULL, (), False)
            case ir.Match():
                negated = negated != node.negated
                if node.how is How.EQUALS and all(_is_empty(each) for each in node.patterns):
                    return _Made(node.subject, Test.IS_NOT_NULL if negated else Test.IS_NULL, (), False)
                values = tuple(self.terms.value(each, rel) for each in node.patterns)
                kind = _OF_HOW[node.how]
                if kind is Test.EQ and (len(values) > 1 or any(each.type is Type.DYNAMIC for each in node.patterns)):
                    kind = Test.IN
                everything = node.quantifier is Quantifier.ALL and len(values) > 1
                return _Made(node.subject, kind, values, negated, everything, not node.fold_case)
            case ir.MatchQuery():
                kind = Test.IN if node.how is How.EQUALS else _OF_HOW[node.how]
                everything = node.quantifier is Quantifier.ALL
                return _Made(
                    node.subject, kind, (self.terms.of_query(node.query),), negated != node.negated, everything, not node.fold_case
                )
            case ir.Compare():
                return self._compare(node, rel, negated)
            case ir.Between():
                values = (self.terms.value(node.low, rel), self.terms.value(node.high, rel))
                return _Made(node.subject, Test.RANGE, values, negated != node.negated)
            case ir.Call():
                return self._call(node, rel, negated)
            case ir.ColumnRef() | ir.Access() | ir.Cast():
                return _Made(node, Test.EQ, (Value("true", "bool"),), negated)
            case _:
                return _Made(node, Test.FUNCTION, (), negated)

    def _compare(self, node: ir.Compare, rel: q.Rel | None, negated: bool) -> _Made:
        left, right, op = node.left, node.right, node.op
        if is_value(left) and not is_value(right):
            left, right, op = right, left, op.mirrored
        if op in (Comparison.EQ, Comparison.NE) and isinstance(right, ir.Literal) and right.value is None and not is_unknown(right):
            kind = Test.IS_NULL if negated == (op is Comparison.NE) else Test.IS_NOT_NULL
            return _Made(left, kind, (), False)
        if isinstance(right, ir.Literal) and right.value is False and op is Comparison.EQ and isinstance(left, ir.Call):
            made = self._call(left, rel, not negated)
            if made.kind is not Test.FUNCTION or left.type is Type.BOOL:
                return made
        return _Made(left, _OF_OP[op], (self.terms.value(right, rel),), negated != (op is Comparison.NE))

    def _call(self, node: ir.Call, rel: q.Rel | None, negated: bool) -> _Made:
        if node.function in _NULLS and node.args:
            kind = _NULLS[node.function]
            if negated:
                kind = Test.IS_NULL if kind is Test.IS_NOT_NULL else Test.IS_NOT_NULL
            return _Made(node.args[0], kind, (), False)
        if node.function in TRANSPARENT and node.args:
            return _Made(node, Test.EQ, (Value("true", "bool"),), negated)
        subject = next((each for each in node.args if not isinstance(each, ir.Literal)), None)
        if subject is None:
            return _Made(node, Test.EQ, (Value("true", "bool"),), negated)
        values = tuple(value for each in node.args if each is not subject for value in self.terms.spread(each, rel))
        kind = Test.CIDR if node.function in _CIDRS else Test.FUNCTION
        return _Made(subject, kind, values, negated, operator=node.function)

    def _finished(self, made: _Made, node: Expr, rel: q.Rel | None, stage: str, role: Role, required: bool) -> Indicator:
        subject, through = unwrapped(made.subject)
        name, of = self.terms.field(subject, rel)
        cased = made.cased if made.values and (made.kind in _TEXTS) and _textual(made.subject) else None
        if cased and made.kind is Test.REGEX:
            cased = not all(each.text.startswith("(?i") for each in made.values)
        if cased and through and through[0] in _FOLDS and all(each.known is Known.CONSTANT for each in made.values):
            cased = not all(_FOLDS[through[0]](each.text) == each.text for each in made.values)
        if role is Role.MATCH and subject.type is Type.DATETIME and made.values and _timely(made.values):
            role = Role.TIME
        where = self.terms.place(node)
        return Indicator(
            field=name,
            kind=made.kind,
            values=made.values,
            operator=made.operator or self.terms.spelling.operator(node, made.kind, made.negated),
            all_values=made.everything,
            case_sensitive=cased,
            negated=made.negated,
            role=role,
            required=required,
            of=of,
            through=through,
            sources=self.terms.lineage.sources(subject, rel),
            stages=(stage,) if stage else (),
            places=(where,) if where is not None else (),
        )


@dataclass(frozen=True, slots=True)
class _Made:
    subject: Expr
    kind: Test
    values: tuple[Value, ...]
    negated: bool
    everything: bool = False
    cased: bool | None = None
    operator: str = ""


_TEXTS = frozenset(set(_OF_HOW.values()) - {Test.CIDR} | {Test.IN})


def _textual(node: Expr) -> bool:
    return node.type in (Type.STRING, Type.DYNAMIC, Type.UNKNOWN)


def _timely(values: tuple[Value, ...]) -> bool:
    return all(each.known is Known.TIME or (each.known is Known.CONSTANT and each.type == "datetime") or each.known is Known.EXPRESSION
               for each in values)  # fmt: skip
