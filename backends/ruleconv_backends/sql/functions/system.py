"""What a database knows of the things that Kusto's cluster tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ruleconv.diagnostic import Unsupported
from ruleconv.ir.expr import Call
from ruleconv.ir.fidelity import Effect
from ruleconv.ir.types import Type
from ruleconv_backends.sql.registry import lowers
from ruleconv_backends.sql.value import SqlValue

if TYPE_CHECKING:
    from ruleconv_backends.sql.lower import Lowering

_TIMES = ("TimeGenerated", "Timestamp")
"""The columns of Sentinel's and Defender's tables that say when an event was recorded."""


@lowers("ingestion_time")
def ingestion_time(lowering: Lowering, call: Call, args: list[SqlValue]) -> SqlValue:
    """The record's own time, which comes before the time of its ingestion."""
    for name in _TIMES:
        column = lowering.columns.get(name)
        if column is not None and column.type in (Type.DATETIME, Type.UNKNOWN):
            message = f"ingestion_time(): no database keeps it; {name}, which is a little earlier, stands in for it"
            lowering.note("SQW022", Effect.CHANGES, message, call.span)
            return SqlValue(column.node.copy(), Type.DATETIME, column.nullable)
    raise Unsupported("ingestion_time()", call.span, "a database does not keep it: use a column of the table")
