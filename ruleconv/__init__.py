"""Translate, check, explain and run detection rules (Sentinel / Defender KQL, Sigma, SQL).

- ``translate(text, to=..)`` gives a ``Translation``: the text in another language, and a ``Note`` with its ``Effect`` for what differs;
- ``lint(text)`` gives the findings, each a ``Diagnostic`` with its ``Severity``;
- ``inspect(text)`` gives an ``Inspection``: what the rule does;
- ``run(text, tables=..)`` and ``run(text, events=..)`` give a ``Result``: the rows.

All take the rule's text, ``filename`` for messages, and ``schema`` in the place of the bundled tables; tables of your own besides these are
``ruleconv.schema.bundled() | ruleconv.schema.load([path])``.
Whatever they raise is a ``RuleconvError``, with the place in the text as ``error.place``.

Everything public is here and is loaded at its first use, so that ``import ruleconv`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ruleconv.diagnostic import Diagnostic, ExecutionError, ParseError, RuleconvError, SchemaError, Severity, Unsupported, UsageError
    from ruleconv.engines.model import Result
    from ruleconv.execution import run
    from ruleconv.inspection.engine import inspect
    from ruleconv.inspection.model import Inspection
    from ruleconv.ir.fidelity import Effect, Note, Translation
    from ruleconv.linter.engine import lint
    from ruleconv.schema import Schema
    from ruleconv.translation import translate

__version__ = "0.1.0"

__all__ = [
    "Diagnostic",
    "Effect",
    "ExecutionError",
    "Inspection",
    "Note",
    "ParseError",
    "Result",
    "RuleconvError",
    "Schema",
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
    "Result": "ruleconv.engines.model",
    "Schema": "ruleconv.schema",
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
