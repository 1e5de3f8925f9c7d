"""Complementary suppression: hide more, until no attacker can tell what is hidden.

Belongs here: which further units to hide, at the least cost. Stays out: which counts are small (rules), and the proof
that it is enough (attack).

For each count that an attacker can narrow too far, the cheapest change to the true numbers is looked for that moves it
far enough and leaves all that stays told as it is: what the change touches is hidden. Hidden units cost nothing to
touch, so that one serves many. Hiding never makes anything less safe, so it ends.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from dagster_project.disclosure.attack import MOST_CHANGE, PUBLIC, Solver, attack, known_to, most_possible
from dagster_project.disclosure.linked_system import Booleans, Floats, Integers, LinkedSystem

# Relations between a count to protect and those that a change may touch; more are looked at where these are not enough.
REACHES = (3, 6, 12, 1000)
_TOUCHED = 1e-6


def hide_more(system: LinkedSystem, agencies: list[str]) -> Booleans:
    """Which units are shown in the end. What hiding cannot protect stays open: the attack tells."""
    shown = system.unit_shown.copy()
    rows = sparse.vstack([system.equal, system.at_least], format="csr")
    neighbours = rows.tocsc()
    for attacker in (PUBLIC, *agencies):
        moved = np.zeros(len(system.value))
        for count in attack(system, shown, attacker).open_counts:
            if moved[count] >= system.width[count] - _TOUCHED:
                continue
            change = _cheapest_change(system, shown, attacker, int(count), rows, neighbours)
            if change is None:
                continue
            touched = np.flatnonzero(abs(change) > _TOUCHED)
            moved[touched] = np.maximum(moved[touched], abs(change[touched]))
            owners = system.unit_of[touched[system.told(shown)[touched]]]
            shown[owners.indices] = False
    return shown


def _cheapest_change(
    system: LinkedSystem,
    shown: Booleans,
    attacker: str,
    count: int,
    rows: sparse.csr_matrix,
    neighbours: sparse.csc_matrix,
) -> Floats | None:
    """The change to the counts that moves this one by its width and costs least to allow, or None if there is none."""
    known = known_to(system, shown, attacker)
    told = system.told(shown)
    # To hide a count is to hide each of its units that is shown.
    cost = np.asarray(system.unit_of @ np.where(shown, system.unit_cost, 0.0))
    fixed = (known & ~told) | np.isinf(cost)
    most = most_possible(system, attacker)
    before = 0
    for reach in REACHES:
        near, near_rows = _near(rows, neighbours, count, fixed, reach)
        if len(near) == before:
            break
        before = len(near)
        for first in (1.0, -1.0):
            found = _touched_by(system, near, near_rows, count, first, cost, told, most, rows)
            if found is not None:
                return found
    return None


def _touched_by(
    system: LinkedSystem,
    near: Integers,
    near_rows: Integers,
    count: int,
    first: float,
    cost: Floats,
    told: Booleans,
    most: Floats,
    rows: sparse.csr_matrix,
) -> Floats | None:
    """The change that moves the count by its width: as far as it may go one way, and the rest the other way."""
    width, value = system.width[count], system.value[count]
    room = {1.0: most[count] - value, -1.0: value - system.low[count]}
    far = min(width, room[first])
    change = np.zeros(len(system.value))
    for direction, distance in ((first, far), (-first, width - far)):
        if distance > _TOUCHED:
            if distance > room[direction] + _TOUCHED:
                return None
            found = _solve(system, near, near_rows, count, direction * distance, cost, told, most, rows)
            if found is None:
                return None
            change = np.where(abs(found) > abs(change), found, change)
            cost = np.where(abs(change) > _TOUCHED, 0.0, cost)
    return change


def _near(
    rows: sparse.csr_matrix, neighbours: sparse.csc_matrix, count: int, fixed: Booleans, reach: int
) -> tuple[Integers, Integers]:
    """The counts within so many relations that a change may touch, and all relations that hold any of them."""
    reached, fresh = {count}, [count]
    seen_rows: set[int] = set()
    for _ in range(reach):
        new_rows = {int(r) for c in fresh for r in neighbours.indices[neighbours.indptr[c] : neighbours.indptr[c + 1]]}
        new_rows -= seen_rows
        seen_rows |= new_rows
        fresh = []
        for row in new_rows:
            for other in rows.indices[rows.indptr[row] : rows.indptr[row + 1]]:
                if other not in reached and not fixed[other]:
                    reached.add(int(other))
                    fresh.append(int(other))
        if not fresh:
            break
    near = np.array(sorted(reached), dtype=np.int64)
    held = np.unique(
        np.concatenate([neighbours.indices[neighbours.indptr[c] : neighbours.indptr[c + 1]] for c in near])
    )
    return near, held.astype(np.int64)


def _solve(
    system: LinkedSystem,
    near: Integers,
    near_rows: Integers,
    count: int,
    distance: float,
    cost: Floats,
    told: Booleans,
    most: Floats,
    rows: sparse.csr_matrix,
) -> Floats | None:
    # What is told may be anything once it is hidden.
    low = np.where(told[near], 0.0, system.low[near]) - system.value[near]
    high = np.where(told[near], MOST_CHANGE, most[near] - system.value[near])
    ups = np.clip(high, 0.0, MOST_CHANGE)
    downs = np.clip(-low, 0.0, MOST_CHANGE)
    place = int(np.searchsorted(near, count))
    lows = np.zeros(2 * len(near))
    highs = np.concatenate([ups, downs])
    mine, other = (place, place + len(near)) if distance > 0 else (place + len(near), place)
    lows[mine] = highs[mine] = abs(distance)
    highs[other] = 0.0
    is_equal = near_rows < system.equal.shape[0]
    matrix = rows[near_rows][:, near]
    both = sparse.hstack([matrix, -matrix], format="csr")
    slack = np.asarray(system.at_least @ system.value)[near_rows[~is_equal] - system.equal.shape[0]]
    solver = Solver(lows, highs, both[is_equal], both[~is_equal], slack)
    # A little for each touch of what is hidden anyway, so that a change is no longer than it must be.
    prices = np.minimum(cost[near], 1e6) + 0.001
    found = solver.maximise(-np.concatenate([prices, prices]))
    if found is None:
        return None
    change = np.zeros(len(system.value))
    change[near] = found[: len(near)] - found[len(near) :]
    return change
