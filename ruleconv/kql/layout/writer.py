"""Where the printer's words come from: a tree that was made (its own words), or a text that was read (its tokens, in order, with comments).

The printer asks for each token in the order of the text. From a text it gets that very token, so that nothing but layout can change;
what the tree does not tell (a trailing comma, ``and`` or ``,`` between two conditions of a join) is seen by looking at the next token.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from ruleconv.ir.types import Type
from ruleconv.kql.layout.document import EMPTY, HARD, Concat, Doc, Own, Text, Trailing
from ruleconv.kql.lex import END, Lexed, Token, lex
from ruleconv.kql.tree import Comment
from ruleconv.text import Span

Rows: TypeAlias = Callable[["Writer", Any], Doc]


class LayoutError(Exception):
    """The printer and the text disagree: a fault of ruleconv. The text must be left as it is."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.span = span


class Writer:
    """The words of a tree that was made. ``Reader`` is the same for a text that was read.

    ``rows`` prints what makes rows, a table or an operator: expressions and operators hold tables, which are made of both.
    """

    def __init__(self, rows: Rows) -> None:
        self.rows = rows

    def word(self, *texts: str) -> Doc:
        """The next token, which is one of ``texts`` (the first is how a made tree spells it)."""
        return Text(texts[0])

    def string(self, text: str) -> Doc:
        """A string literal, whatever its quotes; ``text`` is how a made tree spells it."""
        return Text(text)

    def type(self, kind: Type) -> Doc:
        """The name of a type, however it is spelled. ValueError for a type that has none."""
        if kind is Type.UNKNOWN:
            raise ValueError("a column that is written down has a type")
        return Text(kind.value)

    def next_is(self, *texts: str) -> bool:
        """Whether the text goes on with one of these; never for a made tree."""
        return False

    def expects(self, text: str) -> bool:
        """Whether a word that may be left out is written; a made tree writes it."""
        return True

    def until(self, span: Span) -> Doc:
        """What the tree leaves out before ``span``, as it was written."""
        return EMPTY

    def next_is_typed(self) -> bool:
        """Whether the next token is a type's name with a value in parentheses."""
        return False

    def verbatim(self, text: str, span: Span) -> Doc:
        """A whole node as it was written, line ends and comments included."""
        return Text(text)

    def inside(self, text: str) -> Reader:
        """Reads the tokens of a constant that is spelled ``text``."""
        lexed = lex(text)
        lexed.tokens.append(Token(END, "", len(text), len(text)))
        return Reader(text, lexed, self.rows)

    def closing(self) -> list[Doc]:
        """The comments that stand before a closing bracket, which belong to what is inside."""
        return []

    def leading(self, first: bool) -> list[Doc]:
        """The comments before a statement. ``first``: nothing stands before them, so that no empty line is kept."""
        return []

    @property
    def blank(self) -> bool:
        """Whether an empty line stands before the next token."""
        return False


@dataclass(frozen=True, slots=True)
class _Placed:
    comment: Comment
    blank: bool

    @property
    def own(self) -> Own:
        return Own(self.comment.text.rstrip(), self.blank)


