"""The one door to pySigma: from the YAML of a rule to searches whose values are what their modifiers made of them.

pySigma decides what a modifier does and what it refuses. YAML is read by ``rulefile.yaml_nodes`` (places, limits) and conditions by
``sigma.conditions``, so an error names the line and column of the very node that pySigma objects to.
"""

from ruleconv.sigma.read.searches import read_filter, read_rule

__all__ = ["read_filter", "read_rule"]
