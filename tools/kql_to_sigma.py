"""Write docs/kql-to-sigma.md anew: what each construct of KQL becomes in Sigma, from samples that stand here, and how a corpus of public
rules fares, where one stands beside the checkout (else the figures stay). Run from anywhere: python tools/kql_to_sigma.py"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ruleconv
from ruleconv.diagnostic import RuleconvError, Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir.fidelity import Effect, Translation
from ruleconv.ir.query import Query
from ruleconv.ir.types import Type
from ruleconv.ir.walk import walk
from ruleconv_backends.sigma.flow import Reader
from ruleconv_backends.sigma.losses import Losses

TOP = Path(__file__).parents[1]
PAGE = TOP / "docs/kql-to-sigma.md"
CORPUS = TOP.parent / "shared" / "corpus"
"""Folders kql-query and sentinel-yaml with public rules, and manifest.tsv with their sources and licences."""
BEGIN, END = "<!-- figures -->\n", "<!-- /figures -->\n"

SAMPLES: dict[str, list[str]] = {
    "Texts": [
        'SigninLogs | where AppDisplayName =~ "Azure Portal"',
        'SigninLogs | where AppDisplayName == "Azure Portal"',
        'SigninLogs | where ResultType in ("50126", "50053")',
        'SigninLogs | where UserAgent contains "curl"',
        'SigninLogs | where UserPrincipalName startswith "adm"',
        'SigninLogs | where UserAgent has "curl"',
        'SigninLogs | where UserAgent has_all ("curl", "linux")',
        'SigninLogs | where UserAgent matches regex "(?i)curl/[0-9]+"',
        'SigninLogs | where tolower(Location) == "de"',
        "SigninLogs | where isempty(UserAgent)",
        "SigninLogs | where UserPrincipalName =~ Identity",
    ],
    "Numbers, addresses, times": [
        "DeviceNetworkEvents | where RemotePort > 1024",
        "DeviceNetworkEvents | where not(RemotePort > 1024)",
        "SigninLogs | where IsRisky == true",
        'SigninLogs | where ipv4_is_in_range(IPAddress, "10.0.0.0/8")',
        "SigninLogs | where not(ipv4_is_private(IPAddress))",
        "SigninLogs | where hourofday(TimeGenerated) < 3",
        "SigninLogs | where TimeGenerated > ago(1d) and IsRisky",
        'SigninLogs | where DeviceDetail.operatingSystem startswith "Windows"',
    ],
    "Negation and nesting": [
        'SigninLogs | where ResultType != "0"',
        'SigninLogs | where ResultType == "0" and UserAgent !has "curl" and Location !in ("DE", "FR")',
        'SigninLogs | where not(Location =~ "DE" and AppDisplayName =~ "x")',
        'SigninLogs | where Location =~ "DE" or (Location =~ "FR" and AppDisplayName =~ "x")',
        'SigninLogs | where iff(IsInteractive, Location, Identity) =~ "x"',
    ],
    "Stages": [
        'SigninLogs | extend Agent = tostring(DeviceDetail.browser) | where Agent has "curl" | project UserPrincipalName, Agent',
        'union SigninLogs, AADNonInteractiveUserSignInLogs | where ResultType == "50126"',
        "SigninLogs | where IsRisky | summarize count() by UserPrincipalName",
        'SigninLogs | where ResultType == "50126" | summarize n = count() by IPAddress, bin(TimeGenerated, 10m) | where n > 20',
        "SigninLogs | where isnotempty(UserPrincipalName)"
        " | summarize n = dcount(UserPrincipalName) by IPAddress, bin(TimeGenerated, 1h) | where n >= 10",
        "SigninLogs | where IsRisky | join kind=inner"
        ' (AuditLogs | where OperationName =~ "Add user" | project Who = Identity, Done = TimeGenerated)'
        " on $left.Identity == $right.Who | where Done between (TimeGenerated .. TimeGenerated + 1h)",
        "SigninLogs | where IsRisky | take 10",
    ],
    "Refused": [
        "SigninLogs | join kind=leftanti AuditLogs on Identity",
        "SigninLogs | where Identity in (AuditLogs | project Identity)",
        'AuditLogs | mv-expand TargetResources | where TargetResources.displayName == "x"',
        'SigninLogs | where extract("([a-z]+)", 1, UserAgent) == "curl"',
        "SigninLogs | summarize n = count(), m = dcount(IPAddress) by Identity, bin(TimeGenerated, 1h) | where n > 5 and m > 5",
        "SigninLogs | make-series count() on TimeGenerated step 1h",
    ],
}


def main() -> None:
    figures = corpus_figures(CORPUS) if CORPUS.is_dir() else None
    PAGE.write_text(page(figures if figures is not None else kept()), encoding="utf-8")


def kept() -> str:
    """The figures as they stand in the page."""
    text = PAGE.read_text(encoding="utf-8") if PAGE.is_file() else BEGIN + END
    return text[text.index(BEGIN) + len(BEGIN) : text.index(END)]


def page(figures: str) -> str:
    parts = [
        "# From KQL to Sigma",
        "",
        "Made by `tools/kql_to_sigma.py` (a test keeps it fresh). What a rule cannot say in Sigma is refused with its place; with",
        "`ruleconv translate --to sigma --fail-on never` it is left out instead, and each loss is listed with its direction. The decisions",
        "behind this page are S41 to S44 in [semantics.md](semantics.md).",
        "",
        "## What becomes of it",
    ]
    for title, queries in SAMPLES.items():
        parts += ["", f"### {title}"]
        for query in queries:
            parts += ["```kusto", *query.split("\n"), "```", *_answer(query), ""]
    return "\n".join([*parts, "## A corpus of public rules", BEGIN + figures + END])


def _answer(query: str) -> list[str]:
    try:
        made = ruleconv.translate(query, to="sigma", source="kql")
    except Unsupported as error:
        return [f"**refused**: {error.message} (`{query[error.span.start : error.span.end]}`){f': {error.hint}' if error.hint else ''}"]
    lines = ["```yaml", *_essence(made.text), "```"]
    return lines + [f"- {note.effect.value}: {note.message} ({note.code})" for note in made.notes]


def _essence(text: str) -> list[str]:
    """The rules without what is the same for all: titles, identifiers, status."""
    return [line for line in text.rstrip("\n").split("\n") if not re.match(r"(?:title|id|status):", line)]


# ---------------------------------------------------------------- the corpus
@dataclass
class Figures:
    outcomes: Counter[str] = field(default_factory=Counter)
    partial: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    notes: Counter[tuple[str, str]] = field(default_factory=Counter)
    negations: int = 0
    written: int = 0
    told: int = 0
    rules: int = 0


def files(corpus: Path) -> Iterator[Path]:
    for folder in ("kql-query", "sentinel-yaml"):
        yield from sorted(path for path in (corpus / folder).rglob("*") if path.is_file())


def corpus_figures(corpus: Path) -> str:
    found = Figures()
    for path in files(corpus):
        count(path.read_text(encoding="utf-8-sig", errors="replace"), found)
    return shown(found)


def count(text: str, figures: Figures) -> None:
    """One rule's outcome: refused or not, and what a partial translation makes of it."""
    from ruleconv.translation import bound

    try:
        query, _ = bound(text)
    except RuleconvError:
        figures.outcomes["no table or column of that name, or not KQL that ruleconv reads"] += 1
        return
    figures.rules += 1
    try:
        made = ruleconv.translate(text, to="sigma")
        figures.outcomes[outcome(made)] += 1
        for key in {(note.code, note.effect.value) for note in made.notes}:
            figures.notes[key] += 1
        wanted, got = negated_in_query(query), negated_in_rules(made.text)
        figures.negations += wanted
        figures.written += got
    except Unsupported as error:
        figures.outcomes["refused"] += 1
        figures.reasons[reason(error.construct)] += 1
    try:
        figures.partial[ruleconv.translate(text, to="sigma", lossy=True).effect.value] += 1
    except Unsupported:
        figures.partial["refused"] += 1


