"""Each case of ``cases/``: one detection, events that it finds and events that it does not, on both engines."""

from pathlib import Path

import pytest
import yaml

import ruleconv

CASES = [
    pytest.param(case, id=f"{path.stem}: {case['name']}")
    for path in sorted((Path(__file__).parent / "cases").glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]
HEAD = "title: case\nlogsource:\n  category: test\ndetection:\n"


def rule(detection: str) -> str:
    return HEAD + "".join(f"  {line}\n" for line in detection.splitlines())


def found(detection: str, events: list[dict[str, object]], engine: str) -> list[dict[str, object]]:
    result = ruleconv.run(rule(detection), source="sigma", events=[{**event, "_at": at} for at, event in enumerate(events)], engine=engine)
    where = [column.name for column in result.columns].index("_at") if result.columns else 0
    return [events[row[where]] for row in result.rows]


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
@pytest.mark.parametrize("case", CASES)
def test_case(case, engine):
    hits, misses = case["hits"], case["misses"]
    assert found(case["detection"], [*hits, *misses], engine) == hits
    # One event alone gives its columns other types than all together: the answer must not depend on it.
    for event in hits:
        assert found(case["detection"], [event], engine) == [event]
    for event in misses:
        assert found(case["detection"], [event], engine) == []
