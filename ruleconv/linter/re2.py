"""What RE2 has to object to in a pattern, as far as it can be told without RE2.

Source: https://learn.microsoft.com/kusto/query/regex. Only what is surely wrong is told: Python's own compiler serves for brackets and
repetitions, after what RE2 has and Python has not is taken out.
"""

from __future__ import annotations

import re
import warnings

_LOOK = re.compile(r"\(\?<?[=!]")
_GROUP_REFERENCE = re.compile(r"\\[1-9]|\(\?P=")
_CLASS = re.compile(r"\\.|\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]", re.DOTALL)
_RE2_ONLY = re.compile(r"\\[pP](?:\w|\{\^?\w+\})|\\z|\\Q.*?(?:\\E|$)|\\C|\\x\{[0-9A-Fa-f]+\}", re.DOTALL)
_FLAGS = re.compile(r"\(\?[imsUux-]+\)")
_SURE = ("unterminated", "unbalanced", "nothing to repeat", "multiple repeat", "bad character range", "min repeat greater")


def objection(pattern: str) -> str | None:
    """In a few words, or None."""
    outside = _CLASS.sub(lambda match: match.group() if match.group()[0] == "\\" else "c", pattern)
    plain = re.sub(r"\\\\", "", outside)
    if found := _LOOK.search(plain.replace("\\(", "")):
        return f"{found.group()} is a look-around"
    if found := _GROUP_REFERENCE.search(plain):
        return f"{found.group()} refers to a group"
    python = _FLAGS.sub("", _RE2_ONLY.sub("x", pattern)).replace("(?<", "(?P<").replace("(?U", "(?")
    python = re.sub(r"\[:\^?\w+:\]", "a", python)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(python)
    except (re.error, RecursionError, OverflowError) as error:
        message = str(error)
        return message.partition(" at position")[0] if message.startswith(_SURE) or "unterminated" in message else None
    return None
