"""Sigma's regular expressions as Kusto runs them.

Sigma's are PCRE without what costs too much; Kusto has neither look-around nor back-references, nor possessive repetition
(https://learn.microsoft.com/kusto/query/regex), and reads some characters in another way: ``\\<`` begins a word, a ``[`` in a class opens
another class, a ``{`` must repeat something.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from warnings import catch_warnings, simplefilter

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir

_FLAGS = re.compile(r"\(\?([imsxU]+)\)")
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


def regex(pattern: ir.Expr, fold: bool, *, sigma: bool) -> ir.Expr:
    """The pattern with its flags inside, as Kusto takes them; KQL's own stays what it is. Raises Unsupported for syntax that Kusto has
    not."""
    if not isinstance(pattern, ir.Literal) or not isinstance(pattern.value, str):
        if fold:
            raise Unsupported("a computed regular expression that ignores case", pattern.span)
        return pattern
    text = "".join(_pieces(pattern.value, pattern)) if sigma else pattern.value
    if fold:
        flags = _FLAGS.match(text)
        if flags is None:
            text = f"(?i){text}"
        elif "i" not in flags[1]:
            text = f"(?i{flags[1]}){text[flags.end() :]}"
    return replace(pattern, value=text)


def _pieces(text: str, at: ir.Expr) -> Iterator[str]:
    """The pattern piece by piece, in Kusto's spelling."""
    start = 0
    while start < len(text) and (piece := _PIECE.match(text, start)):
        start = piece.end()
        if piece["escape"] is not None:
            yield _escape(piece["escape"], at)
        elif piece["around"] is not None:
            raise _foreign(f"{piece[0]}...)", at)
        elif piece["possessive"] is not None:
            raise _foreign(f"the possessive {piece[0]}", at)
        elif piece["open"] is not None:
            yield piece[0]
            first = start
            while start < len(text) and (part := _IN_CLASS.match(text, start)):
                start = part.end()
                if part[0] == "]" and part.start() > first:
                    yield "]"
                    break
                yield _in_class(part, at)
        else:
            yield r"\{" if piece[0] == "{" else piece[0]


def _in_class(part: re.Match[str], at: ir.Expr) -> str:
    if part["escape"] is not None:
        return _escape(part["escape"], at, inside=True)
    if part[0] == "--":
        raise _foreign("-- in a class", at)
    return r"\]" if part[0] == "]" else _DOUBLED.get(part[0], part[0])


def _escape(written: str, at: ir.Expr, *, inside: bool = False) -> str:
    char = written[1:2]
    if char in "<>":
        return char
    if not inside and char in "123456789" and char:
        raise _foreign("a back-reference", at)
    if char.isascii() and char.isalnum() and char not in _ESCAPES and not char.isdigit():
        raise _foreign(written, at)
    return written


def _foreign(what: str, at: ir.Expr) -> Unsupported:
    return Unsupported(f"{what} in a regular expression", at.span, "Kusto has none")


_UNKNOWN_TO_PYTHON = re.compile(r"\\\\|\\[pP](?:\{[^}]*\}|.)|\\x\{[^}]*\}|\\z|\[:\^?[a-z]+:\]")
"""One character each, but for the end of the text."""


def takes_empty(pattern: ir.Expr) -> bool:
    """Whether the empty text matches; True when in doubt."""
    if not isinstance(pattern, ir.Literal) or not isinstance(pattern.value, str):
        return True
    plain = _UNKNOWN_TO_PYTHON.sub(lambda found: r"\Z" if found[0] == r"\z" else found[0] if found[0] == r"\\" else "a", pattern.value)
    try:
        with catch_warnings():
            simplefilter("ignore")
            return re.search(plain, "") is not None
    except (re.error, RecursionError, OverflowError):
        return True
