"""A Sigma test in the spelling of a table: what ``MappedEvents.adapt`` does with values that are written differently there (S39).

In: the field's data and a test (``Match``, ``Compare``, ``Missing``). Out: an expression that asks the same. A value that cannot be said
exactly is refused with the name of the field; a wider table then carries the rule, or the user hears of it.
"""

from __future__ import annotations

from ruleconv.sigma.spelling.columns import of_constant, of_hashes, of_join
from ruleconv.sigma.spelling.parts import Place, short, with_subject
from ruleconv.sigma.spelling.registry import of_registry_data
from ruleconv.sigma.spelling.values import spelt

__all__ = ["Place", "of_constant", "of_hashes", "of_join", "of_registry_data", "short", "spelt", "with_subject"]
