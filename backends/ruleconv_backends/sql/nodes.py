"""SQL nodes of our own, for what sqlglot would rewrite: the JSON arrows, and an operator that it
does not know. ``dialects.py`` prints them."""

from __future__ import annotations

from sqlglot import exp


class JsonGet(exp.Expression, exp.Binary):
    """``value -> step``: the element as JSON."""


class JsonGetText(exp.Expression, exp.Binary):
    """``value ->> step``: the element as text, NULL for a JSON null."""


class InNetwork(exp.Expression, exp.Binary):
    """``address <<= network``: the address is in the network, or is it (PostgreSQL)."""
