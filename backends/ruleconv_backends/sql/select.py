"""One SELECT while it grows: stages of a query fold into it until one of them needs a SELECT of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from sqlglot import exp

from ruleconv.diagnostic import Unsupported
from ruleconv.ir.types import Type
from ruleconv_backends.sql import names
from ruleconv_backends.sql.value import SqlValue

INLINE_NODES = 14
"""A computed column up to this many nodes is repeated where a later stage uses it; a larger one gets a SELECT of its own."""

MAX_NESTING = 120
"""SELECTs in one another. Each copies those in it when it is written, and sqlglot prints only some 90 of them before its stack ends."""
_DEPTH = "ruleconv_depth"


@dataclass
class Relation:
    """The rows of a stage: a SELECT that is not written yet.

    ``columns`` maps Kusto's names, in Kusto's order, to expressions over ``source``. ``star``: the names that ``*`` would give.
    ``windowed``: a column holds a window function or a set-returning function, so that no filter may be added. ``volatile``: one
    holds ``rand()`` or the like, and must be evaluated once. ``order``: the rows' present order, over ``source``; ``limit`` cuts
    after it. ``unique``: sets of columns whose values no two rows share.
    """

    dialect: str
    source: exp.Expression | None
    columns: dict[str, SqlValue]
    star: tuple[str, ...] = ()
    joins: list[exp.Expression] = field(default_factory=list)
    where: list[exp.Expression] = field(default_factory=list)
    group: list[exp.Expression] | None = None
    having: list[exp.Expression] = field(default_factory=list)
    order: list[exp.Ordered] = field(default_factory=list)
    limit: exp.Expression | None = None
    distinct: bool = False
    distinct_on: list[exp.Expression] = field(default_factory=list)
    windowed: bool = False
    volatile: bool = False
    unique: list[frozenset[str]] = field(default_factory=list)
    open: bool = False
    """The source has columns that nobody knows of: ``*`` is more than ``columns``."""
    whole: exp.Expression | None = None
    """A complete query (a union) that stands for the SELECT as long as nothing was added."""

    # ------------------------------------------------------------ states
    @property
    def is_plain(self) -> bool:
        """Nothing but a source and its columns under their own names."""
        return (
            self.source is not None
            and not (self.joins or self.where or self.group is not None or self.having or self.order or self.distinct or self.distinct_on)
            and self.limit is None
            and tuple(self.columns) == self.star
            and all(is_column(value.node, name) for name, value in self.columns.items())
        )

    @property
    def is_grouped(self) -> bool:
        return self.group is not None or self.distinct or bool(self.distinct_on)

    def whole_row(self) -> exp.Expression | None:
        """All columns of the table that is the source, as one value; None where the source is not one table."""
        if not isinstance(self.source, exp.Table) or self.joins or not isinstance(self.source.this, exp.Identifier):
            return None
        name = names.identifier(self.source.alias_or_name)
        return exp.Column(this=exp.Star(), table=name) if self.dialect == "postgres" else exp.Column(this=name)

    def is_nested_group(self, nodes: Iterable[exp.Expression]) -> bool:
        """Whether a subquery in one of these nodes holds a group's key or an aggregate. Postgres knows keys there only as bare columns,
        and an aggregate over no column (``COUNT(*)``) would count the subquery's own rows."""
        if self.group is None:
            return False
        nodes = list(nodes)
        if any(takes_no_aggregates(node) for node in nodes):
            return True
        own = {node for node in (*(value.node for value in self.columns.values()), *self.group) if not isinstance(node, exp.Column)}
        own = {node for node in own if node.find(exp.Column, exp.Star, exp.AggFunc, exp.Anonymous)}  # JSONB_AGG('x'), too
        kinds = tuple({type(node) for node in own})
        inner = [subquery for node in nodes for subquery in node.find_all(exp.Subquery, exp.Exists) if not reads_table(subquery)]
        return bool(own) and any(part in own for subquery in inner for part in subquery.find_all(*kinds))

    # ------------------------------------------------------------ steps
    def sealed(self, alias: str = "t", keep_order: bool = True) -> Relation:
        """The same rows as a derived table ``alias``: columns become plain references, what follows starts anew. A sort key that is no
        column is one of the derived table's, so that the order is not lost."""
        if isinstance(self.source, exp.Subquery) and self.limit is None and replace(self, order=[]).is_plain:
            return self if keep_order else replace(self, order=[])
        keeps = keep_order and not self.distinct_on
        if keeps and not self._carried_by_name():
            keyed = self.with_keys()
            item, columns = keyed.as_source(alias, qualified=False)
            own = {name: columns[name] for name in self.columns}
            return Relation(self.dialect, item, own, tuple(columns), order=keyed.carried_order(columns), unique=list(self.unique))
        item, columns = self.as_source(alias, qualified=False)
        order = self.carried_order(columns) if keeps else []
        return Relation(self.dialect, item, columns, tuple(columns), order=order, unique=list(self.unique))

    def with_keys(self) -> Relation:
        """With the sort keys that are in no column as columns ``_order1`` ..."""
        by_node = {value.node: value.node for value in self.columns.values()}
        taken = {name.lower() for name in self.columns}
        columns = dict(self.columns)
        for key in self.order:
            if rebased(key.this, by_node) is None:
                name, number = "_order1", 1
                while name in taken:
                    number += 1
                    name = f"_order{number}"
                taken.add(name)
                columns[name] = SqlValue(key.this, Type.UNKNOWN)
        return replace(self, columns=columns)

    def unordered(self) -> Relation:
        """The same rows; their order stays where it decides which rows those are (a limit, DISTINCT ON)."""
        return self if self.limit is not None or self.distinct_on else replace(self, order=[])

    def as_source(self, alias: str, *, qualified: bool = True) -> tuple[exp.Expression, dict[str, SqlValue]]:
        """A FROM item called ``alias``, and the columns as references to it."""
        table = alias if qualified else ""
        if self.is_plain and isinstance(self.source, exp.Table):
            item: exp.Expression = self.source.copy()
            named = item.args["alias"].columns if item.args.get("alias") else []  # those of a function's table: generate_series(..) AS r(x)
            shown = exp.TableAlias(this=names.identifier(alias), columns=[column.copy() for column in named])
            item.set("alias", shown if qualified or named else None)
            sql_names = {name: value.node.name for name, value in self.columns.items()}
        else:
            depth = 1 + max((part.meta.get(_DEPTH, 0) for part in (self.source, *(join.this for join in self.joins)) if part), default=0)
            if depth > MAX_NESTING:
                raise Unsupported("a query of this many nested SELECTs", hint="divide it with let")
            query, sql_names = self.build_named(inner=True)
            item = exp.Subquery(this=query, alias=exp.TableAlias(this=names.identifier(alias)))
            item.meta[_DEPTH] = depth
        columns = {name: replace(value, node=names.column(sql_names[name], table)) for name, value in self.columns.items()}
        return item, columns

    def carried_order(self, columns: Mapping[str, SqlValue]) -> list[exp.Ordered]:
        """The order over the columns of the derived table, where all its keys are among them."""
        by_node = {value.node: columns[name].node for name, value in self.columns.items()}
        carried = []
        for key in self.order:
            node = rebased(key.this, by_node)
            if node is None:
                return []
            carried.append(exp.Ordered(this=node, desc=key.args.get("desc"), nulls_first=key.args.get("nulls_first")))
        return carried

    # ------------------------------------------------------------ writing
    def sql_names(self, inner: bool) -> dict[str, str]:
        """The SQL name of every output column: Kusto's own, but where two differ in case alone and DuckDB would mix them up."""
        if self.dialect != "duckdb" or not inner:
            return {name: name for name in self.columns}
        taken: set[str] = set()
        result = {}
        for name in self.columns:
            unique, number = name, 0
            while unique.lower() in taken:
                number += 1
                unique = f"{name}_{number}"
            taken.add(unique.lower())
            result[name] = unique
        return result

    def build(self, inner: bool = False) -> exp.Expression:
        return self.build_named(inner)[0]

    def build_named(self, inner: bool) -> tuple[exp.Expression, dict[str, str]]:
        """The query node and the SQL names of its columns. ``inner``: it will be a derived table or a CTE."""
        sql_names = self.sql_names(inner)
        if self.whole is not None and self.is_plain:
            return self.whole.copy(), sql_names
        if self.is_plain and isinstance(self.source, exp.Subquery) and isinstance(self.source.this, (exp.Select, exp.SetOperation)):
            return self.source.this.copy(), sql_names
        query = exp.Select()
        for item in self._items(sql_names):
            query.append("expressions", item)
        if self.source is not None:
            query.from_(self.source.copy(), copy=False)
        for join in self.joins:
            query.append("joins", join.copy())
        if self.where:
            query.set("where", exp.Where(this=conjunction(self.where)))
        if self.group:
            query.set("group", exp.Group(expressions=[node.copy() for node in self.group]))
        if self.having:
            query.set("having", exp.Having(this=conjunction(self.having)))
        elif self.group == [] and not any(_aggregates(value.node) for value in self.columns.values()):
            query.set("having", exp.Having(this=exp.Boolean(this=True)))  # still the one row of all rows, though it uses none of them
        if self.distinct:
            query.set("distinct", exp.Distinct())
        if self.distinct_on:
            on = [self._of_source(node, sql_names) for node in self.distinct_on]
            query.set("distinct", exp.Distinct(on=exp.Tuple(expressions=on)))
        if self.order and not (inner and self.limit is None and self._carried_by_name()):
            keys = [key.copy() for key in self.order]
            for key in keys:
                key.set("this", self._of_source(key.this, sql_names))
            query.set("order", exp.Order(expressions=keys))
        if self.limit is not None:
            query.set("limit", exp.Limit(expression=self.limit.copy()))
        return query, sql_names

    def _of_source(self, key: exp.Expression, sql_names: Mapping[str, str]) -> exp.Expression:
        """The sort key such that it means the source's column: a bare name is that of an output column first (``-x AS x ORDER BY x``)."""
        if isinstance(key, exp.Column) and not key.table and self.source is not None:
            name = key.name.lower()
            if any(sql_names[own].lower() == name and value.node != key for own, value in self.columns.items()):
                return names.column(key.name, self.source.alias_or_name)
        return key.copy()

    def _carried_by_name(self) -> bool:
        """Whether a derived table's order can be (and is) said outside, so that it need not be said inside."""
        nodes = {value.node: value.node for value in self.columns.values()}
        return all(rebased(key.this, nodes) is not None for key in self.order) and not self.distinct_on

    def _items(self, sql_names: Mapping[str, str]) -> list[exp.Expression]:
        columns = list(self.columns.items())
        items: list[exp.Expression] = []
        count = len(self.star)
        head = columns[:count]
        if (
            count
            and not self.joins
            and self.group is None
            and tuple(name for name, _ in head) == self.star
            and all(is_column(value.node, name) and sql_names[name] == name for name, value in head)
        ):
            items.append(exp.Star())
            columns = columns[count:]
        for name, value in columns:
            if is_column(value.node, sql_names[name]):
                items.append(value.node.copy())
            else:
                items.append(exp.Alias(this=value.node.copy(), alias=names.identifier(sql_names[name])))
        if not items and self.open and self.group is None:
            return [exp.Star()]
        return items or [exp.Alias(this=exp.Literal.number("1"), alias=names.identifier("_"))]


