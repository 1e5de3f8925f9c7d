"""Complementary suppression: hide more, until no attacker can tell what is hidden.

Belongs here: which further units to hide, at the least cost. Stays out: which counts are small (rules), and the proof
that it is enough (attack).

For the counts that an attacker can narrow too far, the cheapest change to the true numbers is looked for that moves
each of them far enough and leaves all that stays told as it is: what the change touches is hidden. Hidden units cost
nothing to touch, so that one serves many. Hiding never makes anything less safe, so it ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from dagster_project.disclosure.attack import MOST_CHANGE, PUBLIC, Solver, attack, known_to, most_possible
from dagster_project.disclosure.linked_system import Booleans, Floats, Integers, LinkedSystem

# Relations between a count to protect and those that a change may touch; more are looked at where these are not enough.
REACHES = (3, 6, 12, 1000)
# Counts that are moved by one change; no two of them in one relation.
MOST_AT_ONCE = 60
_TOUCHED = 1e-6


def hide_more(system: LinkedSystem, agencies: list[str]) -> Booleans:
    """Which units are shown in the end. What hiding cannot protect stays open: the attack tells."""
    shown = system.unit_shown.copy()
    for attacker in (PUBLIC, *agencies):
        changes = _Changes.for_attacker(system, attacker)
        waiting = attack(system, shown, attacker).open_counts
        moved = np.zeros(len(system.value))
        while len(waiting):
            batch = changes.apart(waiting)
            for change in changes.cheapest(batch, shown):
                touched = np.flatnonzero(abs(change) > _TOUCHED)
                moved[touched] = np.maximum(moved[touched], abs(change[touched]))
                shown[system.unit_of[touched].indices] = False
            is_done = moved[waiting] >= system.width[waiting] - _TOUCHED
            waiting = waiting[~is_done & ~np.isin(waiting, batch)]
    return shown & system.unit_shown


@dataclass(frozen=True)
class _Changes:
    """What may be changed in the eyes of an attacker: `room` up and down for each count."""

    system: LinkedSystem
    rows: sparse.csr_matrix
    columns: sparse.csc_matrix
    slack: Floats
    own: Booleans
    up: Floats
    down: Floats

    @classmethod
    def for_attacker(cls, system: LinkedSystem, attacker: str) -> _Changes:
        rows = sparse.vstack([system.equal, system.at_least], format="csr")
        told = system.told(system.unit_shown)
        # What is told may be anything once it is hidden.
        most = np.where(told, np.inf, most_possible(system, attacker))
        least = np.where(told, 0.0, system.low)
        return cls(
            system=system,
            rows=rows,
            columns=rows.tocsc(),
            slack=np.asarray(system.at_least @ system.value),
            own=known_to(system, np.zeros(len(system.units), dtype=bool), attacker),
            up=np.clip(most - system.value, 0.0, MOST_CHANGE),
            down=np.clip(system.value - least, 0.0, MOST_CHANGE),
        )

    def apart(self, waiting: Integers) -> Integers:
        """The first of the waiting counts of which no two stand in one relation."""
        chosen: list[int] = []
        rows_taken: set[int] = set()
        for count in waiting.tolist():
            rows = self.columns.indices[self.columns.indptr[count] : self.columns.indptr[count + 1]].tolist()
            if rows_taken.isdisjoint(rows):
                chosen.append(count)
                rows_taken.update(rows)
                if len(chosen) == MOST_AT_ONCE:
                    break
        return np.array(chosen, dtype=np.int64)

    def cheapest(self, batch: Integers, shown: Booleans) -> Iterator[Floats]:
        """Changes that together move each count of the batch by its width, where that can be had."""
        # To hide a count is to hide each of its units that is shown.
        cost = np.asarray(self.system.unit_of @ np.where(shown, self.system.unit_cost, 0.0))
        # Where many do not go together it is soon known; one alone is worth a longer look.
        for reach in REACHES if len(batch) == 1 else REACHES[:1]:
            near = self._near(batch, self.own | np.isinf(cost), reach)
            for upwards in (self.up[batch] >= self.system.width[batch], self.up[batch] < self.system.width[batch]):
                found = self._both_ways(batch, near, cost, upwards)
                if found is not None:
                    yield from found
                    return
        if len(batch) > 1:
            half = len(batch) // 2
            for part in (batch[:half], batch[half:]):
                shown = shown.copy()
                for change in self.cheapest(part, shown):
                    shown[self.system.unit_of[np.flatnonzero(abs(change) > _TOUCHED)].indices] = False
                    yield change

    def _both_ways(self, batch: Integers, near: Integers, cost: Floats, upwards: Booleans) -> list[Floats] | None:
        """Each count as far as it may go one way, and the rest of its width the other way."""
        width, sign = self.system.width[batch], np.where(upwards, 1.0, -1.0)
        far = np.minimum(width, np.where(upwards, self.up[batch], self.down[batch]))
        rest = width - far
        if (rest > np.where(upwards, self.down[batch], self.up[batch]) + _TOUCHED).any():
            return None
        changes = []
        for distance in (sign * far, -sign * rest):
            moving = abs(distance) > _TOUCHED
            if moving.any():
                found = self._solve(batch[moving], near, distance[moving], cost)
                if found is None:
                    return None
                changes.append(found)
                cost = np.where(abs(found) > _TOUCHED, 0.0, cost)
        return changes

    def _near(self, batch: Integers, fixed: Booleans, reach: int) -> Integers:
        """The counts within so many relations of the batch that a change may touch."""
        reached = np.zeros(len(self.system.value), dtype=bool)
        reached[batch] = True
        fresh = batch
        for _ in range(reach):
            rows = np.unique(self.columns[:, fresh].indices)
            found = np.zeros(len(reached), dtype=bool)
            found[self.rows[rows].indices] = True
            found &= ~reached & ~fixed
            if not found.any():
                break
            reached |= found
            fresh = np.flatnonzero(found)
        return np.flatnonzero(reached)

    def _solve(self, batch: Integers, near: Integers, distances: Floats, cost: Floats) -> Floats | None:
        held = np.unique(self.columns[:, near].indices)
        equal_rows = self.system.equal.shape[0]
        is_equal = held < equal_rows
        matrix = self.rows[held][:, near]
        both = sparse.hstack([matrix, -matrix], format="csr")
        lows, highs = np.zeros(2 * len(near)), np.concatenate([self.up[near], self.down[near]])
        places = np.searchsorted(near, batch)
        towards = np.where(distances > 0, places, places + len(near))
        away = np.where(distances > 0, places + len(near), places)
        lows[towards] = highs[towards] = abs(distances)
        highs[away] = 0.0
        solver = Solver(lows, highs, both[is_equal], both[~is_equal], self.slack[held[~is_equal] - equal_rows])
        # A little for each touch of what is hidden anyway, so that a change is no longer than it must be.
        prices = np.minimum(cost[near], 1e6) + 0.001
        found = solver.maximise(-np.concatenate([prices, prices]))
        if found is None:
            return None
        change = np.zeros(len(self.system.value))
        change[near] = found[: len(near)] - found[len(near) :]
        return change
