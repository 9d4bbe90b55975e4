"""Predicates of the IR as tests of fields: which field, how, against which values, and what is negated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from ruleconv.inspection import show
from ruleconv.inspection.lineage import TRANSPARENT, Lineage
from ruleconv.inspection.model import Indicator, Known, Place, Role, Test, Value
from ruleconv.inspection.operators import Spelling
from ruleconv.inspection.places import one_line, place
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.expr import Comparison, Expr, How, Quantifier
from ruleconv.ir.types import Type
from ruleconv.text import NOWHERE, Source, Span

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
_FLIPPED = {Comparison.LT: Comparison.GT, Comparison.LE: Comparison.GE, Comparison.GT: Comparison.LT, Comparison.GE: Comparison.LE}
_NULLS = {"isempty": Test.IS_NULL, "isnull": Test.IS_NULL, "isnotempty": Test.IS_NOT_NULL, "isnotnull": Test.IS_NOT_NULL}
_CIDRS = frozenset(("ipv4_is_in_range", "ipv6_is_in_range", "ipv4_is_in_any_range", "ipv6_is_in_any_range", "ipv4_is_match"))
_FOLDS = {"tolower": str.lower, "toupper": str.upper}
_NOW = frozenset(("ago", "now"))
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
    """``names``: of lets by the identity of the value that they stand for. ``number``: of the stage at a span."""

    source: Source
    lineage: Lineage
    spelling: Spelling
    names: Mapping[int, str] = field(default_factory=dict)
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
                case ir.Literal() if not _is_unknown(at):
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
                values = tuple(self.value(each, rel) for each in node.patterns)
                kind = _OF_HOW[node.how]
                if kind is Test.EQ and (len(values) > 1 or any(each.type is Type.DYNAMIC for each in node.patterns)):
                    kind = Test.IN
                everything = node.quantifier is Quantifier.ALL and len(values) > 1
                return _Made(node.subject, kind, values, negated, everything, not node.fold_case)
            case ir.MatchQuery():
                kind = Test.IN if node.how is How.EQUALS else _OF_HOW[node.how]
                everything = node.quantifier is Quantifier.ALL
                return _Made(node.subject, kind, (self.of_query(node.query),), negated != node.negated, everything, not node.fold_case)
            case ir.Compare():
                return self._compare(node, rel, negated)
            case ir.Between():
                values = (self.value(node.low, rel), self.value(node.high, rel))
                return _Made(node.subject, Test.RANGE, values, negated != node.negated)
            case ir.Call():
                return self._call(node, rel, negated)
            case ir.ColumnRef() | ir.Access() | ir.Cast():
                return _Made(node, Test.EQ, (Value("true", "bool"),), negated)
            case _:
                return _Made(node, Test.FUNCTION, (), negated)

    def _compare(self, node: ir.Compare, rel: q.Rel | None, negated: bool) -> _Made:
        left, right, op = node.left, node.right, node.op
        if _is_value(left) and not _is_value(right):
            left, right, op = right, left, _FLIPPED.get(op, op)
        if op in (Comparison.EQ, Comparison.NE) and isinstance(right, ir.Literal) and right.value is None and not _is_unknown(right):
            kind = Test.IS_NULL if negated == (op is Comparison.NE) else Test.IS_NOT_NULL
            return _Made(left, kind, (), False)
        if isinstance(right, ir.Literal) and right.value is False and op is Comparison.EQ and isinstance(left, ir.Call):
            made = self._call(left, rel, not negated)
            if made.kind is not Test.FUNCTION or left.type is Type.BOOL:
                return made
        return _Made(left, _OF_OP[op], (self.value(right, rel),), negated != (op is Comparison.NE))

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
        values = tuple(value for each in node.args if each is not subject for value in self._spread(each, rel))
        kind = Test.CIDR if node.function in _CIDRS else Test.FUNCTION
        return _Made(subject, kind, values, negated, operator=node.function)

    def _finished(self, made: _Made, node: Expr, rel: q.Rel | None, stage: str, role: Role, required: bool) -> Indicator:
        subject, through = _through(made.subject)
        name, of = self.field(subject, rel)
        cased = made.cased if made.values and (made.kind in _TEXTS) and _textual(made.subject) else None
        if cased and made.kind is Test.REGEX:
            cased = not all(each.text.startswith("(?i") for each in made.values)
        if cased and through and through[0] in _FOLDS and all(each.known is Known.CONSTANT for each in made.values):
            cased = not all(_FOLDS[through[0]](each.text) == each.text for each in made.values)
        if role is Role.MATCH and subject.type is Type.DATETIME and made.values and _timely(made.values):
            role = Role.TIME
        where = self.place(node)
        return Indicator(
            field=name,
            kind=made.kind,
            values=made.values,
            operator=made.operator or self.spelling.operator(node, made.kind, made.negated),
            all_values=made.everything,
            case_sensitive=cased,
            negated=made.negated,
            role=role,
            required=required,
            of=of,
            through=through,
            sources=self.lineage.sources(subject, rel),
            stages=(stage,) if stage else (),
            places=(where,) if where is not None else (),
        )

    # ------------------------------------------------------------ fields
    def field(self, node: Expr, rel: q.Rel | None) -> tuple[str, str]:
        """A field's name, and what it is made of if it is a computed column."""
        name = _path(node)
        if name is None:
            return self.text(node), ""
        root = node
        while isinstance(root, ir.Access | ir.Cast):
            root = root.base if isinstance(root, ir.Access) else root.operand
        made = self.lineage.definition(root.name, rel) if isinstance(root, ir.ColumnRef) else None
        return name, self.text(made.value) if made is not None and made.value is not None else ""

    def text(self, node: Expr) -> str:
        """What was written, or the expression in KQL's manner where that is no part of the query."""
        span = getattr(node, "span", NOWHERE)
        if span.end <= span.start or not self.spelling.shows_text:
            return one_line(show.expression(node))
        return one_line(self.source.text[span.start : span.end])

    def place(self, node: Expr) -> Place | None:
        return self.place_of(getattr(node, "span", NOWHERE))

    def place_of(self, span: Span) -> Place | None:
        return place(self.source, span) if span.end > span.start else None

    # ------------------------------------------------------------ values
    def _spread(self, node: Expr, rel: q.Rel | None) -> Iterable[Value]:
        return constants(node) if isinstance(node, ir.Literal) else [self.value(node, rel)]

    def value(self, node: Expr, rel: q.Rel | None) -> Value:
        """The value, resolved as far as it is known before the rule runs."""
        name = self.names.get(id(node), "")
        while isinstance(node, ir.Cast):
            node = node.operand
            name = name or self.names.get(id(node), "")
        type_ = node.type.value
        if _is_unknown(node):
            return Value(self.text(node), type_, Known.EXPRESSION)  # what the binder could not make sense of
        if isinstance(node, ir.Literal):
            return Value(show.literal(node.value, node.type), type_)
        if isinstance(node, ir.ScalarQuery):
            inner = self.of_query(node.query)
            return Value(self.text(node), type_, Known.LET if name else Known.QUERY, name or inner.name)
        parts = list(_parts(node))
        if any(isinstance(each, ir.ColumnRef) for each in parts):
            return Value(self.text(node), type_, Known.FIELD, _path(_through(node)[0]) or "")
        if any(isinstance(each, ir.ScalarQuery | ir.MatchQuery) for each in parts):
            return Value(self.text(node), type_, Known.LET if name else Known.QUERY, name)
        if any(isinstance(each, ir.Call) and each.function in _NOW for each in parts):
            return Value(one_line(show.expression(node)), type_, Known.TIME, name)
        return Value(one_line(show.expression(node)), type_, Known.EXPRESSION, name)

    def of_query(self, rel: q.Rel) -> Value:
        """The rows of a query as a value: its let, watchlist, table or function."""
        at: object = rel
        span = getattr(rel, "span", NOWHERE)
        while at is not None:
            match at:
                case q.LetRef():
                    return self._of_let(at.name)
                case q.External():
                    return Value(at.name, "dynamic", Known.EXTERNAL, ", ".join(at.uris) or at.name)
                case q.Source() if at.function.startswith("_GetWatchlist"):
                    name = next((show.literal(a.value, a.type) for _, a in at.arguments if isinstance(a, ir.Literal)), "")
                    return Value(f"{at.function}({name!r})", "dynamic", Known.WATCHLIST, name)
                case q.Source():
                    return Value(at.table, "dynamic", Known.TABLE if at is rel else Known.QUERY, at.function or at.table)
                case q.Rows():
                    return Value(one_line(self.source.text[span.start : span.end]), "dynamic", Known.QUERY, "datatable")
                case q.Union():
                    at = at.legs[0].input if at.legs else None
                case q.Join():
                    at = at.left
                case _:
                    at = getattr(at, "input", None)
        return Value("…", "dynamic", Known.QUERY)

    def _of_let(self, name: str) -> Value:
        """The let; one that only is a watchlist or a table elsewhere is shown as that."""
        at: object = self.lineage.lets.get(name)
        while isinstance(at, q.Project | q.Distinct | q.Extend | q.Filter):
            at = at.input
        inner = self.of_query(at) if isinstance(at, q.Source | q.External) else None
        if inner is not None and inner.known in (Known.WATCHLIST, Known.EXTERNAL):
            return Value(name, "dynamic", inner.known, inner.name)
        return Value(name, "dynamic", Known.LET, name)


