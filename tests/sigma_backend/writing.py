"""What the tests of the Sigma writer share: KQL in, the rules as pySigma reads them out."""

from __future__ import annotations

from typing import Any

import sigma.validators.core
import yaml
from sigma.collection import SigmaCollection
from sigma.validation import SigmaValidator

from ruleconv.ir.fidelity import Translation
from ruleconv.ir.types import Column, Type
from ruleconv.rulefile.metadata import NO_METADATA, Metadata
from ruleconv.schema import Table, bundled
from ruleconv.translation import bound
from ruleconv_backends.sigma import SigmaBackend

DOWNLOADING = {"ATTACKTagValidator", "D3FENDTagValidator"}
"""They fetch ATT&CK and D3FEND."""
VALIDATORS = [each for each in sigma.validators.core.validators.values() if each.__name__ not in DOWNLOADING]


COLUMNS = (
    *(Column(name, Type.STRING) for name in ("S", "U", "A", "B", "C", "IP")),
    *(Column(name, Type.LONG) for name in ("N", "M")),
    Column("D", Type.DYNAMIC),
    Column("TimeGenerated", Type.DATETIME),
)
SCHEMA = bundled().extended([Table("T", COLUMNS), Table("V", COLUMNS)])


def translated(kql: str, *, lossy: bool = False, metadata: Metadata = NO_METADATA) -> Translation:
    """The translation, after the test that pySigma and its validators take it. ``T`` and ``V`` are tables that no log source file names."""
    query, source = bound(kql, schema=SCHEMA)
    made = SigmaBackend(lossy=lossy).translate(query, source=source, metadata=metadata)
    accepted(made.text)
    return made


def accepted(text: str) -> None:
    rules = SigmaCollection.from_yaml(text)
    issues = SigmaValidator(VALIDATORS).validate_rules(iter(rules.rules))
    assert not issues, f"{issues}\n{text}"


def documents(kql: str, **options: Any) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(translated(kql, **options).text))


def detection(filter_: str) -> dict[str, Any]:
    (only,) = documents(f"T | where {filter_}")
    found: dict[str, Any] = only["detection"]
    return found


def effects(kql: str, **options: Any) -> set[tuple[str, str]]:
    return {(note.code, note.effect.value) for note in translated(kql, **options).notes}
