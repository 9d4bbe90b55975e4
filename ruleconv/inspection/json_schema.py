"""The JSON schemas of an inspection and of a folder's index, out of the dataclasses of ``model.py``: ``inspection.schema.json`` and
``index.schema.json`` beside this file hold them."""

from __future__ import annotations

import json
import os
import types
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

from ruleconv.inspection.index.build import FORMAT as INDEX_FORMAT
from ruleconv.inspection.model import FORMAT, Card, Coverage, Exclusion, Indicator, Inspection, Problem

PATH = os.path.join(os.path.dirname(__file__), "inspection.schema.json")
INDEX_PATH = os.path.join(os.path.dirname(__file__), "index.schema.json")
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


def schema_of_index() -> dict[str, Any]:
    """Of a folder's index (``index/as_json.py``): ``rule`` and the numbers in ``rules`` are places in the list of rules."""
    known: dict[str, Any] = {}
    for each in (Card, Coverage, Exclusion, Indicator, Problem):
        _schema(each, known)
    indicator = known["Indicator"]
    counts = {"type": "object", "additionalProperties": _COUNT}
    seen = _fixed(value={"type": "string"}, corpus=_COUNT, by_language=counts)
    met = {key: value for key, value in indicator["properties"].items() if key != "places"} | {"seen": {"type": "array", "items": seen}}
    related = {"type": "array", "items": _fixed(rule=_COUNT, score={"type": "number", "minimum": 0, "maximum": 1})}
    text = {"type": "string"}
    rule = _fixed(
        rule=_COUNT,
        file=text,
        language=text,
        card={"$ref": "#/$defs/Card"},
        period=text,
        coverage={"$ref": "#/$defs/Coverage"},
        stage_count=_COUNT,
        indicators={"type": "array", "items": _fixed(**met)},
        exclusions={"type": "array", "items": {"$ref": "#/$defs/Exclusion"}},
        same_action=related,
        near_duplicates=related,
        problems={"type": "array", "items": {"$ref": "#/$defs/Problem"}},
    )
    broken = _fixed(file=text, problems={"type": "array", "items": {"$ref": "#/$defs/Problem"}})
    technique = _fixed(id=text, name=text, note=text, rules={"type": "array", "items": _COUNT})
    whole = _fixed(
        format={"const": INDEX_FORMAT},
        languages=counts,
        tactics={"type": "array", "items": _fixed(id=text, name=text, slug=text, rules=_COUNT)},
        techniques={"type": "array", "items": technique},
        without_technique=_COUNT,
        broken={"type": "array", "items": broken},
        rules={"type": "array", "items": rule},
    )
    title = "What ruleconv inspect FOLDER --format json tells of its rules"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, **whole, "$defs": known}


_COUNT = {"type": "integer", "minimum": 0}


def _fixed(**properties: Any) -> dict[str, Any]:
    """An object with exactly these keys."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def write() -> None:
    """Both files anew."""
    for path, made in ((PATH, schema()), (INDEX_PATH, schema_of_index())):
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(render(made))


def render(made: dict[str, Any]) -> str:
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


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
