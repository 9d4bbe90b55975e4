"""Findings that need more than one file: what several rules share, and what changed since a revision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from ruleconv.diagnostic import Diagnostic, ParseError
from ruleconv.linter.config import Config
from ruleconv.linter.engine import read
from ruleconv.linter.facts_of import RuleFacts, span
from ruleconv.linter.rule import rule_of
from ruleconv.linter.suppress import suppressions, without_hidden
from ruleconv.rulefile.detect import detect
from ruleconv.rulefile.model import Kind
from ruleconv.text import Source


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file's name, its text (which is asked for only where there is a finding), the facts of its rules, its configuration."""

    name: str
    text: Callable[[], str]
    rules: tuple[RuleFacts, ...]
    config: Config


def duplicates(files: Sequence[FileFacts]) -> Iterator[Diagnostic]:
    """XRF001 ids, XRF002 titles, XRF003 logic, XRF007 names of files. Told at every rule but the first that has it."""
    yield from _shared(files, "XRF001", lambda rule: rule.id, lambda rule: rule.id_at, "the id {value} is that of {other}, too")
    yield from _shared(
        files, "XRF002", lambda rule: rule.title.casefold(), lambda rule: rule.title_at, "another rule has this title: {other}"
    )
    yield from _shared(
        files, "XRF003", lambda rule: rule.logic and f"{rule.kind}:{rule.logic}", lambda rule: rule.at, "{other} finds the same"
    )
    seen: dict[str, str] = {}
    for file in files:
        base = PurePath(file.name).name.casefold()
        if base in seen and file.rules:
            yield from _finding(file, "XRF007", file.rules[0].at, f"another file has this name: {seen[base]}")
        seen.setdefault(base, file.name)


def unknown_related(files: Sequence[FileFacts]) -> Iterator[Diagnostic]:
    """SIG019: a Sigma rule refers to an id that no rule has."""
    known = {rule.id for file in files for rule in file.rules}
    for file in files:
        for rule in file.rules:
            for identity, start, end in rule.related:
                if identity not in known:
                    yield from _finding(file, "SIG019", (start, end), f"no rule here has the id {identity}")


def _shared(
    files: Sequence[FileFacts],
    code: str,
    value: Callable[[RuleFacts], str],
    place: Callable[[RuleFacts], tuple[int, int]],
    message: str,
) -> Iterator[Diagnostic]:
    having: dict[str, list[tuple[FileFacts, RuleFacts]]] = defaultdict(list)
    for file in files:
        for rule in file.rules:
            if value(rule):
                having[value(rule)].append((file, rule))
    for key, found in having.items():
        first = found[0][0]
        for file, rule in found[1:]:
            other = first.name if first is not file else "another rule of this file"
            yield from _finding(file, code, place(rule), message.format(value=key, other=other))


def changes(file: FileFacts, before: Iterable[RuleFacts]) -> Iterator[Diagnostic]:
    """XRF004 version not bumped, XRF005 id changed, XRF006 modified not bumped: a file's rules against those that it had. Rules are
    matched by id, else by title, else by being the only one."""
    old = list(before)
    for rule in file.rules:
        was = next((each for each in old if each.id and each.id == rule.id), None)
        was = was or next((each for each in old if each.title and each.title == rule.title), None)
        if was is None and len(old) == len(file.rules) == 1:
            was = old[0]
        if was is None:
            continue
        if was.id and rule.id and was.id != rule.id:
            yield from _finding(file, "XRF005", rule.id_at, f"the id was {was.id}: an id is for life")
        if not rule.logic or was.logic == rule.logic:
            continue
        if rule.version and rule.version == was.version:
            yield from _finding(file, "XRF004", rule.version_at, f"the query has changed, the version is still {rule.version}")
        if rule.kind == "sigma" and rule.modified == was.modified:
            yield from _finding(file, "XRF006", rule.at, "the detection has changed, the date in `modified` has not")


def _finding(file: FileFacts, code: str, at: tuple[int, int], message: str) -> Iterator[Diagnostic]:
    rule = rule_of(code)
    if file.config.runs(rule):
        source = Source(file.text(), file.name)
        yield Diagnostic.at(source, span(at), code, message, severity=file.config.severity_of(rule))


def visible(found: Iterable[Diagnostic], file: FileFacts, kind: Kind | None) -> list[Diagnostic]:
    """Those of a file's findings that no comment in it suppresses."""
    kept = list(found)
    text = file.text()
    if not kept or "ruleconv:" not in text.casefold():
        return kept
    source = Source(text, file.name)
    chosen = kind or detect(source)
    try:
        subjects, _ = read(source, chosen, file.config)
    except ParseError:
        subjects = []
    return without_hidden(kept, list(suppressions(source, chosen, subjects)))
