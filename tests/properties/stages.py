"""Random pipelines: each stage as KQL, and as a Python function from rows to rows, the reference (Kusto's page of each operator)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from tests.properties.expressions import Columns, Expression, any_expression, expressions, name
from tests.properties.running import COLUMNS

Record = dict[str, Any]
Rows = list[Record]
Tables = dict[str, Rows]
Step = Callable[[Rows, Tables], Rows]

START: dict[str, str] = {column.name: column.type.value for column in COLUMNS if column.name != "D"}
NEW = ["X", "x", "t", "l", "value", "order", "count_", "S1", "N1"]
"""Names that the SQL might take for its own, that differ from others in case only, or that a join might give."""


@dataclass(frozen=True)
class Pipeline:
    """``unique``: a column that no two rows share."""

    columns: Columns
    kql: str = "A | project-away D"
    steps: Sequence[Step] = field(default=(), repr=False)
    unique: str | None = "Id"

    def then(self, text: str, step: Step, columns: Columns, unique: str | None = None) -> Pipeline:
        return Pipeline(dict(columns), f"{self.kql} | {text}", (*self.steps, step), unique)

    def rows(self, tables: Tables) -> list[tuple[Any, ...]]:
        rows = [{column: row[column] for column in START} for row in tables["A"]]
        for step in self.steps:
            rows = step(rows, tables)
        return [tuple(row[column] for column in self.columns) for row in rows]


def missing(kind: str) -> Any:
    return "" if kind == "string" else None


# ---------------------------------------------------------------- stages
Stage = Callable[[st.DrawFn, Pipeline], Pipeline]


def where(draw: st.DrawFn, p: Pipeline) -> Pipeline:
    test = draw(expressions(p.columns, "bool"))
    return p.then(f"where {test}", lambda rows, _: [row for row in rows if test.of(row) is True], p.columns, p.unique)


def extend(draw: st.DrawFn, p: Pipeline) -> Pipeline:
    made = draw(st.dictionaries(st.sampled_from([*NEW, *p.columns]), any_expression(p.columns), min_size=1, max_size=2))
    columns = {**p.columns, **{column: value.type for column, value in made.items()}}
    text = ", ".join(f"{name(column)} = {value}" for column, value in made.items())
    return p.then(f"extend {text}", lambda rows, _: [{**row, **computed(made, row)} for row in rows], columns, kept(p, made))


def computed(made: dict[str, Expression], row: Record) -> Record:
    return {column: value.of(row) for column, value in made.items()}


def kept(p: Pipeline, made: dict[str, Expression]) -> str | None:
    return p.unique if p.unique not in made else None


def project(draw: st.DrawFn, p: Pipeline) -> Pipeline:
    own = {
        column: Expression(name(column), p.columns[column], lambda row, column=column: row[column]) for column in chosen(draw, p.columns)
    }
    made = draw(st.dictionaries(st.sampled_from([*NEW, *START]), any_expression(p.columns), max_size=2))
    every = {**own, **made}
    text = ", ".join(f"{name(column)} = {value}" if column in made else name(column) for column, value in every.items())
    unique = p.unique if p.unique in own and p.unique not in made else None
    return p.then(f"project {text}", lambda rows, _: [computed(every, row) for row in rows], {c: v.type for c, v in every.items()}, unique)


def chosen(draw: st.DrawFn, columns: Columns, least: int = 1, most: int = 9) -> list[str]:
    return draw(st.lists(st.sampled_from(sorted(columns)), min_size=least, max_size=most, unique=True))


def project_away(draw: st.DrawFn, p: Pipeline) -> Pipeline:
    away = chosen(draw, p.columns, most=max(1, len(p.columns) - 1))
    columns = {column: kind for column, kind in p.columns.items() if column not in away}
    if not columns:
        return p
    unique = p.unique if p.unique in columns else None
    return p.then(f"project-away {', '.join(map(name, away))}", lambda rows, _: rows, columns, unique)


def project_rename(draw: st.DrawFn, p: Pipeline) -> Pipeline:
    old = draw(st.sampled_from(sorted(p.columns)))
    new = draw(st.sampled_from([column for column in [*NEW, *START] if column not in p.columns]))
    columns = {new if column == old else column: kind for column, kind in p.columns.items()}
    step: Step = lambda rows, _: [{new if c == old else c: v for c, v in row.items()} for row in rows]  # noqa: E731
    return p.then(f"project-rename {name(new)} = {name(old)}", step, columns, new if p.unique == old else p.unique)


def distinct(draw: st.DrawFn, p: Pipeline) -> Pipeline:
    keys = chosen(draw, p.columns, most=3)

    def step(rows: Rows, _: Tables) -> Rows:
        return [dict(zip(keys, row, strict=True)) for row in dict.fromkeys(tuple(row[key] for key in keys) for row in rows)]

    return p.then(
        f"distinct {', '.join(map(name, keys))}", step, {key: p.columns[key] for key in keys}, keys[0] if len(keys) == 1 else None
    )


def summarize(draw: st.DrawFn, p: Pipeline) -> Pipeline:
    names = draw(st.lists(st.sampled_from([*NEW, *START]), min_size=1, max_size=4, unique=True))
    keys = {column: draw(any_expression(p.columns)) for column in names[: draw(st.integers(0, len(names)))]}
    made = {column: draw(aggregate(p)) for column in names[len(keys) :]}

    def step(rows: Rows, _: Tables) -> Rows:
        groups: dict[tuple[Any, ...], Rows] = {} if keys else {(): []}
        for row in rows:
            groups.setdefault(tuple(computed(keys, row).values()), []).append(row)
        return [
            {**dict(zip(keys, key, strict=True)), **{column: function(group) for column, (_, _, function) in made.items()}}
            for key, group in groups.items()
        ]

    text = ", ".join(f"{name(column)} = {kql}" for column, (kql, _, _) in made.items())
    by = " by " + ", ".join(f"{name(column)} = {value}" for column, value in keys.items()) if keys else ""
    columns = {**{column: value.type for column, value in keys.items()}, **{column: kind for column, (_, kind, _) in made.items()}}
    return p.then(f"summarize {text}{by}", step, columns, next(iter(keys)) if len(keys) == 1 else None)


Aggregate = tuple[str, str, Callable[[Rows], Any]]


@st.composite
def aggregate(draw: st.DrawFn, p: Pipeline) -> Aggregate:
    kind = draw(st.sampled_from(["count", "countif", "sum", "sumif", "min", "max", "dcount", "arg_max", "take_any"]))
    match kind:
        case "count":
            return "count()", "long", len
        case "countif":
            test = draw(expressions(p.columns, "bool"))
            return f"countif({test})", "long", lambda rows: sum(test.of(row) is True for row in rows)
        case "sum":
            value = draw(expressions(p.columns, "long"))
            return f"sum({value})", "long", lambda rows: sum(value.of(row) or 0 for row in rows)
        case "sumif":
            value, test = draw(expressions(p.columns, "long")), draw(expressions(p.columns, "bool"))
            return f"sumif({value}, {test})", "long", lambda rows: sum(value.of(row) or 0 for row in rows if test.of(row) is True)
        case "min" | "max":
            value = draw(st.sampled_from(["long", "datetime", "real"]).flatmap(lambda k: expressions(p.columns, k)))
            best = min if kind == "min" else max
            return f"{kind}({value})", value.type, lambda rows: best([v for row in rows if (v := value.of(row)) is not None], default=None)
        case "dcount":
            value = draw(st.sampled_from(["long", "datetime", "string"]).flatmap(lambda k: expressions(p.columns, k)))
            return f"dcount({value})", "long", lambda rows: len({value.of(row) for row in rows} - {None})
        case _:
            return "count()", "long", len


def arg_max(draw: st.DrawFn, p: Pipeline) -> Pipeline:
    """By the unique column, so that the row is a certain one."""
    if p.unique is None or p.columns[p.unique] != "long":
        return p
    unique, least = p.unique, draw(st.booleans())
    keys = [key for key in chosen(draw, p.columns, most=2) if key != unique]
    rest = [column for column in p.columns if column not in (*keys, unique)]

    def step(rows: Rows, _: Tables) -> Rows:
        groups: dict[tuple[Any, ...], Rows] = {}
        for row in rows:
            groups.setdefault(tuple(row[key] for key in keys), []).append(row)
        pick = min if least else max
        some = [[row for row in group if row[unique] is not None] or group for group in groups.values()]
        best = [pick(group, key=lambda row: row[unique] or 0) for group in some]
        return best or ([{column: missing(kind) for column, kind in p.columns.items()}] if not keys else [])

    columns = {column: p.columns[column] for column in (*keys, unique, *rest)}
    by = f" by {', '.join(map(name, keys))}" if keys else ""
    return p.then(f"summarize arg_{'min' if least else 'max'}({name(unique)}, *){by}", step, columns, unique)


def top(draw: st.DrawFn, p: Pipeline) -> Pipeline:
    """By all columns, so that the rows are certain ones."""
    columns = draw(st.permutations(sorted(p.columns)))
    keys = [(column, draw(st.booleans()), draw(st.sampled_from(["", " nulls first", " nulls last"]))) for column in columns]
    count = draw(st.integers(0, 4))
    text = ", ".join(f"{name(column)} {'desc' if down else 'asc'}{nulls}" for column, down, nulls in keys)
    return p.then(f"sort by {text} | take {count}", lambda rows, _: in_order(rows, keys)[:count], p.columns, p.unique)


def in_order(rows: Rows, keys: Sequence[tuple[str, bool, str]]) -> Rows:
    for column, down, nulls in reversed(keys):
        first = nulls == " nulls first" if nulls else not down
        full = sorted((row for row in rows if row[column] is not None), key=lambda row, c=column: row[c], reverse=down)  # type: ignore[misc]
        if down:  # sorted(reverse=True) is stable too
            full = sorted([row for row in rows if row[column] is not None], key=lambda row, c=column: row[c], reverse=True)  # type: ignore[misc]
        empty = [row for row in rows if row[column] is None]
        rows = empty + full if first else full + empty
    return rows


def top_redefined(draw: st.DrawFn, p: Pipeline) -> Pipeline:
    """The first rows by the unique column, which another value stands for afterwards."""
    if p.unique is None:
        return p
    unique, down, count = p.unique, draw(st.booleans()), draw(st.integers(1, 2))
    other = draw(st.sampled_from(sorted(p.columns)))
    value = draw(st.just(Expression(name(other), p.columns[other], lambda row: row[other])) | any_expression(p.columns))

    def step(rows: Rows, _: Tables) -> Rows:
        best = in_order(rows, [(unique, down, "")])[:count]
        return [{**row, unique: value.of(row)} for row in best]

    text = f"top {count} by {name(unique)} {'desc' if down else 'asc'} | extend {name(unique)} = {value}"
    return p.then(text, step, {**p.columns, unique: value.type})


def expand(draw: st.DrawFn, p: Pipeline) -> Pipeline:
    """Rows for the elements of an array, and the lists of these in their order again."""
    made = [draw(expressions(p.columns, "long")) for _ in range(draw(st.integers(1, 3)))]
    new = draw(st.sampled_from([*NEW, *p.columns]))
    array = f"pack_array({', '.join(map(str, made))})"
    columns = {**p.columns, new: "long"}
    return p.then(
        f"mv-expand {name(new)} = {array} to typeof(long)",
        lambda rows, _: [{**row, new: value.of(row)} for row in rows for value in made],
        columns,
    )


# ---------------------------------------------------------------- two tables
@st.composite
def other_side(draw: st.DrawFn, columns: Columns) -> tuple[str, dict[str, Expression], Expression]:
    """``Z`` with a filter and these columns computed."""
    test = draw(expressions(START, "bool", 1))
    made = {column: draw(expressions(START, kind, 1)) for column, kind in columns.items()}
    text = ", ".join(f"{name(column)} = {value}" for column, value in made.items())
    return f"(Z | where {test} | project {text})", made, test


def union(draw: st.DrawFn, p: Pipeline) -> Pipeline:
    shared = chosen(draw, p.columns, most=3)
    extra = draw(st.lists(st.sampled_from([c for c in NEW if c not in p.columns] or ["Q"]), max_size=1))
    legs = {**{column: p.columns[column] for column in shared}, **{column: draw(st.sampled_from(["long", "string"])) for column in extra}}
    kql, made, test = draw(other_side(legs))
    columns = {**p.columns, **legs}
    nothing = {column: missing(kind) for column, kind in columns.items()}

    def step(rows: Rows, tables: Tables) -> Rows:
        return [{**nothing, **row} for row in [*rows, *(computed(made, row) for row in tables["Z"] if test.of(row) is True)]]

    return p.then(f"union {kql}", step, columns)


KINDS = ["inner", "innerunique", "leftouter", "rightouter", "fullouter", "leftsemi", "leftanti", "rightsemi", "rightanti", "lookup"]


def join(draw: st.DrawFn, p: Pipeline) -> Pipeline:
    keys = [key for key in chosen(draw, p.columns, most=2) if p.columns[key] not in ("real", "bool")]
    if not keys:
        return p
    kind = draw(st.sampled_from(KINDS))
    extra = draw(st.lists(st.sampled_from([*NEW, *p.columns]), max_size=2, unique=True))
    right = {**{key: p.columns[key] for key in keys}, **{c: draw(st.sampled_from(["long", "string"])) for c in extra if c not in keys}}
    text, made, test = draw(other_side(right))
    names = {column: numbered(column, {*p.columns}) for column in right}
    taken = set(p.columns)
    for column in right:
        names[column] = numbered(column, taken)
        taken.add(names[column])
    left_null = {column: missing(k) for column, k in p.columns.items()}
    right_null = {names[column]: missing(k) for column, k in right.items()}

    def step(rows: Rows, tables: Tables) -> Rows:
        others = [computed(made, row) for row in tables["Z"] if test.of(row) is True]
        key_of = lambda row: tuple(row[key] for key in keys)  # noqa: E731
        shown = lambda row: {names[column]: value for column, value in row.items()}  # noqa: E731
        if kind.startswith(("left", "right")) and not kind.endswith("outer"):
            kept, by = (rows, others) if kind.startswith("left") else (others, rows)
            there = {key_of(row) for row in by}
            return [row for row in kept if (key_of(row) in there) == kind.endswith("semi")]
        if kind == "innerunique":
            rows = list({key_of(row): row for row in rows}.values())
        found = [{**row, **shown(other)} for row in rows for other in others if key_of(row) == key_of(other)]
        if kind in ("leftouter", "fullouter", "lookup"):
            there = {key_of(row) for row in others}
            found += [{**row, **right_null} for row in rows if key_of(row) not in there]
        if kind in ("rightouter", "fullouter"):
            there = {key_of(row) for row in rows}
            found += [{**left_null, **shown(other)} for other in others if key_of(other) not in there]
        return found

    on = ", ".join(map(name, keys))
    if kind == "lookup":
        if any(names[column] != column for column in right if column not in keys):
            return p
        columns = {**p.columns, **{column: k for column, k in right.items() if column not in keys}}
        return p.then(f"lookup {text} on {on}", step, columns)
    if kind.startswith(("leftsemi", "leftanti", "rightsemi", "rightanti")):
        own = p.columns if kind.startswith("left") else right
        return p.then(f"join kind={kind} {text} on {on}", step, own, p.unique if kind.startswith("left") else None)
    both = {**p.columns, **{names[column]: k for column, k in right.items()}}
    joined = p.then(f"join kind={kind} {text} on {on}", step, both)
    if kind != "innerunique":
        return joined
    certain = [column for column in both if column in keys or column not in p.columns]  # of the left side, any row may come
    return joined.then(f"project {', '.join(map(name, certain))}", lambda rows, _: rows, {c: both[c] for c in certain})


def numbered(column: str, taken: set[str]) -> str:
    number, result = 0, column
    while result in taken:
        number += 1
        result = f"{column}{number}"
    return result


STAGES: list[Stage] = [
    where,
    extend,
    project,
    project_away,
    project_rename,
    distinct,
    summarize,
    arg_max,
    top,
    top_redefined,
    expand,
    union,
    join,
    where,
    extend,
]


@st.composite
def pipelines(draw: st.DrawFn, stages: Sequence[Stage] = STAGES, most: int = 5) -> Pipeline:
    pipeline = Pipeline(START)
    for stage in draw(st.lists(st.sampled_from(stages), min_size=1, max_size=most)):
        pipeline = stage(draw, pipeline)
    return pipeline
