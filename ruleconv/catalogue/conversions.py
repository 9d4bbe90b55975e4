"""Functions on the topic: conversions."""

from __future__ import annotations

from ruleconv.catalogue.model import Function

FUNCTIONS: tuple[Function, ...] = ()