def reads_table(subquery: exp.Expression) -> bool:
    """A query of its own (``toscalar``), over a table and not over the values of the row that it stands in."""
    source: exp.Expression | None = subquery
    while isinstance(source, (exp.Subquery, exp.Exists)):
        from_ = source.this.args.get("from_")
        source = from_.this if from_ is not None else None
    return isinstance(source, exp.Table) and isinstance(source.this, exp.Identifier)


def _aggregates(node: exp.Expression) -> bool:
    """Holds an aggregate of this SELECT, not only one of a subselect."""
    return any(isinstance(part, exp.AggFunc) for part in node.walk(prune=lambda part: isinstance(part, exp.Subquery)))


def takes_no_aggregates(node: exp.Expression) -> bool:
    """Has DuckDB's TRY, in which no aggregate may stand."""
    return node.find(exp.Try) is not None


def is_constant(node: exp.Expression) -> bool:
    """The same for every row. In GROUP BY, ORDER BY and DISTINCT ON it says nothing, and SQL may read it as a column's position."""
    return node.find(exp.Column, exp.Subquery, exp.Anonymous, exp.AggFunc, exp.Window, exp.Rand, exp.Uuid) is None


def is_column(node: exp.Expression, name: str) -> bool:
    """A reference to the column of that name, qualified or not."""
    return isinstance(node, exp.Column) and node.name == name


