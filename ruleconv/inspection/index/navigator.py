"""Coverage as a layer of the ATT&CK Navigator (layer format 4.5): a score for each technique, the number of its rules.

Format: https://github.com/mitre-attack/attack-navigator/tree/master/layers
"""

from __future__ import annotations

import json

from ruleconv.inspection.index.build import Index
from ruleconv.rulefile import attack

MOST_NAMES = 20
_DOMAIN = "enterprise-attack"


def layer(index: Index, name: str = "ruleconv") -> str:
    """The layer of the enterprise matrix. A revoked technique counts for its successor; what is of another matrix is left out."""
    rules: dict[str, dict[int, None]] = {}
    for covered in index.techniques:
        id_ = attack.latest(covered.technique.id)
        entry = attack.techniques().get(id_)
        if entry is not None and entry.matrix == "enterprise" and not entry.deprecated:
            rules.setdefault(id_, {}).update(dict.fromkeys(covered.rules))
    techniques = []
    for id_, numbers in sorted(rules.items()):
        titles = [index.rows[number].entry.name for number in list(numbers)[:MOST_NAMES]]
        more = [f"… and {len(numbers) - MOST_NAMES} more"] if len(numbers) > MOST_NAMES else []
        techniques.append({"techniqueID": id_, "score": len(numbers), "comment": "\n".join(titles + more), "enabled": True})
    most = max((each["score"] for each in techniques if isinstance(each["score"], int)), default=1)
    made = {
        "name": name,
        "versions": {"attack": attack.version().partition(".")[0], "navigator": "5.1.0", "layer": "4.5"},
        "domain": _DOMAIN,
        "description": f"{len(index.rows)} rules",
        "sorting": 3,
        "techniques": techniques,
        "gradient": {"colors": ["#ffffff", "#66b1ff"], "minValue": 0, "maxValue": most},
        "legendItems": [],
        "showTacticRowBackground": False,
        "selectTechniquesAcrossTactics": True,
    }
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"
