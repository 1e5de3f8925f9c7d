"""Dorsale: the shared-measurement warehouse of a collective-impact initiative.

`definitions.py` and `defs/` are Dagster's; every other module works without it. `docs/architecture.md` is the map.
"""

__version__ = "0.1.0"
