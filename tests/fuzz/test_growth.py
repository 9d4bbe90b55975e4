"""Small texts that would become large ones, or that take a quadratic time: each is answered or refused, and soon."""

from __future__ import annotations

from contextlib import suppress

import pytest

import ruleconv
from ruleconv.diagnostic import ParseError, RuleconvError, Unsupported
from ruleconv.inspection.engine import inspect_all
from ruleconv.linter.config import Config
from ruleconv.linter.files import Job, lint_all
from ruleconv.text import Source

SIGMA = "title: t\nlogsource: {category: c}\ndetection:\n  "
THEM = "\n  ".join(f"s{n}: {{A: x{n}}}" for n in range(300))


@pytest.mark.parametrize(
    "detection",
    [
        "sel: {A|" + "base64|" * 60 + "contains: x}\n  condition: sel",
        "sel: {A|" + "base64offset|" * 12 + "contains: xxxx}\n  condition: sel",
        "sel: {A|" + "wide|" * 40 + "contains: x}\n  condition: sel",
        "sel: {A|" + "windash|" * 14 + "contains: ' -a -b'}\n  condition: sel",
        THEM + "\n  condition: " + " or ".join(["1 of them"] * 3000),
    ],
    ids=["base64", "base64offset", "wide", "windash", "them"],
)
def test_sigma_is_refused(detection: str) -> None:
    with pytest.raises(ParseError, match="more than"):
        ruleconv.translate(SIGMA + detection + "\n", source="sigma", to="sql")


def chained(first: str, each: str, number: int = 40) -> str:
    """Lets of which each uses the one before it."""
    lets = [f"let a0 = {first};", *(f"let a{n} = {each.replace('@', f'a{n - 1}')};" for n in range(1, number))]
    return "\n".join([*lets, f"a{number - 1}"])


GROWING = {
    "columns that double": chained("SigninLogs", "@ | join @ on AppId"),
    "columns of stage after stage": "SigninLogs " + "".join(f"| extend a{n} = AppId " for n in range(1000)),
    "stage after stage of many columns": "SigninLogs " + "| extend AppId = strcat(AppId, 'x') " * 2000,
    "a list that is used again and again": f"let l = dynamic({list(range(2000))}); SigninLogs " + "| where AppId in (l) " * 200,
    "terms for all columns": "search in (A*, S*) " + " or ".join(f"'x{n}'" for n in range(400)),
    "SELECTs in SELECTs": "T_CL " + "| summarize a = count() by b " * 1000,
}


@pytest.mark.parametrize("name", GROWING)
@pytest.mark.parametrize("dialect", ["postgres", "duckdb"])
def test_queries_that_grow_are_refused(name: str, dialect: str) -> None:
    with pytest.raises(Unsupported):
        ruleconv.translate(GROWING[name], to="sql", dialect=dialect)


def test_many_errors_are_told_once_each() -> None:
    text = "".join(f"let f{n} = f{n + 1};\n" for n in range(500)) + "print f1"
    (outcome,) = lint_all([Job("x.kql", Config(), content=text.encode())])
    assert [finding.message for finding in outcome.findings if finding.code == "KQL003"] == [
        f"there is no column f{n + 1} here" for n in range(500)
    ]
    assert inspect_all(Source(text, "x.kql"))[0].problems


@pytest.mark.parametrize("to", ["sql", "sigma"])
def test_deep_expressions_are_refused(to: str) -> None:
    deep = "T_CL | where x == " + " + ".join(f"a{n}" for n in range(230))
    with pytest.raises(Unsupported):
        ruleconv.translate(deep, to=to)


def test_long_pipelines_are_inspected() -> None:
    (made,) = inspect_all(Source("T_CL " + "| extend x = strcat(x, 'a') " * 1200 + "| where x == 'b'", "x.kql"))
    assert made.stage_count == 1202


def test_who_uses_a_let_is_found_in_one_walk() -> None:
    text = "".join(f"let a{n} = {n};\n" for n in range(3000)) + "let T1 = T_CL | where a == a1;\nlet b = a2 + a3 + a2;\nT1 | where c == b"
    (made,) = inspect_all(Source(text, "x.kql"))
    used = {let.name: let.used_by for let in made.lets}
    assert (used["a0"], used["a1"], used["a2"], used["T1"], used["b"]) == ((), ("T1.2",), ("b",), ("1",), ("2",))


def test_many_different_conditions_are_linted() -> None:
    conditions = [f"a{n} == {n} and b{n} in (dynamic([{n}]))" for n in range(1500)]
    job = Job("x.kql", Config(), content=f"T_CL | where {' and '.join([*conditions, conditions[7]])}".encode())
    found = [finding.span.start for finding in lint_all([job])[0].findings if finding.code == "KQL038"]
    assert len(found) == 2


def test_many_terms_become_sigma() -> None:
    texts = ", ".join(f"'x{n}'" for n in range(3000))
    made = ruleconv.translate(f"T_CL | where a has_all ({texts}) and a !has 'y'", to="sigma", lossy=True).text
    assert made.count("x2999") == 1


def test_whatever_is_long_is_answered() -> None:
    for text in ("T" + "; " * 40_000, "print " + "1 + " * 5000 + "1", "T_CL | where " + "not(" * 200 + "a" + ")" * 200):
        with pytest.raises(RuleconvError):
            ruleconv.translate(text, to="sql")


@pytest.mark.parametrize("number", ["9" * 5000, "0x" + "f" * 5000, "-" + "9" * 5000, "0b" + "1" * 20_000])
def test_numbers_longer_than_python_prints(number: str) -> None:
    sigma = SIGMA + f"sel: {{A: {number}, B|gt: 5}}\n  condition: sel\n"
    sentinel = f"id: {number}\nname: n\nquery: SigninLogs\ntriggerOperator: gt\ntriggerThreshold: {number}\nversion: {number}\n"
    for name, text in (("x.yml", sigma), ("y.yaml", sentinel)):
        (outcome,) = lint_all([Job(name, Config(), content=text.encode())])
        assert not [each.message for each in outcome.findings if each.code == "internal"]
        for to in ("sql", "kql", "sigma", "sentinel"):
            with suppress(RuleconvError):
                assert ruleconv.translate(text, to=to).text


def test_many_joins_of_sql_are_walked_once() -> None:
    text = "select * from t " + " ".join(f"join t{n} on t.a = t{n}.a" for n in range(600)) + " where t.a = 'x'"
    (made,) = inspect_all(Source(text, "x.sql"))
    assert made.stage_count == 603
    assert lint_all([Job("x.sql", Config(), content=text.encode())])[0].facts is not None


@pytest.mark.parametrize("text", ["a" * 90_000, "SigninLogs | project-keep " + "*a" * 9000, "SigninLogs | where " + "f" * 9000 + "(1)"])
def test_messages_are_short_whatever_the_names(text: str) -> None:
    with pytest.raises(RuleconvError) as caught:
        ruleconv.translate(text, source="kql", to="sql")
    assert len(caught.value.message) < 2_100
    (outcome,) = lint_all([Job("x.kql", Config(), content=text.encode())])
    assert all(len(finding.message) < 2_100 for finding in outcome.findings)
