"""The KQL backend: a bound query becomes one query text with notes."""

from __future__ import annotations

from ruleconv.diagnostic import RuleconvError, Unsupported
from ruleconv.ir import query as q
from ruleconv.ir.fidelity import Translation
from ruleconv.kql import tree
from ruleconv.rulefile.metadata import NO_METADATA, Metadata
from ruleconv.text import NOWHERE, Source
from ruleconv_backends.kql import correlation, emptiness, expressions, lets, pipelines, stages
from ruleconv_backends.kql.writer import Writer

WIDTH = 100


class KqlBackend:
    """Writes KQL, laid out as ``ruleconv format`` does."""

    def __init__(self, dialect: str = "") -> None:
        self.dialect = dialect

    def translate(
        self, query: q.Query, *, source: Source | None = None, now: int | None = None, metadata: Metadata = NO_METADATA, width: int = WIDTH
    ) -> Translation:
        """The query that gives the rows. Raises Unsupported for what KQL cannot say."""
        from ruleconv.kql.layout import print_tree

        writer = Writer(expressions.write, stages.pipeline, stages.operators, source, now)
        try:
            written = query_tree(writer, correlation.without_correlations(query))
            text = print_tree(written, width)
        except RecursionError:
            raise Unsupported("a query that is nested this deeply", NOWHERE, "divide it with let", source) from None
        return Translation(text.rstrip("\n"), (*emptiness.notes(query), *writer.notes), source)


def query_tree(writer: Writer, query: q.Query) -> tree.QueryTree:
    """The statements: lets, then the query."""
    statements, body = lets.write(writer, query)
    if query.render is not None:
        body = pipelines.piped(body, _render(writer, query.render))
    return tree.QueryTree((*statements, tree.ExpressionStatement(body)))


def _render(writer: Writer, chart: str) -> tree.Render:
    """With the properties that were written."""
    from ruleconv.kql.parse import parse

    plain = tree.Render(chart)
    if writer.source is None:
        return plain
    try:
        last = parse(writer.source).statements[-1]
    except RuleconvError:
        return plain
    value = last.value if isinstance(last, tree.ExpressionStatement) else None
    operator = value.operators[-1] if isinstance(value, tree.Pipeline) and value.operators else None
    return operator if isinstance(operator, tree.Render) and operator.chart == chart else plain
