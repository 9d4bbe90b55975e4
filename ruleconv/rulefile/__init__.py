"""Files that hold rules: what kind they are, their metadata, and where their query stands."""
