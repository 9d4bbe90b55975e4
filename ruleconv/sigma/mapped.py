"""Events for KQL: the tables of Defender XDR, Log Analytics and ASIM that carry a log source, by the data of ``logsources/`` (S38)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from ruleconv.diagnostic import Unsupported
from ruleconv.ir.expr import Expr
from ruleconv.ir.fidelity import Effect, Note
from ruleconv.ir.query import Rel
from ruleconv.ir.types import Type
from ruleconv.schema import Schema, asim, bundled
from ruleconv.schema.model import Table
from ruleconv.sigma.events import Events, LogSource
from ruleconv.sigma.logsources import Carrier, carriers
from ruleconv.sigma.logsources.model import At, Pattern
from ruleconv.sigma.mapped_events import MappedEvents
from ruleconv.sigma.spelling import short
from ruleconv.text import Span

DEFAULT = ("defender", "sentinel")
"""Whose tables are candidates when no platform is asked for."""

CONNECTED = 100
"""How much less the tables of another platform are preferred, that a connector brings."""

PLATFORMS = ("defender", "sentinel", "asim")

MOST_FIELDS = 8
"""How many names of fields a message lists."""

OTHER_TIME = "Timestamp"
"""When an event happened, on Defender's own portal; Log Analytics has the same tables with ``TimeGenerated``."""


class MappedPlatform:
    """See ``platforms.find``. ``name``: "defender", "sentinel", "asim", or None for the best fit."""

    def __init__(self, schema: Schema, name: str | None) -> None:
        self.schema, self.name = schema, name

    def choices(self, logsource: LogSource, fields: Iterable[str]) -> Iterator[Events]:
        """Tables that have all the fields, by rank; with no platform asked for, the generic form at last. Raises Unsupported with the name
        of a field that no table of the platform has, or of a log source that it does not carry."""
        wanted = tuple(dict.fromkeys(fields))
        if logsource.taxonomy:
            yield self._of_another_taxonomy(logsource, wanted)
            return
        serving = self._serving(logsource, wanted)
        passed_over: list[str] = []
        fits = False
        for each in serving:
            if missing := each.missing(wanted):
                passed_over.append(f"{each.carrier.name} has no {_listed(missing)}")
                continue
            fits = True
            yield MappedEvents(each.carrier, each.table, logsource, self._time(each), tuple(passed_over))
            passed_over.append(f"{each.carrier.name} cannot say a value that is asked for")
        if self.name is None:
            yield self._generic(logsource, wanted, passed_over)
        elif not fits:
            raise self._refusal(logsource, wanted, serving)

    def events(self, logsource: LogSource, fields: Iterable[str]) -> Events:
        return next(iter(self.choices(logsource, fields)))

    def _serving(self, logsource: LogSource, wanted: tuple[str, ...]) -> list[_Candidate]:
        """The tables for the log source, best first; those that require a field only for rules that ask for it."""
        found = _carrying(self.name, logsource.product.casefold(), logsource.category.casefold(), logsource.service.casefold())
        known = (each for each in found if all(need in wanted for need in each.requires))
        serving = [_Candidate(each, self._table(each.name)) for each in known if self._reaches(each)]
        return serving or self._named_after(logsource)

    def _named_after(self, logsource: LogSource) -> list[_Candidate]:
        """A service and nothing else that is the name of a table: that one, with its own columns, as a query that became Sigma has it
        (S44)."""
        if self.name is not None or logsource.product or logsource.category or not logsource.service:
            return []
        name = _table_names().get(logsource.service.casefold())
        table = self.schema.table(name) if name else None
        if table is None or table.open:
            return []
        paths = tuple((f"{column.name}.", At((column.name,))) for column in table.columns if column.type is Type.DYNAMIC)
        pattern = Pattern(service=(table.name.casefold(),))
        return [_Candidate(Carrier(table.name, "", (pattern,), {}, rest=".", fronts=paths), table)]

    def _table(self, name: str) -> Table:
        """The user's table of that name, else ours; a function of the workspace is open."""
        return self.schema.table(name) or bundled().table(name) or asim().table(name) or Table(name, (), open=True)

    def _reaches(self, carrier: Carrier) -> bool:
        """Log Analytics has Defender's tables as well, by their connector, but for a few."""
        return self.name != "sentinel" or carrier.platform == "sentinel" or self._table(carrier.name).column("TimeGenerated") is not None

    def _time(self, candidate: _Candidate) -> str:
        if candidate.carrier.time:
            return candidate.carrier.time
        return OTHER_TIME if self.name == "defender" and candidate.table.column(OTHER_TIME) else "TimeGenerated"

    def _generic(self, logsource: LogSource, wanted: tuple[str, ...], passed_over: list[str]) -> Events:
        from ruleconv.sigma.flat import FlatPlatform

        why = "; ".join(passed_over) or f"no table is known for {_described(logsource)}"
        return _Generic(FlatPlatform(self.schema).events(logsource, wanted), why, logsource.span)

    def _of_another_taxonomy(self, logsource: LogSource, wanted: tuple[str, ...]) -> Events:
        """Names of a taxonomy that is not Sigma's may mean anything."""
        which = f"the taxonomy {short(logsource.taxonomy)}, whose names are not Sigma's"
        if self.name is None:
            return self._generic(logsource, wanted, [f"the rule is written in {which}"])
        raise Unsupported(which, logsource.span, "rename its fields and log source with a processing pipeline and leave the taxonomy out")

    def _refusal(self, logsource: LogSource, wanted: tuple[str, ...], serving: list[_Candidate]) -> Unsupported:
        elsewhere = {name: MappedPlatform(self.schema, name)._serving(logsource, wanted) for name in PLATFORMS if name != self.name}
        if not serving:
            others = [name for name, found in elsewhere.items() if found]
            hint = f"the platform {others[0]!r} carries it" if others else "the platform 'generic' takes any log source"
            return Unsupported(f"the log source {_described(logsource)} on the platform {self.name!r}", logsource.span, hint)
        nearest = min(serving, key=lambda each: len(each.missing(wanted)))
        missing = nearest.missing(wanted)
        others = [name for name, found in elsewhere.items() if any(not each.missing(wanted) for each in found)]
        hint = f"the platform {others[0]!r} has it" if others else "the platform 'generic' takes any field"
        plural = "s" if len(missing) > 1 else ""
        return Unsupported(f"the field{plural} {_listed(missing)} in {nearest.carrier.name}", logsource.span, hint)


