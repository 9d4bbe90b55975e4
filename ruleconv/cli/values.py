"""Kusto's values as text: for tables and CSV as Kusto prints them, for JSON as its own clients do."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID


def as_text(value: object) -> str:
    """A cell of a table or of a CSV file; null is empty."""
    if value is None:
        return ""
    if isinstance(value, list | dict):
        return json.dumps(as_json(value), ensure_ascii=False, separators=(",", ":"))
    plain = as_json(value)
    return str(plain).lower() if isinstance(plain, bool) else str(plain)


def as_json(value: object) -> object:
    """A JSON value: what JSON has no type for (decimal, datetime, timespan, guid, NaN) becomes text."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, datetime):
        moment = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        return moment.isoformat(timespec="microseconds" if moment.microsecond else "seconds") + "Z"
    if isinstance(value, timedelta):
        return timespan(value)
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, list):
        return [as_json(item) for item in value]
    if isinstance(value, dict):
        return {str(key): as_json(item) for key, item in value.items()}
    return value


def timespan(value: timedelta) -> str:
    """``[-][d.]hh:mm:ss[.fffffff]``, Kusto's own form."""
    microseconds = abs(value) // timedelta(microseconds=1)
    seconds, fraction = divmod(microseconds, 1_000_000)
    days, seconds = divmod(seconds, 86_400)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}" + (f".{fraction:06}0" if fraction else "")
    return ("-" if value < timedelta(0) else "") + (f"{days}." if days else "") + text
