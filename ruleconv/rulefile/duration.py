"""Spans of time as rule files write them, as ticks (100 ns) and back.

Sources: the Sigma correlation rules specification 2.1 (``timespan``); https://learn.microsoft.com/azure/sentinel/scheduled-rules-overview
and the rules of Azure/Azure-Sentinel (``1h``, ``PT1H``).
"""

from __future__ import annotations

import re

SECOND = 10_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}
# A month and a year as pySigma counts them: of the Gregorian average.
_SIGMA_UNITS = {**_UNITS, "M": 2_629_746 * SECOND, "y": 31_556_952 * SECOND}
_SIMPLE = re.compile(r"(\d{1,9})\s*([a-zA-Z])", re.ASCII)
_ISO = re.compile(r"P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?", re.ASCII | re.IGNORECASE)
_CLOCK = re.compile(r"(?:(\d{1,6})\.)?(\d{1,2}):(\d{2}):(\d{2})", re.ASCII)


def from_sigma(text: str) -> int | None:
    """``15m``, ``1M``; None for what is no timespan."""
    match = _SIMPLE.fullmatch(text.strip())
    return int(match[1]) * _SIGMA_UNITS[match[2]] if match and match[2] in _SIGMA_UNITS else None


def from_sentinel(text: str) -> int | None:
    """``1h``, ``PT1H``, ``P1D``, ``1.00:00:00``; None for what is none of them."""
    text = text.strip()
    if (match := _SIMPLE.fullmatch(text)) and match[2].lower() in _UNITS:
        return int(match[1]) * _UNITS[match[2].lower()]
    if (match := _ISO.fullmatch(text)) and any(match.groups()):
        weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    elif match := _CLOCK.fullmatch(text):
        weeks, (days, hours, minutes, seconds) = 0, (int(part or 0) for part in match.groups())
    else:
        return None
    return (7 * weeks + days) * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND


def short(ticks: int) -> str:
    """In the greatest unit that divides it, of days, hours, minutes and seconds (``1d``, ``90m``): Sentinel and Sigma both read it.
    What is less than a second is rounded up."""
    seconds = -(-ticks // SECOND)
    for name, unit in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds and seconds % unit == 0:
            return f"{seconds // unit}{name}"
    return f"{seconds}s"
