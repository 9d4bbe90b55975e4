"""``Match`` as Sigma's tests: lists of texts with their modifiers."""

from __future__ import annotations

from dataclasses import replace

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir.fidelity import Effect
from ruleconv.ir.types import Type
from ruleconv_backends.sigma import values
from ruleconv_backends.sigma.cases import constant
from ruleconv_backends.sigma.fields import Naming, Subject, folded, subject
from ruleconv_backends.sigma.losses import Losses
from ruleconv_backends.sigma.tree import EVERY_EVENT, NO_EVENT, Item, Tree, all_of, any_of, none_of

_PART = (ir.How.CONTAINS, ir.How.PREFIX, ir.How.SUFFIX, ir.How.TERM, ir.How.TERM_PREFIX, ir.How.TERM_SUFFIX, ir.How.REGEX)


def match(node: ir.Match, naming: Naming, losses: Losses, wider: Effect) -> Tree:
    """The plain (not negated) test. ``wider``: what it does to the rule when this tree holds for more events than it should."""
    if isinstance(node.subject, ir.AnyField):
        what = Subject("", Type.STRING, Type.STRING, ())
    else:
        if (found := _file_name(node, naming) or _piece(node, naming)) is not None:
            return found
        what = subject(node.subject, naming)
        _note_json(what, node, losses)
    patterns = [each for pattern in node.patterns for each in _elements(constant(pattern))]
    tests = [_one(each, what, node, naming, losses, wider) for each in patterns]
    if node.quantifier is ir.Quantifier.ALL:
        return all_of(tests)
    return any_of(tests)


def _file_name(node: ir.Match, naming: Naming) -> Tree | None:
    """A file that is called so, where the field has its path; case does not count there, so that it must not count here."""
    column: ir.Expr = node.subject
    fold_case = node.fold_case
    while isinstance(column, ir.Call) and column.function in ("tolower", "tostring"):
        fold_case = fold_case or column.function == "tolower"
        column = column.args[0]
    field = naming.whole_path(column.name) if isinstance(column, ir.ColumnRef) else ""
    if not field or node.how is not ir.How.EQUALS or not fold_case or node.quantifier is ir.Quantifier.ALL:
        return None
    found: list[Tree] = []
    for separator in naming.separators:
        for pattern in (each for listed in node.patterns for each in _elements(constant(listed))):
            name = pattern.value if isinstance(pattern, ir.Literal) else None
            if not isinstance(name, str) or not name or set(name) & set("\\/") or not (node.fold_case or name == name.lower()):
                return None
            modifiers, value = values.literal(separator + name, ir.How.SUFFIX, True)
            found.append(Item(field, modifiers, (value,)))
    return any_of(found)


def _piece(node: ir.Match, naming: Naming) -> Tree | None:
    """``split(path, "/")[-1] == "x"``: the text ends with "/x" or is "x"; of the first piece, it begins with "x/" or is "x"."""
    at: ir.Expr = node.subject
    fold_case = node.fold_case
    while isinstance(at, ir.Call) and at.function in ("tostring", "tolower"):
        fold_case = fold_case or at.function == "tolower"
        at = at.args[0]
    match at:
        case ir.Access(
            base=ir.Call(function="split", args=(text, ir.Literal(value=str() as delimiter))), key=ir.Literal(value=int() as place)
        ):
            pass
        case ir.Access(
            base=ir.Call(function="split", args=(text, ir.Literal(value=str() as delimiter), ir.Literal(value=int() as place))),
            key=ir.Literal(value=0),
        ):
            pass
        case _:
            return None
    if node.how is not ir.How.EQUALS or place not in (0, -1) or not delimiter or values.has_case(delimiter):
        return None
    what = subject(text, naming)
    found: list[Tree] = []
    for pattern in (each for listed in node.patterns for each in _elements(constant(listed))):
        piece = pattern.value if isinstance(pattern, ir.Literal) else None
        if not isinstance(piece, str) or not piece or delimiter in piece or what.stored is not Type.STRING or what.fold:
            return None
        if not node.fold_case and fold_case and piece != piece.lower():
            continue
        how, whole = (ir.How.SUFFIX, delimiter + piece) if place else (ir.How.PREFIX, piece + delimiter)
        both = values.literal(whole, how, fold_case), values.literal(piece, ir.How.EQUALS, fold_case)
        found.extend(Item(what.field, modifiers, (value,)) for modifiers, value in both)
    return any_of(found)


