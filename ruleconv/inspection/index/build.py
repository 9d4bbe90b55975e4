"""The index of a folder: for each value how many other rules look for it, rules that detect the same, coverage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log

from ruleconv.inspection.index.entries import Entry
from ruleconv.inspection.index.keys import Key, sought
from ruleconv.inspection.model import Tactic, Technique

SAME_ACTION = 0.45
"""The share of what two rules look for, weighed by rarity, from which on they detect the same action."""
NEAR_DUPLICATE = 0.9
COMMON = 150
"""A key that more rules have says nothing about two of them."""
MOST_RELATED = 12
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Seen:
    """A value of an indicator, and how many other rules look for the same field, kind and value: by language."""

    value: str
    corpus: int
    by_language: dict[str, int]


@dataclass(frozen=True, slots=True)
class Related:
    """Another rule: its place in ``Index.entries``, and how much of what both look for they share (1: all)."""

    rule: int
    score: float


@dataclass(frozen=True, slots=True)
class Row:
    """A rule with its place among the others. ``seen``: one tuple for each of its indicators. ``duplicates``: the same by their IR, or all
    but the same by what they look for."""

    entry: Entry
    seen: tuple[tuple[Seen, ...], ...] = ()
    same_action: tuple[Related, ...] = ()
    duplicates: tuple[Related, ...] = ()


@dataclass(frozen=True, slots=True)
class Covered:
    """A technique and the rules that name it."""

    technique: Technique
    rules: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """``rows``: the rules that were read; ``broken``: the others. ``tactics``: each with how many rules; ``techniques`` by id."""

    rows: tuple[Row, ...]
    broken: tuple[Entry, ...]
    languages: dict[str, int]
    tactics: tuple[tuple[Tactic, int], ...] = ()
    techniques: tuple[Covered, ...] = ()
    without_technique: int = 0


def build(found: Iterable[Entry]) -> Index:
    """The index of these rules."""
    entries: list[Entry] = []
    broken: list[Entry] = []
    for each in found:
        (broken if each.broken else entries).append(each)
    rules_of: dict[Key, list[int]] = {}
    named: dict[Key, list[int]] = {}
    keys_of: list[frozenset[Key]] = []
    for number, entry in enumerate(entries):
        values = [value for indicator in entry.indicators for value in sought(indicator)]
        mine = frozenset(key for value in values for key in value.keys)
        keys_of.append(mine)
        for key in mine:
            rules_of.setdefault(key, []).append(number)
        for key in {key for value in values for key in value.named}:
            named.setdefault(key, []).append(number)
    languages = [entry.language for entry in entries]
    same, near = _related(entries, keys_of, rules_of)
    rows = tuple(
        Row(entry, tuple(_seen(number, entry, rules_of, named, languages)), same[number], near[number])
        for number, entry in enumerate(entries)
    )
    return Index(rows, tuple(broken), dict(sorted(Counter(languages).items())), *_coverage(entries))


def _seen(
    number: int, entry: Entry, rules_of: dict[Key, list[int]], named: dict[Key, list[int]], languages: Sequence[str]
) -> Iterator[tuple[Seen, ...]]:
    for indicator in entry.indicators:
        made = []
        for value in sought(indicator):
            others = {rule for key in value.keys for rule in rules_of[key]}.union(*(named[key] for key in value.named)) - {number}
            by_language = Counter(languages[rule] for rule in others)
            made.append(Seen(value.value, len(others), dict(sorted(by_language.items(), key=lambda item: (-item[1], item[0])))))
        yield tuple(made)


# ---------------------------------------------------------------- rules that detect the same
def _related(
    entries: Sequence[Entry], keys_of: Sequence[frozenset[Key]], rules_of: dict[Key, list[int]]
) -> tuple[list[tuple[Related, ...]], list[tuple[Related, ...]]]:
    weight = {key: log(1 + len(entries) / len(rules)) for key, rules in rules_of.items()}
    # In a fixed order: sums of fractions must not depend on how a set is walked.
    total = [sum(weight[key] for key in sorted(keys)) for keys in keys_of]
    twins: dict[str, list[int]] = {}
    for number, entry in enumerate(entries):
        if entry.fingerprint:
            twins.setdefault(entry.fingerprint, []).append(number)
    same: list[tuple[Related, ...]] = []
    near: list[tuple[Related, ...]] = []
    for number, entry in enumerate(entries):
        shared: dict[int, float] = {}
        for key in sorted(keys_of[number]):
            rules = rules_of[key]
            if len(rules) <= COMMON:
                for other in rules:
                    shared[other] = shared.get(other, 0.0) + weight[key]
        shared.pop(number, None)
        scores = [Related(other, round(both / (total[number] + total[other] - both), 3)) for other, both in shared.items()]
        scores.sort(key=lambda each: (-each.score, each.rule))
        same.append(tuple(each for each in scores if each.score >= SAME_ACTION)[:MOST_RELATED])
        exact = [Related(other, 1.0) for other in twins.get(entry.fingerprint, ()) if other != number]
        known = {each.rule for each in exact}
        almost = [each for each in scores if each.score >= NEAR_DUPLICATE and each.rule not in known and len(keys_of[number]) > 1]
        near.append(tuple((exact + almost)[:MOST_RELATED]))
    return same, near


# ---------------------------------------------------------------- coverage
def _coverage(entries: Sequence[Entry]) -> tuple[tuple[tuple[Tactic, int], ...], tuple[Covered, ...], int]:
    tactics: dict[str, Tactic] = {}
    counts: Counter[str] = Counter()
    techniques: dict[str, Technique] = {}
    rules: dict[str, list[int]] = {}
    for number, entry in enumerate(entries):
        for tactic in entry.coverage.tactics:
            tactics.setdefault(tactic.slug, Tactic(tactic.id, tactic.name, tactic.slug))
            counts[tactic.slug] += 1
        for technique in entry.coverage.techniques:
            techniques.setdefault(technique.id, technique)
            rules.setdefault(technique.id, []).append(number)
    shown = tuple((tactics[slug], count) for slug, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    covered = tuple(Covered(techniques[id_], tuple(rules[id_])) for id_ in sorted(rules))
    return shown, covered, sum(not entry.coverage.techniques for entry in entries)
