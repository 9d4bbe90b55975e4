"""Kusto's regular expressions, read. Source: https://learn.microsoft.com/kusto/query/regex (RE2 with Unicode classes).

What no target can say (set operations in classes, verbose mode) and what Kusto does not have either (look-around, back-references) is
refused here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ruleconv.diagnostic import Unsupported
from ruleconv_backends.sql.regex_tree import POSIX, Any, Assertion, Char, Choice, Class, Group, Named, Node, Regex, Repeat, Sequence

MOST_REPETITIONS = 1000
MOST_DEPTH = 120
_CONTROLS = {"a": "\a", "f": "\f", "t": "\t", "n": "\n", "r": "\r", "v": "\v"}


@dataclass(frozen=True, slots=True)
class Flags:
    fold: bool = False
    multiline: bool = False
    dot_newline: bool = False
    swap: bool = False


def parse(pattern: str) -> Regex:
    """The tree of a pattern; ``Unsupported`` when the pattern is wrong or too much."""
    parser = _Parser(pattern)
    root = parser.choice(Flags(), 0)
    if parser.at < len(pattern):
        raise parser.wrong("an unmatched ')'")
    return Regex(root, parser.groups, parser.names)


class _Parser:
    def __init__(self, pattern: str) -> None:
        self.text, self.at, self.groups = pattern, 0, 0
        self.names: dict[str, int] = {}
        self.flags = Flags()

    def wrong(self, what: str) -> Unsupported:
        return Unsupported(f"the regular expression {self.text[:80]!r} with {what}")

    def peek(self, what: str) -> bool:
        return self.text.startswith(what, self.at)

    def take(self, what: str) -> bool:
        if self.text.startswith(what, self.at):
            self.at += len(what)
            return True
        return False

    def next(self) -> str:
        if self.at >= len(self.text):
            raise self.wrong("an early end")
        self.at += 1
        return self.text[self.at - 1]

    def choice(self, flags: Flags, depth: int) -> Node:
        """Branches up to ``)`` or the end. Flags that are set within hold up to there."""
        if depth > MOST_DEPTH:
            raise self.wrong("too deep a nesting")
        self.flags = flags
        branches = [self.sequence(depth)]
        while self.take("|"):
            branches.append(self.sequence(depth))
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def sequence(self, depth: int) -> Node:
        parts: list[Node] = []
        while self.at < len(self.text) and not self.peek("|") and not self.peek(")"):
            if self.take("\\Q"):
                end = self.text.find("\\E", self.at)
                end = len(self.text) if end < 0 else end
                parts.extend(Char(c, self.flags.fold) for c in self.text[self.at : end])
                self.at = min(len(self.text), end + 2)
                continue
            atom = self.atom(depth)
            if atom is not None:
                parts.append(self.repeated(atom))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def repeated(self, atom: Node) -> Node:
        bounds = self.bounds()
        if bounds is None:
            return atom
        if isinstance(atom, Assertion):
            raise self.wrong("a repeated assertion")
        lazy = self.take("?") != self.flags.swap
        if self.bounds() is not None:
            raise self.wrong("a repeated repetition")
        return Repeat(atom, *bounds, lazy=lazy and bounds[0] != bounds[1])

    def bounds(self) -> tuple[int, int | None] | None:
        for sign, pair in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self.take(sign):
                return pair
        end = self.text.find("}", self.at)
        if not self.peek("{") or end < 0:
            return None
        least, comma, most = self.text[self.at + 1 : end].partition(",")
        if not (least.isdecimal() and least.isascii() and (not most or (most.isdecimal() and most.isascii()))):
            return None
        if len(least) > 4 or len(most) > 4 or int(least) > MOST_REPETITIONS or (most and int(most) > MOST_REPETITIONS):
            raise self.wrong("too many repetitions")
        self.at = end + 1
        low, high = int(least), (int(most) if most else None) if comma else int(least)
        if high is not None and high < low:
            raise self.wrong("a repetition whose bounds are the wrong way round")
        return low, high

    def atom(self, depth: int) -> Node | None:
        char = self.next()
        match char:
            case ".":
                return Any(self.flags.dot_newline)
            case "^":
                return Assertion("line_start" if self.flags.multiline else "start")
            case "$":
                return Assertion("line_end" if self.flags.multiline else "end")
            case "(":
                return self.group(depth)
            case "[":
                return self.bracket()
            case "\\":
                return self.escape()
            case "*" | "+" | "?":
                raise self.wrong(f"nothing before {char!r}")
            case _:
                return Char(char, self.flags.fold)

    def group(self, depth: int) -> Node | None:
        outer, index, name = self.flags, 0, ""
        inner = outer
        if self.take("?P<") or (self.peek("?<") and not self.peek("?<=") and not self.peek("?<!") and self.take("?<")):
            end = self.text.find(">", self.at)
            name = self.text[self.at : end] if end > 0 else ""
            if not name:
                raise self.wrong("a group without a name")
            self.at = end + 1
        elif self.take("?"):
            if self.peek("=") or self.peek("!") or self.peek("<"):
                raise self.wrong("a look-around, which Kusto does not have either")
            inner, scoped = self.read_flags()
            if not scoped:
                self.flags = inner
                return None
            body = self.choice(inner, depth + 1)
            return self.closed(Group(body), outer)
        self.groups += 1
        index = self.groups
        if name:
            self.names[name] = index
        return self.closed(Group(self.choice(inner, depth + 1), index, name), outer)

    def closed(self, group: Group, outer: Flags) -> Group:
        if not self.take(")"):
            raise self.wrong("a '(' that is never closed")
        self.flags = outer
        return group

    def read_flags(self) -> tuple[Flags, bool]:
        """The flags of ``(?i)`` or ``(?i:``; True for the latter."""
        flags, value = self.flags, True
        while True:
            match char := self.next():
                case "-":
                    value = False
                case "i":
                    flags = replace(flags, fold=value)
                case "m":
                    flags = replace(flags, multiline=value)
                case "s":
                    flags = replace(flags, dot_newline=value)
                case "U":
                    flags = replace(flags, swap=value)
                case "u" if value:
                    pass
                case ")":
                    return flags, False
                case ":":
                    return flags, True
                case _:
                    raise self.wrong(f"the flag {char!r}")

    def escape(self) -> Node:
        char = self.next()
        match char:
            case "d" | "w" | "s":
                return Named(char, char)
            case "D" | "W" | "S":
                return Named(char.lower(), char.lower(), True)
            case "p" | "P":
                return self.property(char == "P")
            case "A":
                return Assertion("start")
            case "z" | "Z":
                return Assertion("end")
            case "b":
                if self.peek("{"):
                    for text, kind in (("{start}", "word_start"), ("{end}", "word_end")):
                        if self.take(text):
                            return Assertion(kind)
                    raise self.wrong("a half word boundary")
                return Assertion("word")
            case "B":
                return Assertion("not_word")
            case "<":
                return Assertion("word_start")
            case ">":
                return Assertion("word_end")
            case _:
                return Char(self.escaped(char), self.flags.fold)

    def escaped(self, char: str) -> str:
        """The character that ``\\`` and ``char`` stand for."""
        if char in _CONTROLS:
            return _CONTROLS[char]
        if char in "xuU":
            return self.code_point({"x": 2, "u": 4, "U": 8}[char])
        if char == "0":
            digits = ""
            while len(digits) < 2 and self.at < len(self.text) and self.text[self.at] in "01234567":
                digits += self.next()
            return self.character(int(digits or "0", 8))
        if char.isascii() and char.isalnum():
            raise self.wrong("a back-reference, which Kusto does not have either" if char.isdigit() else f"the escape '\\{char}'")
        return char

    def code_point(self, length: int) -> str:
        if self.take("{"):
            end = self.text.find("}", self.at)
            digits = self.text[self.at : max(end, self.at)]
            self.at = end + 1
        else:
            digits = self.text[self.at : self.at + length]
            self.at += length
            if len(digits) < length:
                raise self.wrong("an early end")
        if not digits or len(digits) > 8 or any(d not in "0123456789abcdefABCDEF" for d in digits):
            raise self.wrong("a character code that is no number")
        return self.character(int(digits, 16))

    def character(self, code: int) -> str:
        if code > 0x10FFFF or 0xD800 <= code < 0xE000:
            raise self.wrong("a character that SQL text cannot hold")
        return chr(code)

    def property(self, negated: bool) -> Named:
        if self.take("{"):
            end = self.text.find("}", self.at)
            name = self.text[self.at : max(end, self.at)]
            self.at = end + 1
        else:
            name = self.next()
        if name.startswith("^"):
            name, negated = name[1:], not negated
        if not name or not name.replace("_", "").isalnum():
            raise self.wrong("a Unicode class without a name")
        return Named("p", name, negated)

    def bracket(self) -> Node:
        negated = self.take("^")
        items: list[tuple[str, str] | Named] = []
        first = True
        while first or not self.peek("]"):
            first = False
            if any(self.peek(op) for op in ("&&", "--", "~~")) and not self.peek("--]"):
                raise self.wrong("a set operation in a class")
            if self.peek("[") and not self.peek("[:") and not self.peek("[]"):
                raise self.wrong("a class within a class")
            item = self.class_item()
            items.append(self.class_range(item) if isinstance(item, str) else item)
        self.take("]")
        return Class(tuple(items), negated, self.flags.fold)

    def class_item(self) -> str | Named:
        if self.take("[:"):
            end = self.text.find(":]", self.at)
            name = self.text[self.at : max(end, self.at)]
            self.at = end + 2
            negated = name.startswith("^")
            if name.lstrip("^") not in POSIX:
                raise self.wrong("an unknown class")
            return Named("posix", name.lstrip("^"), negated)
        char = self.next()
        if char != "\\":
            return char
        char = self.next()
        if char in "dwsDWS":
            return Named(char.lower(), char.lower(), char.isupper())
        if char in "pP":
            return self.property(char == "P")
        if char == "b":
            raise self.wrong("the escape '\\b' in a class")
        return self.escaped(char)

    def class_range(self, low: str) -> tuple[str, str]:
        if not self.peek("-") or self.peek("-]"):
            return low, low
        self.take("-")
        high = self.class_item()
        if not isinstance(high, str):
            raise self.wrong("a range that ends with a class")
        if high < low:
            raise self.wrong("a range whose ends are the wrong way round")
        return low, high
