"""Sigma rules: read through pySigma, bound to the fields of a log source, as the IR."""
