"""The matrix of what each backend supports, found by translating a sample of everything: nothing in it is claimed by hand.

Operators have the samples below, functions and aggregates the examples of their catalogue records.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ruleconv import catalogue
from ruleconv.catalogue.model import Aggregate, Function
from ruleconv.diagnostic import Unsupported
from ruleconv.ir.fidelity import Effect
from ruleconv.ir.types import Column, Type
from ruleconv.schema import Schema, Table
from ruleconv.translation import translate

DIALECTS = ("postgres", "duckdb")
EXACT, NOTED, REFUSED = "exact", "noted", "refused"

SCHEMA = Schema.of(
    Table(
        name,
        (
            Column("t", Type.DATETIME),
            Column("k", Type.STRING),
            Column("s", Type.STRING),
            Column("n", Type.LONG),
            Column("x", Type.REAL),
            Column("d", Type.DYNAMIC),
        ),
    )
    for name in ("T", "U")
)
"""What the samples read."""

_JOINS = ("innerunique", "inner", "leftouter", "rightouter", "fullouter", "leftsemi", "rightsemi", "leftanti", "rightanti")
_STRINGS = ("==", "!=", "=~", "!~", "has", "!has", "has_cs", "hasprefix", "hassuffix", "contains", "contains_cs", "startswith", "endswith")

SAMPLES: dict[str, dict[str, str]] = {
    "Tabular operators": {
        "as": "T | as A",
        "consume": "T | consume",
        "count": "T | count",
        "datatable": "datatable(a: long, b: string)[1, 'x', 2, 'y']",
        "distinct": "T | distinct k, s",
        "evaluate bag_unpack (with a schema)": "T | project d | evaluate bag_unpack(d) : (a: long, b: string)",
        "evaluate narrow": "T | project n | evaluate narrow()",
        "evaluate pivot (with a schema)": "T | evaluate pivot(k, count(), s) : (s: string, a: long)",
        "extend": "T | extend y = n + 1",
        "externaldata": "externaldata(a: long)['https://example.org/a.csv']",
        "facet": "T | facet by k",
        "find": "find in (T, U) where k == 'x' project n",
        "fork": "T | fork (count) (take 1)",
        "getschema": "T | getschema",
        "invoke": "let f = (a: (n: long)) { a | where n > 1 }; T | invoke f()",
        **{f"join kind={kind}": f"T | join kind={kind} U on k" for kind in _JOINS},
        "lookup": "T | lookup U on k",
        "lookup kind=inner": "T | lookup kind=inner U on k",
        "make-series": "T | make-series c = count() default = 0 on t from datetime(2024-01-01) to datetime(2024-01-08) step 1d by k",
        "mv-apply": "T | mv-apply e = d on (where e > 1 | summarize c = count())",
        "mv-expand": "T | mv-expand d to typeof(string)",
        "parse": "T | parse s with * 'user=' user: string ' id=' id: long",
        "parse kind=regex": "T | parse kind=regex s with 'a' user: string 'b+' id: long",
        "parse kind=relaxed": "T | parse kind=relaxed s with 'user=' user: string ' id=' id: long",
        "parse-kv": "T | parse-kv s as (a: string, b: long) with (pair_delimiter=' ', kv_delimiter='=')",
        "parse-where": "T | parse-where s with 'id=' id: long",
        "partition": "T | partition by k (top 1 by n)",
        "print": "print a = 1, b = 'x'",
        "project": "T | project k, y = n",
        "project-away": "T | project-away d, x",
        "project-keep": "T | project-keep k, n",
        "project-rename": "T | project-rename y = n",
        "project-reorder": "T | project-reorder n, *",
        "range": "range i from 1 to 10 step 1",
        "reduce": "T | reduce by s",
        "render": "T | summarize count() by k | render barchart",
        "sample": "T | sample 5",
        "sample-distinct": "T | sample-distinct 5 of k",
        "scan": "T | sort by t asc | scan declare (c: long = 0) with (step a: n > 1 => c = a.c + 1;)",
        "search": "search in (T, U) 'x'",
        "serialize": "T | serialize r = row_number()",
        "sort": "T | sort by t asc, n desc nulls last",
        "summarize": "T | summarize c = count(), m = max(n) by k, bin(t, 1h)",
        "take": "T | take 5",
        "top": "T | top 5 by n",
        "top-hitters": "T | top-hitters 2 of k",
        "top-nested": "T | top-nested 2 of k by sum(n)",
        "union": "union T, U",
        "union kind=inner": "union kind=inner T, (U | project k)",
        "union withsource": "union withsource = w T, U",
        "where": "T | where n > 1 and isnotempty(k)",
    },
    "Statements": {
        "let (scalar)": "let a = 5; T | where n > a",
        "let (table)": "let a = T | where n > 5; a | join kind=inner a on k",
        "let (function)": "let f = (a: long, b: string = 'x') { a + strlen(b) }; T | extend y = f(n)",
        "let (function with a table)": "let f = (a: (k: string), v: string) { a | where k == v }; f(T, 'x')",
        "set": "set notruncation; T",
        "declare query_parameters": "declare query_parameters(a: long = 1); T | where n == a",
        "materialize": "let a = materialize(T | summarize c = count() by k); a | where c > toscalar(a | summarize max(c))",
        "toscalar": "T | where n > toscalar(U | summarize max(n))",
    },
    "Scalar operators": {
        **{f"string {op}": f"T | where s {op} 'x'" for op in _STRINGS},
        "has_any": "T | where s has_any ('a', 'b')",
        "has_all": "T | where s has_all ('a', 'b')",
        "matches regex": "T | where s matches regex '^a+b'",
        "in": "T | where s in ('a', 'b')",
        "in~": "T | where s in~ ('a', 'b')",
        "!in": "T | where s !in ('a', 'b')",
        "in (a table)": "T | where k in ((U | project k))",
        "between": "T | where t between (datetime(2024-01-01) .. 1d)",
        "+ - * / %": "T | extend a = n + 1, b = n - 1, c = n * 2, e = n / 2, f = n % 2",
        "datetime arithmetic": "T | extend a = t + 1d, b = t - datetime(2024-01-01)",
        "dynamic access": "T | extend a = d.a.b, b = d['a'], c = d[0], e = d[-1]",
    },
}

_IN_QUERIES = {
    "next": "T | sort by t asc | extend y = next(n)",
    "prev": "T | sort by t asc | extend y = prev(n, 1, 0)",
    "row_cumsum": "T | sort by t asc | extend y = row_cumsum(n, k != prev(k))",
    "row_number": "T | sort by t asc | extend y = row_number()",
    "row_rank_dense": "T | sort by n asc | extend y = row_rank_dense(n)",
    "row_rank_min": "T | sort by n asc | extend y = row_rank_min(n)",
    "row_window_session": "T | sort by t asc | extend y = row_window_session(t, 1h, 5m, k != prev(k))",
    "pack_all": "T | extend y = pack_all()",
    "bag_pack_columns": "T | extend y = bag_pack_columns(k, n)",
    "now": "print now()",
    "ago": "print ago(1d)",
    "rand": "print rand()",
    "new_guid": "print new_guid()",
    "ingestion_time": "T | extend y = ingestion_time()",
    "current_database": "print current_database()",
    "geo_info_from_ip_address": "print geo_info_from_ip_address('20.53.203.50')",
}
"""Functions whose value depends on rows, the clock or chance, so that their records have no example."""


@dataclass(frozen=True, slots=True)
class Cell:
    """``word``: exact, noted or refused; ``reason``: the note, or what to do instead."""

    word: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One operator or function; ``cells`` are in the order of ``DIALECTS``."""

    section: str
    name: str
    doc: str
    cells: tuple[Cell, ...]


