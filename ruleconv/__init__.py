"""ruleconv: translate, check, explain and run detection rules (Sentinel / Defender KQL, Sigma, SQL).

Everything public is here and is loaded at its first use, so that ``import ruleconv`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ruleconv.diagnostic import Diagnostic, ExecutionError, ParseError, RuleconvError, SchemaError, Severity, Unsupported, UsageError
    from ruleconv.execution import run
    from ruleconv.inspection.engine import inspect
    from ruleconv.inspection.model import Inspection
    from ruleconv.ir.fidelity import Effect, Note, Translation
    from ruleconv.linter.engine import lint
    from ruleconv.translation import translate

__version__ = "0.1.0"

__all__ = [
    "Diagnostic",
    "Effect",
    "ExecutionError",
    "Inspection",
    "Note",
    "ParseError",
    "RuleconvError",
    "SchemaError",
    "Severity",
    "Translation",
    "Unsupported",
    "UsageError",
    "__version__",
    "inspect",
    "lint",
    "run",
    "translate",
]

_HOMES = {
    **dict.fromkeys(
        ("Diagnostic", "ExecutionError", "ParseError", "RuleconvError", "SchemaError", "Severity", "Unsupported", "UsageError"),
        "ruleconv.diagnostic",
    ),
    **dict.fromkeys(("Effect", "Note", "Translation"), "ruleconv.ir.fidelity"),
    "Inspection": "ruleconv.inspection.model",
    "inspect": "ruleconv.inspection.engine",
    "lint": "ruleconv.linter.engine",
    "run": "ruleconv.execution",
    "translate": "ruleconv.translation",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'ruleconv' has no attribute {name!r}")
    value: object = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
