"""Where to read on after an error, so that one run reports several.

The stage that failed is dropped: the stack of states goes back to the ``|`` before it (or to the start of the
statement), the tokens forward to the next ``|``, ``;`` or closing bracket of the same depth. Later stages are then read
in the context that they really have.
"""

from __future__ import annotations

from typing import Any

from ruleconv.kql.explain import CLOSING, OPENING, PAIRS
from ruleconv.kql.lex import END, Token
from ruleconv.kql.table import Table


class Recovery:
    """Where to go on after an error."""

    def __init__(self, table: Table, tokens: list[Token]) -> None:
        self.table, self.tokens = table, tokens
        self.depths = _depths(tokens)
        self.at_start = {token.start: index for index, token in enumerate(tokens)}

    def resume(self, at: int, states: list[int], values: list[Any], starts: list[int]) -> int:
        """Cuts the stacks back to before the failed stage and gives the token to go on with, or -1."""
        symbols, actions = self.table.symbols, self.table.actions
        cut = len(states) - 1
        while cut > 0:
            symbol = symbols[states[cut]]
            if symbol == "|" and (place := self.at_start.get(starts[cut - 1])) is not None:
                found = self._next(at, self.depths[place], states[cut - 1])
                if found >= 0:
                    del states[cut:], values[cut - 1 :], starts[cut - 1 :]
                    return found
            elif symbol == ";":
                depth = self.depths[self.at_start[starts[cut - 1]]]
                found = self._next_statement(at, depth)
                if found >= 0:  # stand before the `;` of the statement that failed
                    del states[cut:], values[cut - 1 :], starts[cut - 1 :]
                    return found
            cut -= 1
        found = self._next_statement(at, 0)
        if found < 0 or self.tokens[found].kind == END or not actions:
            return -1
        del states[1:], values[:], starts[:]
        return found + 1 if found + 1 < len(self.tokens) - 1 else -1

    def _next(self, at: int, depth: int, state: int) -> int:
        """The next token on ``depth`` that ends a stage and that ``state`` takes."""
        takes = self.table.actions[state]
        for index in range(at, len(self.tokens)):
            kind, here = self.tokens[index].kind, self.depths[index]
            if here < depth and kind not in CLOSING and kind != END:
                return -1
            if (here <= depth and kind in ("|", ";", END)) or (here < depth and kind in CLOSING):
                return index if kind in takes else -1
        return -1

    def _next_statement(self, at: int, depth: int) -> int:
        for index in range(at, len(self.tokens)):
            kind, here = self.tokens[index].kind, self.depths[index]
            if (kind == ";" and here <= depth) or kind == END or (here < depth and kind in CLOSING):
                return index
        return -1


def _depths(tokens: list[Token]) -> list[int]:
    """The number of open brackets at each token; a bracket has the depth of what is around it. ``;`` closes forgotten parentheses."""
    open_: list[str] = []
    depths: list[int] = []
    for token in tokens:
        kind = "(" if token.kind == "FUNCTION_PAREN" else token.kind
        if kind == ";" or kind == END:
            while open_ and (open_[-1] != "{" or kind == END):
                open_.pop()
        elif kind in CLOSING:
            while open_ and open_[-1] != PAIRS[kind] and PAIRS[kind] in open_:
                open_.pop()
            if open_ and open_[-1] == PAIRS[kind]:
                open_.pop()
        depths.append(len(open_))
        if kind in OPENING:
            open_.append(kind)
    return depths
