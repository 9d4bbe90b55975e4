"""The values of KQL's literals. In: a literal as written. Out: its value (see ``tree.Literal``), or ``ValueError`` with what is wrong.

Sources: https://learn.microsoft.com/kusto/query/scalar-data-types/ (string, datetime, timespan, guid, real, decimal, long).
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from uuid import UUID

from ruleconv.ir.types import ALIASES, Type

TICKS_PER_SECOND = 10_000_000
_DAY = 86_400 * TICKS_PER_SECOND
_MAX_DATETIME = 3_652_059 * _DAY - 1
_MAX_LONG = (1 << 63) - 1

# ---------------------------------------------------------------- strings
_PIECE = re.compile(
    r"""\s*+(?://[^\r\n]*+\s*+)*+[hH]?+(?:
      (?P<verbatim>@)(?:"(?P<v1>(?:[^"]|"")*+)"|'(?P<v2>(?:[^']|'')*+)')
    | (?:`{3}(?P<m1>.*?)`{3}|~{3}(?P<m2>.*?)~{3})
    | (?:"(?P<s1>(?:[^"\\]|\\.)*+)"|'(?P<s2>(?:[^'\\]|\\.)*+)'))""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|(.))", re.DOTALL)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


def string_value(text: str) -> str:
    """The value of one string literal, or of several that stand side by side."""
    if len(text) > 1 and "\\" not in text and text[0] in "\"'" and text.find(text[0], 1) == len(text) - 1:
        return text[1:-1]
    at, parts = 0, []
    while at < len(text) and (piece := _PIECE.match(text, at)):
        at = piece.end()
        if piece["verbatim"]:
            parts.append(piece["v1"].replace('""', '"') if piece["v1"] is not None else piece["v2"].replace("''", "'"))
        elif piece["m1"] is not None or piece["m2"] is not None:
            parts.append(piece["m1"] if piece["m1"] is not None else piece["m2"])
        else:
            body = piece["s1"] if piece["s1"] is not None else piece["s2"]
            parts.append(_ESCAPE.sub(_unescape, body) if "\\" in body else body)
    value = "".join(parts)
    if max(value, default="") >= "\ud800" and any("\ud800" <= c <= "\udfff" for c in value):
        value = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def pieces(text: str) -> int:
    """How many string literals stand side by side in ``text``."""
    at = count = 0
    while at < len(text) and (piece := _PIECE.match(text, at)):
        at, count = piece.end(), count + 1
    return count


def _unescape(match: re.Match[str]) -> str:
    byte, short, long, octal, simple = match.groups()
    if octal:
        return chr(int(octal, 8) & 0xFF)
    if simple is None:
        code = int(byte or short or long, 16)
        if code > 0x10FFFF:
            raise ValueError(f"{match.group()} is not a Unicode character")
        return chr(code)
    if simple not in _SIMPLE:
        raise ValueError(f"\\{simple} is not an escape that Kusto knows")
    return _SIMPLE[simple]


# ---------------------------------------------------------------- numbers
def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."


def long_value(text: str) -> int:
    if len(text) > 40:
        raise ValueError(f"{text[:20]}... is too large for a long")
    value = int(text, 16) if text[:2] in ("0x", "0X") else int(text)
    if text[:2] in ("0x", "0X") and _MAX_LONG < value < 1 << 64:
        value -= 1 << 64
    if value > _MAX_LONG + 1:  # one more than the largest is legal after a minus
        raise ValueError(f"{text} is too large for a long")
    return value


_REALS = {"nan": float("nan"), "+inf": float("inf"), "inf": float("inf"), "-inf": float("-inf")}


