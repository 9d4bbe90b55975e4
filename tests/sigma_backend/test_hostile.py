"""Queries that nobody writes by hand: a rule or a refusal, and soon."""

from __future__ import annotations

import time

import pytest

import ruleconv
from ruleconv.diagnostic import RuleconvError
from tests.sigma_backend.writing import accepted

QUERIES = {
    "many alternatives": "SigninLogs | where " + " or ".join(f"UserAgent has 'a{i}'" for i in range(3000)),
    "a long list": "SigninLogs | where UserAgent in (" + ",".join(f"'a{i}'" for i in range(20000)) + ")",
    "brackets": "SigninLogs | where " + "(UserAgent == 'a' and (Location == 'b' or " * 45 + "UserAgent == 'c'" + "))" * 45,
    "columns that double": "SigninLogs | extend x0 = strcat(UserAgent, 'a')"
    + "".join(f"| extend x{i + 1} = strcat(x{i}, x{i})" for i in range(40))
    + "| where x40 == 'a'",
    "choices that double": "SigninLogs | extend a0 = iff(IsRisky, 'x', 'y') "
    + "".join(f"| extend a{i + 1} = iff(a{i} == 'x', 'y', 'x')" for i in range(20))
    + "| where a20 == 'x'",
    "tests of tests": "SigninLogs | where " + "(" * 25 + "IsRisky" + " == (UserAgent == 'a'))" * 25,
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
@pytest.mark.parametrize("lossy", [False, True])
def test_soon(query: str, lossy: bool) -> None:
    start = time.process_time()
    try:
        ruleconv.translate(query, to="sigma", lossy=lossy)
    except RuleconvError as error:
        assert error.message
    assert time.process_time() - start < 15


def test_a_deep_condition_is_read_by_pysigma() -> None:
    query = "SigninLogs | where " + "(UserAgent =~ 'a' and (Location =~ 'b' or " * 12 + "UserAgent =~ 'c'" + "))" * 12
    accepted(ruleconv.translate(query, to="sigma").text)
