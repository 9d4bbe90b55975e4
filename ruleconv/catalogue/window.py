"""Functions on the topic: window."""

from __future__ import annotations

from ruleconv.catalogue.model import Function

FUNCTIONS: tuple[Function, ...] = ()