def outcome(made: Translation) -> str:
    if made.effect is Effect.EXACT:
        return "exact"
    rest = {note.effect for note in made.notes if note.code != "SIW002"}
    if not rest - {Effect.EXACT}:
        return "exact but for the look-back, which Sigma leaves to who runs the rule"
    return f"with notes: {made.effect.value}"


_REASONS = (
    (r"join kind=(?:inner|innerunique|leftsemi|rightsemi)|^lookup", "joins that ask for a partner in another table"),
    (r"join kind=|with rows of a join", "joins that ask for none (leftanti), and other joins"),
    (r"another query gives|rows of a summarize|another step", "values and rows of another query: `in ((T))`"),
    (
        r"mv-expand|mv-apply|parse cuts|parse-kv cuts|parse-where|split\(\)|extract\(\)|parse_\w+\(\)|trim\(\)",
        "filters on parts of a value",
    ),
    (
        r"groups of groups|aggregate|threshold|filter on \w+\(\)$|grouping by|count over no time span|count of joined",
        "thresholds that no correlation knows",
    ),
    (r"externaldata|rows written|^range|^print", "queries without a table of events"),
    (r"evaluate|make-series|scan|partition|top-nested|other rows|serialize|sample", "stages that look at more than one event"),
    (r"regular expression|pattern", "patterns that are no constants, or not portable"),
)


def reason(construct: str) -> str:
    return next((group for pattern, group in _REASONS if re.search(pattern, construct)), "filters on computed values")


