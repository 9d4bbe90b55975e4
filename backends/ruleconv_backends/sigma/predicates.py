"""Predicates of the IR as trees of Sigma's tests.

KQL's filters keep the rows for which a predicate is true, and know null; Sigma's tests are two-valued. A ``Match`` is never null, nor is a
comparison for equality with a constant: their negation is a ``not``. Comparisons of order are null for a null, and so is their negation:
``not(x > 5)`` is written ``x <= 5`` (S42). Null is neither true nor false through ``and`` and ``or``, so De Morgan's rules hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir.fidelity import Effect
from ruleconv.ir.types import Type
from ruleconv.ir.walk import column_names, walk
from ruleconv_backends.sigma import calls, cases, texts, values
from ruleconv_backends.sigma.fields import Naming, of_sigma, subject
from ruleconv_backends.sigma.inline import has_element
from ruleconv_backends.sigma.losses import AllLost, Losses
from ruleconv_backends.sigma.tree import EVERY_EVENT, NO_EVENT, Item, Tree, all_of, any_of, is_positive, none_of

_ORDER = {ir.Comparison.LT: "lt", ir.Comparison.LE: "lte", ir.Comparison.GT: "gt", ir.Comparison.GE: "gte"}
_IP = ("ipv4_is_in_range", "ipv4_is_in_any_range", "ipv4_is_match", "ipv4_is_private")
_MAX_DEPTH = 60
_MAX_BRANCHES = 20
_MAX_STEPS = 50_000
"""Tests of a rule; a case() in a case() repeats its own."""


class Predicates:
    """Translates the filters of one flow of events. ``rows``: the constant rows of the query's lets, by name; ``columns``: all of the
    table's."""

    def __init__(self, naming: Naming, losses: Losses, rows: dict[str, list[ir.Expr]], columns: frozenset[str]) -> None:
        self.naming, self.losses, self.rows, self.columns = naming, losses, rows, columns
        self.steps = 0

    def conjunction(self, terms: Iterable[ir.Expr]) -> Tree:
        """The tree that holds exactly when all terms do. In a partial translation, what is left out only widens."""
        kept: list[Tree] = []
        for term in terms:
            try:
                kept.append(self.holds(term))
            except Unsupported as error:
                self.losses.lose(error, Effect.WIDENS)
        return all_of(kept)

    def holds(self, node: ir.Expr) -> Tree:
        return self._lower(node, False, Effect.WIDENS, 0)

    def _lower(self, node: ir.Expr, fails: bool, wider: Effect, depth: int) -> Tree:
        """The tree that holds when the node is true (``fails``: when it is false, and not null). ``wider``: what it does to the rule when
        this tree holds for more events than it should."""
        self.steps += 1
        if depth > _MAX_DEPTH or self.steps > _MAX_STEPS:
            raise Unsupported("a filter of this size", node.span, "divide the rule")
        match node:
            case ir.Or() if (keyword := texts.keyword(node, self.columns)) is not None:
                tree = texts.match(keyword, self.naming, self.losses, wider)
                return none_of(tree) if fails else tree
            case ir.And() | ir.Or() if not (fails and self._two_valued(node)):
                return self._many(node, fails, wider, depth)
            case ir.Not():
                return self._lower(node.term, not fails, wider, depth + 1)
        if has_element(node) and not isinstance(node, (ir.And, ir.Or)):
            return self._of_element(node, fails, wider, depth)
        return self._atom(node, fails, wider, depth)

    def _of_element(self, node: ir.Expr, fails: bool, wider: Effect, depth: int) -> Tree:
        """A test of some element of a list, as which Sigma reads a field with several values. "Some element is not x" is another question
        than "not: some element is x"."""
        tree = self._atom(node, fails, wider, depth)
        if wider is not Effect.WIDENS or not is_positive(tree):
            raise Unsupported("a negated test of the elements of a list", node.span, "Sigma asks whether some element is a value")
        message = "Sigma looks for some element of the list, for each test on its own, where its reader knows lists"
        self.losses.note("SIW006", Effect.CHANGES, message, node.span)
        return tree

    def _atom(self, node: ir.Expr, fails: bool, wider: Effect, depth: int) -> Tree:
        if fails and self._two_valued(node):
            return none_of(self._lower(node, False, _other(wider), depth + 1))
        match node:
            case ir.Literal(value=bool() as value):
                return EVERY_EVENT if value is not fails else NO_EVENT
            case ir.Literal(value=None):
                return NO_EVENT
            case ir.Compare() if node.left.type is Type.BOOL and not (_is_plain(node.left) and _is_plain(node.right)):
                return self._truths(node, fails, wider, depth)
            case ir.Match(subject=ir.Call() | ir.Case() as what) if (choice := cases.choice(what)) is not None:
                return self._case(cases.spread(choice, lambda value: replace(node, subject=value)), fails, wider, depth)
            case ir.Compare(left=ir.Case() as what, right=ir.Literal()):
                return self._case(cases.spread(what, lambda value: replace(node, left=value)), fails, wider, depth)
            case ir.Match(subject=ir.Literal()) | ir.Compare(left=ir.Literal(), right=ir.Literal()) | ir.Call() if (
                known := cases.known(node)
            ) is not None:
                return EVERY_EVENT if known is not fails else NO_EVENT
            case ir.Compare():
                return self._compare(node, fails, wider)
            case ir.Between():
                return self._between(node, fails)
            case ir.Match():
                tree = texts.match(node, self.naming, self.losses, wider if not node.negated else _other(wider))
                return none_of(tree) if node.negated else tree
            case ir.MatchQuery():
                return self._rows_of(node, fails, wider, depth)
            case ir.Missing():
                return Item(subject(node.subject, self.naming).field, (), (None,))
            case ir.Call(function=name) if name in _IP:
                return calls.network(node, fails, self.naming)
            case ir.Call():
                return calls.call(node, fails, self.naming)
            case ir.ColumnRef() | ir.Access() | ir.Cast():
                return self._truth(node, fails)
            case ir.Case():
                return self._case(node, fails, wider, depth)
            case _:
                raise Unsupported("a filter on a computed value", node.span)

    def _many(self, node: ir.And | ir.Or, fails: bool, wider: Effect, depth: int) -> Tree:
        both = isinstance(node, ir.And) is not fails
        kept: list[Tree] = []
        lost: list[Unsupported] = []
        for term in node.terms:
            try:
                kept.append(self._lower(term, fails, wider, depth + 1))
            except Unsupported as error:
                if not self.losses.lossy:
                    raise
                lost.extend(error.parts if isinstance(error, AllLost) else (error,))
        if lost and not kept:
            raise AllLost(lost)
        for part in lost:
            # One test less in a conjunction makes it wider, one less in a disjunction narrower.
            self.losses.lose(part, wider if both else _other(wider))
        return all_of(kept) if both else any_of(kept)

    def _two_valued(self, node: ir.Expr) -> bool:
        """The node is never null."""
        for part in walk(node):
            match part:
                case ir.Match() | ir.MatchQuery() | ir.Missing():
                    continue
                case ir.And() | ir.Or() | ir.Not() | ir.Literal():
                    continue
                case ir.Compare(nulls=ir.Nulls.ABSENT):
                    continue
                case ir.Compare(op=ir.Comparison.EQ | ir.Comparison.NE) if _one_value(part.left) or _one_value(part.right):
                    continue
                case ir.Case() if part.type is not Type.BOOL:
                    continue
                case ir.Call(
                    function="isempty" | "isnotempty" | "isnull" | "isnotnull" | "tostring" | "tolower" | "toupper" | "parse_json"
                ):
                    continue
                case ir.Call() if part.type is not Type.BOOL:
                    continue
                case ir.Call() | ir.Compare() | ir.Between() | ir.Case():
                    return False
                case ir.ColumnRef() | ir.Access() | ir.Cast() if part.type is Type.BOOL and self._is_test(part, node):
                    return False
        return True

    def _is_test(self, part: ir.Expr, node: ir.Expr) -> bool:
        """A bool column stands as a test itself, not as the side of a comparison."""
        stack = [node]
        while stack:
            at = stack.pop()
            if at is part:
                return True
            if isinstance(at, (ir.And, ir.Or)):
                stack.extend(at.terms)
            elif isinstance(at, ir.Not):
                stack.append(at.term)
        return False

    # ------------------------------------------------------------ tests of tests
    def _case(self, node: ir.Case, fails: bool, wider: Effect, depth: int) -> Tree:
        """The first branch whose condition is true decides; a condition that is null does not hold."""
        if len(node.branches) > _MAX_BRANCHES:
            raise Unsupported("case() with this many branches", node.span, "write it with and, or and not")
        found: list[Tree] = []
        before: list[Tree] = []
        for condition, value in node.branches:
            holds = self._lower(condition, False, wider, depth + 1)
            then = self._lower(value, fails, wider, depth + 1)
            found.append(all_of([*before, holds, then]))
            if then != EVERY_EVENT:
                # Else the branch itself has taken these events, and the others need not leave them out.
                before.append(none_of(self._lower(condition, False, _other(wider), depth + 1)))
        found.append(all_of([*before, self._lower(node.default, fails, wider, depth + 1)]))
        return any_of(found)

    def _truths(self, node: ir.Compare, fails: bool, wider: Effect, depth: int) -> Tree:
        """Two tests that are equal, or not. Null is equal to nothing; two of them give null."""
        if node.op not in (ir.Comparison.EQ, ir.Comparison.NE):
            raise Unsupported(f"{node.op.value} between two tests", node.span)

        def both(of: bool, how: Effect) -> Tree:
            return all_of([self._lower(side, not of, how, depth + 1) for side in (node.left, node.right)])

        if (node.op is ir.Comparison.EQ) is not fails:
            return any_of([both(True, wider), both(False, wider)])
        other = _other(wider)
        equal = any_of([both(True, other), both(False, other)])
        if _one_value(node.left) or _one_value(node.right) or self._two_valued(node.left) or self._two_valued(node.right):
            return none_of(equal)
        sides = [any_of([self._lower(side, of, wider, depth + 1) for of in (False, True)]) for side in (node.left, node.right)]
        return all_of([none_of(equal), any_of(sides)])

    # ------------------------------------------------------------ comparisons
    def _compare(self, node: ir.Compare, fails: bool, wider: Effect) -> Tree:
        left, right, op = node.left, node.right, node.op
        if isinstance(left, ir.Literal) and not isinstance(right, ir.Literal):
            left, right, op = right, left, op.mirrored
        if not isinstance(right, ir.Literal):
            return self._fields(node, left, right, op, fails, wider)
        if fails and node.nulls is ir.Nulls.ABSENT:
            return none_of(self._constant(left, right, op, node))
        return self._constant(left, right, op.opposite if fails else op, node)

    def _constant(self, left: ir.Expr, right: ir.Literal, op: ir.Comparison, node: ir.Compare) -> Tree:
        if isinstance(left, ir.Call) and (found := calls.computed(left, right, op, self.naming)) is not None:
            return found
        what = subject(of_sigma(left) if node.nulls is ir.Nulls.ABSENT else left, self.naming)
        if right.value is None:
            # Null is equal to nothing, and in no order to anything.
            return none_of(Item(what.field, (), (None,))) if op is ir.Comparison.NE else NO_EVENT
        value = values.number(right)
        if op in (ir.Comparison.EQ, ir.Comparison.NE):
            item = Item(what.field, (), (value,))
            return item if op is ir.Comparison.EQ else none_of(item)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise Unsupported(f"{op.value} with {values.kind(right)}", right.span, "Sigma compares numbers only")
        return Item(what.field, (_ORDER[op],), (value,))

    def _between(self, node: ir.Between, fails: bool) -> Tree:
        low, high = node.low, node.high
        if not isinstance(low, ir.Literal) or not isinstance(high, ir.Literal):
            raise Unsupported("between with bounds that are no constants", node.span)
        inside = node.negated is fails
        ops = (ir.Comparison.GE, ir.Comparison.LE) if inside else (ir.Comparison.LT, ir.Comparison.GT)
        sides = [
            self._constant(node.subject, bound, op, ir.Compare(op, node.subject, bound, span=node.span))
            for op, bound in zip(ops, (low, high), strict=True)
        ]
        return all_of(sides) if inside else any_of(sides)

    def _fields(self, node: ir.Compare, left: ir.Expr, right: ir.Expr, op: ir.Comparison, fails: bool, wider: Effect) -> Tree:
        one = subject(left, self.naming)
        if not column_names(right):
            raise Unsupported("a comparison with a value that is known only when the rule runs", node.span)
        other = subject(right, self.naming)
        if op not in (ir.Comparison.EQ, ir.Comparison.NE):
            raise Unsupported(f"{op.value} between two fields", node.span, "Sigma's fieldref compares for equality only")
        # Null == null is null: neither this nor its negation holds.
        equal = Item(one.field, ("fieldref",), (other.field,))
        if (op is ir.Comparison.EQ) is not fails:
            return equal
        both_null = all_of([Item(one.field, (), (None,)), Item(other.field, (), (None,))])
        return all_of([none_of(equal), none_of(both_null)])

    def _truth(self, node: ir.Expr, fails: bool) -> Tree:
        """A bool column (or number, by Kusto's tobool) as a test."""
        what = subject(node, self.naming)
        if what.stored is not Type.BOOL and not (what.stored is Type.DYNAMIC and what.type is Type.BOOL):
            raise Unsupported("a filter that is no test", node.span, "compare it with a value")
        return Item(what.field, (), (not fails,))

    # ------------------------------------------------------------ rows written in the query
    def _rows_of(self, node: ir.MatchQuery, fails: bool, wider: Effect, depth: int) -> Tree:
        from ruleconv.ir.query import LetRef, Project

        query = node.query
        while isinstance(query, Project) and len(query.values) == 1 and isinstance(query.values[0].value, ir.ColumnRef):
            query = query.input
        rows = self.rows.get(query.name) if isinstance(query, LetRef) and len(query.columns) == 1 else None
        if rows is None:
            hint = "write the values as a list: let names = dynamic(['a', 'b'])"
            raise Unsupported("a list of values that another query gives", node.span, hint)
        match = ir.Match(node.subject, tuple(rows), node.how, node.fold_case, node.quantifier, node.nulls, node.negated, node.span)
        return self._lower(match, fails, wider, depth + 1)


def _is_plain(node: ir.Expr) -> bool:
    """A column or constant, not a test of its own."""
    return isinstance(node, (ir.ColumnRef, ir.Access, ir.Cast, ir.Literal)) or (isinstance(node, ir.Call) and node.function == "tobool")


def _one_value(node: ir.Expr) -> bool:
    """A constant that is not null."""
    return isinstance(node, ir.Literal) and node.value is not None


def _other(effect: Effect) -> Effect:
    return Effect.NARROWS if effect is Effect.WIDENS else Effect.WIDENS
