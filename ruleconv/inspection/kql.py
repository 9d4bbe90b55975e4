"""A rule with a KQL query: a bare query, or a Sentinel rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, replace

from ruleconv.diagnostic import RuleconvError
from ruleconv.inspection import card, coverage, output, partial, stages, window
from ruleconv.inspection.fingerprint import of_query
from ruleconv.inspection.flow import Flow, merged
from ruleconv.inspection.lineage import Lineage
from ruleconv.inspection.model import Binding, Indicator, Inspection, OutputField, Problem
from ruleconv.inspection.operators import Kql
from ruleconv.inspection.predicates import Reader
from ruleconv.inspection.terms import Terms, constants
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.walk import nodes
from ruleconv.kql import tree
from ruleconv.kql.parse import parse
from ruleconv.rulefile.metadata import NO_METADATA, Metadata
from ruleconv.rulefile.model import Kind, RuleFile
from ruleconv.schema import Schema
from ruleconv.text import Source

LONGEST_TITLE = 150
_NAMED = re.compile(r"(title|name|author|description)\s*:\s*(.+)", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s)>\"']+")


def inspect(rule: RuleFile, schema: Schema) -> Inspection:
    """The rule. ParseError when its query is no KQL; a query that the schema or the binder refuses is inspected as far as it goes."""
    source = rule.source
    try:
        query_tree = parse(source)
    except RuleconvError as error:
        raise error.located(source) from error.__cause__
    checked = partial.bound(query_tree, schema, source)
    query = checked.query
    found = stages.of_query(query_tree, source)
    metadata = NO_METADATA
    if rule.kind is Kind.SENTINEL and rule.root is not None:
        from ruleconv.rulefile.sentinel_metadata import from_sentinel

        metadata = from_sentinel(rule.root)
    else:
        metadata = _told(query_tree)
    indicators: tuple[Indicator, ...] = ()
    flow = None
    uses = output.uses(rule.metadata)
    made: tuple[OutputField, ...] = ()
    if query is not None:
        names = {id(scalar.value): scalar.name for scalar in query.scalars}
        reader = Reader(Terms(source, Lineage(query.lets), Kql(), names), found.number)
        flow = Flow(reader)
        flow.walk(query.body)
        for let in query.lets:
            flow.unused(let)
        indicators = tuple(merged(flow.indicators))
        made = tuple(output.fields(query, reader, found.kind, output.by_column(uses)))
    tables = _tables(query) if query is not None else _written_tables(found)
    return Inspection(
        language=rule.kind.value,
        card=card.of(
            metadata,
            rule.metadata,
            tables=tables,
            operators=_operators(query_tree),
            functions=_functions(query_tree),
            indicators=indicators,
        ),
        window=window.of(metadata, query, indicators),
        coverage=coverage.of(metadata.tags),
        stages=found.top,
        lets=tuple(_resolved(found.lets, query)),
        indicators=indicators,
        exclusions=tuple(flow.exclusions) if flow is not None else (),
        output=made,
        open=query is None or query.open,
        mappings=output.mapped(uses, query),
        problems=_problems(checked.error, source),
        filename=rule.file.name,
        fingerprint=of_query(query) if query is not None and checked.error is None else "",
    )


def _problems(error: RuleconvError | None, source: Source) -> tuple[Problem, ...]:
    if error is None:
        return ()
    if error.diagnostics:
        return tuple(Problem(each.code, each.message, each.line, each.column) for each in error.diagnostics)
    return (Problem("unsupported", error.message, *source.position(error.span.start)),)


def _told(query: tree.QueryTree) -> Metadata:
    """What the comment at the head of a bare query says: its first line is a title, the rest a description."""
    first = min((each.span.start for each in query.statements), default=0)
    lines = [text for each in query.comments if each.alone and each.span.start < first and (text := each.text.strip("/ \t\r-=*"))]
    about: dict[str, str] = {}
    told: list[str] = []
    for line in lines:
        named = _NAMED.match(line)
        if named is None:
            told.append(line)
        else:
            about.setdefault(named[1].lower(), named[2])
    title = about.get("title") or about.get("name") or ""
    if not title and told and len(told[0]) <= LONGEST_TITLE and not _URL.match(told[0]):
        title = told.pop(0)
    description = "\n".join(([about["description"]] if "description" in about else []) + told)
    return Metadata(title=title, author=about.get("author", ""), description=description, references=tuple(_URL.findall("\n".join(lines))))


# ---------------------------------------------------------------- names
def _tables(query: q.Query) -> Iterator[str]:
    """In the order in which the query's text names them."""
    found = [
        (node.span.start, (f"{node.function}()" if node.function else node.table))
        for node in nodes((tuple(let.rel for let in query.lets), query.body))
        if isinstance(node, q.Source)
    ]
    yield from (name for _, name in sorted(found))


def _written_tables(found: stages.Stages) -> Iterator[str]:
    """Of a query that could not be bound: the names that its pipelines begin with."""
    lets = {let.name for let in found.lets}
    for top in (*found.top, *(stage for let in found.lets for stage in let.stages)):
        for stage in top.walk():
            if stage.kind == "source" and stage.texts[0].isidentifier() and stage.texts[0] not in lets:
                yield stage.texts[0]


def _operators(query: tree.QueryTree) -> list[str]:
    """Tabular operators, comparisons and ``and``/``or``, by first sight in the text."""
    found: list[tuple[int, str]] = []
    for node in _nodes(query):
        match node:
            case tree.Binary():
                found.append((node.op_span.start or node.span.start, node.op))
            case tree.InList():
                found.append((node.op_span.start or node.span.start, node.op))
            case tree.Between():
                found.append((node.span.start, "!between" if node.negated else "between"))
            case _ if type(node) in stages.OPERATORS:
                found.append((node.span.start, stages.kind_of(node)))
    return [name for _, name in sorted(found)]


def _functions(query: tree.QueryTree) -> list[str]:
    """Functions and aggregates that are called, and those that the query declares itself left out."""
    own = {each.name.name for each in query.statements if isinstance(each, tree.Let)}
    found = [(node.span.start, node.name) for node in _nodes(query) if isinstance(node, tree.Call) and node.name not in own]
    return [name for _, name in sorted(found)]


def _nodes(query: tree.QueryTree) -> Iterator[tree.Node]:
    stack: list[object] = [query]
    while stack:
        at = stack.pop()
        if isinstance(at, tuple):
            stack.extend(reversed(at))
        elif isinstance(at, tree.Node):
            yield at
            stack.extend(getattr(at, f.name) for f in reversed(fields(at)) if f.name not in ("span", "op_span", "name_span", "comments"))


# ---------------------------------------------------------------- lets
def _resolved(lets: tuple[Binding, ...], query: q.Query | None) -> Iterator[Binding]:
    """With the constants that they stand for."""
    values = {scalar.name: scalar.value for scalar in query.scalars} if query is not None else {}
    for let in lets:
        value = values.get(let.name)
        if let.kind == "value" and isinstance(value, ir.Literal):
            yield replace(let, values=constants(value))
        else:
            yield let
