"""SQL hunts: the clauses of a query as stages in the order in which they take effect, WITH queries as lets."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from string import ascii_lowercase

from ruleconv.diagnostic import ParseError, Unsupported
from ruleconv.inspection import card, coverage
from ruleconv.inspection.flow import merged
from ruleconv.inspection.model import (
    Binding,
    Branch,
    Exclusion,
    Indicator,
    Inspection,
    OutputField,
    Predicate,
    Role,
    Stage,
    Test,
    TimeWindow,
)
from ruleconv.inspection.places import one_line, piece, place, without
from ruleconv.inspection.show import timespan
from ruleconv.inspection.sql_tests import SqlTests
from ruleconv.inspection.sql_text import Clause, Tokens
from ruleconv.rulefile.duration import DAY, HOUR, MINUTE, SECOND
from ruleconv.rulefile.metadata import Metadata
from ruleconv.sql.parse import Statement, read
from ruleconv.sql.scope import Output, first_select, from_items, outputs, query_columns
from ruleconv.sql.tree import QUERIES, Node, conjuncts
from ruleconv.text import Source, Span

_ROLES = {
    "source": ("from_", "joins", "laterals"),
    "join": ("joins", "laterals"),
    "where": ("where",),
    "group by": ("group",),
    "having": ("having",),
    "select": ("expressions", "distinct"),
    "order by": ("order",),
}
_UNITS = {"second": SECOND, "minute": MINUTE, "hour": HOUR, "day": DAY, "week": 7 * DAY, "month": 30 * DAY, "year": 365 * DAY}
_INTERVAL = re.compile(r"(\d{1,9})\s*([a-z]+?)s?\b", re.IGNORECASE)
_NEGATIVE = re.compile(r"\bnot\b|!|<>|is distinct")
_COMMENT = re.compile(r"^[ \t]*--+[ \t]*(.*?)[ \t\r]*$", re.MULTILINE)
_DEEPEST = 30
_SETS = frozenset(("union", "intersect", "except"))


def inspect(file: Source) -> list[Inspection]:
    """The queries of a file. ParseError when none of its statements can be read, Unsupported when they are none that ruleconv reads."""
    text = read(file.text)
    found = [each for each in text.statements if each.tree is not None and each.tree.kind in (*QUERIES, "subquery")]
    if not found:
        problem = next((each.problem for each in text.statements if each.problem is not None), None)
        if problem is not None:
            raise ParseError(problem.message, problem.span, source=file)
        if not text.statements:
            raise ParseError("the file has no statement", Span(0, 0), source=file)
        raise Unsupported("a statement of this kind or size", text.statements[0].span, "ruleconv inspects queries", file)
    made = []
    before = 0
    for each in found:
        made.append(_inspection(each, file, file.text[before : each.span.start]))
        before = each.span.end
    return made


def _inspection(statement: Statement, file: Source, above: str) -> Inspection:
    assert statement.tree is not None
    tokens = Tokens(statement.tokens)
    reader = _Reader(file, tokens, SqlTests(file, tokens, statement.span.end))
    stages = reader.query(statement.tree, tokens.whole(), "", Role.MATCH)
    lines = [line for line in _COMMENT.findall(above) if line]
    metadata = Metadata(title=lines[0] if lines else "", description="\n".join(lines[1:]))
    indicators = tuple(merged(reader.indicators))
    columns = query_columns(statement.tree)
    nodes = list(statement.tree.walk())
    names = {let.name for let in reader.lets}
    functions = [name for each in nodes if each.function and (name := _function(each, tokens))]
    made = card.of(
        metadata,
        {},
        tables=(each.name for each in nodes if each.kind == "table" and each.name and each.name not in names),
        operators=reader.words,
        functions=functions,
        indicators=indicators,
    )
    return Inspection(
        language="sql",
        card=made,
        window=_window(nodes, indicators),
        coverage=coverage.of(()),
        stages=stages,
        lets=tuple(_used(reader.lets, stages)),
        indicators=indicators,
        exclusions=tuple(reader.exclusions),
        output=tuple(_output(statement.tree, reader, stages)),
        open=columns is None,
        filename=file.name,
        fingerprint=hashlib.blake2b(" ".join(token.text.casefold() for token in statement.tokens).encode(), digest_size=8).hexdigest(),
    )


def _function(node: Node, tokens: Tokens) -> str:
    """The function as the statement calls it (``strftime``), whatever sqlglot makes of it; empty for one that stands nowhere."""
    at = tokens.at(node.span.start) if node.placed else -1
    if at >= 0 and tokens.word(at + 1) == "(" and tokens.word(at)[:1].isalpha():
        return tokens.all[at].text.lower()
    return node.name if any(token.text.lower() == node.name for token in tokens.all) else ""


def _used(lets: list[Binding], stages: tuple[Stage, ...]) -> Iterator[Binding]:
    every = [*stages, *(stage for let in lets for stage in let.stages)]
    for let in lets:
        yield replace(let, used_by=tuple(stage.number for top in every for stage in top.walk() if let.name in stage.lets))


def _output(tree: Node, reader: _Reader, stages: tuple[Stage, ...]) -> Iterator[OutputField]:
    select = first_select(tree)
    number = next((stage.number for stage in reversed(stages) if stage.kind == "select"), "")
    numbers = (number,) if number else ()
    for each in outputs(select) if select is not None else ():
        if each.expression.kind == "star" or each.expression.name == "*":
            columns = query_columns(tree)
            yield from (OutputField(name, "unknown", ("select",), numbers) for name in columns or ())
            if columns is not None:
                return
            continue
        text = reader.output_text(each)
        name = each.name or each.expression.name or text
        yield OutputField(name, "unknown", ("select",), numbers, (text,) if text.strip('"') != name else ())


def _window(nodes: list[Node], indicators: tuple[Indicator, ...]) -> TimeWindow:
    """The longest interval that is taken from the present time."""
    longest = 0
    for node in nodes:
        if node.kind == "interval" and node.parent is not None and node.parent.kind in ("sub", "add"):
            value, unit = node.get("this"), node.get("unit")
            text = f"{value.name if value is not None else ''} {unit.flags.get('this', '') if unit is not None else ''}"
            parts = [int(n) * _UNITS.get(name.lower(), 0) for n, name in _INTERVAL.findall(text)]
            longest = max(longest, sum(parts))
    timed = (each for each in indicators if each.role is Role.TIME)
    bounds = tuple(dict.fromkeys(one_line(f"{each.field} {each.operator} {', '.join(v.text for v in each.values)}") for each in timed))
    return TimeWindow(timespan(longest) if longest else "", "", "predicate" if longest else "", bounds)


@dataclass
class _Reader:
    source: Source
    tokens: Tokens
    tests: SqlTests
    indicators: list[Indicator] = field(default_factory=list)
    exclusions: list[Exclusion] = field(default_factory=list)
    lets: list[Binding] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def output_text(self, each: Output) -> str:
        """What stands before the name that SELECT gives."""
        if each.alias is None or not each.expression.placed:
            return self.tests.text(each.expression)
        end = self.tokens.at(each.alias.span.start)
        end -= self.tokens.word(end - 1) == "AS"
        return one_line(self.source.text[each.expression.span.start : self.tokens.all[end - 1].span.end])

    # ------------------------------------------------------------ queries
    def query(self, node: Node, span: Span, prefix: str, role: Role, depth: int = 0) -> tuple[Stage, ...]:
        """The stages of the query that stands in a span; its tests and WITH queries are kept."""
        inner = node.get("this") if node.kind in ("subquery", "paren") else None
        if depth > _DEEPEST or inner is not None:
            return self.query(inner, span, prefix, role, depth + 1) if inner is not None and depth <= _DEEPEST else ()
        span = self.tokens.bare(span)
        with_ = node.get("with_")
        holes = self.tokens.with_queries(span)
        for cte, hole in zip(with_.children if with_ is not None else (), holes, strict=False):
            below = cte.get("this")
            if below is not None:
                name = _alias(cte)
                stages = self.query(below, hole, f"{name}.", role, depth + 1)
                self.lets.append(Binding(name, "table", piece(self.source, hole), stages=stages, place=place(self.source, hole)))
        if node.kind == "select":
            clauses = self.tokens.clauses(span)
            return tuple(self._stage(node, clause, f"{prefix}{at}", role, depth) for at, clause in enumerate(clauses, 1))
        rest = Span(holes[-1].end, span.end) if holes else span
        return self._set(node, Span(self.tokens.all[self.tokens.at(rest.start)].span.start, span.end), prefix, role, depth)

    def _set(self, node: Node, span: Span, prefix: str, role: Role, depth: int) -> tuple[Stage, ...]:
        """UNION and its kin; a run of them is one stage."""
        parts = self.tokens.legs(span)
        legs: list[Node] = []
        stack = [node]
        while stack:
            at = stack.pop()
            if at.kind in _SETS and len(legs) + len(stack) < len(parts):
                stack += [each for each in (at.get("expression"), at.get("this")) if each is not None]
            else:
                legs.append(at)
        number = f"{prefix}1"
        self.words.append(node.kind)
        branches = tuple(
            Branch("leg", "", self.query(leg, part, f"{number}{ascii_lowercase[at % 26]}{at // 26 or ''}.", role, depth + 1))
            for at, (leg, part) in enumerate(zip(legs, parts, strict=False))
        )
        return (Stage(number, node.kind, (node.kind,), place(self.source, span), branches=branches),)

    def _stage(self, select: Node, clause: Clause, number: str, role: Role, depth: int) -> Stage:
        parts = [child for child in select.children if child.role in _ROLES.get(clause.kind, ()) and _inside(child, clause)]
        holes = self.tokens.holes(clause.span)
        queries = [found for part in parts for found in _queries(part)]
        branches: list[Branch] = []
        for letter, (query, hole) in zip(ascii_lowercase * 4, zip(queries, holes, strict=False), strict=False):
            inner_role = role if clause.kind in ("source", "join") and _is_derived(query) else Role.LOOKUP
            label = _alias(query.parent) if query.parent is not None and query.parent.kind == "subquery" else ""
            branches.append(Branch("subquery", label, self.query(query, hole, f"{number}{letter}.", inner_role, depth + 1)))
        predicates: tuple[Predicate, ...] = ()
        self.tests.items = from_items(select)
        if clause.kind in ("where", "having") and parts:
            predicates = tuple(self._predicates(parts[0], clause, number, role))
        elif clause.kind == "select":
            for part in parts:
                self._cases(part, number)
        self.words += [clause.kind] if clause.kind != "source" else ["from"]
        if clause.kind in ("where", "having", "join"):
            comparing = {token.span.start for token in self.tokens.operators(clause.span)}
            inside = self.tokens.all[self.tokens.at(clause.span.start) : self.tokens.at(clause.span.end)]
            self.words += [token.text.lower() for token in inside if token.word in _LINKS or token.span.start in comparing]
        text = without(self.source, clause.span, holes) if holes else piece(self.source, clause.span)
        read_ = [each.name for part in parts for each in part.walk() if each.kind == "table" and each.name]
        names = {let.name for let in self.lets}
        used = tuple(dict.fromkeys(name for name in read_ if name in names))
        return Stage(number, clause.kind, (_bare(text, clause.kind),), place(self.source, clause.span), used, predicates, tuple(branches))

    # ------------------------------------------------------------ conditions
    def _predicates(self, node: Node, clause: Clause, number: str, role: Role) -> Iterator[Predicate]:
        condition = node.get("this")
        for part, negated in _parts(condition):
            found = tuple(self.tests.indicators(part, number, role, negated=negated))
            tested = [each for each in found if each.role is not Role.TIME]
            excluding = role is Role.MATCH and bool(tested) and all(each.negated for each in found) and len(found) == len(tested)
            if excluding:
                turned = tuple(self.tests.indicators(part, number, Role.EXCLUSION, negated=not negated))
                span = self.tokens.condition(part.span.start, clause.span.end)
                form = found[0].operator if len(found) == 1 and found[0].kind is not Test.FUNCTION else ""
                text = one_line(self.source.text[span.start : span.end])
                if not _NEGATIVE.search(form):
                    form, text = "not", text if text[:3].lower() == "not" else f"not {text}" if text[:1] == "(" else f"not({text})"
                self.exclusions.append(Exclusion(form, turned, text, number, place(self.source, span)))
            else:
                self.indicators.extend(found)
        for span in self.tokens.conjuncts(clause.span):
            words = [self.tokens.word(self.tokens.at(span.start)), *(token.word for token in self.tokens.operators(span))]
            excludes = ("NOT" in words and "IS" not in words) or any(word in ("<>", "!=", "!~", "!~*") for word in words)
            yield Predicate(piece(self.source, span), excludes and "OR" not in words, place(self.source, span))

    def _cases(self, node: Node, number: str) -> None:
        """The conditions of CASE and FILTER."""
        for each in node.walk(lambda inner: inner.kind not in QUERIES):
            if each.kind == "if" and (test := each.get("this")) is not None:
                self.indicators.extend(self.tests.indicators(test, number, Role.CONDITION, required=False))
            elif each.kind == "filter" and (where := each.get("expression")) is not None:
                self.indicators.extend(self.tests.indicators(where, number, Role.CONDITION, required=False))


_LINKS = frozenset(("AND", "OR", "NOT"))


def _bare(text: str, kind: str) -> str:
    """Without the clause's own first words."""
    for word in (kind, "from") if kind == "source" else (kind,):
        if text[: len(word)].lower() == word:
            return text[len(word) :].lstrip()
    return text


