"""The LALR(1) table of ``kql.lark``: made by lark, shipped as ``kql.table.json``, loaded without lark.

``python -m ruleconv.kql.table`` writes the file anew. It names the checksum of the grammar that it was made from; when the
grammar has changed since (in a checkout), lark makes the table again in memory, so a stale file can never be used.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

HERE = Path(__file__).parent
GRAMMAR = HERE / "kql.lark"
SAVED = HERE / "kql.table.json"


class Rule(NamedTuple):
    """A production: ``action`` is the function of ``build`` that makes its value; empty: the only child's value."""

    origin: str
    size: int
    action: str


class Table(NamedTuple):
    """``actions[state][terminal]``: n > 0 shifts to state n, n < 0 reduces rule -n - 1. ``accept``: the state at the query's end."""

    actions: list[dict[str, int]]
    gotos: list[dict[str, int]]
    rules: list[Rule]
    symbols: list[str]
    """The symbol by which each state is entered."""
    start: int
    accept: int


@cache
def load() -> Table:
    """The saved table, or one made now when the grammar is newer."""
    saved = json.loads(SAVED.read_text("utf-8")) if SAVED.exists() else {}
    digest = _digest(GRAMMAR.read_bytes())
    if saved.get("grammar") != digest:
        saved = compile_grammar(GRAMMAR.read_text("utf-8"))
    names: list[str] = saved["names"]
    unpack = [dict(zip((names[i] for i in row[::2]), row[1::2], strict=True)) for row in saved["actions"]]
    gotos = [dict(zip((names[i] for i in row[::2]), row[1::2], strict=True)) for row in saved["gotos"]]
    rules = [Rule(names[origin], size, action) for origin, size, action in saved["rules"]]
    return Table(unpack, gotos, rules, [names[i] for i in saved["symbols"]], saved["start"], saved["accept"])


def _digest(grammar: bytes) -> str:
    plain = grammar.replace(b"\r\n", b"\n")
    return f"{crc32(plain):08x}-{len(plain)}"  # hashlib would cost 10 ms at every start


def compile_grammar(grammar: str) -> dict[str, Any]:
    """The table as plain data. Terminals that the grammar writes in quotes go by their text, the others by their name."""
    from lark import Lark
    from lark.lexer import Lexer
    from lark.parsers.lalr_analysis import Shift

    class NoLexer(Lexer):
        """Tokens come from lex.py; lark makes only the table."""

        def __init__(self, _conf: object) -> None: ...

        def lex(self, *_: object) -> Any:
            raise NotImplementedError

    lark = Lark(grammar, parser="lalr", lexer=NoLexer, keep_all_tokens=True, maybe_placeholders=False)
    parser: Any = lark.parser.parser
    table: Any = parser._parse_table
    text = {t.name: t.pattern.value for t in lark.terminals if t.pattern is not None}
    numbers: dict[str, int] = {}

    def number(name: str) -> int:
        return numbers.setdefault(name, len(numbers))

    rules = list(lark.rules)
    places = {rule: i for i, rule in enumerate(rules)}
    start = next(iter(table.start_states.values()))
    order = [start]  # breadth first over sorted symbols: the same numbers in every run
    for old in order:
        order += [arg for _, (action, arg) in sorted(table.states[old].items()) if action is Shift and arg not in order]
    renumber = {old: new for new, old in enumerate(order)}
    actions: list[list[int]] = []
    gotos: list[list[int]] = []
    symbols = [number("")] * len(order)
    nonterminals = {rule.origin.name for rule in rules}
    for old in order:
        row: list[int] = []
        goto: list[int] = []
        for symbol, (action, arg) in sorted(table.states[old].items()):
            name = number(text.get(symbol, symbol))
            if action is Shift:
                symbols[renumber[arg]] = name
                (goto if symbol in nonterminals else row).extend((name, renumber[arg]))
            else:
                row.extend((name, -places[arg] - 1))
        actions.append(row)
        gotos.append(goto)
    saved_rules = [[number(r.origin.name), len(r.expansion), r.alias or ""] for r in rules]
    accept = renumber[next(iter(table.end_states.values()))]
    return {
        "grammar": _digest(grammar.encode()),
        "names": list(numbers),
        "rules": saved_rules,
        "symbols": symbols,
        "start": 0,
        "accept": accept,
        "actions": actions,
        "gotos": gotos,
    }


def save() -> None:
    """Writes ``kql.table.json``: one line for each part, so that a change of the grammar gives a readable diff."""
    parts = compile_grammar(GRAMMAR.read_text("utf-8"))
    lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}" for key, value in parts.items())
    SAVED.write_text("{\n" + lines + "\n}\n", "utf-8")


if __name__ == "__main__":
    save()
