"""Damaged and hostile texts: an inspection or a RuleconvError, never anything else, and in bounded time."""

import json
import random
import time
from pathlib import Path

import pytest

import ruleconv
from ruleconv.inspection import as_json, as_markdown

RULES = sorted((Path(__file__).parent / "rules").iterdir())


def survives(text, name):
    try:
        found = ruleconv.inspect(text, filename=name)
    except ruleconv.RuleconvError:
        return
    json.dumps(as_json.plain(found))
    as_markdown.render(found)


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_damaged_rules(path):
    chance = random.Random(5)
    text = path.read_text()
    for _ in range(60):
        words = list(text)
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(words))
            match chance.randint(0, 2):
                case 0:
                    del words[at : at + chance.randint(1, 20)]
                case 1:
                    words.insert(at, chance.choice(["(", ")", "|", "'", '"', "\n", " and ", " not ", "\u202e", ",", "*", "let x = ", ";"]))
                case _:
                    other = chance.randrange(len(words))
                    words[at], words[other] = words[other], words[at]
            if not words:
                break
        survives("".join(words), path.name)


@pytest.mark.parametrize(
    "text",
    [
        "T | where " + "(" * 3000 + "a == 1" + ")" * 3000,
        "T | where " + " and ".join(f'A{n} has "x{n}"' for n in range(4000)),
        "T | where " + " or ".join(f'not(A has "x{n}" and B == {n})' for n in range(1500)),
        "T" + " | extend x = 1" * 1500,
        "union " + ", ".join("(T | where a == 1)" for _ in range(90)),
        "let a = 1; " + "".join(f"let a{n} = a + {n}; " for n in range(500)) + "T | where x == a",
        "SELECT * FROM t WHERE " + " AND ".join(f"a{n} LIKE '%{n}%'" for n in range(3000)),
        "SELECT 1" + " UNION SELECT 1" * 400,
    ],
    ids=lambda text: text[:20],
)
def test_large_and_deep_texts(text):
    start = time.process_time()
    survives(text, "q.sql" if text.startswith("SELECT") else "q.kql")
    assert time.process_time() - start < 20
