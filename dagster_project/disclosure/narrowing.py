"""Narrowing: what each relation by itself leaves for a count, given how far its others may change.

Belongs here: a quick look before the solver is asked. Stays out: what several relations tell together (worlds).
"""

from __future__ import annotations

import numpy as np

from dagster_project.disclosure.linked_system import Floats, LinkedSystem

_MOST_LOOKS = 50


def narrowed(system: LinkedSystem, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Closer ends of how far each count may change; never closer than what can be known, and often not as close."""
    relations = system.relations.tocoo()
    row, column, factor = relations.row, relations.col, relations.data
    number, equations = relations.shape[0], system.equal.shape[0]
    bottom = np.concatenate([np.zeros(equations), -system.slack])
    top = np.concatenate([np.zeros(equations), np.full(number - equations, np.inf)])
    is_up = factor > 0
    for _ in range(_MOST_LOOKS):
        least = np.where(is_up, factor * low[column], factor * high[column])
        most = np.where(is_up, factor * high[column], factor * low[column])
        from_top = (top[row] - (np.bincount(row, least, number)[row] - least)) / factor
        from_bottom = (bottom[row] - (np.bincount(row, most, number)[row] - most)) / factor
        closer_low, closer_high = low.copy(), high.copy()
        np.maximum.at(closer_low, column, np.where(is_up, from_bottom, from_top))
        np.minimum.at(closer_high, column, np.where(is_up, from_top, from_bottom))
        is_closer = ((closer_low > low + 0.5) | (closer_high < high - 0.5)).any()
        low, high = closer_low, closer_high
        if not is_closer:
            break
    return low, high
