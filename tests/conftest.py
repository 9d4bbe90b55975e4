"""Property tests take the same examples at every run; RULECONV_EXAMPLES hunts with random ones (tests/properties/running.py)."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile("same", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("hunt", deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("hunt" if os.environ.get("RULECONV_EXAMPLES") else "same")
