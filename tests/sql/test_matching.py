"""String operators against a plain reading of their definition, on both engines, with constant patterns and with patterns from a column."""

from __future__ import annotations

import pytest

import ruleconv
from ruleconv.execution import run

SUBJECTS = (
    "alpha",
    "Beta",
    "café",
    "",
    " spaced ",
    "O'Brien",
    "a_b-c%d\\e",
    "50% off",
    "x\ny",
    "C:\\Temp\\a.exe",
    "ΑΒΓ αβγ",
    "10.0.0.1",
    "éa",
)
PATTERNS = ("a", "", "café", "%", "_", "\\", "C:\\temp", "αβγ", "É", ".exe", "a_b", "b-c", " ", "off", "Temp\\a", "\n", "BETA")
OPERATORS = ("==", "=~", "has", "has_cs", "contains", "contains_cs", "startswith", "startswith_cs", "endswith", "endswith_cs")
TERMS = ("hasprefix", "hasprefix_cs", "hassuffix", "hassuffix_cs")


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


TABLE = f"datatable(s:string)[{', '.join(map(quoted, SUBJECTS))}]"


def term(text: str, pattern: str, left: bool, right: bool) -> bool:
    """The pattern occurs, and where it begins (ends) with a letter or digit none stands before (behind) it."""
    for start in range(len(text) - len(pattern) + 1):
        end = start + len(pattern)
        if text[start:end] != pattern:
            continue
        before = left and pattern[:1].isalnum() and text[:start][-1:].isalnum()
        behind = right and pattern[-1:].isalnum() and text[end : end + 1].isalnum()
        if not before and not behind:
            return True
    return False


def matches(operator: str, text: str, pattern: str) -> bool:
    name = operator.removesuffix("_cs")
    if operator == name and name != "==":
        text, pattern = text.lower(), pattern.lower()
    match name:
        case "==" | "=~":
            return text == pattern
        case "contains":
            return pattern in text
        case "startswith":
            return text.startswith(pattern)
        case "endswith":
            return text.endswith(pattern)
        case _:
            return term(text, pattern, name != "hassuffix", name != "hasprefix")


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
@pytest.mark.parametrize("operator", [*OPERATORS, *TERMS])
def test_operator(operator: str, engine: str) -> None:
    negated = {"==": "!=", "=~": "!~"}.get(operator, f"!{operator}")
    for pattern in PATTERNS:
        expected = [matches(operator, text, pattern) for text in SUBJECTS]
        constant = quoted(pattern)
        query = f"{TABLE} | project s {operator} {constant}, s {negated} {constant}"
        assert run(query, source="kql", engine=engine).rows == [(found, not found) for found in expected], (operator, pattern)


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
@pytest.mark.parametrize("operator", [*OPERATORS, *TERMS])
def test_operator_with_a_pattern_from_a_column(operator: str, engine: str) -> None:
    pairs = [(text, pattern) for text in SUBJECTS for pattern in PATTERNS]
    table = f"datatable(s:string, p:string)[{', '.join(f'{quoted(s)}, {quoted(p)}' for s, p in pairs)}]"
    rows = run(f"{table} | project s, p, found = s {operator} p", source="kql", engine=engine).rows
    assert [row for row in rows if row[2] != matches(operator, row[0], row[1])] == []


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
@pytest.mark.parametrize("operator", ["in", "in~", "has_any", "has_all"])
def test_list(operator: str, engine: str) -> None:
    single = {"in": "==", "in~": "=~", "has_any": "has", "has_all": "has"}[operator]
    combine = all if operator == "has_all" else any
    for patterns in (("a", "é"), ("alpha", "BETA"), ("10", "0"), ("", "a"), (".exe", "Temp"), ("%", "_", "off")):
        expected = [combine(matches(single, text, pattern) for pattern in patterns) for text in SUBJECTS]
        listed = ", ".join(map(quoted, patterns))
        for right in (f"({listed})", f"(dynamic([{listed}]))"):
            rows = run(f"{TABLE} | project s {operator} {right}", source="kql", engine=engine).rows
            assert [row[0] for row in rows] == expected, (patterns, right)


@pytest.mark.parametrize("dialect", ["postgres", "duckdb"])
def test_an_address_is_read_once_for_all_networks_of_a_version(dialect: str) -> None:
    networks = [f"2001:{at:x}::/32" for at in range(50)]
    rule = f"title: t\nlogsource: {{category: c}}\ndetection: {{s: {{F|cidr: {networks}}}, condition: s}}\n"
    written = ruleconv.translate(rule, source="sigma", to="sql", dialect=dialect).text
    assert written.count("WHEN ") <= 2
    events = [{"F": "2001:31::1"}, {"F": "2001:32::1"}]
    assert ruleconv.run(rule, source="sigma", events=events, engine=dialect).dicts() == events[:1]
