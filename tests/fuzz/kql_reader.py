"""Throws damaged queries at the KQL reader until told to stop: anything but a tree or a ParseError, and anything slow, is a find.

    python tests/fuzz/kql_reader.py [FOLDER OF QUERIES] [--seconds 60] [--seed 0] [--slow 2.0]

Not collected by pytest. Exit code 1 and the query, when something is found; the seed repeats the run.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
import traceback
from pathlib import Path

from ruleconv.diagnostic import ParseError
from ruleconv.kql.parse import parse
from ruleconv.text import Source

SEED_QUERIES = [
    "let t = 1d;\nT | where a > ago(t) and b in ('x', \"y\") // c\n| summarize n = count() by bin(c, 1h)",
    "T | join kind=inner (U | where not(a)) on $left.a == $right.b | union (V), W* | project-away x*",
    "datatable(a:long, b:dynamic)[1, dynamic({'a': [1, null]})] | mv-expand b to typeof(string) | parse b with * 'x' c:long",
    "let f = (T:(*), x:long = 1) { T | make-series count() default=0 on t from a to b step 1d }; f(U)",
    "T | scan declare (x:long) with (step s: a => x = 1;) | partition by a (top 1 by b) | evaluate pivot(a) : (*, b:long)",
]
PIECE = re.compile(r"\s+|\w+|.", re.DOTALL)
NOISE = [
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "|",
    ";",
    ",",
    "'",
    '"',
    "@'",
    "```",
    "\\",
    "//",
    "..",
    "\x00",
    "\ud800",
    "é",
    "1",
    "1d",
    "=",
    "*",
    "in",
    "by",
    "and",
    "let",
    "\n",
]


def damaged(query: str, chance: random.Random, others: list[str]) -> str:
    """``query`` after a few random edits."""
    pieces = PIECE.findall(query) or [""]
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(pieces) + 1)
        match chance.randrange(6):
            case 0:
                del pieces[at : at + chance.randint(1, 5)]
            case 1:
                pieces[at:at] = pieces[at : at + chance.randint(1, 30)] * chance.randint(1, 40)
            case 2:
                pieces.insert(at, chance.choice(NOISE) * chance.choice([1, 1, 1, 2, 50, 3000]))
            case 3:
                other = PIECE.findall(chance.choice(others))
                begin = chance.randrange(len(other) + 1)
                pieces[at:at] = other[begin : begin + chance.randint(1, 40)]
            case 4:
                pieces = pieces[:at]
            case _:
                pieces = pieces[at:] + pieces[:at]
        pieces = pieces or [""]
    return "".join(pieces)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path, nargs="?")
    arguments.add_argument("--seconds", type=float, default=60)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--slow", type=float, default=2.0, help="seconds above which a query is a find")
    options = arguments.parse_args()
    chance = random.Random(options.seed)
    seeds = list(SEED_QUERIES)
    if options.folder:
        seeds += [path.read_text("utf-8", errors="replace") for path in sorted(options.folder.rglob("*.kql"))]
    end = time.monotonic() + options.seconds
    tried = sound = 0
    while time.monotonic() < end:
        query = damaged(chance.choice(seeds), chance, seeds)
        tried += 1
        begin = time.monotonic()
        try:
            parse(Source(query))
            sound += 1
        except ParseError as error:
            assert error.diagnostics
        except BaseException:
            print(f"found after {tried} queries:\n{query!r}")
            traceback.print_exc()
            return 1
        if time.monotonic() - begin > options.slow:
            print(f"slow ({time.monotonic() - begin:.1f} s) after {tried} queries:\n{query[:2000]!r}")
            return 1
    print(f"{tried} queries, {sound} of them sound, nothing found")
    return 0


if __name__ == "__main__":
    sys.exit(main())
