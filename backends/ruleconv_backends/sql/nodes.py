"""Nodes for what sqlglot would rewrite, the JSON arrows, and for an operator that it does not know. ``dialects.py`` prints them.

They are sqlglot's nodes of PostgreSQL's range operators, which nothing here uses in their first meaning: its compiled build
(``ruleconv[fast]``) makes no instance of a class of ours.
"""

from __future__ import annotations

from sqlglot import exp

JsonGet = exp.ExtendsLeft
"""``value -> step``: the element as JSON."""

JsonGetText = exp.ExtendsRight
"""``value ->> step``: the element as text, NULL for a JSON null."""

InNetwork = exp.Adjacent
"""``address <<= network``: the address is in the network, or is it (PostgreSQL)."""
