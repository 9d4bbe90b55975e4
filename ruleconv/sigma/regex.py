"""Sigma's regular expressions in the spelling of the IR, which is Kusto's.

Sigma's are PCRE without what costs too much (pySigma checks them with RE2). Kusto has neither look-around nor back-references, nor
possessive repetition (https://learn.microsoft.com/kusto/query/regex), and reads some characters in another way: ``\\<`` begins a word, a
``[`` in a class opens another class, ``&&`` intersects two, a ``{`` must repeat something.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ruleconv.diagnostic import Unsupported

_PIECE = re.compile(
    r"""(?P<escape>\\(?:[pPxuU]\{[^}]*\}|.))
    | (?P<around>\(\?(?:[=!>(|]|<[=!]|P[=>]|\#|R\)|&|[+-]?\d))
    | (?P<possessive>(?:[*+?]|\{\d+(?:,\d*)?\})\+)
    | (?P<repeat>\{\d+(?:,\d*)?\})
    | (?P<open>\[\^?)
    | .""",
    re.VERBOSE | re.DOTALL,
)
_IN_CLASS = re.compile(r"(?P<escape>\\(?:[pPxuU]\{[^}]*\}|.))|(?P<posix>\[:\^?[a-z]+:\])|&&|~~|--|.", re.DOTALL)
_ESCAPES = frozenset("dDsSwWbBAzpPxuUaftnrv0")
"""Letters and digits that mean in Kusto what they mean in Sigma."""
_DOUBLED = {"&&": r"\&\&", "~~": r"\~\~", "[": r"\["}
"""What would be an operation on classes."""


def in_kusto(pattern: str) -> str:
    """The pattern in Kusto's spelling. Raises Unsupported (without a place) for syntax that Kusto has not."""
    return "".join(_pieces(pattern))


def _pieces(text: str) -> Iterator[str]:
    start = 0
    while start < len(text) and (piece := _PIECE.match(text, start)):
        start = piece.end()
        if piece["escape"] is not None:
            yield _escape(piece["escape"])
        elif piece["around"] is not None:
            raise _foreign(f"{piece[0]}...)")
        elif piece["possessive"] is not None:
            raise _foreign(f"the possessive {piece[0]}")
        elif piece["open"] is not None:
            yield piece[0]
            first = start
            while start < len(text) and (part := _IN_CLASS.match(text, start)):
                start = part.end()
                if part[0] == "]" and part.start() > first:
                    yield "]"
                    break
                yield _in_class(part)
        else:
            yield r"\{" if piece[0] == "{" else piece[0]


def _in_class(part: re.Match[str]) -> str:
    if part["escape"] is not None:
        return _escape(part["escape"], inside=True)
    if part[0] == "--":
        raise _foreign("-- in a class")
    return r"\]" if part[0] == "]" else _DOUBLED.get(part[0], part[0])


def _escape(written: str, *, inside: bool = False) -> str:
    char = written[1:2]
    if char in "<>":
        return char
    if not inside and char in "123456789" and char:
        raise _foreign("a back-reference")
    if char.isascii() and char.isalnum() and char not in _ESCAPES and not char.isdigit():
        raise _foreign(written)
    return written


def _foreign(what: str) -> Unsupported:
    return Unsupported(f"{what} in a regular expression", hint="Kusto has none; say the same with a second search and 'not'")