def rebased(key: exp.Expression, by_node: Mapping[exp.Expression, exp.Expression]) -> exp.Expression | None:
    """A sort key over other columns (``by_node``: from a value's node to the column that holds it); None when a part is in none."""
    found = by_node.get(key)
    if found is not None:
        return found.copy()
    if not isinstance(key, (exp.Collate, exp.Coalesce)):
        return None
    inner = rebased(key.this, by_node)
    if inner is None:
        return None
    result = key.copy()
    result.set("this", inner)
    return result


def is_simple(node: exp.Expression) -> bool:
    """Cheap enough to be repeated without a thought."""
    return isinstance(node, (exp.Column, exp.Literal, exp.Boolean, exp.Null)) or (
        isinstance(node, exp.Cast) and isinstance(node.this, (exp.Literal, exp.Null, exp.Column))
    )


def is_heavy(node: exp.Expression, times: int = 1) -> bool:
    """Too large to be put where it is used (so many times), or not allowed to be evaluated twice or under a filter."""
    count = 0
    for part in node.walk():
        if isinstance(part, (exp.Window, exp.Unnest, exp.Subquery, exp.Explode)):
            return True
        count += 1
        if count > INLINE_NODES:
            return True
    return count * times > 2 * INLINE_NODES


def conjunction(terms: Iterable[exp.Expression]) -> exp.Expression:
    """``a AND b AND c``, each in parentheses where it is an OR. Terms that stand nowhere yet are taken as they are, others are copied."""
    return _joined(list(terms), exp.And, exp.Or) or exp.Boolean(this=True)


def disjunction(terms: Iterable[exp.Expression]) -> exp.Expression:
    """``a OR b OR c``, each in parentheses where it is an AND. Terms as in ``conjunction``."""
    return _joined(list(terms), exp.Or, exp.And) or exp.Boolean(this=False)


def _joined(terms: list[exp.Expression], kind: type[exp.Expression], other: type[exp.Expression]) -> exp.Expression | None:
    if len(terms) == 1:
        return _free(terms[0])
    result: exp.Expression | None = None
    for term in terms:
        node = exp.Paren(this=_free(term)) if isinstance(term, other) else _free(term)
        result = node if result is None else kind(this=result, expression=node)
    return result


def _free(term: exp.Expression) -> exp.Expression:
    """A node that may be given a parent: copying whole trees again at every level took a third of a translation."""
    return term if term.parent is None else term.copy()
