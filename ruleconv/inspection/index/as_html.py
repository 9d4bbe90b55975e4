"""The index as one HTML page that needs nothing else: search, cards that open, coverage."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from ruleconv.inspection import phrases
from ruleconv.inspection.index import words
from ruleconv.inspection.index.build import Index, Related, Row

_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>Rules</title><style>
body{font:15px/1.45 system-ui,sans-serif;max-width:70rem;margin:auto;padding:1rem;color-scheme:light dark}
input{font:inherit;width:100%;padding:.4rem;box-sizing:border-box;margin:.5rem 0}
details{border-top:1px solid #8884;padding:.3rem 0}summary{cursor:pointer}
code{font:13px ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere}
.dim{opacity:.65}.out::before{content:"− ";color:#c33}
table{border-collapse:collapse}td,th{padding:.1rem .6rem;text-align:left}td.n{text-align:right}
</style></head><body>
"""
_SCRIPT = """<script>
const box=document.getElementById('q'),all=[...document.querySelectorAll('details.rule')],count=document.getElementById('n');
box.oninput=()=>{const words=box.value.toLowerCase().split(/\\s+/).filter(Boolean);let n=0;
for(const d of all){const hit=words.every(w=>d.textContent.toLowerCase().includes(w));d.hidden=!hit;n+=hit}count.textContent=n};
addEventListener('hashchange',open_);
function open_(){const d=document.getElementById(location.hash.slice(1));
if(d&&d.tagName==='DETAILS'){d.hidden=false;d.open=true}}
open_();
</script></body></html>
"""


def render(index: Index) -> Iterator[str]:
    """Pieces of the page."""
    yield _HEAD
    yield f"<h1>Rules</h1><p>{escape(words.summary(index))}.</p>\n"
    yield from _coverage(index)
    if index.broken:
        yield "<details><summary>Files that could not be read</summary><ul>"
        for each in index.broken:
            told = "; ".join(f"{p.line}:{p.column}: {p.message}" for p in each.problems)
            yield f"<li><code>{escape(each.file)}</code>: {escape(told)}</li>"
        yield "</ul></details>\n"
    yield '<input id="q" type="search" placeholder="Words that a rule must have: a field, a value, a technique …" autofocus>'
    yield f'<p class="dim"><span id="n">{len(index.rows)}</span> rules</p>\n'
    for number, row in enumerate(index.rows):
        yield from _rule(index, number, row)
    yield _SCRIPT


def _coverage(index: Index) -> Iterator[str]:
    yield "<details><summary>Coverage</summary><table>"
    for tactic, count in index.tactics:
        yield f"<tr><th>{escape(tactic.name)}</th><td>{escape(tactic.id)}</td><td class=n>{count}</td></tr>"
    yield "</table><table>"
    for each in index.techniques:
        name = words.technique(each.technique)
        yield f"<tr><td>{escape(each.technique.id)}</td><td>{escape(name)}</td><td class=n>{len(each.rules)}</td></tr>"
    yield f"</table><p>{index.without_technique} rules name no technique.</p></details>\n"


def _rule(index: Index, number: int, row: Row) -> Iterator[str]:
    entry = row.entry
    severity = f" {escape(entry.card.severity)}" if entry.card.severity else ""
    yield f'<details class="rule" id="r{number}"><summary><b>{escape(entry.name)}</b> <span class="dim">{entry.language}{severity} '
    yield f"{escape(words.coverage_of(row))}</span></summary>"
    if entry.card.description:
        yield f'<p class="dim">{escape(entry.card.description)}</p>'
    pairs = [("file", entry.file), *phrases.card(entry.card), ("time window", entry.period)]
    yield "<table>" + "".join(f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in pairs if text) + "</table><ul>"
    for indicator, seen in zip(entry.indicators, row.seen, strict=True):
        test, others = words.indicator(indicator, seen)
        yield f'<li><code>{escape(test)}</code> <span class="dim">{escape(others)}</span></li>'
    for exclusion in entry.exclusions:
        yield f'<li class="out"><code>{escape(phrases.exclusion(exclusion))}</code></li>'
    yield "</ul>"
    yield _links("Detecting the same action", index, row.same_action)
    yield _links("Near-duplicates", index, row.duplicates)
    for problem in phrases.problems(entry.problems):
        yield f'<p class="dim">Not all is known: {escape(problem)}</p>'
    yield "</details>\n"


def _links(title: str, index: Index, found: tuple[Related, ...]) -> str:
    if not found:
        return ""
    links = "; ".join(f'<a href="#r{each.rule}">{escape(index.rows[each.rule].entry.name)}</a> {each.score:.0%}' for each in found)
    return f"<p>{title}: {links}</p>"