@cache
def _table_names() -> dict[str, str]:
    """The bundled tables by their names without case; those that differ in nothing else are left out."""
    found: dict[str, list[str]] = {}
    for name in bundled().names:
        found.setdefault(name.casefold(), []).append(name)
    return {folded: names[0] for folded, names in found.items() if len(names) == 1}


@dataclass(frozen=True, slots=True)
class _Candidate:
    carrier: Carrier
    table: Table

    def missing(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """Of these fields, those that the table does not have."""
        return tuple(name for name in wanted if MappedEvents.find(self.carrier, self.table, name) is None)


@lru_cache(maxsize=1024)
def _carrying(platform: str | None, product: str, category: str, service: str) -> tuple[Carrier, ...]:
    """The tables for a log source, best first: by rank, then by how many of its parts they name. On Log Analytics its own come first."""
    found: list[tuple[int, int, Carrier]] = []
    for carrier in (each for name in (DEFAULT if platform in (None, "sentinel") else (platform,)) for each in carriers(name)):
        if platform is None and carrier.alternative:
            continue
        best = max((_specificity(pattern, (product, category, service)) for pattern in carrier.logsources), default=-1)
        if best >= 0:
            connected = CONNECTED if platform == "sentinel" and carrier.platform != "sentinel" else 0
            found.append((carrier.rank + connected, -best, carrier))
    found.sort(key=lambda each: each[:2])
    return tuple(carrier for _, _, carrier in found)


def _specificity(pattern: Pattern, logsource: tuple[str, str, str]) -> int:
    """How many parts of the log source the pattern names; -1 if it is another."""
    count = 0
    for known, given in zip(pattern.parts, logsource, strict=True):
        if known is None:
            continue
        if given not in known:
            return -1
        count += 1
    return count


def _listed(fields: tuple[str, ...]) -> str:
    shown = ", ".join(short(each) for each in fields[:MOST_FIELDS])
    return shown if len(fields) <= MOST_FIELDS else f"{shown} and {len(fields) - MOST_FIELDS} more"


def _described(logsource: LogSource) -> str:
    parts = (("product", logsource.product), ("category", logsource.category), ("service", logsource.service))
    return ", ".join(f"{name} {short(value)}" for name, value in parts if value) or "without product, category and service"


class _Generic:
    """A placeholder table, with the note that says so."""

    def __init__(self, flat: Events, why: str, span: Span) -> None:
        self.flat, self.why, self.span = flat, why, span

    @property
    def rel(self) -> Rel:
        return self.flat.rel

    @property
    def time(self) -> Expr:
        return self.flat.time

    @property
    def notes(self) -> tuple[Note, ...]:
        message = f"the table and its columns are placeholders: {self.why}"
        return (*self.flat.notes, Note("LOG001", Effect.EXACT, message, self.span))

    def field(self, name: str, span: Span) -> Expr:
        return self.flat.field(name, span)

    def adapt(self, name: str, test: Expr, span: Span) -> Expr:
        return self.flat.adapt(name, test, span)
