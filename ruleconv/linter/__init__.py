"""The linter: rules over rule files. One file a rule in ``rules/``, grouped by the letters of its code; ``engine.lint`` runs them."""
