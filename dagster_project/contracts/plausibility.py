"""Limits of what is plausible of a whole file: when it is only mentioned, and when it waits until a person has looked.

Belongs here: the limits and their defaults; `plausibility:` in `expectations/initiative.yml` changes them. Stays out:
measuring files by them (validation).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Plausibility:
    """Shares are between 0 and 1; 'usual' is the median of a file's earlier periods.

    `least_rows`: a sheet with fewer rows is not judged by shares. `usual_periods`: so many earlier periods make what
    is usual. `needed_periods`: with fewer of them a size is not judged. `long_history`: so many of them until ids that
    are all new stop a file. `unusual_factor`, `unusual_difference`: a sheet so many times smaller or larger than usual,
    and by so many rows, is mentioned; `pause_factor`, `pause_difference`: it waits. `same_share`: from here on two sets
    of rows are the same. `most_share`, `few_share`: what 'mostly' and 'hardly' mean. `swapped_share`: so many dates
    that make sense only with day and month exchanged are no slips any more.
    """

    least_rows: int = 10
    usual_periods: int = 12
    needed_periods: int = 3
    long_history: int = 6
    unusual_factor: float = 3.0
    unusual_difference: int = 20
    pause_factor: float = 5.0
    pause_difference: int = 50
    same_share: float = 0.95
    most_share: float = 0.8
    few_share: float = 0.1
    swapped_share: float = 0.1
