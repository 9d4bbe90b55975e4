"""YAML written by hand, for the rules that ruleconv makes: what is read back is exactly what was given, under YAML 1.1 and 1.2.

In: texts, numbers, booleans, None, dates, mappings (their order is kept) and lists. Out: block style, texts plain where every reader takes
them for texts, else quoted, and texts of several lines as literal blocks. Source: https://yaml.org/spec/1.2.2/ and, for what an older
reader takes for a number, a date or a boolean, https://yaml.org/type/.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TypeAlias

from ruleconv.diagnostic import Unsupported

Value: TypeAlias = "str | int | float | bool | date | Sequence[Value] | Mapping[str, Value] | None"
"""A date is written plain, as Sigma's ``date: 2024-01-31``; the same as text is quoted."""

MAX_DEPTH = 60
"""Of what is written: our own reader takes 64."""

_PLAIN = re.compile(r"[^\W\d_]|[\w/\\(.$+][^\t]*[^\s:]")
_NOT_PLAIN = re.compile(r": | #|^\.{3}|\s\s\Z")
_OTHER_TYPE = re.compile(
    r"""y|n|yes|no|on|off|true|false|null|~|<<|=
    |[-+]?(?:0b[01_]*|0o?[0-7_]*|0x[0-9a-f_]*|\.inf|\.nan)|\.nan
    |[-+]?[\d_]*\.?[\d_]*(?:e[-+]?\d*)?
    |[-+]?\d[\d_]*(?::\d*)+(?:\.[\d_]*)?
    |\d{4}-\d\d?-\d\d?.*""",
    re.IGNORECASE | re.VERBOSE,
)
"""A superset of what a reader of any version takes for a boolean, a null, a number or a date."""
_NOT_IN_BLOCK = re.compile("[^\\t\\n -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}
_LONG_KEY = 250
"""Characters; at 1024 bytes readers no longer see that a line starts with a key."""


def write(value: Value, *, step: int = 2) -> str:
    """The document, with a line end. ``step``: blanks of indentation. Raises Unsupported for text that is not Unicode, and for nesting
    deeper than ``MAX_DEPTH``."""
    if _inline(value):
        return _scalar(value, "", step) + "\n"
    return "".join(f"{line}\n" for line in _lines(value, "", step, 0))


def _lines(value: Value, indent: str, step: int, depth: int) -> Iterator[str]:
    """The lines of a list or mapping that is not empty."""
    if depth > MAX_DEPTH:
        raise Unsupported(f"a value that is nested more than {MAX_DEPTH} deep")
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _pair(key, each, indent, step, depth)
    elif isinstance(value, Sequence):
        for each in value:
            if _inline(each):
                yield f"{indent}- {_scalar(each, indent, 2)}"
            else:
                # The first line of the inner block stands behind the dash.
                inner = _lines(each, f"{indent}  ", step, depth + 1)
                yield f"{indent}- {next(inner)[len(indent) + 2 :]}"
                yield from inner


def _pair(key: str, value: Value, indent: str, step: int, depth: int) -> Iterator[str]:
    name = _one_line(key)
    if len(name) > _LONG_KEY:
        yield f"{indent}? {name}"
        name = ""
    if _inline(value):
        yield f"{indent}{name}: {_scalar(value, indent, step)}"
    else:
        yield f"{indent}{name}:"
        yield from _lines(value, indent + " " * step, step, depth + 1)


def _inline(value: Value) -> bool:
    """Whether it starts on the line of its key; an empty list does."""
    return not isinstance(value, (Mapping, list, tuple)) or not value


def _scalar(value: Value, indent: str, step: int) -> str:
    """A single value; ``indent`` is its parent's, on which further lines go ``step`` deeper."""
    if isinstance(value, str):
        return _block(value, indent, step) or _one_line(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _real(value)
    if isinstance(value, datetime):
        return _one_line(value.isoformat())
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{}"
    return "[]" if isinstance(value, Sequence) else str(value)


def _real(value: float) -> str:
    if not math.isfinite(value):
        return ".nan" if math.isnan(value) else (".inf" if value > 0 else "-.inf")
    text = repr(value)
    # YAML 1.1 asks for the dot: 1e+20 is a text to it.
    return text if "." in text else text.replace("e", ".0e")


def _block(text: str, indent: str, step: int) -> str:
    """A literal block, or nothing where the text has one line or would not survive in one."""
    body = text.rstrip("\n")
    if "\n" not in text or not body or body[-1] in " \t" or _NOT_IN_BLOCK.search(text):
        return ""
    ends = len(text) - len(body)
    # Without a digit, the first line's own blanks would count as indentation.
    digit = str(step) if text[0] in " \t\n" else ""
    header = f"|{digit}{('-', '')[ends] if ends < 2 else '+'}"
    deeper = indent + " " * step
    lines = [f"{deeper}{line}" if line else "" for line in body.split("\n")]
    return "\n".join([header, *lines, *[""] * (ends - 1)])


def _one_line(text: str) -> str:
    """Plain, in single quotes, or with escapes."""
    if not text.isprintable():
        return _escaped(text)
    if _PLAIN.fullmatch(text) and not _NOT_PLAIN.search(text) and not _OTHER_TYPE.fullmatch(text):
        return text
    return "'" + text.replace("'", "''") + "'"


def _escaped(text: str) -> str:
    if _SURROGATE.search(text):
        raise Unsupported("a text with half a character (a surrogate without its partner)")
    return '"' + "".join(_escape(char) for char in text) + '"'


def _escape(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"
