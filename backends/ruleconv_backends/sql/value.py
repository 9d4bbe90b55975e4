"""A lowered expression: the SQL node with what is known of its value."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from ruleconv.ir.types import Type


@dataclass(frozen=True, slots=True)
class SqlValue:
    """``nullable``: the node may give SQL NULL (for a string that means the empty string, unless it was coalesced)."""

    node: exp.Expression
    type: Type
    nullable: bool = True
