"""Functions on the topic: network."""

from __future__ import annotations

from ruleconv.catalogue.model import Function

FUNCTIONS: tuple[Function, ...] = ()
