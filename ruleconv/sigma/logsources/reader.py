"""From a file of ``logsources/`` to its ``Carrier``s. The files are ours: a mistake is a ``ValueError`` that names the file and the table,
and a test reads them all."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from ruleconv.ir.fidelity import Effect
from ruleconv.ir.types import Type
from ruleconv.sigma.logsources import model
from ruleconv.sigma.logsources.model import Carrier, Field, Filter, Form, Pattern, Scalar

_TABLE_KEYS = {
    "name", "logsources", "fields", "filter", "rank", "time", "rest", "rest_fields", "absent", "requires", "include", "notes",
    "keywords", "alternative", "arrays",
}  # fmt: skip
_FORMS = {"column", "is", "join", "folder", "first", "any", "hashes", "strip", "case"}
_EXTRAS = {
    "column": {"type"}, "join": {"with", "empty", "split"}, "folder": {"file"}, "case": {"otherwise"}, "strip": {"front"}
}  # fmt: skip
_SPELLING = {"values", "prefixes", "inside", "only_name", "json_text", "missing", "tagged", "registry_type", "note", "effect"}
_STEP = re.compile(r"\.?([A-Za-z_@][A-Za-z0-9_@-]*)|\[(\d+)\]|\['([^']*)'\]")


def read_file(path: str, platform: str) -> Iterator[Carrier]:
    """The tables of one file."""
    with open(path, "rb") as file:
        document = tomllib.load(file)
    shared = document.pop("fields", {})
    defaults = document.pop("defaults", {})
    tables = document.pop("table", [])
    name = os.path.basename(path)
    if document:
        raise ValueError(f"{name}: unknown key {next(iter(document))!r}")
    for table in tables:
        try:
            yield _carrier(defaults | table, shared, platform, name)
        except (ValueError, TypeError, KeyError) as error:
            raise ValueError(f"{name}: {table.get('name')}: {error}") from error


def _carrier(table: Mapping[str, Any], shared: Mapping[str, Any], platform: str, file: str) -> Carrier:
    _only(table, _TABLE_KEYS)
    fields: dict[str, Any] = {}
    for each in table.get("include", ()):
        fields |= shared[each]
    fields |= table.get("fields", {})
    rest_fields = tuple(table.get("rest_fields", ()))
    fronts = [(name[:-1], path_of(fields.pop(name).removesuffix(".*"))) for name in list(fields) if name.endswith(".*")]
    return Carrier(
        name=table["name"],
        platform=platform,
        logsources=tuple(_pattern(each) for each in table["logsources"]),
        fields={name: _field(value) for name, value in fields.items()},
        filter=_filter(table.get("filter", {})),
        rank=table.get("rank", 10),
        time=table.get("time", ""),
        rest=table.get("rest", ""),
        rest_fields=rest_fields,
        absent=frozenset(name.casefold() for name in table.get("absent", ())),
        requires=tuple(table.get("requires", ())),
        notes=tuple((Effect(each["effect"]), each["text"]) for each in table.get("notes", ())),
        keywords=tuple(path_of(each) for each in table.get("keywords", ())),
        alternative=table.get("alternative", False),
        arrays=frozenset(table.get("arrays", ())),
        file=file,
        fronts=tuple(sorted(fronts, key=lambda front: -len(front[0]))),
        folded={name.casefold(): name for name in (*rest_fields, *fields)},
    )


def _only(given: Mapping[str, Any], known: set[str]) -> None:
    if strange := set(given) - known:
        raise ValueError(f"unknown key {min(strange)!r}")


def _pattern(given: Mapping[str, Any]) -> Pattern:
    _only(given, {"product", "category", "service"})
    return Pattern(**{part: tuple(_texts(value)) for part, value in given.items()})


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(each, str) for each in values):
        raise ValueError(f"texts expected, not {value!r}")
    return values


def _filter(given: Mapping[str, Any]) -> Filter:
    return tuple((column, _scalars(value)) for column, value in given.items())


def _scalars(value: Any) -> tuple[Scalar, ...]:
    return tuple(value) if isinstance(value, list) else (value,)


def _spellings(given: Mapping[str, Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((name, tuple(_spelling(each) for each in _scalars(value))) for name, value in given.items())


def _spelling(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _field(given: Any) -> Field:
    if isinstance(given, str):
        return Field(path_of(given))
    spelling = {key: value for key, value in given.items() if key in _SPELLING}
    form = _form({key: value for key, value in given.items() if key not in _SPELLING})
    return Field(
        form,
        values=_spellings(spelling.get("values", {})),
        prefixes=_spellings(spelling.get("prefixes", {})),
        inside=_spellings(spelling.get("inside", {})),
        only_name=spelling.get("only_name", False),
        json_text=spelling.get("json_text", False),
        missing=spelling.get("missing", ""),
        tagged=spelling.get("tagged", ""),
        registry_type=path_of(spelling["registry_type"]) if "registry_type" in spelling else None,
        note=spelling.get("note", ""),
        effect=Effect(spelling.get("effect", "exact")),
    )


def _form(given: Any) -> Form:
    if isinstance(given, str):
        return path_of(given)
    kinds = _FORMS & set(given)
    if len(kinds) != 1:
        raise ValueError(f"one of {', '.join(sorted(_FORMS))} expected: {given!r}")
    (kind,) = kinds
    _only(given, {kind} | _EXTRAS.get(kind, set()))
    value = given[kind]
    match kind:
        case "column":
            return path_of(value, Type(given.get("type", "string")))
        case "is":
            return model.Same(value)
        case "join":
            first, second = value
            return model.Join(_form(first), _form(second), given["with"], given.get("empty", ""), given.get("split", True))
        case "folder":
            return model.Join(_form(value), _form(given["file"]), "\\")
        case "first":
            return model.First(tuple(_form(each) for each in value))
        case "any":
            return model.Either(tuple(_form(each) for each in value))
        case "hashes":
            return model.Hashes(tuple((name.upper(), _form(each)) for name, each in value.items()))
        case "strip":
            return model.Stripped(_form(value), given["front"])
        case _:
            cases = tuple((_filter(each["when"]), _form(each["then"])) for each in value)
            return model.Switch(cases, _form(given["otherwise"]))


def path_of(text: str, type_: Type = Type.STRING) -> model.At:
    steps: list[str | int] = []
    at = 0
    if parsed := text.startswith("parse_json("):
        column, closing, text = text.removeprefix("parse_json(").partition(")")
        if not closing:
            raise ValueError(f"no path: parse_json({column}")
        steps.append(column)
    while at < len(text):
        found = _STEP.match(text, at)
        if found is None:
            raise ValueError(f"no path: {text!r}")
        name, index, quoted = found.groups()
        steps.append(int(index) if index is not None else name if name is not None else quoted)
        at = found.end()
    if not steps or not isinstance(steps[0], str):
        raise ValueError(f"no path: {text!r}")
    return model.At(tuple(steps), type_, parsed)
