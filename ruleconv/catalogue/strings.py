"""Functions on the topic: strings."""

from __future__ import annotations

from ruleconv.catalogue.model import Function

FUNCTIONS: tuple[Function, ...] = ()
