"""The columns of a rule's result: their types, the stages that made them, and what the alert does with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from ruleconv.inspection.lineage import Lineage
from ruleconv.inspection.model import Mapping as MappedColumn
from ruleconv.inspection.model import OutputField, Use
from ruleconv.inspection.predicates import Reader
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.text import Span

_PLACEHOLDER = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")


def fields(query: q.Query, reader: Reader, kind: Callable[[str], str], uses: Mapping[str, tuple[Use, ...]]) -> Iterator[OutputField]:
    """Each column of the result. ``kind``: of the stage with a number; ``uses``: by column, what the alert does with it."""
    for column in query.columns:
        made = reader.terms.lineage.makers(query.body, column.name)
        numbers = tuple(dict.fromkeys(number for maker in made if (number := reader.number(maker.span))))
        kinds = tuple(dict.fromkeys(_kind(maker.kind, maker.span, reader, kind) for maker in made))
        texts = dict.fromkeys(
            f"{maker.table}.{maker.name}" if maker.table else reader.terms.text(maker.value) if maker.value is not None else ""
            for maker in made
        )
        listed = any(not maker.table for maker in made)
        of = tuple(text for text in texts if text and text != column.name)
        yield OutputField(column.name, column.type.value, kinds, numbers, of, listed, uses.get(column.name, ()))


def _kind(given: str, span: Span, reader: Reader, kind: Callable[[str], str]) -> str:
    """As written: several operators are one stage of the IR (``count`` is a ``summarize``)."""
    return kind(reader.number(span)) or given


def uses(rule: Mapping[str, object]) -> list[tuple[str, Use]]:
    """The columns that a Sentinel rule's alert takes values from, in the file's order."""
    found: list[tuple[str, Use]] = []
    for mapping in _mappings(rule.get("entityMappings")):
        for each in _mappings(mapping.get("fieldMappings")):
            name = f"{mapping.get('entityType', '')}.{each.get('identifier', '')}"
            found.append((str(each.get("columnName", "")), Use("entity", name)))
    found += [(str(each.get("columnName", "")), Use("entity", "")) for each in _mappings(rule.get("sentinelEntitiesMappings"))]
    details = rule.get("customDetails")
    if isinstance(details, dict):
        found += [(str(column), Use("detail", str(name))) for name, column in details.items()]
    override = rule.get("alertDetailsOverride")
    if isinstance(override, dict):
        for key, text in override.items():
            if isinstance(text, str):
                columns = _PLACEHOLDER.findall(text) if "{{" in text else [text] if key.endswith("ColumnName") else []
                found += [(column, Use("alert", str(key))) for column in columns]
            for each in _mappings(text):
                found.append((str(each.get("value", "")), Use("alert", str(each.get("alertProperty", key)))))
    return [(column, use) for column, use in found if column]


def mapped(found: list[tuple[str, Use]], query: q.Query | None) -> tuple[MappedColumn, ...]:
    """With whether the result has the column."""
    known = {column.name for column in query.columns} if query is not None else set[str]()
    return tuple(
        MappedColumn(column, use, True if column in known else None if query is None or query.open else False) for column, use in found
    )


def by_column(found: list[tuple[str, Use]]) -> dict[str, tuple[Use, ...]]:
    made: dict[str, tuple[Use, ...]] = {}
    for column, use in found:
        made[column] = (*made.get(column, ()), use)
    return made


def _mappings(value: object) -> list[dict[str, object]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def sources(query: q.Query, lineage: Lineage, column: str) -> tuple[str, ...]:
    """The columns of tables that a column of the result is."""
    return lineage.sources(ir.ColumnRef(column, next(c.type for c in query.columns if c.name == column)), query.body)
