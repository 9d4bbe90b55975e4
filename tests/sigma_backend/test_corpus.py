"""Every rule that is written passes pySigma and its validators, and no negation is lost: over the samples of docs/kql-to-sigma.md and this
repository's rules, and over a corpus of public rules where one stands beside the checkout. The page itself is fresh."""

from __future__ import annotations

from pathlib import Path

import pytest

import ruleconv
from ruleconv.diagnostic import RuleconvError, Unsupported
from ruleconv.translation import bound
from tests.sigma_backend.writing import accepted
from tools import kql_to_sigma as tool

RULES = [path.read_text() for path in sorted((tool.TOP / "rules").glob("*/*")) if path.parent.name in ("kql", "sentinel")]
QUERIES = [path.read_text() for path in sorted((tool.TOP / "tests/sql/queries").glob("*.kql"))]
COMMITTED = [*RULES, *QUERIES, *(query for queries in tool.SAMPLES.values() for query in queries)]
CORPUS = list(tool.files(tool.CORPUS)) if tool.CORPUS.is_dir() else []


def check(text: str) -> bool:
    """Whether there is an exact or noted rule; both it and the partial one hold what they promise."""
    query, _ = bound(text)
    wanted = 0
    try:
        made = ruleconv.translate(text, to="sigma")
    except Unsupported as error:
        assert error.span.end > error.span.start, error.construct
        made = None
    else:
        accepted(made.text)
        wanted, got = tool.negated_in_query(query), tool.negated_in_rules(made.text)
        assert got == wanted or (got > wanted and tool.chooses(query))
    try:
        partial = ruleconv.translate(text, to="sigma", lossy=True)
    except Unsupported:
        assert made is None
        return False
    accepted(partial.text)
    losses = [note for note in partial.notes if note.code == "SIW009"]
    assert bool(losses) is (made is None)
    assert tool.negated_in_rules(partial.text) + len(losses) >= wanted
    return made is not None


@pytest.mark.parametrize("text", COMMITTED, ids=lambda text: text.strip().splitlines()[0][:60])
def test_committed(text: str) -> None:
    check(text)


@pytest.mark.skipif(not CORPUS, reason="no corpus beside the checkout")
@pytest.mark.parametrize("part", range(8))
def test_corpus(part: int) -> None:
    written = 0
    for path in CORPUS[part::8]:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
        try:
            bound(text)
        except RuleconvError:
            continue
        written += check(text)
    assert written > 20


def test_the_page_is_fresh() -> None:
    assert tool.PAGE.read_text(encoding="utf-8") == tool.page(tool.kept()), "run python tools/kql_to_sigma.py"


def test_the_page_names_no_place() -> None:
    assert Path.home().as_posix() not in tool.PAGE.read_text()
