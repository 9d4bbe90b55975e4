"""Across files, and about the linter itself."""
