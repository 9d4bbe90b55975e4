"""Where a column comes from: the stages that made it, and the column of a table that it is at last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.correlation import Correlate
from ruleconv.text import NOWHERE, Span

DEEPEST = 60
MOST = 64
"""Makers of one column: a union of unions may have any number."""

TRANSPARENT = frozenset((
    "tostring", "parse_json", "tolower", "toupper", "trim", "trim_start", "trim_end", "toint", "tolong", "todouble", "tobool", "todatetime",
    "toguid", "url_decode", "parse_xml", "column_ifexists",
))  # fmt: skip
"""Functions whose result still is the field that they are given."""


@dataclass(frozen=True, slots=True)
class Maker:
    """``kind``: of the stage. ``value``: the expression, over the columns of ``input``; None where the stage has none (a table's own
    column, a capture of ``parse``). ``table``: of a table's own column."""

    kind: str
    span: Span
    name: str
    value: ir.Expr | None = None
    input: q.Rel | None = None
    table: str = ""


class Lineage:
    """Over one query. ``lets``: its tabular lets."""

    def __init__(self, lets: Iterable[q.Let]) -> None:
        self.lets: dict[str, q.Rel] = {let.name: let.rel for let in lets}
        self._makers: dict[tuple[int, str], tuple[Maker, ...]] = {}
        self._keep: list[q.Rel] = []

    def makers(self, rel: q.Rel, name: str) -> tuple[Maker, ...]:
        """The stages that give the column its value, one for each leg of a union."""
        key = (id(rel), name)
        found = self._makers.get(key)
        if found is None:
            self._makers[key] = ()  # a column that is asked for while it is looked up: rows of themselves
            found = self._makers[key] = tuple(_some(self._find(rel, name, {})))
            self._keep.append(rel)
        return found

    def _find(self, rel: q.Rel, name: str, contexts: Mapping[str, q.Rel]) -> Iterator[Maker]:
        waiting: list[tuple[q.Rel, str]] = [(rel, name)]
        steps = 0
        contexts = dict(contexts)
        while waiting and steps < 5_000:
            steps += 1
            at, name = waiting.pop()
            match at:
                case q.Source():
                    yield Maker("source", at.span, name, table=at.table)
                case q.LetRef():
                    target = contexts.get(at.name) or self.lets.get(at.name)
                    if target is None or target is at:
                        yield Maker("source", at.span, name, table=at.name)
                    else:
                        waiting.append((target, name))
                case q.Rows() | q.RangeRows() | q.External():
                    kind = {"Rows": "datatable", "RangeRows": "range"}.get(type(at).__name__, "externaldata")
                    yield Maker(kind, at.span, name)
                case q.Filter() | q.Sort() | q.Limit():
                    waiting.append((at.input, name))
                case q.Extend() | q.Serialize():
                    value = _named(at.values, name)
                    if value is None or _is_cast(value, name):
                        waiting.append((at.input, name))
                    else:
                        yield Maker("extend" if isinstance(at, q.Extend) else "serialize", at.span, name, value, at.input)
                case q.Project():
                    value = _named(at.values, name)
                    same = isinstance(value, ir.ColumnRef) and value.name == name
                    if value is not None and not (same and at.kind is not q.ProjectKind.PROJECT):
                        yield Maker(at.kind.value, at.span, name, value, at.input)
                    else:
                        waiting.append((at.input, name))
                case q.Aggregate():
                    yield Maker("summarize", at.span, name, _named((*at.keys, *at.aggregates), name), at.input)
                case q.Distinct():
                    yield Maker("distinct", at.span, name, _named(at.values, name), at.input)
                case q.Join():
                    found = next((each for each in at.output if each.name == name), None)
                    if found is None:
                        waiting.append((at.left, name))
                    else:
                        waiting.append((at.left if found.side is q.Side.LEFT else at.right, found.source.name))
                case q.Union():
                    number = next((i for i, column in enumerate(at.columns) if column.name == name), -1)
                    if name == at.withsource or number < 0:
                        yield Maker("union", at.span, name)
                        continue
                    for leg in reversed(at.legs):
                        source = leg.sources[number] if number < len(leg.sources) else None
                        if source is not None:
                            waiting.append((leg.input, source.name))
                case q.Apply() | q.PartitionBy():
                    contexts.setdefault(at.context, at.input)
                    inside = isinstance(at, q.PartitionBy) or name in at.from_body
                    expanded = isinstance(at, q.Apply) and any(each.name == name for each in at.values)
                    if expanded and not any(name == column.name for column in at.body.columns):
                        yield Maker("mv-apply", at.span, name)
                    else:
                        waiting.append((at.body if inside else at.input, name))
                case q.Expand():
                    value = next((each.value for each in at.values if each.name == name), None)
                    if value is not None or name == at.item_index:
                        yield Maker("mv-expand", at.span, name, value, at.input)
                    else:
                        waiting.append((at.input, name))
                case _:
                    below = getattr(at, "input", None)
                    if below is not None and any(column.name == name for column in below.columns) and not isinstance(at, q.Plugin):
                        waiting.append((below, name))
                    else:
                        yield Maker(_KINDS.get(type(at), "evaluate"), getattr(at, "span", NOWHERE), name)

    def sources(self, node: ir.Expr, rel: q.Rel | None, depth: int = 0) -> tuple[str, ...]:
        """``Table.path`` of what the expression is, where it is nothing but a field of a table; each table of a union has its own."""
        if rel is None or depth > DEEPEST:
            return ()
        match node:
            case ir.ColumnRef():
                found: dict[str, None] = {}
                for maker in self.makers(rel, node.name):
                    if maker.table:
                        found[f"{maker.table}.{maker.name}"] = None
                    elif maker.value is not None:
                        found.update(dict.fromkeys(self.sources(maker.value, maker.input, depth + 1)))
                return tuple(found)
            case ir.Access(base=base, key=ir.Literal(value=key)):
                step = f"[{key}]" if isinstance(key, int) else f".{key}"
                return tuple(f"{each}{step}" for each in self.sources(base, rel, depth + 1))
            case ir.Cast(operand=operand):
                return self.sources(operand, rel, depth + 1)
            case ir.Call() if node.function in TRANSPARENT and node.args:
                return self.sources(node.args[-1] if node.function.startswith("trim") else node.args[0], rel, depth + 1)
            case _:
                return ()

    def definition(self, name: str, rel: q.Rel | None) -> Maker | None:
        """What a column is made of, through renamings; None of a table's own column, and of one that several legs make."""
        for _ in range(DEEPEST):
            if rel is None:
                return None
            found = self.makers(rel, name)
            if len(found) != 1 or found[0].value is None:
                return None
            value = found[0].value
            if not isinstance(value, ir.ColumnRef):
                return found[0]
            name, rel = value.name, found[0].input
        return None


_KINDS: dict[type, str] = {
    q.Parse: "parse",
    q.ParseKeyValue: "parse-kv",
    q.MakeSeries: "make-series",
    q.TopNested: "top-nested",
    q.SampleDistinct: "sample-distinct",
    q.Plugin: "evaluate",
    q.Scan: "scan",
    Correlate: "correlation",
}


def _named(values: Iterable[q.Named], name: str) -> ir.Expr | None:
    return next((each.value for each in values if each.name == name), None)


def _is_cast(value: ir.Expr, name: str) -> bool:
    """The column itself in another type: the binder's work (legs of a union that differ in type)."""
    return isinstance(value, ir.Cast) and isinstance(value.operand, ir.ColumnRef) and value.operand.name == name


def _some(makers: Iterator[Maker]) -> Iterator[Maker]:
    seen = set()
    for maker in makers:
        if (maker.span, maker.kind, maker.name, maker.table) not in seen:
            seen.add((maker.span, maker.kind, maker.name, maker.table))
            yield maker
        if len(seen) >= MOST:
            return
