"""From the parser's reductions to the syntax tree: one small function for each ``-> name`` of ``kql.lark``.

A function gets the values of the production's symbols (a ``Token`` for a terminal) and the start and end of its text,
and returns a node of ``ruleconv.kql.tree``, or a list that a later function takes.
"""

from ruleconv.kql.build import expressions, literals, operators, small, sources, statements, tables
from ruleconv.kql.build.action import ACTIONS, Action, Misplaced

__all__ = ["ACTIONS", "Action", "Misplaced", "expressions", "literals", "operators", "small", "sources", "statements", "tables"]
