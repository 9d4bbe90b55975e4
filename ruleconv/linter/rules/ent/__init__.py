"""Entity mappings, custom details, alert overrides."""