def shown(figures: Figures) -> str:
    total = sum(figures.outcomes.values())
    read = figures.rules
    lines = [
        f"{total:,} KQL queries and Sentinel rules of public collections; {read:,} of them name bundled tables and columns only.",
        "",
        "| outcome | rules | of those read |",
        "|---|---|---|",
    ]
    order = sorted(figures.outcomes.items(), key=lambda item: (item[0] == "refused", item[0].startswith("no "), -item[1]))
    lines += [f"| {name} | {n} | {'' if name.startswith('no ') else f'{100 * n / read:.1f} %'} |" for name, n in order]
    lines += ["", "| why refused (the first reason) | rules |", "|---|---|"]
    lines += [f"| {name} | {n} |" for name, n in figures.reasons.most_common()]
    lines += ["", "| with `--fail-on never` | rules |", "|---|---|"]
    lines += [f"| {name} | {n} |" for name, n in figures.partial.most_common()]
    lines += [
        "",
        f"Negations: in the rules that are not refused, {figures.negations} fields are tested negatively by the queries, "
        f"and {figures.written} by the Sigma rules (a `case()` tests its conditions both ways).",
        "",
    ]
    return "\n".join(lines)


# ---------------------------------------------------------------- negations
def negated_in_query(query: Query) -> int:
    """How many columns of each table the query's filters test negatively: with ``!=``, ``!in``, ``!has``, ``isnotempty``, or under ``not``.
    Comparisons of order turn around instead of being negated, and a case() tests its conditions both ways: they do not count."""
    state = Reader(query, Losses(lossy=True)).read(query.body)
    flows = [{name for node in flow.filters for name in negated_columns(node)} for flow in state.flows]
    return sum(map(len, flows))


def chooses(query: Query) -> bool:
    """Whether a filter has a case(), iff() or coalesce() in it."""
    state = Reader(query, Losses(lossy=True)).read(query.body)
    return any(isinstance(part, ir.Case) or _is_coalesce(part) for flow in state.flows for node in flow.filters for part in walk(node))


def _is_coalesce(node: ir.Expr) -> bool:
    return isinstance(node, ir.Call) and node.function == "coalesce"


def negated_columns(node: ir.Expr, under: bool = False) -> Iterator[str]:
    match node:
        case ir.And() | ir.Or():
            for term in node.terms:
                yield from negated_columns(term, under)
        case ir.Not():
            yield from negated_columns(node.term, not under)
        case ir.Match(subject=subject, negated=negated) if not _chooses(subject):
            if negated is not under:
                yield from _named(subject)
                yield from (name for pattern in node.patterns for name in _named(pattern))
        case ir.Compare(op=ir.Comparison.EQ | ir.Comparison.NE, left=left, right=ir.Literal(value=value)) if value is not None:
            if (node.op is ir.Comparison.NE) is not under and not _chooses(left) and not isinstance(left, ir.Literal):
                yield from _named(left)
        case ir.Call(function="isempty" | "isnotempty" | "isnull" | "isnotnull", args=(argument,)):
            if node.function.startswith("isnot") is not under and not (node.function.endswith("null") and argument.type is Type.STRING):
                yield from _named(argument)
        case ir.Call(function=name, args=(argument, *_)) if name.startswith("ipv4_is"):
            if under:
                yield from _named(argument)
        case _:
            return


def _chooses(node: ir.Expr) -> bool:
    from ruleconv_backends.sigma.cases import choice

    return choice(node) is not None or isinstance(node, (ir.Literal, ir.AnyField))


def _named(node: ir.Expr) -> Iterator[str]:
    match node:
        case ir.ColumnRef():
            yield node.name
        case ir.Access(key=ir.Literal(value=key)):
            yield from (f"{name}.{key}" for name in _named(node.base))
        case ir.Call(args=(inner, *_)) | ir.Cast(operand=inner):
            yield from _named(inner)
        case _:
            return


def negated_in_rules(text: str) -> int:
    """How many fields of each rule are tested under a ``not``."""
    from sigma.collection import SigmaCollection
    from sigma.rule import SigmaRule

    rules = [rule for rule in SigmaCollection.from_yaml(text).rules if isinstance(rule, SigmaRule)]
    return sum(len(set(_negated(rule.detection.parsed_condition[0].parse(), False))) for rule in rules)


def _negated(node: Any, under: bool) -> Iterator[str]:
    from sigma.conditions import ConditionFieldEqualsValueExpression, ConditionItem, ConditionNOT

    if isinstance(node, ConditionFieldEqualsValueExpression):
        if under:
            yield node.field
    elif isinstance(node, ConditionItem):
        for each in node.args:
            yield from _negated(each, under is not isinstance(node, ConditionNOT))


if __name__ == "__main__":
    main()
