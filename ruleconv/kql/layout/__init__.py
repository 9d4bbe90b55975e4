"""The layout of KQL: one printer of syntax trees, for the formatter and for the KQL that is written from other languages.

``document.py`` fits text to a width; ``writer.py`` says where words come from (a tree that was made, a text that was read);
``tables.py``, ``statements.py``, ``operators.py``, ``small.py``, ``pipelines.py``, ``clauses.py`` and ``expressions.py`` print the nodes,
each with those after it; ``format.py`` formats a text and checks the result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ruleconv.kql.layout import statements, tables
from ruleconv.kql.layout.document import render
from ruleconv.kql.layout.writer import LayoutError, Writer
from ruleconv.kql.tree import QueryTree

if TYPE_CHECKING:
    from ruleconv.text import Source

__all__ = ["WIDTH", "LayoutError", "format_query", "print_tree"]

WIDTH = 100
"""Where lines should end, when nobody says otherwise."""


def print_tree(tree: QueryTree, width: int = WIDTH) -> str:
    """The text of a tree, without a line end at its end. Spans and comments are not looked at; parentheses are set where precedence
    needs them. ValueError for a node that nothing can be written for (a column of an unknown type)."""
    return render(statements.query(Writer(tables.rows), tree), width)


def format_query(source: Source, width: int = WIDTH) -> str:
    """``layout.format.format_query``, loaded when it is called: whoever only prints trees needs no parser."""
    from ruleconv.kql.layout import format

    return format.format_query(source, width)
