"""The log source of a rule from the table of a query, and Sigma's names for its columns: the files of ``ruleconv/sigma/logsources`` read
backwards.

A category (``process_creation``) has a taxonomy of its own: it is taken when every column that the rule uses has a name there and the query
asks for exactly those events. A service (``signinlogs``) is one log, whose fields bear the log's own names: a column that the files do not
know keeps its name. Any other table is a log of its own: ``service: <table>``, and its columns are the fields (S44).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from ruleconv.ir import expr as ir
from ruleconv.ir.fidelity import Effect
from ruleconv.ir.query import Source
from ruleconv.ir.walk import walk
from ruleconv.sigma.events import LogSource
from ruleconv.sigma.logsources import Carrier, carriers
from ruleconv.sigma.logsources.model import At, Field, Pattern, Scalar
from ruleconv_backends.sigma.tree import Tree, asks_for_folder

_PLATFORMS = ("sentinel", "defender", "asim")
_MIXED = frozenset(
    {
        "AlertInfo",
        "CloudAppEvents",
        "CommonSecurityLog",
        "Event",
        "OfficeActivity",
        "SecurityAlert",
        "SecurityEvent",
        "Syslog",
        "WindowsEvent",
    }
)
"""Tables with the events of many sources: only a filter of the query tells whose they are."""
_ALL_OF_TABLE = {
    ("DeviceProcessEvents", "ActionType"): "ProcessCreated",
    ("DeviceImageLoadEvents", "ActionType"): "ImageLoaded",
    ("SecurityEvent", "Channel"): "Security",
}
"""What is the same for all events of a table, so that queries leave it out
(https://learn.microsoft.com/defender-xdr/advanced-hunting-deviceprocessevents-table). In SecurityEvent, AppLocker's events are of other
channels; a query that asks for event ids of the Security channel does not see them."""
_APPLOCKER = {str(number) for number in range(8000, 8041)}
_OWN_CATEGORY = {"security": (4688,), "sysmon": (*range(1, 30), 255)}
"""Event ids of Windows that rules ask for by category, as ``sigma check`` has it."""


_NAMES = {"FileName": "FolderPath", "InitiatingProcessFileName": "InitiatingProcessFolderPath"}
"""Columns of Defender XDR: the second holds the first as its last part
(https://learn.microsoft.com/defender-xdr/advanced-hunting-deviceprocessevents-table)."""


class NoName(Exception):
    """The log source has no field for a column."""


@dataclass(frozen=True, slots=True)
class Named:
    """A table as Sigma calls it. ``fields``: paths of columns and the fields for them. ``strict``: there are no others. ``below``: a
    column whose keys are fields of their own names. ``taken``: folded names that mean something else than the column of that name.
    ``implied``: the filters of the query that the log source stands for. ``paths``: for columns with the name of a file, the field with its
    whole path. ``products``: those whose events the table has, where there are several."""

    logsource: dict[str, str]
    fields: dict[tuple[str, ...], str]
    strict: bool = False
    taken: frozenset[str] = frozenset()
    below: str = ""
    implied: tuple[ir.Expr, ...] = ()
    paths: Mapping[str, str] = field(default_factory=dict)
    products: frozenset[str] = frozenset()

    def field(self, path: tuple[str, ...]) -> str:
        """The field for a column and the keys below it. Raises NoName."""
        found = self.fields.get(path)
        if found is not None:
            return found
        if self.below and path[0] == self.below and len(path) == 2:
            return path[1]
        for cut in range(len(path) - 1, 0, -1):
            if path[:cut] in self.fields:
                return ".".join((self.fields[path[:cut]], *path[cut:]))
        name = ".".join(path)
        if self.strict or name.casefold() in self.taken:
            raise NoName(name)
        return name

    @property
    def separators(self) -> str:
        """What may stand before a file's name in its path."""
        products = self.products or {self.logsource.get("product", "")}
        return "".join(each for each, found in (("\\", "windows" in products), ("/", bool(products - {"windows"}))) if found)

    def on_windows(self, tree: Tree) -> Named:
        """With Windows as the product, where an event of another one cannot pass: paths with backslashes are asked for."""
        if "windows" not in self.products or not asks_for_folder(tree, frozenset(self.paths.values())):
            return self
        return replace(self, logsource={"product": "windows", **self.logsource})

    def whole_path(self, column: str) -> str:
        """The field that holds the whole path of a file of which the column has the name, or nothing."""
        return self.paths.get(column, "")


def choices(source: Source, filters: list[ir.Expr], known: Mapping[str, str], *, own: bool = False) -> Iterator[Named]:
    """The log sources that a table's events may be, best first; the last one takes any column. ``known``: that of a rule that was Sigma's
    before. Its fields are the columns where it has not left Sigma (``own``), or became a query of the placeholder table; a query of a real
    table is read like any other, and a log source that may be the known one comes first."""
    if known and (own or source.table == LogSource.of(known).name):
        yield Named(dict(known), {})
        return
    found: list[tuple[int, Pattern, Named]] = []
    for carrier in _of_table(source.table):
        implied = _implied(carrier, filters)
        for pattern in carrier.logsources:
            if implied is None or (not implied and not carrier.filter and source.table in _MIXED):
                continue
            by_service = bool(pattern.service and pattern.service[0]) and not (pattern.category and pattern.category[0])
            if by_service and _has_own_category(pattern, filters):
                continue
            below = carrier.rest if carrier.is_wide else ""
            fields = _backwards(carrier, by_service)
            paths = {} if by_service else _paths(carrier, fields)
            named = Named(_parts(pattern), fields, not by_service, frozenset(carrier.folded), below, implied, paths)
            of_that_name = by_service and source.table.lower() in (pattern.service or ())
            found.append((0 if of_that_name else carrier.rank, pattern, named))
    found.sort(key=lambda each: (not _may_be(each[1], known), each[0]))
    for _, pattern, named in found:
        if _may_be(pattern, known):
            yield replace(named, logsource=dict(known))
            continue
        others = [other for _, other, _ in found if other.category == pattern.category and other.service == pattern.service]
        products = {product for other in others for product in _given(other.product)}
        if len(products) > 1:
            named.logsource.pop("product", None)
            named = replace(named, products=frozenset(products))
        yield named
    yield Named({"service": source.table.lower()}, {})


def _may_be(pattern: Pattern, known: Mapping[str, str]) -> bool:
    """Whether rules on the known log source are among those of the pattern."""
    parts = zip(("product", "category", "service"), pattern.parts, strict=True)
    return bool(known) and all(values is None or known.get(name, "").casefold() in values for name, values in parts)


def _paths(carrier: Carrier, fields: Mapping[tuple[str, ...], str]) -> dict[str, str]:
    made = {name: fields[(path,)] for name, path in _NAMES.items() if (path,) in fields}
    for name, known in carrier.fields.items():
        if known.only_name and isinstance(known.form, At) and len(known.form.path) == 1 and not known.values:
            made.setdefault(str(known.form.path[0]), name)
    return made


@cache
def _by_table() -> dict[str, list[Carrier]]:
    tables: dict[str, list[Carrier]] = {}
    for platform in _PLATFORMS:
        for carrier in carriers(platform):
            if not carrier.alternative:
                tables.setdefault(carrier.name, []).append(carrier)
    return tables


def _of_table(table: str) -> list[Carrier]:
    return _by_table().get(table, [])


def _parts(pattern: Pattern) -> dict[str, str]:
    """The log source as a rule writes it: of several, the first, but of products none."""
    parts = {name: _given(values) for name, values in zip(("product", "category", "service"), pattern.parts, strict=True)}
    return {name: values[0] for name, values in parts.items() if len(values) == 1 or (values and name != "product")}


def _given(values: tuple[str, ...] | None) -> tuple[str, ...]:
    """Without the empty one, which stands for a rule that does not say."""
    return tuple(value for value in values or () if value)


def _backwards(carrier: Carrier, own: bool) -> dict[tuple[str, ...], str]:
    """The field for each column and path that a carrier's fields stand for as they are: the first, or (``own``) that of the column's own
    name."""
    made: dict[tuple[str, ...], str] = {}
    for name, known in carrier.fields.items():
        if not _is_plain(known):
            continue
        assert isinstance(known.form, At)
        path = tuple(str(step) for step in known.form.path)
        if path not in made or (own and name == ".".join(path)):
            made[path] = name
    return made


def _is_plain(known: Field) -> bool:
    spelt = known.values or known.prefixes or known.inside or known.only_name or known.json_text or known.tagged or known.registry_type
    return isinstance(known.form, At) and not known.form.parsed and not spelt and known.effect is Effect.EXACT


# ---------------------------------------------------------------- what tells a log source's events from the table's others
def _implied(carrier: Carrier, filters: list[ir.Expr]) -> tuple[ir.Expr, ...] | None:
    """The query's filters that ask for these events and no others; None when it does not ask for them."""
    found: list[ir.Expr] = []
    for column, values in carrier.filter:
        wanted = {_key(value) for value in values}
        test = next((each for each in filters if _asked(each, column) == wanted), None)
        if test is not None:
            found.append(test)
        elif wanted != {_key(_ALL_OF_TABLE.get((carrier.name, column), ""))} or not _all_of_table(carrier.name, column, filters):
            return None
    return tuple(found)


def _all_of_table(table: str, column: str, filters: list[ir.Expr]) -> bool:
    """The query sees no events but those of ``_ALL_OF_TABLE``."""
    if any(column in {_path(part) for part in walk(each)} for each in filters):
        return False
    if table != "SecurityEvent":
        return True
    return any((ids := _asked(each, "EventID")) and not ids & _APPLOCKER for each in filters)


def _key(value: Scalar) -> str:
    return str(value).casefold()


def _asked(node: ir.Expr, column: str) -> set[str]:
    """The values that a filter asks of the column, folded; nothing when it is no such filter."""
    match node:
        case ir.Match(how=ir.How.EQUALS, negated=False, quantifier=ir.Quantifier.ANY) if _path(node.subject) == column:
            values = [pattern.value if isinstance(pattern, ir.Literal) else None for pattern in node.patterns]
            flat = [each for value in values for each in (value if isinstance(value, list) else [value])]
            return {str(each).casefold() for each in flat} if all(isinstance(each, (str, int)) for each in flat) else set()
        case ir.Compare(op=ir.Comparison.EQ, left=left, right=ir.Literal(value=int() | str() as value)) if _path(left) == column:
            return {str(value).casefold()}
        case _:
            return set()


def _path(node: ir.Expr) -> str:
    match node:
        case ir.ColumnRef(name=name):
            return name
        case ir.Access(base=base, key=ir.Literal(value=str() as key)):
            return f"{_path(base)}.{key}"
        case ir.Call(function="tostring" | "toint" | "tolong", args=(inner,)) | ir.Cast(operand=inner):
            return _path(inner)
        case _:
            return ""


def _has_own_category(pattern: Pattern, filters: list[ir.Expr]) -> bool:
    """An event id that ``sigma check`` wants as a category."""
    if not pattern.product or "windows" not in pattern.product or not pattern.service:
        return False
    ids = {str(number) for number in _OWN_CATEGORY.get(pattern.service[0], ())}
    return any(ids & _asked(each, "EventID") for each in filters)