def matrix(names: Iterable[str] = ()) -> Iterator[Row]:
    """Every row, or those whose name (or one of its words) is among ``names``."""
    wanted = set(names)
    for section, samples in SAMPLES.items():
        for name, kql in samples.items():
            if not wanted or wanted & {name, *name.split()}:
                yield Row(section, name, "", tuple(_cell((kql,), dialect) for dialect in DIALECTS))
    functions: dict[str, Function | Aggregate] = {record.name: record for record in catalogue.functions().values()}
    aggregates: dict[str, Function | Aggregate] = {record.name: record for record in catalogue.all_aggregates().values()}
    for section, records in (("Functions", functions), ("Aggregates", aggregates)):
        for name, record in sorted(records.items()):
            if not wanted or wanted & {name, *record.aliases}:
                yield Row(section, name, record.doc, tuple(_cell(_samples(record), dialect, record) for dialect in DIALECTS))


def names() -> frozenset[str]:
    """What ``matrix`` can be asked for."""
    operators = {word for samples in SAMPLES.values() for name in samples for word in (name, *name.split())}
    records: tuple[Function | Aggregate, ...] = (*catalogue.functions().values(), *catalogue.all_aggregates().values())
    return frozenset(operators.union(name for record in records for name in (record.name, *record.aliases)))


def _samples(record: Function | Aggregate) -> tuple[str, ...]:
    if isinstance(record, Aggregate):
        return tuple(example.kql for example in record.examples)
    if record.name in _IN_QUERIES:
        return (_IN_QUERIES[record.name],)
    return tuple(f"print value = {example.kql}" for example in record.examples)


def _cell(samples: tuple[str, ...], dialect: str, record: Function | Aggregate | None = None) -> Cell:
    """What becomes of the samples: refused when all are, noted when one is refused or has a deviation."""
    if not samples:
        return Cell(REFUSED, record.refusal if record is not None else "")
    refusals: list[str] = []
    deviations: list[str] = []
    for kql in samples:
        try:
            made = translate(kql, source="kql", to="sql", dialect=dialect, schema=SCHEMA)
        except Unsupported as refusal:
            refusals.append(f"{refusal.message}{': ' + refusal.hint if refusal.hint else ''}")
        else:
            deviations.extend(f"{note.effect.value}: {note.message}" for note in made.notes if note.effect is not Effect.EXACT)
    if len(refusals) == len(samples):
        return Cell(REFUSED, refusals[0])
    if refusals or deviations:
        return Cell(NOTED, (deviations or [f"in part: {refusals[0]}"])[0])
    return Cell(EXACT)


def markdown(rows: Iterable[Row]) -> str:
    """docs/support.md."""
    lines = [
        "# What each backend supports",
        "",
        "Made by `ruleconv support --format markdown` (a test keeps it fresh) from a translation of a sample of each.",
        "**exact**: the same rows with the same values; **noted**: it differs in a way that every translation tells, or only in part;",
        "**refused**: an error with its place, never a guess.",
    ]
    section = ""
    for row in rows:
        if row.section != section:
            section = row.section
            lines += ["", f"## {section}", "| | " + " | ".join(DIALECTS) + " | |", "|---|" + "---|" * (len(DIALECTS) + 1)]
        reasons = dict.fromkeys(cell.reason for cell in row.cells if cell.reason)
        text = _escape("; ".join([row.doc.rstrip(".")] * bool(row.doc) + [f"*{reason}*" for reason in reasons]))
        words = " | ".join(f"**{cell.word}**" if cell.word == REFUSED else cell.word for cell in row.cells)
        lines.append(f"| `{_escape(row.name)}` | {words} | {text} |")
    return "\n".join(lines) + "\n"


def _escape(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
