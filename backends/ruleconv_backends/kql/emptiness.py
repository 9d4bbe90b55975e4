"""Notes on Sigma's ``null``, ``''`` and ``*``, which KQL cannot keep apart: its texts have no null (S35)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.fidelity import Effect, Note
from ruleconv.ir.types import Type
from ruleconv.ir.walk import nodes

_TEXTS = (Type.STRING, Type.UNKNOWN)
_OPPOSITE = {Effect.WIDENS: Effect.NARROWS, Effect.NARROWS: Effect.WIDENS}


@dataclass(frozen=True, slots=True)
class _Test:
    """A test of whether a text is there: ``null``, ``empty`` or ``any`` of it."""

    subject: ir.Expr
    kind: str
    node: ir.Missing | ir.Match


def notes(query: q.Query) -> Iterator[Note]:
    """One for each test that is true of more or of fewer events in KQL than in Sigma. Where null and the empty text are both asked for,
    side by side, nothing is lost."""
    for stage in nodes(query):
        if isinstance(stage, q.Filter):
            yield from _notes(stage.predicate)


def _notes(predicate: ir.Expr) -> Iterator[Note]:
    waiting: list[tuple[ir.Expr, bool]] = [(predicate, False)]
    while waiting:
        node, negated = waiting.pop()
        if isinstance(node, ir.Not):
            waiting.append((node.term, not negated))
        elif isinstance(node, ir.And | ir.Or):
            waiting += [(term, negated) for term in reversed(_without_pairs(node))]
        elif (test := _test(node)) is not None:
            yield _note(test, negated)


def _without_pairs(node: ir.And | ir.Or) -> list[ir.Expr]:
    """The terms but for those of ``x is null or x is empty``, and of the ``and`` of their negations."""
    found: dict[tuple[ir.Expr, str], ir.Expr] = {}
    for term in node.terms:
        inner = term.term if isinstance(node, ir.And) and isinstance(term, ir.Not) else term if isinstance(node, ir.Or) else None
        test = _test(inner) if inner is not None else None
        if test is not None and test.kind != "any":
            found[test.subject, test.kind] = term
    paired = {id(term) for (subject, _), term in found.items() if (subject, "null") in found and (subject, "empty") in found}
    return [term for term in node.terms if id(term) not in paired]


def _test(node: ir.Expr) -> _Test | None:
    match node:
        case ir.Missing(subject=subject) if subject.type in _TEXTS:
            return _Test(subject, "null", node)
        case ir.Match(subject=subject, nulls=ir.Nulls.ABSENT) if not isinstance(subject, ir.AnyField):
            texts = [pattern.value for pattern in node.patterns if isinstance(pattern, ir.Literal)]
            if "" in texts and node.how in (ir.How.EQUALS, ir.How.GLOB) and subject.type in (*_TEXTS, Type.DYNAMIC):
                return _Test(subject, "empty", node)
            if "*" in texts and node.how is ir.How.GLOB and subject.type in _TEXTS:
                return _Test(subject, "any", node)
    return None


def _note(test: _Test, negated: bool) -> Note:
    effect = Effect.NARROWS if test.kind == "any" else Effect.WIDENS
    name = test.subject.name if isinstance(test.subject, ir.ColumnRef) else "this field"
    taken = {"null": "an empty text counts as missing", "empty": "a missing one counts as empty", "any": "an empty text counts as missing"}
    message = f"KQL cannot tell a missing text from an empty one: of {name}, {taken[test.kind]}"
    return Note("KQW002", _OPPOSITE[effect] if negated else effect, message, test.node.span)
