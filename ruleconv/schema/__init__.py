"""Tables and their columns: the bundled ones of Microsoft Sentinel and Defender XDR, and the user's own."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache

from ruleconv.schema.model import Schema, Table

__all__ = ["Schema", "Table", "asim", "bundled", "load"]


@cache
def bundled() -> Schema:
    """The tables that come with ruleconv: Log Analytics and Defender XDR."""
    from ruleconv.schema.table_text import read

    return Schema(read())


@cache
def asim() -> Schema:
    """ASIM's unifying parsers (``_Im_Dns``) with the columns of their schemas; open, since a parser may give more. They are functions of a
    workspace: no part of ``bundled``."""
    from ruleconv.schema.table_text import ASIM, read

    return Schema(read(ASIM, open_=True))


def load(paths: Iterable[str | os.PathLike[str]]) -> Schema:
    """The tables of the user's files (CSV, JSON, or folders of them); ``files.py`` tells the formats. Without the bundled ones:
    ``bundled() | load(paths)`` has both. UsageError for a file that cannot be opened, SchemaError for one that says no tables."""
    from ruleconv.schema.files import load_files

    return load_files(paths)
