"""Write docs/corpus-findings.md: how often each lint rule hits in a corpus of public collections, and how often it is right.

Run from anywhere: python tools/corpus_findings.py CORPUS, a folder of folders by kind, and in them one for each collection (owner+name).
What people found out by looking at hits stands in corpus_verdicts.toml.
"""

from __future__ import annotations

import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from ruleconv.diagnostic import Diagnostic, Severity
from ruleconv.linter.across import FileFacts, duplicates
from ruleconv.linter.config import Config
from ruleconv.linter.files import Job, Outcome, lint_all, usable_processors
from ruleconv.linter.rule import all_rules
from ruleconv.reading import read
from ruleconv.rulefile.detect import RULE_SUFFIXES

TOP = Path(__file__).parents[1]
PAGE = TOP / "docs" / "corpus-findings.md"
VERDICTS = Path(__file__).with_name("corpus_verdicts.toml")
EVERYTHING = Config(select=("ALL",))


def collections(corpus: Path) -> dict[str, list[Path]]:
    """Files by kind and owner/name."""
    found: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(corpus.rglob("*")):
        if path.suffix in RULE_SUFFIXES and path.is_file():
            kind, owner, *_ = path.relative_to(corpus).parts
            found[f"{kind}/{owner.replace('+', '/')}"].append(path)
    return dict(sorted(found.items()))


def counts(files: list[Path]) -> Counter[str]:
    """In how many files of a collection each rule hits."""
    outcomes = lint_all([Job(str(path), EVERYTHING, str(path)) for path in files], processes=usable_processors())
    hit = Counter(code for outcome in outcomes for code in {each.code for each in outcome.findings})
    hit.update(code for _, code in {(each.name, each.code) for each in _shared(outcomes)})
    return hit


def _shared(outcomes: list[Outcome]) -> Iterator[Diagnostic]:
    return duplicates([FileFacts(each.name, partial(_text, each.name), each.facts, EVERYTHING) for each in outcomes])


def _text(name: str) -> str:
    return read(name).text


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    corpus = Path(sys.argv[1])
    files = collections(corpus)
    found = {name: counts(paths) for name, paths in files.items()}
    PAGE.write_text(page({name: len(paths) for name, paths in files.items()}, found), encoding="utf-8")


def page(sizes: dict[str, int], found: dict[str, Counter[str]]) -> str:
    verdicts = tomllib.loads(VERDICTS.read_text("utf-8"))
    total = sum(found.values(), Counter[str]())
    lines = [
        "# What the lint rules find in public collections",
        "",
        "Written by `python tools/corpus_findings.py CORPUS`, with all rules on; the verdicts are those of people"
        " (`tools/corpus_verdicts.toml`).",
        "",
        "| collection | files |",
        "|---|---|",
        *(f"| {name} | {size} |" for name, size in sizes.items()),
        "",
        "## Rules of the severity error that hit",
        "",
        "Looked at: all hits, or ten. Below 95 % right a rule is mended or is no error.",
        "",
        "| rule | files | looked at | right | what it was |",
        "|---|---|---|---|---|",
    ]
    for rule in all_rules():
        if rule.severity is Severity.ERROR and total[rule.code]:
            verdict = verdicts["verdicts"].get(rule.code)
            judged = f"{verdict['looked']} | {verdict['right']} | {verdict['note']}" if verdict else "| | not looked at yet"
            lines.append(f"| [{rule.code}](lint/{rule.code}.md) | {total[rule.code]} | {judged} |")
    lines += ["", "Demoted or mended for what was found:", "", "| rule | looked at | right | what it was |", "|---|---|---|---|"]
    lines += [f"| [{code}](lint/{code}.md) | {v['looked']} | {v['right']} | {v['note']} |" for code, v in verdicts["demoted"].items()]
    lines += ["", "## Files in which each rule hits", ""]
    for kind in dict.fromkeys(name.split("/")[0] for name in sizes):
        names = [name for name in sizes if name.startswith(kind + "/")]
        lines += [
            f"### {kind}",
            "",
            "| rule | severity | " + " | ".join(name.split("/")[1] for name in names) + " |",
            "|---" * (len(names) + 2) + "|",
        ]
        for rule in all_rules():
            hits = [found[name][rule.code] for name in names]
            if any(hits):
                severity = rule.severity.value + ("" if rule.recommended else ", off")
                lines.append(f"| [{rule.code}](lint/{rule.code}.md) | {severity} | " + " | ".join(str(hit or "") for hit in hits) + " |")
        lines.append("")
    silent = [rule.code for rule in all_rules() if not total[rule.code]]
    lines += ["## Rules that hit nowhere", "", ", ".join(silent) + "."]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
