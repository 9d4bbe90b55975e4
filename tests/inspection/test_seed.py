"""The seed rules, against what a public catalogue lists for them."""

import importlib.util
import json
import re
from pathlib import Path

import pytest

import ruleconv
from ruleconv.inspection.model import Role

TOP = Path(__file__).parents[2]
SHARED = TOP.parent / "shared"
LISTED = SHARED / "cases" / "inspect-seed.json"

pytestmark = pytest.mark.skipif(not LISTED.exists(), reason="the catalogue's listing is not here")


def _catalogue():
    spec = importlib.util.spec_from_file_location("catalogue", Path(__file__).with_name("catalogue.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _explained():
    """The lines of the page's block, by file."""
    (block,) = re.findall(r"(?ms)^```\n(high-risk.*?)^```$", (TOP / "docs/inspect.md").read_text())
    found, name = {}, ""
    for line in block.splitlines():
        if line.endswith((".yaml", ".kql")):
            name = line
        else:
            found.setdefault(name, []).append(line)
    return found


def _seed(name):
    return ruleconv.inspect((SHARED / "seed" / name).read_text(), filename=name)


@pytest.mark.parametrize("name", [name for name in json.loads(LISTED.read_text()) if name[0] != "_"] if LISTED.exists() else [])
def test_all_that_a_catalogue_lists_is_there_or_explained(name):
    found = list(_catalogue().differences(json.loads(LISTED.read_text())[name], _seed(name)))
    print("\n".join(found))
    assert not [line for line in found if line.endswith("| not there")]
    assert found == _explained().get(name, [])


def test_the_comparison_tells_what_is_missing():
    listed = json.loads(LISTED.read_text())["email-access-via-active-sync.yaml"]
    found = list(_catalogue().differences(listed, _seed("guest-users-invited-by-new-inviters.yaml")))
    assert "let: cmdList | not there" in found
    assert "stage count: 43 | 14" in found


def test_the_hunting_query():
    found = _seed("cross-tenant-abuse.kql")
    assert found.card.title == "Monitoring Cross-Tenant Abuse by Threat Actors"
    assert found.card.tables == ("AuditLogs",)
    assert found.card.operators == ("where", ">", "==", "or")
    assert found.card.functions == ("ago",)
    assert {"AuditLogs", "Category", "OperationName", "CrossTenantAccessSettings"} <= set(found.card.keywords)
    assert found.window.period == "1h"
    fields = [each.field for each in found.indicators if each.role is Role.MATCH]
    assert fields == ["Category", *["OperationName"] * 3]


def test_the_let_is_what_the_guests_rule_excludes():
    (only,) = _seed("guest-users-invited-by-new-inviters.yaml").exclusions
    (condition,) = only.conditions
    assert (only.form, condition.field, condition.kind.value, condition.values[0].known.value) == (
        "!in",
        "InitiatingUserPrincipalName",
        "in",
        "let",
    )
    assert condition.sources == ("AuditLogs.InitiatedBy.user.userPrincipalName",)