def constants(node: ir.Literal) -> tuple[Value, ...]:
    """A constant, or the elements of an array."""
    if isinstance(node.value, list):
        return tuple(Value(show.literal(each, Type.DYNAMIC), _json_type(each)) for each in node.value)
    return (Value(show.literal(node.value, node.type), node.type.value),)


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


def _is_value(node: Expr) -> bool:
    """It speaks of no field. A name that the binder does not know is taken for one."""
    return not any(isinstance(each, ir.ColumnRef | ir.AnyField) or _is_unknown(each) for each in _parts(node))


def _is_unknown(node: Expr) -> bool:
    return isinstance(node, ir.Literal) and node.type is Type.UNKNOWN


def _parts(node: Expr) -> Iterator[Expr]:
    from ruleconv.ir.walk import walk

    return walk(node)


def _through(node: Expr) -> tuple[Expr, tuple[str, ...]]:
    """The field itself, and the functions around it that still say the same field, outermost first."""
    names: list[str] = []
    while True:
        if isinstance(node, ir.Cast):
            node = node.operand
        elif isinstance(node, ir.Call) and node.function in TRANSPARENT and node.args:
            names.append(node.function)
            node = node.args[-1] if node.function.startswith("trim") else node.args[0]
        else:
            return node, tuple(names)


def _path(node: Expr) -> str | None:
    """``A.b[0].c``; ``*`` for any field; None for what is no field."""
    steps: list[str] = []
    while True:
        match node:
            case ir.Access(base=base, key=ir.Literal(value=key)):
                steps.append(f"[{key}]" if isinstance(key, int) else f".{key}")
                node = base
            case ir.Cast(operand=operand):
                node = operand
            case ir.Call(function="parse_json" | "todynamic" | "tostring", args=(only,)) if steps:
                node = only
            case ir.ColumnRef():
                return node.name + "".join(reversed(steps))
            case ir.AnyField():
                return "*" if node.of is None else _path(node.of)
            case _:
                return None


def _json_type(value: object) -> str:
    return {bool: "bool", int: "long", float: "real", str: "string"}.get(type(value), "dynamic")