def _real(text: str) -> float:
    low = text.lower()
    if low in _REALS:
        return _REALS[low]
    if "/" in text:
        high, low_part = text.split("/", 1)
        return float(high) / float(low_part)
    if not re.fullmatch(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", text):
        raise ValueError(f"{text} is not a number")
    return float(text)


def _integer(text: str, limit: int) -> int:
    match = re.fullmatch(r"([+-]?)\s*(0[xX][0-9a-fA-F]+|\d+)", text)
    if not match or len(text) > 40:
        raise ValueError(f"{_short(text)} is not a whole number of that type")
    value = int(match[2], 16 if match[2][:2] in ("0x", "0X") else 10)
    value = -value if match[1] == "-" else value
    if not -limit - 1 <= value <= limit:
        raise ValueError(f"{text} is too large")
    return value


def _decimal(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text} is not a decimal number") from None
    if not value.is_finite() or value.adjusted() > 34 or len(text) > 80:
        raise ValueError(f"{_short(text)} is not a decimal number that Kusto can hold")
    return value


# ---------------------------------------------------------------- timespan
_UNITS = {
    "d": _DAY, "h": 36_000_000_000, "m": 600_000_000, "s": TICKS_PER_SECOND, "ms": 10_000, "micro": 10, "tick": 1,
}  # fmt: skip
_SPELLINGS = {
    "d": "d day days", "h": "h hr hrs hour hours", "m": "m min minute minutes", "s": "s sec second seconds",
    "ms": "ms milli millis millisecond milliseconds", "micro": "micro micros microsecond microseconds",
    "nano": "nano nanos nanosecond nanoseconds", "tick": "tick ticks",
}  # fmt: skip
_UNIT_OF = {word: unit for unit, words in _SPELLINGS.items() for word in words.split()}
_WITH_UNIT = re.compile(r"([+-]?)\s*(\d+(?:\.\d+)?)\s*([a-z]+)")
_CLOCK = re.compile(r"([+-]?)(?:(\d+)\.)?(\d+):(\d+)(?::(\d+)(?:\.(\d{1,7})\d*)?)?")


def timespan_value(text: str) -> int:
    """Ticks of ``1.5h``, ``15 seconds``, ``1.02:03:04.5``, ``2`` (days)."""
    text = text.strip()
    if len(text) > 60:
        raise ValueError(f"{_short(text)} is not a timespan")
    if match := _WITH_UNIT.fullmatch(text):
        if match[3] not in _UNIT_OF:
            raise ValueError(f"{match[3]} is not a unit of time")
        unit = _UNIT_OF[match[3]]
        ticks = int(Decimal(match[2]) / 100) if unit == "nano" else int(Decimal(match[2]) * _UNITS[unit])
        return _in_range(-ticks if match[1] == "-" else ticks, text)
    if match := _CLOCK.fullmatch(text):
        days, hours, minutes, seconds = (int(match[i] or 0) for i in (2, 3, 4, 5))
        if (hours > 23 and match[2]) or minutes > 59 or seconds > 59:
            raise ValueError(f"{text} is not a timespan")
        ticks = days * _DAY + hours * _UNITS["h"] + minutes * _UNITS["m"] + seconds * TICKS_PER_SECOND + int((match[6] or "").ljust(7, "0"))
        return _in_range(-ticks if match[1] == "-" else ticks, text)
    if re.fullmatch(r"[+-]?\d+(?:\.\d+)?", text):
        return _in_range(int(Decimal(text) * _DAY), text)
    raise ValueError(f"{text} is not a timespan")


def _in_range(ticks: int, text: str) -> int:
    if abs(ticks) > _MAX_LONG:
        raise ValueError(f"{text} is too large for a timespan")
    return ticks


# ---------------------------------------------------------------- datetime
_MONTHS = {name: i + 1 for i, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])}
_ZONES = {
    "": 0, "z": 0, "gmt": 0, "utc": 0, "ut": 0, "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480,
    "pdt": -420,
}  # fmt: skip
_TIME = (
    r"(?:[T ]\s*(?P<h>\d{1,2}):(?P<mi>\d{1,2})(?::(?P<s>\d{1,2})(?:[.,](?P<f>\d{1,9}))?)?\s*(?P<ampm>[AaPp][Mm])?)?"
    r"\s*(?P<zone>[A-Za-z]{1,3}|[+-]\d{1,2}:?(?:\d{2})?)?"
)
_DATES = tuple(
    re.compile(pattern + _TIME)
    for pattern in (
        r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})",
        r"(?P<y>\d{4})/(?P<m>\d{1,2})/(?P<d>\d{1,2})",
        r"(?P<y>\d{4})\.(?P<m>\d{1,2})\.(?P<d>\d{1,2})",
        r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
        r"(?P<m>\d{1,2})[-/.](?P<d>\d{1,2})[-/.](?P<y>\d{4})",
        r"(?:[A-Za-z]{3,9},?\s+)?(?P<d>\d{1,2})[ -](?P<m>[A-Za-z]{3,9})[ -](?P<y>\d{2,4})",
        r"(?:[A-Za-z]{3,9},?\s+)?(?P<m>[A-Za-z]{3,9})\s+(?P<d>\d{1,2}),?\s+(?P<y>\d{4})",
        r"(?P<y>\d{4})-(?P<m>\d{1,2})",
        r"(?P<y>\d{4})",
    )
)
_ASCTIME = re.compile(
    r"[A-Za-z]{3}\s+(?P<m>[A-Za-z]{3})\s+(?P<d>\d{1,2})\s+(?P<h>\d{1,2}):(?P<mi>\d\d):(?P<s>\d\d)"
    r"(?P<f>)(?P<ampm>)\s+(?P<y>\d{4})(?P<zone>)"
)


