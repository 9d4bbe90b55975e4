r"""Patterns and constants of the IR as Sigma's modifiers and values.

Sigma reads ``*`` and ``?`` as wildcards and a backslash before them, or before another backslash, as an escape (Sigma rules specification,
"Wildcard" and "Escaping"). A literal wildcard, a control character and a number with leading zeros are legal there but are told by
``sigma check`` as probable mistakes: they are written as regular expressions. Those must be read by Python's ``re`` (pySigma compiles them)
and mean the same to PCRE and RE2.
"""

from __future__ import annotations

import ipaddress
import re
import warnings

from ruleconv.diagnostic import Unsupported
from ruleconv.ir.expr import How, Literal
from ruleconv.ir.types import Type
from ruleconv_backends.sigma.tree import Value

BORDER = r"[\W_]"
"""What is no letter and no digit, so that it ends a term (S41)."""
_TERMS = (How.TERM, How.TERM_PREFIX, How.TERM_SUFFIX)
_AFFIX = {How.CONTAINS: "contains", How.PREFIX: "startswith", How.SUFFIX: "endswith"}
_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")
_NAMED = {"\n": r"\n", "\r": r"\r", "\t": r"\t", "\f": r"\f", "\v": r"\v"}
_MAX_EXACT = 1 << 53
_POSIX = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": r"\t ",
    "digit": "0-9",
    "lower": "a-z",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}


def number(node: Literal) -> Value:
    """A constant of a typed comparison as Sigma's value. Raises Unsupported for times and other types that Sigma does not have."""
    match node.type:
        case Type.INT | Type.LONG | Type.BOOL:
            assert node.value is None or isinstance(node.value, (int, bool))
            return node.value
        case Type.REAL | Type.DECIMAL:
            made = float(str(node.value))
            if made != made or made in (float("inf"), float("-inf")):
                raise Unsupported("a comparison with a number that is none", node.span)
            return int(made) if made.is_integer() and abs(made) < 1 << 53 else made
        case Type.GUID:
            return str(node.value)
        case _:
            raise Unsupported(f"a comparison with {kind(node)}", node.span, "Sigma compares texts and numbers")


def kind(node: Literal) -> str:
    """What the constant is, for messages."""
    kinds = {Type.DATETIME: "a point in time", Type.TIMESPAN: "a length of time", Type.DYNAMIC: "a dynamic value", Type.STRING: "a text"}
    return kinds.get(node.type, f"a {node.type.value}")


def has_case(text: str) -> bool:
    """Folding the case can make a difference."""
    return any(char.lower() != char.upper() for char in text)


def literal(pattern: str, how: How, fold_case: bool) -> tuple[tuple[str, ...], Value]:
    """Modifiers and value for a constant text that is not empty, compared in any way but REGEX, GLOB and CIDR."""
    cased = not fold_case and has_case(pattern)
    if how in _TERMS and term(pattern, how) == quoted(pattern):
        how = How.CONTAINS
    if how in _TERMS:
        return _regex(term(pattern, how), fold_case and has_case(pattern))
    if any(char in "*?" or ord(char) < 32 for char in pattern) or (how is How.EQUALS and _is_odd_number(pattern)):
        left = "^" if how in (How.EQUALS, How.PREFIX) else ""
        right = "$" if how in (How.EQUALS, How.SUFFIX) else ""
        return _regex(left + quoted(pattern) + right, fold_case and has_case(pattern))
    if how is How.EQUALS:
        if _is_number(pattern):
            return (), int(pattern)
        return (("cased",) if cased else ()), escaped(pattern)
    return (_AFFIX[how], "cased") if cased else (_AFFIX[how],), escaped(pattern)


def _regex(pattern: str, fold_case: bool) -> tuple[tuple[str, ...], str]:
    return (("re", "i") if fold_case else ("re",)), pattern


def term(pattern: str, how: How) -> str:
    """``has`` and its relatives as a regular expression: a border stands only beside a letter or digit (S11)."""
    left = f"(?:^|{BORDER})" if how is not How.TERM_SUFFIX and pattern[0].isalnum() else ""
    right = f"(?:$|{BORDER})" if how is not How.TERM_PREFIX and pattern[-1].isalnum() else ""
    return left + quoted(pattern) + right


def _is_number(text: str) -> bool:
    """A whole number as it is always written, and small enough for every reader."""
    return bool(re.fullmatch(r"0|-?[1-9][0-9]{0,15}", text)) and abs(int(text)) < _MAX_EXACT


def _is_odd_number(text: str) -> bool:
    """A text that pySigma takes for a number but that is not the number's own spelling (``0050``, ``+5``)."""
    if _is_number(text) or " " in text:
        return False
    try:
        int(text)
    except ValueError:
        return False
    return True