def _parts(condition: Node | None) -> Iterator[tuple[Node, bool]]:
    """What must all hold, each with whether it is negated: ``not (a or b)`` is two."""
    stack = [(each, False) for each in reversed(conjuncts(condition))]
    while stack:
        at, negated = stack.pop()
        inner = at.get("this")
        bare_ = inner
        while bare_ is not None and bare_.kind == "paren":
            bare_ = bare_.get("this")
        if at.kind == "not" and bare_ is not None and (negated or bare_.kind == "or"):
            stack.append((bare_, not negated))
        elif negated and at.kind == "or":
            stack += [(each, True) for each in reversed(at.children)]
        else:
            yield at, negated


def _alias(node: Node) -> str:
    alias = node.get("alias")
    shown = alias.get("this") if alias is not None else None
    return shown.name if shown is not None else ""


def _inside(node: Node, clause: Clause) -> bool:
    """Of several joins, which is this clause's. A node's end is surer than its start; a comma's join stands in FROM."""
    return node.role not in ("joins", "laterals") or not node.placed or clause.span.start < node.span.end <= clause.span.end


def _is_derived(query: Node) -> bool:
    """A table of FROM, not a value within a join's condition."""
    at: Node | None = query
    while at is not None and at.kind != "join" and at.role != "from_":
        if at.role == "on":
            return False
        at = at.parent
    return True


def _queries(node: Node) -> Iterator[Node]:
    """The queries in a clause, not those within them."""
    for each in node.walk(lambda inner: inner.kind not in QUERIES):
        if each.kind in QUERIES:
            yield each
