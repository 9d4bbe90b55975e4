"""Sigma rules from the IR: detections of filters, correlations of summarize; whatever Sigma cannot say is refused with its place."""

from ruleconv_backends.sigma.backend import SigmaBackend

__all__ = ["SigmaBackend"]
