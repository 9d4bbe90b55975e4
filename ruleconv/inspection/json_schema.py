"""The JSON schema of an inspection, out of the dataclasses of ``model.py``: ``inspection.schema.json`` beside this file holds it."""

from __future__ import annotations

import json
import os
import types
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

from ruleconv.inspection.model import FORMAT, Inspection

PATH = os.path.join(os.path.dirname(__file__), "inspection.schema.json")
_PLAIN: dict[object, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    type(None): {"type": "null"},
}


def schema() -> dict[str, Any]:
    """Of draft 2020-12."""
    known: dict[str, Any] = {}
    reference = _schema(Inspection, known)
    main = known[Inspection.__name__]
    main["properties"] = {"format": {"const": FORMAT}, **main["properties"], "stage_count": {"type": "integer", "minimum": 0}}
    main["required"] = ["format", *main["required"], "stage_count"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What ruleconv inspect --format json tells of one rule",
        **reference,
        "$defs": known,
    }


def render() -> str:
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def _schema(type_: Any, known: dict[str, Any]) -> dict[str, Any]:
    if type_ in _PLAIN:
        return dict(_PLAIN[type_])
    if get_origin(type_) in (tuple, list):
        return {"type": "array", "items": _schema(get_args(type_)[0], known)}
    if get_origin(type_) in (Union, types.UnionType):
        return {"anyOf": [_schema(each, known) for each in get_args(type_)]}
    if isinstance(type_, type) and issubclass(type_, Enum):
        known.setdefault(type_.__name__, {"enum": [each.value for each in type_], "description": _first(type_)})
    elif is_dataclass(type_):
        _object(type_, known)
    else:
        raise TypeError(f"no schema for {type_}")
    return {"$ref": f"#/$defs/{type_.__name__}"}


def _object(type_: Any, known: dict[str, Any]) -> None:
    if type_.__name__ in known:
        return
    made: dict[str, Any] = {"type": "object", "description": _first(type_)}
    known[type_.__name__] = made
    hints = get_type_hints(type_)
    made["properties"] = {each.name: _schema(hints[each.name], known) for each in fields(type_)}
    made["required"] = [each.name for each in fields(type_)]
    made["additionalProperties"] = False


def _first(type_: type) -> str:
    """The docstring's words, without reStructuredText's marks."""
    text = " ".join((type_.__doc__ or "").split())
    return "" if text.startswith(f"{type_.__name__}(") else text.replace("``", "'")
