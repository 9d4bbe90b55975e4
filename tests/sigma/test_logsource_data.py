"""The files of ``ruleconv/sigma/logsources/``: their tables, columns and log sources exist, and each says where its facts come from."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from ruleconv.ir.types import Type
from ruleconv.schema import asim, bundled
from ruleconv.schema.model import Table
from ruleconv.sigma import logsources
from ruleconv.sigma.logsources import Carrier, carriers, page
from ruleconv.sigma.logsources.model import At, Either, First, Form, Hashes, Join, Same, Stripped, Switch
from ruleconv.sigma.logsources.reader import path_of

FOLDER = Path(logsources.FOLDER)
FILES = sorted(FOLDER.glob("*/*.toml"))
PLATFORMS = sorted(each.name for each in FOLDER.iterdir() if each.is_dir() and any(each.glob("*.toml")))
CARRIERS = [each for platform in PLATFORMS for each in carriers(platform)]
PROVENANCE = re.compile(r"# Provenance \(\d{4}-\d{2}-\d{2}\):\n(?:#.*\n)*?# https://\S+")


def table_of(carrier: Carrier) -> Table:
    found = bundled().table(carrier.name) or asim().table(carrier.name)
    assert found is not None, f"{carrier.file}: no table {carrier.name}"
    return found


def columns_of(form: Form) -> Iterator[At]:
    """Every column or path that the form reads."""
    match form:
        case At():
            yield form
        case Same():
            return
        case Join(first, second):
            yield from (*columns_of(first), *columns_of(second))
        case First(forms) | Either(forms):
            for each in forms:
                yield from columns_of(each)
        case Hashes(columns):
            for _, each in columns:
                yield from columns_of(each)
        case Stripped(inner):
            yield from columns_of(inner)
        case Switch(cases, otherwise):
            for when, then in cases:
                yield from (*(path_of(column) for column, _ in when), *columns_of(then))
            yield from columns_of(otherwise)


def paths_of(carrier: Carrier) -> Iterator[tuple[str, At]]:
    for name, each in carrier.fields.items():
        yield from ((name, at) for at in columns_of(each.form))
        if each.registry_type is not None:
            yield name, each.registry_type
    yield from (("filter", path_of(column)) for column, _ in carrier.filter)
    yield from carrier.fronts
    yield from (("keywords", each) for each in carrier.keywords)
    if carrier.time:
        yield "time", path_of(carrier.time)
    if carrier.rest not in ("", "."):
        yield "rest", path_of(carrier.rest)


def ids(carrier: Carrier) -> str:
    return f"{carrier.platform}/{carrier.file}:{carrier.name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_file_says_where_its_facts_come_from(path: Path) -> None:
    assert PROVENANCE.match(path.read_text(encoding="utf-8"))


def test_the_page_is_fresh() -> None:
    written = (Path(__file__).parents[2] / "docs/logsources.md").read_text(encoding="utf-8")
    assert written == page.markdown(), "python tools/refresh_docs.py"


def test_every_file_belongs_to_a_platform() -> None:
    assert PLATFORMS == ["asim", "defender", "sentinel"]
    assert {(each.platform, each.file) for each in CARRIERS} == {(path.parent.name, path.name) for path in FILES}


@pytest.mark.parametrize("carrier", CARRIERS, ids=ids)
def test_every_column_exists_and_a_path_leads_into_one_that_has_parts(carrier: Carrier) -> None:
    table = table_of(carrier)
    for field, at in paths_of(carrier):
        column = table.column(str(at.path[0]))
        assert column is not None, f"{field}: {carrier.name} has no column {at.path[0]}, rather {table.suggest(str(at.path[0]))}"
        if at.parsed:
            assert column.type is Type.STRING, f"{field}: {column.name} is no text to parse"
        elif len(at.path) > 1 or field.endswith(".") or field == "rest":
            assert column.type is Type.DYNAMIC, f"{field}: {column.name} is {column.type.value}, not dynamic"


@pytest.mark.parametrize("carrier", CARRIERS, ids=ids)
def test_no_field_is_there_twice(carrier: Carrier) -> None:
    folded = [name.casefold() for name in carrier.fields]
    assert len(folded) == len(set(folded)), "names that differ in case alone"
    assert not carrier.absent & set(folded), "a field that is mapped and absent"


@pytest.mark.parametrize("carrier", CARRIERS, ids=ids)
def test_every_log_source_is_spelt_as_sigma_spells_it(carrier: Carrier) -> None:
    with open(os.path.join(os.path.dirname(__file__), "taxonomy.toml"), "rb") as file:
        known = tomllib.load(file)
    parts: dict[str, dict[str, set[str]]] = {}
    for group in known.values():
        for product, names in group.items():
            for part in ("category", "service"):
                parts.setdefault(product, {}).setdefault(part, {""}).update(names.get(part, ()))
    assert carrier.logsources
    for pattern in carrier.logsources:
        products = pattern.product if pattern.product is not None else tuple(parts)
        assert set(products) <= set(parts), f"no such product: {products}"
        for part, given in (("category", pattern.category), ("service", pattern.service)):
            allowed = set().union(*(parts[product][part] for product in products))
            assert given is None or set(given) <= allowed, f"no such {part} of {products}: {set(given) - allowed}"


def test_a_filter_compares_with_values_of_its_columns_type() -> None:
    for carrier in CARRIERS:
        for name, values in carrier.filter:
            at = path_of(name)
            column = table_of(carrier).column(str(at.path[0]))
            assert column is not None
            assert values
            kind = {Type.INT: int, Type.LONG: int, Type.BOOL: bool}.get(column.type, str) if len(at.path) == 1 else (str, int)
            assert all(isinstance(value, kind) for value in values), f"{carrier.file}: {name} is {column.type.value}"
