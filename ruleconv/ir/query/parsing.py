"""Stages that take texts apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from ruleconv.ir.expr import Expr
from ruleconv.ir.types import Column, Type
from ruleconv.text import NOWHERE, Span

if TYPE_CHECKING:
    from ruleconv.ir.query import Rel


class ParseKind(StrEnum):
    SIMPLE = "simple"
    RELAXED = "relaxed"
    REGEX = "regex"


@dataclass(frozen=True, slots=True)
class Skip:
    """``*`` in a parse pattern."""


@dataclass(frozen=True, slots=True)
class Delimiter:
    text: str


@dataclass(frozen=True, slots=True)
class Capture:
    """A column of a parse pattern."""

    name: str
    type: Type


Piece: TypeAlias = Skip | Delimiter | Capture


@dataclass(frozen=True, slots=True)
class Parse:
    """``parse`` and (``keep_matching=True``) ``parse-where``."""

    input: Rel
    subject: Expr
    kind: ParseKind
    flags: str
    pieces: tuple[Piece, ...]
    columns: tuple[Column, ...]
    keep_matching: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ParseKeyValue:
    """``parse-kv``."""

    input: Rel
    subject: Expr
    keys: tuple[Capture, ...]
    pair_delimiter: str
    kv_delimiter: str
    quotes: tuple[tuple[str, str], ...]
    escape: str
    greedy: bool
    columns: tuple[Column, ...]
    span: Span = field(default=NOWHERE, compare=False)
