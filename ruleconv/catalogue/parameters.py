"""Short constructors of parameters, for the records of the catalogue."""

from __future__ import annotations

from dataclasses import replace

from ruleconv.catalogue.model import Parameter
from ruleconv.ir.types import NUMERIC, Type

TEXTS = (Type.STRING, Type.DYNAMIC)
INTEGERS = (Type.LONG, Type.INT, Type.DYNAMIC)


def text(name: str) -> Parameter:
    """A string; of a dynamic value the text counts."""
    return Parameter(name, TEXTS, text=True)


def any_text(name: str) -> Parameter:
    """Any type, by its text."""
    return Parameter(name, text=True)


def pattern(name: str) -> Parameter:
    """A constant string: a regular expression, a path."""
    return Parameter(name, (Type.STRING,), constant=True)


def whole(name: str) -> Parameter:
    return Parameter(name, INTEGERS)


def number(name: str) -> Parameter:
    return Parameter(name, (*NUMERIC, Type.DYNAMIC))


def real(name: str) -> Parameter:
    return Parameter(name, (Type.REAL, Type.LONG, Type.INT, Type.DECIMAL, Type.DYNAMIC))


def dynamic(name: str) -> Parameter:
    return Parameter(name, (Type.DYNAMIC,))


def anything(name: str) -> Parameter:
    return Parameter(name)


def optional(parameter: Parameter) -> Parameter:
    return replace(parameter, optional=True)


def repeated(parameter: Parameter) -> Parameter:
    return replace(parameter, repeated=True)
