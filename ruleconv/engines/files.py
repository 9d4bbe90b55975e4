"""Rows from the files that a user names: JSON, NDJSON, CSV and Parquet, by the file's ending."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import NamedTuple

from ruleconv import reading
from ruleconv.diagnostic import UsageError


class Rows(NamedTuple):
    """Rows as they came. ``names``: the columns, in the order of first sight. ``untyped``: every value is text (CSV)."""

    names: tuple[str, ...]
    rows: list[dict[str, object]]
    untyped: bool = False


MOST_BYTES = 1 << 30
ENDINGS = ".json .ndjson .jsonl .csv .tsv .parquet"


def read(path: Path) -> Rows:
    """The rows of a file; UsageError says what is wrong with it."""
    try:
        match path.suffix.lower():
            case ".json":
                return of_objects(_json(path), str(path))
            case ".ndjson" | ".jsonl":
                return of_objects(_lines(path, _text(path)), str(path))
            case ".csv":
                return _csv(path, ",")
            case ".tsv":
                return _csv(path, "\t")
            case ".parquet":
                from ruleconv.engines.duckdb import parquet_rows

                if not path.is_file():
                    raise UsageError(f"{path}: not a regular file")
                names, rows = parquet_rows(path)
                return Rows(names, [dict(zip(names, row, strict=True)) for row in rows])
            case other:
                raise UsageError(f"{path}: files that end in {other or 'nothing'} cannot be read", hint=f"readable: {ENDINGS}")
    except RecursionError:
        raise UsageError(f"{path} is nested too deeply") from None


def of_objects(objects: object, name: str) -> Rows:
    """Checks that these are dicts with text keys, and collects the keys."""
    if not isinstance(objects, list | tuple):
        raise UsageError(f"{name}: expected a list of objects, found {_kind(objects)}")
    names: dict[str, None] = {}
    for at, row in enumerate(objects, 1):
        if not isinstance(row, dict):
            raise UsageError(f"{name}, row {at}: expected an object, found {_kind(row)}")
        for key in row:
            if not isinstance(key, str) or not key:
                raise UsageError(f"{name}, row {at}: {key!r} is no column name")
            names[key] = None
    return Rows(tuple(names), list(objects))


def _kind(value: object) -> str:
    return "null" if value is None else type(value).__name__


def _text(path: Path) -> str:
    return reading.read(path, MOST_BYTES).text


def _json(path: Path) -> object:
    """A list of objects, one object (one row), or, for files that are NDJSON by another name, one object a line."""
    text = _text(path)
    try:
        found = json.loads(text)
    except ValueError as error:
        if text.lstrip()[:1] == "{" and "Extra data" in str(error):
            return _lines(path, text)
        raise UsageError(f"{path} is no JSON: {error}") from error
    return [found] if isinstance(found, dict) else found


def _lines(path: Path, text: str) -> list[object]:
    found: list[object] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                found.append(json.loads(line))
            except ValueError as error:
                raise UsageError(f"{path}, line {number}: no JSON: {error}") from error
    return found


def _csv(path: Path, delimiter: str) -> Rows:
    """With a header. A row that is too short misses its last columns; one that is too long is an error."""
    text = _text(path)
    csv.field_size_limit(1 << 27)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = next(reader, None)
        if header is None:
            return Rows((), [], True)
        if len(set(header)) < len(header) or not all(header):
            raise UsageError(f"{path}: every column of the header needs a name of its own: {', '.join(header)[:200]}")
        rows: list[dict[str, object]] = []
        for cells in reader:
            if not cells:
                continue
            if len(cells) > len(header):
                raise UsageError(f"{path}, line {reader.line_num}: {len(cells)} values for {len(header)} columns")
            rows.append(dict(zip(header, cells, strict=False)))
    except csv.Error as error:
        raise UsageError(f"{path}, line {reader.line_num}: {error}") from error
    return Rows(tuple(header), rows, True)
