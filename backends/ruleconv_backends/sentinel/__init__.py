"""Microsoft Sentinel's analytics rules, written."""

from ruleconv_backends.sentinel.backend import SentinelBackend

__all__ = ["SentinelBackend"]
