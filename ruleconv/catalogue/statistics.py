"""Aggregate functions: statistics."""

from __future__ import annotations

from ruleconv.catalogue.model import Aggregate

AGGREGATES: tuple[Aggregate, ...] = ()
