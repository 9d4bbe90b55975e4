"""A folder of rules: their cards, who else looks for the same, what they cover (``ruleconv inspect DIR``)."""
