"""What a rule does, at a glance: stages, predicates, exclusions, indicators, output fields (``ruleconv.inspect``)."""
