"""The two waves in which partners and members of networks are asked.

Belongs here: when a wave is and when an answer came in. The waves are those of `expectations/initiative.yml`, which a
test compares.
"""

from __future__ import annotations

from datetime import date, timedelta

WAVES = {"wave_1": (date(2025, 2, 1), date(2025, 3, 31)), "wave_2": (date(2026, 5, 1), date(2026, 6, 30))}


def asked_on(wave: str, share: float) -> date:
    """The day at a share of the wave's length."""
    first, last = WAVES[wave]
    return first + timedelta(days=round(share * (last - first).days))
