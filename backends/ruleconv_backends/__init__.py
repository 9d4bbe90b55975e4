"""The writers: from the IR to other languages. Looked up through ``ruleconv.backend``, never imported by the core."""
