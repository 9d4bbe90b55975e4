"""Kusto's regular expressions written for DuckDB (RE2) and for PostgreSQL (ARE).

Source: https://www.postgresql.org/docs/current/functions-matching.html#POSIX-SYNTAX-DETAILS, https://github.com/google/re2/wiki/Syntax.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from ruleconv.diagnostic import Unsupported
from ruleconv_backends.sql.regex_choice import Plan, may_match_nothing, plan
from ruleconv_backends.sql.regex_parse import parse
from ruleconv_backends.sql.regex_tree import POSIX, Any, Assertion, Char, Choice, Class, Group, Named, Node, Regex, Repeat, Sequence
from ruleconv_backends.sql.regex_words import without_boundaries

WORD_RE2, SPACE_RE2 = r"\p{L}\p{M}\p{N}_", r"\s\v\x85\p{Z}"
"""What ``\\w`` and ``\\s`` are in Kusto; RE2's own know ASCII alone."""
_SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
_CATEGORIES = {
    "Letter": "L", "Uppercase_Letter": "Lu", "Lowercase_Letter": "Ll", "Mark": "M", "Number": "N", "Decimal_Number": "Nd",
    "Punctuation": "P", "Symbol": "S", "Separator": "Z", "Space_Separator": "Zs", "Other": "C",
    "Alphabetic": "L", "Uppercase": "Lu", "Lowercase": "Ll",
}  # fmt: skip
_SHORT = frozenset("L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po S Sm Sc Sk So Z Zs Zl Zp C Cc Cf Co".split())  # noqa: SIM905
_SCRIPTS = frozenset("Arabic Armenian Cyrillic Devanagari Greek Han Hangul Hebrew Hiragana Katakana Latin Thai".split())  # noqa: SIM905
_POSTGRES_PROPERTIES = {"L": "[:alpha:]", "Lu": "[:upper:]", "Ll": "[:lower:]", "Nd": r"\d"}
_POSTGRES_MOST = 255
_SPECIAL = frozenset("\\.[]{}()*+?^$|")
_CONTROLS = {"\0": r"\0", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\f": r"\f", "\v": r"\v"}
_POSTGRES_ASSERTIONS = {
    "start": "^", "end": "$", "line_start": r"(?:^|(?<=\n))", "line_end": r"(?:$|(?=\n))",
    "word": r"\y", "not_word": r"\Y", "word_start": r"\m", "word_end": r"\M",
}  # fmt: skip
_RE2_ASSERTIONS = {"start": "^", "end": "$", "line_start": "(?m:^)", "line_end": "(?m:$)", "word": r"\b", "not_word": r"\B"}


@lru_cache(maxsize=1024)
def parsed(pattern: str) -> Regex:
    """The tree of a pattern, remembered."""
    return parse(pattern)


def for_test(pattern: str, dialect: str) -> str:
    """The pattern for a search whose only question is whether something matches."""
    root = parsed(pattern).root
    return _write(root if dialect == "postgres" else without_boundaries(root), dialect, None, None)


def for_match(pattern: str, dialect: str, keep: tuple[int, ...] = (), *, every: bool = False) -> str:
    """The pattern for a search whose match counts. On PostgreSQL only the groups ``keep`` capture; on DuckDB all do as before.

    ``every``: not only the first match counts. PostgreSQL sees an empty match right behind another one, which Kusto does not.
    """
    tree = parsed(pattern)
    if dialect == "postgres":
        if every and may_match_nothing(tree.root):
            raise Unsupported(f"every match of the regular expression {pattern[:80]!r}, which may be empty, for PostgreSQL")
        return _write(tree.root, dialect, plan(tree.root, pattern, frozenset(keep)), frozenset(keep))
    return _write(tree.root, dialect, None, None)


def quoted(text: str) -> str:
    """A pattern that matches the text, in either dialect."""
    return "".join(_char(c) for c in text)


def _write(root: Node, dialect: str, how: Plan | None, keep: frozenset[int] | None) -> str:
    folds = {node.fold for node in _leaves(root) if isinstance(node, (Char, Class)) and _has_case(node)}
    prefix = "(?i)" if folds == {True} else ""
    dots = {node.newline for node in _leaves(root) if isinstance(node, Any)}
    writer = (_Postgres if dialect == "postgres" else _Re2)(how, keep, len(folds) == 2, dots == {True})
    text = writer.node(root)
    if dialect != "postgres":
        flags = ("i" if prefix else "") + ("s" if dots == {True} else "")
        return f"(?{flags}){text}" if flags else text
    if how is not None and how.shortest and "|" in text:
        text = f"(?:{text}){{1,1}}?"
    return prefix + text


def _leaves(node: Node) -> Iterator[Char | Any | Named | Class]:
    match node:
        case Group() | Repeat():
            yield from _leaves(node.body)
        case Sequence():
            for part in node.parts:
                yield from _leaves(part)
        case Choice():
            for branch in node.branches:
                yield from _leaves(branch)
        case Assertion():
            pass
        case _:
            yield node


def _has_case(node: Char | Any | Named | Class) -> bool:
    if isinstance(node, Char):
        return node.char.lower() != node.char.upper()
    if isinstance(node, Class):
        return any(_item_has_case(item) for item in node.items)
    return False


def _item_has_case(item: tuple[str, str] | Named) -> bool:
    if isinstance(item, Named):
        return item.name in ("upper", "lower", "Lu", "Ll")
    low, high = item
    return (low <= "z" and high >= "A" and not (low > "Z" and high < "a")) or high > "\x7f"


def _char(char: str) -> str:
    if char in _SPECIAL:
        return "\\" + char
    return _CONTROLS.get(char, char)


def _class_char(char: str) -> str:
    if char in "\\]^-[":
        return "\\" + char
    return _CONTROLS.get(char, char)


class _Writer:
    """``mixed``: some letters fold and some do not."""

    assertions: dict[str, str]

    def __init__(self, how: Plan | None, keep: frozenset[int] | None, mixed: bool, all_newline: bool) -> None:
        self.how, self.keep, self.mixed, self.all_newline = how, keep, mixed, all_newline

    def node(self, node: Node) -> str:
        match node:
            case Char():
                return self.char(node)
            case Any():
                return self.any(node)
            case Named():
                return self.named(node)
            case Class():
                return self.bracket(node)
            case Assertion():
                if node.kind not in self.assertions:
                    raise Unsupported(f"the word boundary ({node.kind}) of a regular expression")
                return self.assertions[node.kind]
            case Group():
                return self.group(node)
            case Repeat():
                return self.repeat(node)
            case Sequence():
                return "".join(self.node(part) if not isinstance(part, Choice) else f"(?:{self.node(part)})" for part in node.parts)
            case Choice():
                return "|".join(self.node(branch) for branch in node.branches)

    def atom(self, node: Node) -> str:
        text = self.node(node)
        if isinstance(node, Char) and len(node.char) == 1 and not (self.mixed and node.fold):
            return text
        return text if isinstance(node, (Any, Named, Class, Group)) else f"(?:{text})"

    def group(self, node: Group) -> str:
        capture = node.index and (self.keep is None or node.index in self.keep)
        return f"({self.node(node.body)})" if capture else f"(?:{self.node(node.body)})"

    def repeat(self, node: Repeat) -> str:
        lazy = "?" if node.lazy else ""
        return self.atom(node.body) + bounds(node.least, node.most) + lazy

    def char(self, node: Char) -> str:
        raise NotImplementedError

    def any(self, node: Any) -> str:
        raise NotImplementedError

    def named(self, node: Named) -> str:
        raise NotImplementedError

    def bracket(self, node: Class) -> str:
        raise NotImplementedError


def bounds(least: int, most: int | None) -> str:
    """``*``, ``+``, ``?`` or ``{n,m}``."""
    short = {(0, None): "*", (1, None): "+", (0, 1): "?", (1, 1): "{1}"}.get((least, most))
    if short is not None:
        return short
    return f"{{{least}}}" if least == most else f"{{{least},{'' if most is None else most}}}"


def _ranges(items: tuple[tuple[str, str], ...]) -> str:
    return "".join(_class_char(low) if low == high else f"{_class_char(low)}-{_class_char(high)}" for low, high in items)


class _Re2(_Writer):
    assertions = _RE2_ASSERTIONS

    def char(self, node: Char) -> str:
        text = _char(node.char)
        return f"(?i:{text})" if self.mixed and node.fold and _has_case(node) else text

    def any(self, node: Any) -> str:
        return "(?s:.)" if node.newline and not self.all_newline else "."

    def named(self, node: Named) -> str:
        if node.kind in "ws":
            return f"[{'^' if node.negated else ''}{self.inner(Named(node.kind, node.name))}]"
        return self.inner(node)

    def inner(self, node: Named) -> str:
        if node.kind == "posix":
            return f"[:{'^' if node.negated else ''}{node.name}:]"
        if node.kind == "p":
            name = _CATEGORIES.get(node.name, node.name)
            if name not in _SHORT and name not in _SCRIPTS:
                raise Unsupported(f"the Unicode class {node.name} of a regular expression")
            return f"\\{'P' if node.negated else 'p'}{{{name}}}"
        if node.kind in "ws" and not node.negated:
            return WORD_RE2 if node.kind == "w" else SPACE_RE2
        return "\\" + (node.kind.upper() if node.negated else node.kind)

    def bracket(self, node: Class) -> str:
        others = [item for item in node.items if isinstance(item, Named) and item.negated and item.kind in "ws"]
        if others:
            return self.without(node, others) if node.negated else self.either(node, others)
        inside = "".join(self.inner(item) if isinstance(item, Named) else _ranges((item,)) for item in node.items)
        text = f"[{'^' if node.negated else ''}{inside}]"
        return f"(?i:{text})" if self.mixed and node.fold and _has_case(node) else text

    def either(self, node: Class, others: list[Named]) -> str:
        r"""``[\W_]``: RE2's own ``\W`` in a class takes letters beyond ASCII."""
        rest = tuple(item for item in node.items if item not in others)
        texts = [self.bracket(replace(node, items=rest))] if rest else []
        return f"(?:{'|'.join([*texts, *map(self.named, others)])})"

    def without(self, node: Class, others: list[Named]) -> str:
        r"""``[^\W_]``: letters and digits; ``[^\S\n]``: blanks in a line."""
        rest = {item for item in node.items if item not in others}
        digits = {Named("d", "d"), ("0", "9")}
        chars = [item for item in rest if not isinstance(item, Named)]
        if others == [Named("w", "w", True)] and rest <= {("_", "_"), *digits}:
            return r"[\p{L}\p{M}" + (r"\p{Nl}\p{No}" if rest & digits else r"\p{N}") + ("]" if ("_", "_") in rest else "_]")
        if others == [Named("s", "s", True)] and len(chars) == len(rest):
            left = [char for char in _SPACES if not any(low <= char <= high for low, high in chars)]
            return f"[{''.join(map(_class_char, left))}]"
        raise Unsupported("a class of a regular expression that excludes both what is no letter or blank and some that are")


class _Postgres(_Writer):
    assertions = _POSTGRES_ASSERTIONS

    def char(self, node: Char) -> str:
        if self.mixed and node.fold and _has_case(node):
            lower, upper = node.char.lower(), node.char.upper()
            if len(lower) > 1 or len(upper) > 1:
                raise Unsupported(f"a regular expression that folds the case of {node.char!r} in places only")
            return f"[{lower}{upper}]"
        return _char(node.char)

    def any(self, node: Any) -> str:
        return "." if node.newline else r"[^\n]"

    def named(self, node: Named) -> str:
        if node.kind in ("posix", "p"):
            return f"[{'^' if node.negated else ''}{self.inner(Named(node.kind, node.name))}]"
        return self.inner(node)

    def inner(self, node: Named) -> str:
        if node.kind == "posix":
            if node.negated:
                raise Unsupported(f"[:^{node.name}:] in a regular expression", hint="write the characters out")
            return _ranges(POSIX[node.name])
        if node.kind == "p":
            found = _POSTGRES_PROPERTIES.get(_CATEGORIES.get(node.name, node.name))
            if found is None or node.negated:
                raise Unsupported(f"the Unicode class {node.name} of a regular expression for PostgreSQL")
            return found
        return "\\" + (node.kind.upper() if node.negated else node.kind)

    def bracket(self, node: Class) -> str:
        parts: list[str] = []
        for item in node.items:
            if isinstance(item, Named):
                parts.append(self.inner(item))
                continue
            parts.append(_ranges((item,)))
            if self.mixed and node.fold and _item_has_case(item):
                parts.append(_ranges(_other_case(item)))
        return f"[{'^' if node.negated else ''}{''.join(parts)}]"

    def repeat(self, node: Repeat) -> str:
        least, most, lazy = node.least, node.most, ""
        atom = self.atom(node.body)
        if self.how is not None:
            if _holds(self.how.least, node):
                most = least
            if self.how.shortest and least != most:
                lazy = "?"
        ahead = f"(?!{atom})" if lazy and self.how is not None and _holds(self.how.bounded, node) else ""
        if max(least, most or 0) <= _POSTGRES_MOST:
            return "" if most == 0 else atom + bounds(least, most) + lazy + ahead
        if any(isinstance(part, Group) and part.index for part in (node.body,)) or "(" in atom:
            raise Unsupported(f"a group that is repeated more than {_POSTGRES_MOST} times, for PostgreSQL")
        text = "".join(atom + bounds(part, part) for part in _divided(least))
        if most is None:
            return text + atom + "*" + lazy + ahead
        return text + "".join(atom + bounds(0, part) + lazy for part in _divided(most - least))


def _holds(nodes: list[Repeat], node: Repeat) -> bool:
    return any(one is node for one in nodes)


def _divided(count: int) -> list[int]:
    whole, rest = divmod(count, _POSTGRES_MOST)
    return [_POSTGRES_MOST] * whole + ([rest] if rest else [])


def _other_case(item: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    low, high = item
    if high > "\x7f":
        raise Unsupported("a regular expression that folds the case of other than Latin letters in places only")
    found: list[tuple[str, str]] = []
    for first, last in (("A", "Z"), ("a", "z")):
        start, end = max(low, first), min(high, last)
        if start <= end:
            found.append((start.swapcase(), end.swapcase()))
    return tuple(found)
