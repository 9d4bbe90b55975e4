"""From syntax tree to IR: names, types and columns. The door is ``ruleconv.kql.bind``."""
