"""Functions on the topic: series."""

from __future__ import annotations

from ruleconv.catalogue.model import Function

FUNCTIONS: tuple[Function, ...] = ()
