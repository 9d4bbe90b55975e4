"""The top-level keys of rule files.

Sources: the Sigma specification 2.1 (rules, correlations, filters); the rule files and the schema checks of Azure/Azure-Sentinel.
"""

from __future__ import annotations

import difflib

from ruleconv.rulefile.model import Kind

_SENTINEL = """
id name description description-detailed severity status version kind query queryFrequency queryPeriod triggerOperator triggerThreshold
requiredDataConnectors tactics relevantTechniques subTechniques tags entityMappings customDetails alertDetailsOverride eventGroupingSettings
incidentConfiguration suppressionEnabled suppressionDuration sentinelEntitiesMappings metadata enabled displayName alertRuleTemplateName
templateVersion techniques author source createIncident groupingConfiguration startTimeUtc
"""
_SIGMA = """
title id name taxonomy related status description license references author date modified logsource detection fields falsepositives level
tags scope correlation filter generate action custom ruletype simulation regression_tests_path
"""
KNOWN = {Kind.SENTINEL: frozenset(_SENTINEL.split()), Kind.SIGMA: frozenset(_SIGMA.split())}


def nearest_key(key: str, kind: Kind) -> str | None:
    """The known key that was probably meant."""
    folded = {known.casefold(): known for known in KNOWN[kind]}
    near = difflib.get_close_matches(key.casefold(), folded, 1, 0.8)
    return folded[near[0]] if near else None