def keyword(node: ir.Or, columns: frozenset[str]) -> ir.Match | None:
    """The one match that ``search`` puts to every column of a table, as a match of any field; None for another disjunction."""
    first = node.terms[0]
    if not isinstance(first, ir.Match) or len(node.terms) < max(2, len(columns)) or first.negated:
        return None
    names: set[str] = set()
    for term in node.terms:
        if not isinstance(term, ir.Match) or replace(term, subject=first.subject) != first or "" in _constants(term):
            return None
        subject_ = term.subject
        while isinstance(subject_, ir.Call) and subject_.function == "tostring":
            subject_ = subject_.args[0]
        if isinstance(subject_, ir.ColumnRef):
            names.add(subject_.name)
        elif not isinstance(subject_, ir.Literal) or subject_.value not in (None, ""):
            return None
    return replace(first, subject=ir.AnyField(node.span), span=node.span) if names == columns else None


def _constants(node: ir.Match) -> list[object]:
    return [pattern.value if isinstance(pattern, ir.Literal) else "" for pattern in node.patterns]


def empty(what: Subject) -> Tree:
    """KQL's ``isempty``: no text at all. Of other types: null."""
    if what.stored in (Type.STRING, Type.DYNAMIC, Type.UNKNOWN):
        return Item(what.field, (), ("", None))
    return Item(what.field, (), (None,))


def _elements(pattern: ir.Expr) -> list[ir.Expr]:
    """A constant array stands for its elements."""
    if isinstance(pattern, ir.Literal) and pattern.type is Type.DYNAMIC:
        if not isinstance(pattern.value, list):
            return [_typed(pattern.value, pattern)]
        return [_typed(each, pattern) for each in pattern.value]
    return [pattern]


def _typed(value: object, node: ir.Literal) -> ir.Expr:
    if isinstance(value, (list, dict)) or value is None:
        raise Unsupported("a list with values that are no texts or numbers", node.span)
    kind = (
        Type.BOOL
        if isinstance(value, bool)
        else Type.LONG
        if isinstance(value, int)
        else Type.REAL
        if isinstance(value, float)
        else Type.STRING
    )
    return ir.Literal(value, kind, node.span)


def _one(pattern: ir.Expr, what: Subject, node: ir.Match, naming: Naming, losses: Losses, wider: Effect) -> Tree:
    if not isinstance(pattern, ir.Literal):
        return _field(pattern, what, node, naming, losses, wider)
    if pattern.type is not Type.STRING:
        if node.how is not ir.How.EQUALS:
            raise Unsupported("a pattern that is no text", pattern.span)
        if pattern.value is None:
            return NO_EVENT
        return Item(what.field, (), (values.number(pattern),))
    return _text(str(pattern.value), what, node)


def _text(pattern: str, what: Subject, node: ir.Match) -> Tree:
    how, fold_case = node.how, node.fold_case
    if what.stored in (Type.DATETIME, Type.TIMESPAN, Type.REAL, Type.DECIMAL):
        raise Unsupported(f"a text comparison of a {what.stored.value}", node.span)
    if what.stored is Type.BOOL:
        if how is ir.How.EQUALS and pattern.lower() in ("true", "false") and (fold_case or what.fold or pattern.islower()):
            return Item(what.field, (), (pattern.lower() == "true",))
        raise Unsupported("a text comparison of a bool", node.span, "compare with true or false")
    absent = node.nulls is ir.Nulls.ABSENT
    if how is ir.How.REGEX:
        return _regex(pattern, what, node)
    if how is ir.How.GLOB:
        return _glob(pattern, what, fold_case)
    if how is ir.How.CIDR:
        return Item(what.field, ("cidr",), (values.network(pattern),))
    if not pattern:
        if how is not ir.How.EQUALS:
            return none_of(Item(what.field, (), (None,))) if absent else EVERY_EVENT
        return Item(what.field, (), ("",)) if absent else empty(what)
    if what.fold and not (how in _TERM_FOLDED and fold_case):
        if not fold_case and folded(what.fold, pattern) != pattern:
            return NO_EVENT
        fold_case = True
    modifiers, value = values.literal(pattern, how, fold_case)
    return Item(what.field, modifiers, (value,))


