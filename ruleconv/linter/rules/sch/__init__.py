"""Schema and required fields of rule files."""
