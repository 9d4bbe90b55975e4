"""Stages of the IR as SELECTs: which stage folds into the SELECT before it, and which begins a new one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.fidelity import Effect, Note
from ruleconv.ir.types import Column, Type
from ruleconv.ir.walk import has_window, is_volatile, walk
from ruleconv_backends.sql import names, window_layers
from ruleconv_backends.sql.lower import Lowering
from ruleconv_backends.sql.select import Relation, is_constant, is_heavy
from ruleconv_backends.sql.stages import STAGES
from ruleconv_backends.sql.value import SqlValue
from ruleconv_backends.sql.window_scope import WindowScope


class Relations:
    """Lowers the stages of one query. ``lets`` maps the names of tabular lets to those of their CTEs,
    ``let_rows`` to the relations that these hold;
    ``contexts`` the row contexts of mv-apply and partition to the relation that stands for them."""

    def __init__(self, dialect: str, now: int | None = None) -> None:
        self.dialect = dialect
        self.lowering = Lowering(dialect, self.relation, now)
        self.lets: dict[str, str] = {}
        self.let_rows: dict[str, Relation] = {}
        self.contexts: dict[str, Relation] = {}
        self.aliases = 0
        self.later: Sequence[q.Rel] = ()
        """The stages that follow the one that is lowered just now, the last first."""

    @property
    def notes(self) -> list[Note]:
        return self.lowering.notes

    def alias(self, stem: str) -> str:
        """A name that no other derived table of this query has."""
        self.aliases += 1
        return f"{stem}{self.aliases}"

    # ------------------------------------------------------------ dispatch
    def relation(self, rel: q.Rel) -> Relation:
        """The rows of a stage. Long pipelines are walked with a loop, not by recursion."""
        chain: list[q.Rel] = []
        at: q.Rel = rel
        while isinstance(at, LINEAR):
            chain.append(at)
            at = at.input
        current = self._source(at)
        while chain:
            stage = chain.pop()
            self.later = chain
            current = self._stage(stage, current)
        return current

    def _source(self, rel: q.Rel) -> Relation:
        match rel:
            case q.Source():
                return replace(self.table(names.table(rel.table), rel.columns), open=rel.open)
            case q.External():
                self.lowering.note(
                    "SQW010",
                    Effect.CHANGES,
                    f'externaldata: SQL does not fetch {", ".join(rel.uris) or "files"}; the rows are expected in the table "{rel.name}"',
                    rel.span,
                )
                return self.table(names.table(rel.name), rel.columns)
            case q.LetRef():
                if rel.name in self.contexts:
                    context = self.contexts[rel.name]
                    return replace(
                        context,
                        columns=dict(context.columns),
                        where=list(context.where),
                        order=list(context.order),
                        joins=list(context.joins),
                    )
                name = self.lets.get(rel.name)
                if name is None:
                    raise Unsupported(f"the name {rel.name} in this place", rel.span)
                return self._let(rel, names.table(name))
            case q.Plugin(input=None):
                return STAGES[q.Plugin](self, rel, None)
            case _:
                handler = STAGES.get(type(rel))
                if handler is None:
                    raise Unsupported(type(rel).__name__.lower(), rel.span)
                return handler(self, rel, None)

    def _let(self, rel: q.LetRef, table: exp.Table) -> Relation:
        """A CTE, with what its definition knows of nulls, of the order and of unique columns."""
        relation, made = self.table(table, rel.columns), self.let_rows[rel.name]
        for name, value in relation.columns.items():
            if name in made.columns:  # a string is never null for the query, but its SQL may be (S2)
                relation.columns[name] = replace(value, nullable=made.columns[name].nullable)
        relation.order = made.carried_order(relation.columns) if not made.distinct_on else []
        relation.unique = list(made.unique)
        return relation

    def _stage(self, stage: q.Rel, input_: Relation) -> Relation:
        match stage:
            case q.Filter():
                return self.filter(input_, stage.predicate)
            case q.Extend():
                return self.extend(input_, stage.values, stage.columns)
            case q.Serialize():
                return self.extend(input_, stage.values, stage.columns)
            case q.Project():
                return self.project(input_, stage.values, stage.columns)
            case q.Distinct():
                return self.distinct(input_, stage.values, stage.columns)
            case q.Sort():
                return self.sort(input_, stage.keys)
            case q.Limit():
                return self.take(input_, stage)
            case _:
                handler = STAGES.get(type(stage))
                if handler is None:
                    raise Unsupported(type(stage).__name__.lower(), stage.span)
                return handler(self, stage, input_)

    # ------------------------------------------------------------ sources
    def table(self, source: exp.Expression, columns: Sequence[Column]) -> Relation:
        """A table or a CTE with these columns."""
        values = {c.name: SqlValue(names.column(c.name), c.type, c.nullable) for c in columns}
        if self.dialect == "duckdb" and len({name.lower() for name in values}) < len(values):
            twins = sorted(name for name in values if sum(other.lower() == name.lower() for other in values) > 1)
            if isinstance(source, exp.Table) and source.name not in self.lets.values():
                raise Unsupported(
                    f"a table whose columns differ in case alone ({', '.join(twins)})", hint="DuckDB's names are case-insensitive"
                )
            relation = Relation(self.dialect, source, values)
            values = {name: replace(value, node=names.column(relation.sql_names(True)[name])) for name, value in values.items()}
        return Relation(self.dialect, source, values, tuple(values))

    # ------------------------------------------------------------ steps that many stages share
    def ready(self, relation: Relation, expressions: Iterable[ir.Expr], *, filtered: bool = False, grouped: bool = False) -> Relation:
        """The relation, sealed when an expression of the next stage cannot be put over it as it is."""
        used = Counter(part.name for node in expressions for part in walk(node) if isinstance(part, ir.ColumnRef))
        heavy = any(is_heavy(relation.columns[name].node, times) for name, times in used.items() if name in relation.columns)
        if (
            heavy
            or relation.volatile
            or relation.distinct
            or relation.distinct_on
            or (relation.limit is not None and (filtered or grouped))
        ):
            return relation.sealed()
        if (relation.windowed and (filtered or grouped)) or (relation.group is not None and grouped):
            return relation.sealed()
        return relation

    def helper(self, relation: Relation, stem: str) -> str:
        """A name for a column that the query itself does not have."""
        taken = {name.lower() for name in relation.columns}
        name, number = f"_{stem}", 1
        while name.lower() in taken:
            number += 1
            name = f"_{stem}{number}"
        return name

    def with_helpers(self, relation: Relation, helpers: Mapping[str, SqlValue]) -> Relation:
        """The rows with these values (over the relation's source) as columns of a derived table. Who asked for them takes them out again:
        a stage's output columns leave them behind."""
        return replace(relation, columns={**relation.columns, **helpers}).sealed()

    def filter(self, relation: Relation, predicate: ir.Expr) -> Relation:
        relation = self.ready(relation, [predicate], filtered=True)
        if has_window(predicate):
            visible = list(relation.columns)
            relation, scope = window_layers.prepared(self, relation.sealed(), [predicate])
            with self.lowering.windows(scope), self.lowering.over(relation.columns):
                test = self.lowering.holds(predicate)
            name = self.helper(relation, "holds")
            relation = self.with_helpers(relation, {name: SqlValue(test, Type.BOOL)})
            relation.where.append(relation.columns[name].node)
            relation.columns = {name: relation.columns[name] for name in visible}
            return relation
        before = relation
        relation = replace(relation, columns=dict(relation.columns), where=list(relation.where), having=list(relation.having))
        self.lowering.row = relation.whole_row()
        for term in predicate.terms if isinstance(predicate, ir.And) else (predicate,):
            with self.lowering.over(relation.columns):
                test = self.lowering.holds(term)
            if relation.is_nested_group([test]):
                return self.filter(before.sealed(), predicate)
            (relation.having if relation.group is not None else relation.where).append(test)
            self._refine(relation, term)
        return relation

    def _refine(self, relation: Relation, term: ir.Expr) -> None:
        """A column that a filter tested positively is not NULL any more, also for the terms that follow."""
        subject: ir.Expr | None = None
        match term:
            case ir.Match(subject=s, negated=False, patterns=patterns) if patterns and term.how is not ir.How.REGEX:
                subject = (
                    s
                    if all(isinstance(p, ir.Literal) and p.type is not Type.DYNAMIC and p.value not in ("", None) for p in patterns)
                    else None
                )
            case ir.Call(function="isnotempty" | "isnotnull", args=(s,)):
                subject = s
            case ir.Compare(left=s) if term.op not in (ir.Comparison.NE,):
                subject = s
        if isinstance(subject, ir.ColumnRef) and subject.name in relation.columns and subject.type is not Type.DYNAMIC:
            relation.columns[subject.name] = replace(relation.columns[subject.name], nullable=False)

    def extend(self, relation: Relation, values: Sequence[q.Named], columns: Sequence[Column]) -> Relation:
        relation = self.ready(relation, [v.value for v in values], grouped=any(has_window(v.value) for v in values))
        relation, scope = window_layers.prepared(self, relation, [v.value for v in values])
        made = self.named(relation, values, scope)
        if relation.is_nested_group(value.node for value in made.values()):
            return self.extend(relation.sealed(), values, columns)
        merged = {**relation.columns, **made}
        result = replace(relation, columns={c.name: merged[c.name] for c in columns})
        return self._marked(result, values)

    def project(self, relation: Relation, values: Sequence[q.Named], columns: Sequence[Column]) -> Relation:
        relation = self.ready(relation, [v.value for v in values], grouped=any(has_window(v.value) for v in values))
        relation, scope = window_layers.prepared(self, relation, [v.value for v in values])
        made = self.named(relation, values, scope)
        if relation.is_nested_group(value.node for value in made.values()):
            return self.project(relation.sealed(), values, columns)
        return self._marked(replace(relation, columns=made), values)

    def _marked(self, relation: Relation, values: Sequence[q.Named]) -> Relation:
        if any(has_window(v.value) for v in values):
            relation.windowed = True
        if any(is_volatile(v.value) for v in values):
            relation.volatile = True
        return relation

    def named(self, relation: Relation, values: Sequence[q.Named], scope: WindowScope | None = None) -> dict[str, SqlValue]:
        """The values of these columns over the relation's source. ``scope``: what ``window_layers.prepared`` gave with the relation."""
        with self.lowering.windows(scope or WindowScope(relation.order)), self.lowering.over(relation.columns):
            return {v.name: self.typed(self.lowering.expr(v.value), v.value) for v in values}

    def typed(self, value: SqlValue, node: ir.Expr) -> SqlValue:
        """A literal that becomes a column gets its type said where SQL would take another."""
        if isinstance(node, ir.Literal) and node.type is Type.LONG and not isinstance(value.node, exp.Cast):
            return replace(value, node=self.lowering.cast(value.node, Type.LONG))
        return value

    def distinct(self, relation: Relation, values: Sequence[q.Named], columns: Sequence[Column]) -> Relation:
        relation = self.ready(relation, [v.value for v in values], grouped=True)
        made = {name: self.keyed(value) for name, value in self.named(relation, values).items()}
        return replace(relation, columns=made, distinct=True, order=[], unique=[frozenset(made)])

    def keyed(self, value: SqlValue) -> SqlValue:
        """A value to group by: NULL and "" of a string are one group."""
        if value.type is Type.STRING and value.nullable:
            return SqlValue(self.lowering.text(value), Type.STRING, False)
        return value

    def sort(self, relation: Relation, keys: Sequence[q.SortKey]) -> Relation:
        # A single row (no source) has constants in its columns, which are no sort keys.
        if relation.limit is not None or relation.distinct or relation.distinct_on or relation.volatile or relation.source is None:
            relation = relation.sealed(keep_order=False)
        return replace(relation, order=self.ordering(relation, keys))

    def ordering(self, relation: Relation, keys: Sequence[q.SortKey]) -> list[exp.Ordered]:
        ordered = []
        with self.lowering.over(relation.columns):
            for key in keys:
                value = self.lowering.expr(key.value)
                node = value.node
                if is_constant(node):
                    continue
                if value.type is Type.STRING:
                    node = self.lowering.text(value)
                    if self.dialect == "postgres":
                        node = exp.Collate(this=node, expression=names.identifier("C"))
                ordered.append(exp.Ordered(this=node, desc=key.descending, nulls_first=key.nulls_first))
        return ordered

    def take(self, relation: Relation, stage: q.Limit) -> Relation:
        if relation.limit is not None:
            relation = relation.sealed()
        if stage.random:
            relation = relation.sealed(keep_order=False)
            relation.order = [exp.Ordered(this=exp.Anonymous(this="RANDOM", expressions=[]))]
        count = self.lowering.expr(stage.count).node
        return replace(relation, limit=count)


LINEAR = (
    q.Filter,
    q.Extend,
    q.Project,
    q.Aggregate,
    q.Distinct,
    q.Sort,
    q.Limit,
    q.Serialize,
    q.Expand,
    q.Apply,
    q.PartitionBy,
    q.Parse,
    q.ParseKeyValue,
    q.MakeSeries,
    q.TopNested,
    q.SampleDistinct,
    q.Scan,
)
"""Stages with exactly one input."""
