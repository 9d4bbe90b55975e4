"""An inspection as plain data, and as JSON: every field of ``model.py`` under its own name (``inspection.schema.json``)."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from ruleconv.inspection.model import FORMAT, Inspection


def plain(inspection: Inspection) -> dict[str, Any]:
    """As dicts, lists, texts, numbers and booleans."""
    made = plain_value(inspection)
    assert isinstance(made, dict)
    return {"format": FORMAT, **made, "stage_count": inspection.stage_count}


def render(inspection: Inspection) -> str:
    return json.dumps(plain(inspection), ensure_ascii=False, indent=2)


_NAMES: dict[type, tuple[str, ...]] = {}


def plain_value(value: object) -> object:
    """Of any value of the model."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list):
        return [plain_value(each) for each in value]
    if is_dataclass(value):
        kind = type(value)
        names = _NAMES.get(kind)
        if names is None:
            names = _NAMES[kind] = tuple(f.name for f in fields(value))
        return {name: plain_value(getattr(value, name)) for name in names}
    return value
