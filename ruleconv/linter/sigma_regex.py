"""Regular expressions of Sigma rules: what no engine takes, and what the engines differ in.

Source: SigmaHQ/sigma-specification, sigma-appendix-modifiers.md (the metacharacters of ``re``); RE2 and Python's engine for the rest.
"""

from __future__ import annotations

import re
import warnings
from functools import lru_cache


@lru_cache(maxsize=1024)
def python_objection(pattern: str) -> str | None:
    """What Python's engine has against it, None when it takes it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except re.error as error:
        return str(error).partition(" at position")[0]
    except (RecursionError, OverflowError, MemoryError):
        return "too large"
    return None


@lru_cache(maxsize=1024)
def no_engine_takes(pattern: str) -> str | None:
    """Why it is surely no regular expression, in a few words; None when it is one, or that is not sure."""
    said = python_objection(pattern)
    if said is None:
        return None
    from ruleconv.linter.re2 import objection

    other = objection(pattern)
    return said if other is not None and not other.endswith(("look-around", "group")) else None


@lru_cache(maxsize=1024)
def not_portable(pattern: str) -> str | None:
    """Look-around or a reference to a group: what RE2, and with it KQL and most stores of logs, does not have."""
    if "(?" not in pattern and "\\" not in pattern:
        return None
    from ruleconv.linter.re2 import objection

    found = objection(pattern)
    return found if found is not None and found.endswith(("look-around", "group")) else None
