"""What two rules look for when they look for the same: field, kind and value, whatever the language calls them.

A column of a table and a Sigma field mean the same where the data of ``ruleconv/sigma/logsources`` maps one to the other; a rule's test
for a path that ends in ``\\name.exe`` and one for a column that holds the file's name alone are one as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from ruleconv.inspection.model import Indicator, Known, Test
from ruleconv.sigma.logsources import carriers
from ruleconv.sigma.logsources.model import At, Either, First, Form, Join, Stripped, Switch

_PLATFORMS = ("defender", "sentinel", "asim")
_NAME = ".name"
"""After a field that is a path: its last part."""
_PATHS = frozenset(("image", "parentimage", "targetfilename", "imageloaded", "sourceimage", "targetimage", "originalfilename"))
_LAST_PARTS = (("FolderPath", "FileName"), ("NewProcessName", "Process"))
"""Columns that hold a path, and those beside them with its last part: of Defender's tables and of ``SecurityEvent``."""
_WITHOUT_VALUE = (Test.IS_NULL, Test.IS_NOT_NULL)


class Key(NamedTuple):
    """``value`` in lower case; ``eq`` for each value of an ``in``."""

    field: str
    kind: str
    value: str


class Sought(NamedTuple):
    """A value of an indicator as the rule has it, and the keys under which others look for it. ``named``: those under the column's own
    name, which columns of other tables have, whatever they mean there (the process that starts another one, or that opens a connection)."""

    value: str
    keys: tuple[Key, ...]
    named: tuple[Key, ...] = ()


@cache
def _columns() -> dict[str, tuple[str, ...]]:
    """Sigma's fields by ``Table.path``."""
    found: dict[str, dict[str, None]] = {}
    for platform in _PLATFORMS:
        for carrier in carriers(platform):
            for name, field in carrier.fields.items():
                for at, suffix in _places(field.form):
                    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in at.path)
                    ending = _NAME if field.only_name else suffix
                    found.setdefault(f"{carrier.name}{path}", {})[name.casefold() + ending] = None
                    for whole, last in _LAST_PARTS:
                        if path.endswith(whole) and not ending:
                            beside = f"{carrier.name}{path.removesuffix(whole)}{last}"
                            found.setdefault(beside, {})[name.casefold() + _NAME] = None
    return {column: tuple(names) for column, names in found.items()}


@cache
def _rests() -> dict[str, str]:
    """By table: the dynamic column that holds every other field under its own name."""
    return {carrier.name: carrier.rest for platform in _PLATFORMS for carrier in carriers(platform) if carrier.rest and carrier.rest != "."}


def _places(form: Form) -> Iterator[tuple[At, str]]:
    """The columns that hold the field's value, or its last part."""
    match form:
        case At():
            yield form, ""
        case First(forms) | Either(forms):
            for each in forms:
                yield from _places(each)
        case Stripped(inner):
            yield from _places(inner)
        case Switch(cases, otherwise):
            for _, each in cases:
                yield from _places(each)
            yield from _places(otherwise)
        case Join(_, second, separator) if separator == "\\":
            for at, _suffix in _places(second):
                yield at, _NAME
        case _:
            return


def fields(indicator: Indicator) -> tuple[str, ...]:
    """What the field is called where it means the same, in lower case: Sigma's names of it, else its own."""
    names: dict[str, None] = {}
    for source in indicator.sources:
        known = _columns().get(source)
        if known is not None:
            names.update(dict.fromkeys(known))
            continue
        table, _, path = source.partition(".")
        rest = _rests().get(table)
        names[(path.removeprefix(f"{rest}.") if rest else path).casefold()] = None
    return tuple(names) or (indicator.field.casefold(),)


def sought(indicator: Indicator) -> Iterator[Sought]:
    """Each value that is known before the rule runs; none of a test that must fail."""
    if indicator.negated:
        return
    names = fields(indicator)
    own = tuple(dict.fromkeys(source.partition(".")[2].casefold() for source in indicator.sources)) or (indicator.field.casefold(),)
    kind = Test.EQ if indicator.kind is Test.IN else indicator.kind
    if kind in _WITHOUT_VALUE:
        yield Sought("", tuple(Key(name, kind.value, "") for name in names), tuple(Key(name, kind.value, "") for name in own))
        return
    known = [each.text for each in indicator.values if each.known is Known.CONSTANT]
    if len(known) < len(indicator.values) and kind in (Test.RANGE, Test.FUNCTION):
        return
    if kind in (Test.RANGE, Test.FUNCTION):
        known = [" ".join((indicator.operator, *known)) if kind is Test.FUNCTION else " .. ".join(known)]
    for text in known:
        yield Sought(
            text, tuple(_key(name, kind, text.casefold()) for name in names), tuple(Key(name, kind.value, text.casefold()) for name in own)
        )


def _key(field: str, kind: Test, value: str) -> Key:
    """``Image endswith \\x.exe`` asks for the same as ``FileName == x.exe``."""
    stem = value.removeprefix("\\")
    if field in _PATHS and kind is Test.SUFFIX and value != stem and "\\" not in stem:
        return Key(field + _NAME, Test.EQ.value, stem)
    return Key(field, kind.value, value)