def datetime_value(text: str) -> int:
    """Ticks since 0001-01-01 in UTC of ISO 8601, RFC 822, RFC 850 and month-first forms."""
    if len(text) > 80:
        raise ValueError(f"{_short(text)} is not a datetime")
    text = re.sub(r"(?<=\d)\s*([-/])\s*(?=\d)", r"\1", text.strip())
    for pattern in (*_DATES, _ASCTIME):
        if match := pattern.fullmatch(text):
            return _datetime(match, text)
    if re.fullmatch(r"\d{1,19}", text) and int(text) <= _MAX_DATETIME:
        return int(text)
    raise ValueError(f"{text} is not a datetime")


def _datetime(match: re.Match[str], text: str) -> int:
    part = {k: v or "" for k, v in match.groupdict().items()}
    year = int(part["y"])
    if len(part["y"]) == 2:
        year += 2000 if year < 50 else 1900
    month = part.get("m") or "1"
    number = _MONTHS.get(month[:3].lower(), 0) if month[0].isalpha() else int(month)
    hour, minute, second = (int(part[k] or 0) for k in ("h", "mi", "s"))
    if part["ampm"]:
        if not 1 <= hour <= 12:
            raise ValueError(f"{text} is not a datetime")
        hour = hour % 12 + (12 if part["ampm"].lower() == "pm" else 0)
    try:
        days = date(year, number, int(part.get("d") or 1)).toordinal() - 1
    except ValueError:
        raise ValueError(f"{text} is not a day of the calendar") from None
    if minute > 59 or second > 59 or hour > 24 or (hour == 24 and (minute or second)):
        raise ValueError(f"{text} is not a time of the day")
    ticks = days * _DAY + ((hour * 60 + minute) * 60 + second) * TICKS_PER_SECOND + int(part["f"].ljust(7, "0")[:7])
    ticks -= _zone_minutes(part["zone"], text) * 60 * TICKS_PER_SECOND
    if not 0 <= ticks <= _MAX_DATETIME:
        raise ValueError(f"{text} is out of the range of a datetime")
    return ticks


def _zone_minutes(zone: str, text: str) -> int:
    if zone[:1] in ("+", "-"):
        digits = zone[1:].replace(":", "")
        hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
        return (hours * 60 + minutes) * (1 if zone[0] == "+" else -1)
    if zone.lower() not in _ZONES:
        raise ValueError(f"{text} is not a datetime ({zone} is not a known time zone)")
    return _ZONES[zone.lower()]


# ---------------------------------------------------------------- a type's name with a value in parentheses
def typed_value(text: str) -> tuple[Type, object]:
    """Type and value of ``datetime(..)``, ``guid(..)``, ``int(..)`` and their like; None is that type's null."""
    open_at = text.index("(")
    word, inner = text[:open_at].strip(), text[open_at + 1 : -1].strip()
    kind = ALIASES[word]
    if len(inner) < 120 and len(inner) > 1 and inner[0] in "\"'@" and inner[-1] in "\"'":
        inner = string_value(inner).strip()
    if inner == "null" or (not inner and kind is not Type.DATETIME):
        return kind, None
    match kind:
        case Type.DATETIME:
            if not inner:
                raise ValueError("datetime() has no value; now() is the current time")
            return kind, datetime_value(inner)
        case Type.TIMESPAN:
            return kind, timespan_value(inner)
        case Type.GUID:
            return kind, _guid(inner)
        case Type.BOOL:
            return kind, _bool(inner)
        case Type.INT:
            return kind, _integer(inner, (1 << 31) - 1)
        case Type.LONG:
            return kind, _integer(inner, _MAX_LONG)
        case Type.REAL:
            return kind, _real(inner)
        case _:
            return kind, _decimal(inner)


def _guid(text: str) -> UUID:
    if not re.fullmatch(r"\{?[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}\}?", text):
        raise ValueError(f"{text} is not a guid")
    return UUID(text)


def _bool(text: str) -> bool:
    low = text.lower()
    if low in ("true", "1"):
        return True
    if low in ("false", "0"):
        return False
    raise ValueError(f"{text} is neither true nor false")


# ---------------------------------------------------------------- as text, inside dynamic
def datetime_text(ticks: int) -> str:
    """``2020-01-01T00:00:00.0000000Z``, as a datetime inside a dynamic is seen."""
    days, rest = divmod(ticks, _DAY)
    seconds, fraction = divmod(rest, TICKS_PER_SECOND)
    day = date.min + timedelta(days=days)
    return f"{day.isoformat()}T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{fraction:07}Z"


def timespan_text(ticks: int) -> str:
    """``[-][d.]hh:mm:ss[.fffffff]``."""
    days, rest = divmod(abs(ticks), _DAY)
    seconds, fraction = divmod(rest, TICKS_PER_SECOND)
    head = ("-" if ticks < 0 else "") + (f"{days}." if days else "")
    tail = f".{fraction:07}" if fraction else ""
    return f"{head}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{tail}"
