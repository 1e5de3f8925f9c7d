"""Changes: the cheapest change to the true numbers that moves a count far enough, found by linear programming.

Belongs here: what a change may touch and what it costs. Stays out: which counts need one (complementary).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from dagster_project.disclosure.attack import changes_possible, known_to
from dagster_project.disclosure.counts import HEADLINE_COST
from dagster_project.disclosure.linked_system import Booleans, Floats, Integers, LinkedSystem
from dagster_project.disclosure.worlds import MOST_CHANGE, TOLERANCE, Rows, Solver, Worlds

# How far from a count a change to it may reach: so many relations away, and in each relation so many of the cheapest
# counts. A wider reach is looked at where there is no change within this one, or only one that costs more than this.
REACHES = ((2, 8, 20.0), (4, 2, 60.0), (5, 2, 200.0), (6, 6, HEADLINE_COST - 1), (1000, 1_000_000, np.inf))
# No cost is higher in a change: beyond it the solver would see no difference among the others.
_MOST_COST = 1e6


@dataclass(frozen=True)
class Changes:
    """What may be changed in the eyes of an attacker: how far `up` and `down` for each count, not at all where it is
    `fixed`. `room` is how far both ways together, as far as it matters; a relation `is_binding` when a change of that
    size can break it."""

    system: LinkedSystem
    rows: sparse.csr_matrix
    columns: sparse.csc_matrix
    slack: Floats
    is_binding: Booleans
    fixed: Booleans
    up: Floats
    down: Floats
    room: Floats

    @classmethod
    def for_attacker(cls, system: LinkedSystem, attacker: str) -> Changes:
        never_hidden = known_to(system, np.isinf(system.unit_cost) & system.unit_shown, attacker)
        low, high = changes_possible(system, never_hidden, attacker)
        # What is told may be anything once it is hidden.
        told = system.told(system.unit_shown) & ~never_hidden
        up = np.where(told, MOST_CHANGE, high)
        down = np.where(told, np.minimum(system.value, MOST_CHANGE), -low)
        far = system.width.max(initial=0.0)
        return cls(
            system=system,
            rows=system.relations,
            columns=system.relations.tocsc(),
            slack=system.slack,
            is_binding=np.concatenate([np.ones(system.equal.shape[0], dtype=bool), system.slack < far]),
            fixed=never_hidden,
            up=up,
            down=down,
            room=np.minimum(up, far) + np.minimum(down, far),
        )

    def hide_cheapest(self, count: int, shown: Booleans, worlds: Worlds) -> None:
        """Take out of `shown` what the cheapest changes touch that together move the count by its width, if there are
        any, and keep them as worlds."""
        # To hide a count is to hide each of its units that is shown.
        cost = np.asarray(self.system.unit_of @ np.where(shown, np.minimum(self.system.unit_cost, _MOST_COST), 0.0))
        best: list[tuple[Integers, Floats]] = []
        least = np.inf
        looked_at = 0
        for relations, in_each, dear in REACHES:
            near = self._near(count, cost, relations, in_each)
            if len(near) == looked_at:
                continue
            looked_at = len(near)
            for is_upwards in (self.up[count] >= self.system.width[count], self.up[count] < self.system.width[count]):
                found = self._both_ways(count, near, cost, is_upwards)
                if found is not None:
                    price = cost[_touched(found)].sum()
                    if price < least:
                        best, least = found, price
                    break
            if least <= dear:
                break
        for counts, change in best:
            worlds.keep(counts, change)
        shown[self.system.unit_of[_touched(best)].indices] = False

    def _both_ways(
        self, count: int, near: Integers, cost: Floats, is_upwards: bool
    ) -> list[tuple[Integers, Floats]] | None:
        """The count as far as it may go one way, and the rest of its width the other way: counts and by how much."""
        width, sign = float(self.system.width[count]), 1.0 if is_upwards else -1.0
        there, back = (self.up, self.down) if is_upwards else (self.down, self.up)
        far = min(width, float(there[count]))
        if width - far > back[count] + TOLERANCE:
            return None
        changes = []
        for distance in (sign * far, -sign * (width - far)):
            if abs(distance) > TOLERANCE:
                found = self._solve(count, near, distance, cost)
                if found is None:
                    return None
                changes.append((near, found))
                cost = cost.copy()
                cost[near[abs(found) > TOLERANCE]] = 0.0
        return changes

    def _near(self, count: int, cost: Floats, relations: int, in_each: int) -> Integers:
        """The counts near this one that a change may touch: the cheapest of each relation, and what connects these."""
        is_near = np.zeros(len(cost), dtype=bool)
        is_near[count] = True
        is_held = ~self.is_binding
        fresh = np.array([count])
        for _ in range(relations):
            held = np.unique(entries_of(self.columns, fresh))
            held = held[~is_held[held]]
            is_held[held] = True
            lengths = np.diff(self.rows.indptr)[held]
            row, counts = np.repeat(np.arange(len(held)), lengths), entries_of(self.rows, held)
            may = ~self.fixed[counts] & ~is_near[counts]
            row, counts = row[may], counts[may]
            order = np.lexsort((counts, -self.room[counts], cost[counts], row))
            row, counts = row[order], counts[order]
            rank = np.arange(len(row)) - np.searchsorted(row, row)
            fresh = np.unique(counts[rank < in_each])
            if not len(fresh):
                break
            is_near[fresh] = True
        # What stands in two of their relations closes a circle.
        held = entries_of(self.columns, np.flatnonzero(is_near))
        held = np.unique(held[self.is_binding[held]])
        counts, times = np.unique(entries_of(self.rows, held), return_counts=True)
        is_near[counts[(times > 1) & ~self.fixed[counts]]] = True
        return np.flatnonzero(is_near)

    def _solve(self, count: int, near: Integers, distance: float, cost: Floats) -> Floats | None:
        """The cheapest change of the counts `near` that moves the count by this distance."""
        held = np.unique(entries_of(self.columns, near))
        equal_rows = self.system.equal.shape[0]
        equal_held = int(np.searchsorted(held, equal_rows))
        lows, highs = np.zeros(2 * len(near)), np.concatenate([self.up[near], self.down[near]])
        place = int(np.searchsorted(near, count))
        towards, away = (place, place + len(near)) if distance > 0 else (place + len(near), place)
        lows[towards] = highs[towards] = abs(distance)
        highs[away] = 0.0
        slack = self.slack[held[equal_held:] - equal_rows]
        solver = Solver(lows, highs, self._ups_and_downs(held, near), equal_held, slack)
        # A little for each touch of what is hidden anyway, so that a change is no longer than it must be.
        prices = cost[near] + 0.001
        found = solver.maximise(-np.concatenate([prices, prices]))
        return None if found is None else found[: len(near)] - found[len(near) :]

    def _ups_and_downs(self, held: Integers, near: Integers) -> Rows:
        """The relations `held` among the counts `near`, each with one place for going up and one for going down.

        By hand, since it is done thousands of times and most of what scipy's slicing takes is not the slicing.
        """
        place_of = np.full(self.rows.shape[1], -1, dtype=np.int32)
        place_of[near] = np.arange(len(near))
        at = positions_of(self.rows, held)
        row = np.repeat(np.arange(len(held)), np.diff(self.rows.indptr)[held])
        place = place_of[self.rows.indices[at]]
        is_near = place >= 0
        row, place, weight = row[is_near], place[is_near], self.rows.data[at[is_near]]
        order = np.argsort(np.concatenate([row, row]), kind="stable")
        start = np.concatenate([[0], np.cumsum(2 * np.bincount(row, minlength=len(held)))])
        both_ways = np.concatenate([place, place + np.int32(len(near))])[order]
        return Rows(start.astype(np.int32), both_ways, np.concatenate([weight, -weight])[order])


def positions_of(matrix: sparse.csr_matrix | sparse.csc_matrix, lines: Integers) -> Integers:
    """Where the entries of these rows (of these columns, in a matrix by columns) stand among all entries."""
    lengths = np.diff(matrix.indptr)[lines]
    starts = np.repeat(matrix.indptr[lines] - np.cumsum(lengths) + lengths, lengths)
    return np.asarray(starts + np.arange(len(starts)))


def entries_of(matrix: sparse.csr_matrix | sparse.csc_matrix, lines: Integers) -> Integers:
    """The columns in these rows (the rows in these columns, in a matrix by columns)."""
    return np.asarray(matrix.indices[positions_of(matrix, lines)])


def _touched(changes: list[tuple[Integers, Floats]]) -> Integers:
    none = np.array([], dtype=np.int64)
    return np.unique(np.concatenate([none, *(counts[abs(change) > TOLERANCE] for counts, change in changes)]))