def escaped(text: str) -> str:
    """A text without wildcards, for a plain value: a backslash is doubled only where it would be read as an escape."""
    return re.sub(r"\\{2,}", lambda run: run.group() * 2, text)


def quoted(text: str) -> str:
    """A text as a regular expression that matches it."""
    return "".join(_NAMED.get(char) or (f"\\x{ord(char):02x}" if ord(char) < 32 else _SPECIAL.sub(r"\\\g<0>", char)) for char in text)


def network(pattern: str) -> str:
    """A network for ``cidr``: an address without a prefix length stands for itself. Raises Unsupported for what is none."""
    try:
        return str(ipaddress.ip_network(pattern.strip(), strict=False))
    except ValueError:
        raise Unsupported(f"the network {pattern!r}", hint="write an address with a prefix length, 10.0.0.0/8") from None


def regex(pattern: str, fold_case: bool) -> tuple[tuple[str, ...], str, bool]:
    """Modifiers and value for a regular expression of RE2, and whether it matches the empty text. Raises Unsupported for one that
    pySigma's reader (Python's) refuses, or reads in another way."""
    flags = "i" if fold_case else ""
    while leading := re.match(r"\(\?([imsU]+)\)", pattern):
        flags, pattern = flags + leading.group(1), pattern[leading.end() :]
    if "U" in flags:
        raise Unsupported("a regular expression with the flag U", hint="write *? for * and * for *?")
    body = _portable(pattern, "m" in flags)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            compiled = re.compile(body, sum({re.I if f == "i" else re.M if f == "m" else re.S for f in flags}))
    except (re.error, Warning, OverflowError, RecursionError) as error:
        raise Unsupported(
            f"this regular expression ({error})", hint="Sigma's readers take what Perl, Python and RE2 have in common"
        ) from None
    return ("re", *(flag for flag in "ims" if flag in flags)), body, compiled.search("") is not None


_TOKEN = re.compile(
    r"\\Q(?P<quote>.*?)(?:\\E|\Z)|\\(?P<escape>.)|\(\?<(?P<name>[A-Za-z_]\w*)>|\(\?(?P<flags>[ims]+)\)|(?P<other>.)", re.DOTALL
)


def _portable(pattern: str, multiline: bool) -> str:
    """What RE2 has and Python spells in another way: ``\\Q..\\E``, ``\\z``, ``(?<name>``, classes such as ``[:alpha:]``, and flags that
    begin to count in the middle."""
    parts: list[str] = []
    opened = [0]  # for each open group, how many groups for flags were opened in it
    at = 0
    while at < len(pattern):
        if pattern[at] == "[":
            text, at = _class(pattern, at)
            parts.append(text)
            continue
        found = _TOKEN.match(pattern, at)
        assert found is not None
        at = found.end()
        other = found["other"]
        if found["quote"] is not None:
            parts.append(quoted(found["quote"]))
            continue
        if found["flags"]:
            parts.append(f"(?{found['flags']}:")
            opened[-1] += 1
            continue
        if other == "(" or found["name"]:
            opened.append(0)
        elif other == ")":
            parts.append(")" * (opened.pop() if len(opened) > 1 else 0))
        elif other == "|" and opened[-1]:
            raise Unsupported("a regular expression with flags in one of its alternatives", hint="write the flags at the start")
        if found["name"]:
            parts.append(f"(?P<{found['name']}>")
        elif found["escape"] == "z" and not multiline:
            parts.append("$")
        elif other is not None and ord(other) < 32:
            parts.append(quoted(other))
        else:
            parts.append(found.group())
    return "".join(parts) + ")" * opened[0]


def _class(pattern: str, at: int) -> tuple[str, int]:
    """The bracket expression that starts at ``at``, and where it ends."""
    start = at
    at += 1
    parts = ["["]
    if pattern[at : at + 1] == "^":
        parts.append("^")
        at += 1
    first = True
    while at < len(pattern):
        char = pattern[at]
        if char == "]" and not first:
            return "".join((*parts, "]")), at + 1
        first = False
        named = re.compile(r"\[:(\w+):\]").match(pattern, at)
        if named:
            if named[1] not in _POSIX:
                raise Unsupported(f"the class {named[0]} in a regular expression", hint="write the characters themselves")
            parts.append(_POSIX[named[1]])
            at = named.end()
        elif char == "\\":
            parts.append(pattern[at : at + 2])
            at += 2
        else:
            # A bracket inside is plain to RE2; Python warns of it, and later versions may nest.
            parts.append("\\" + char if char in "[]" else _NAMED.get(char, char))
            at += 1
    return pattern[start:], len(pattern)
