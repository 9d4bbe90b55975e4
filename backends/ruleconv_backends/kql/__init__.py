"""From the IR to KQL: a syntax tree, printed by the formatter's printer."""

from ruleconv_backends.kql.backend import KqlBackend

__all__ = ["KqlBackend"]