_TERM_FOLDED = (ir.How.TERM, ir.How.TERM_PREFIX, ir.How.TERM_SUFFIX)


def _regex(pattern: str, what: Subject, node: ir.Match) -> Tree:
    if what.fold:
        raise Unsupported(f"a regular expression on {what.fold}()", node.span, "write (?i) in the expression instead")
    try:
        modifiers, text, matches_empty = values.regex(pattern, node.fold_case)
    except Unsupported as error:
        raise Unsupported(error.construct, node.span, error.hint) from error
    if not text and node.nulls is not ir.Nulls.ABSENT:
        return EVERY_EVENT
    item = Item(what.field, modifiers, (text,))
    if matches_empty and node.nulls is not ir.Nulls.ABSENT:
        # A missing text is the empty one to KQL (S2).
        return any_of([item, Item(what.field, (), (None,))])
    return item


def _glob(pattern: str, what: Subject, fold_case: bool) -> Tree:
    """Sigma's own wildcards; those at the ends as modifiers."""
    cased = () if fold_case or not values.has_case(pattern) else ("cased",)
    pattern = _without_doubles(pattern)
    if pattern == "*":
        return none_of(Item(what.field, (), (None,)))
    starts, ends = pattern.startswith("*"), pattern.endswith("*") and not _is_escaped(pattern)
    inner = pattern[1 if starts else 0 : len(pattern) - 1 if ends else len(pattern)]
    plain = not any(char in "*?" for char in inner)
    if not plain or not (starts or ends):
        return Item(what.field, cased, (pattern,))
    word = "contains" if starts and ends else "endswith" if starts else "startswith"
    return Item(what.field, (word, *cased), (inner,))


def _without_doubles(pattern: str) -> str:
    """Runs of ``*`` as one; an escaped one is left alone."""
    made: list[str] = []
    at = 0
    while at < len(pattern):
        step = 2 if pattern[at] == "\\" and at + 1 < len(pattern) else 1
        if pattern[at] != "*" or not made or made[-1] != "*":
            made.append(pattern[at : at + step])
        at += step
    return "".join(made)


def _is_escaped(pattern: str) -> bool:
    """The last character has an odd number of backslashes before it."""
    body = pattern[:-1]
    return (len(body) - len(body.rstrip("\\"))) % 2 == 1


def _field(pattern: ir.Expr, what: Subject, node: ir.Match, naming: Naming, losses: Losses, wider: Effect) -> Tree:
    """A comparison with another field."""
    if isinstance(pattern, ir.Literal):
        raise Unsupported("a comparison of two constants", node.span)
    if node.how not in (ir.How.EQUALS, ir.How.CONTAINS, ir.How.PREFIX, ir.How.SUFFIX) or not what.field:
        raise Unsupported(
            "a pattern that is not a constant", pattern.span or node.span, "write the pattern as a literal, or in a let of a literal"
        )
    other = subject(pattern, naming)
    if bool(what.fold) != bool(other.fold):
        raise Unsupported("a comparison of two fields, one of them in one case", node.span, "write =~")
    if not node.fold_case and not (what.fold and what.fold == other.fold):
        message = f"Sigma compares the fields {what.field} and {other.field} without regard to case"
        losses.note("SIW007", wider, message, node.span)
    affix = {ir.How.CONTAINS: ("contains",), ir.How.PREFIX: ("startswith",), ir.How.SUFFIX: ("endswith",)}.get(node.how, ())
    test = Item(what.field, ("fieldref", *affix), (other.field,))
    if node.nulls is ir.Nulls.ABSENT:
        return test
    if affix:
        return any_of([test, empty(other)])
    return any_of([test, all_of([empty(what), empty(other)])])


def _note_json(what: Subject, node: ir.Match, losses: Losses) -> None:
    """Texts of JSON: Sigma does not say whether a field with a list or an object is its text or its elements."""
    if what.parsed:
        message = f"the field {what.field} asks that the JSON in {what.path[0]} be read: an event with its text alone never matches"
        losses.note("SIW006", Effect.CHANGES, message, node.span)
    elif what.stored is Type.DYNAMIC and len(what.path) == 1 and node.how in _PART:
        message = f"{what.field} holds an object or a list: the pattern is looked for in its JSON text, and others look into its elements"
        losses.note("SIW006", Effect.CHANGES, message, node.span)
