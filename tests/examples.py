"""How many examples a property is held against: as many as the profile has, or fewer where each one is dear."""

from __future__ import annotations

from hypothesis import HealthCheck, settings


def one_in(part: int, *suppressed: HealthCheck) -> settings:
    """Return settings with one example in so many of the profile's: for those that start programs or fill folders.

    The profile is chosen before any test is imported (conftest.py), so --deep scales these as it does the others.
    """
    most = max(1, settings.default.max_examples // part) if settings.default else 1
    return settings(max_examples=most, suppress_health_check=[HealthCheck.too_slow, *suppressed])
