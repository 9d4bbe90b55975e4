"""From the IR to SQL, through sqlglot nodes. The only package that imports sqlglot."""

from ruleconv_backends.sql.backend import SqlBackend

__all__ = ["SqlBackend"]