class Reader(Writer):
    """The tokens of ``text``, each with its comments: those on lines of their own before it, and the one at the end of its line."""

    def __init__(self, text: str, lexed: Lexed, rows: Rows) -> None:
        super().__init__(rows)
        self._text, self._tokens, self._at = text, lexed.tokens, 0
        self._own: dict[int, list[_Placed]] = {}
        self._trailing: dict[int, list[Comment]] = {}
        self._blank: set[int] = set()
        self._place(lexed.comments)

    def _place(self, comments: list[Comment]) -> None:
        waiting = iter([*comments, None])
        comment = next(waiting)
        end = 0
        for at, token in enumerate(self._tokens):
            while comment is not None and comment.span.start < token.start:
                if comment.span.start >= end:  # not inside the token before
                    if comment.alone or not at:
                        self._own.setdefault(at, []).append(_Placed(comment, self._is_blank(end, comment.span.start)))
                    else:
                        self._trailing.setdefault(at - 1, []).append(comment)
                    end = comment.span.end
                comment = next(waiting)
            if self._is_blank(end, token.start):
                self._blank.add(at)
            end = token.end

    def _is_blank(self, start: int, end: int) -> bool:
        return self._text.count("\n", start, end) > 1

    # ------------------------------------------------------------ tokens
    @property
    def _token(self) -> Token:
        return self._tokens[self._at]

    def next_is(self, *texts: str) -> bool:
        return self._token.text in texts

    def expects(self, text: str) -> bool:
        return self.next_is(text)

    def until(self, span: Span) -> Doc:
        start = self._token.start
        if start == span.start:
            return EMPTY
        end = start
        for token in self._tokens[self._at :]:
            if token.start >= span.start:
                break
            end = token.end
        return self.verbatim("", Span(start, end))

    def next_is_typed(self) -> bool:
        return self._token.kind == "TYPED"

    @property
    def blank(self) -> bool:
        return self._at in self._blank

    def word(self, *texts: str) -> Doc:
        token = self._token
        if token.text in texts:
            return self._take(token.text)
        if token.kind == "BINARY" and " ".join(token.text.split()) in texts:  # matches   regex
            return self._take(texts[0])
        raise LayoutError(f"`{token.text}` stands where `{texts[0]}` was expected", token.span)

    def string(self, text: str) -> Doc:
        return self._take_kind("STRING")

    def type(self, kind: Type) -> Doc:
        return self._take_kind("NAME", "RESERVED", "dynamic")

    def _take_kind(self, *kinds: str) -> Doc:
        if self._token.kind not in kinds:
            raise LayoutError(f"`{self._token.text}` stands where a {kinds[0].lower()} was expected", self._token.span)
        return self._take(self._token.text)

    def verbatim(self, text: str, span: Span) -> Doc:
        first = self._token
        if first.start != span.start or not span.end:
            raise LayoutError(f"`{first.text}` stands in the way", first.span)
        before = self._before()
        last = self._at
        while self._tokens[last].end < span.end:
            last += 1
            self._own.pop(last, None)
            self._trailing.pop(last - 1, None)
        self._at = last
        return self._with_comments(self._text[span.start : span.end], before)

    def _take(self, text: str) -> Doc:
        if text in (",", ";") and self._at in self._own:
            # The separator stays at its element's line; what stood between them goes before the next element.
            self._own[self._at + 1] = self._own.pop(self._at) + self._own.get(self._at + 1, [])
        return self._with_comments(text, self._before())

    def _before(self) -> list[Doc]:
        return [Own(each.comment.text.rstrip()) for each in self._own.pop(self._at, ())]

    def _with_comments(self, text: str, before: list[Doc]) -> Doc:
        after = self._trailing.pop(self._at, None)
        self._at += 1
        if not before and not after:
            return Text(text)
        return Concat([*before, Text(text), *(Trailing(comment.text.rstrip()) for comment in after or ())])

    # ------------------------------------------------------------ comments
    def any(self) -> Doc:
        """The next token, whatever it is."""
        return self._take(self._token.text)

    def inside(self, text: str) -> Reader:
        return self

    def closing(self) -> list[Doc]:
        return [doc for comment in self._before() for doc in (HARD, comment)]

    def leading(self, first: bool) -> list[Doc]:
        placed = self._own.pop(self._at, [])
        return [Own(each.comment.text.rstrip(), each.blank and not (first and not at)) for at, each in enumerate(placed)]

    def check_end(self) -> None:
        """LayoutError when a token or a comment was not asked for."""
        token = self._token
        if self._at != len(self._tokens) - 1 or self._own or self._trailing:
            raise LayoutError(f"`{token.text}` was left over", token.span)
