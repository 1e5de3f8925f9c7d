"""Changes: the cheapest change to the true numbers that moves a count far enough, found by linear programming.

Belongs here: what a change may touch and what it costs. Stays out: which counts need one (complementary).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

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


class _Lines:
    """The rows of a sparse matrix (the columns of one by columns), of which a few are wanted thousands of times: most
    of what scipy's own slicing takes is not the slicing."""

    def __init__(self, matrix: sparse.csr_matrix | sparse.csc_matrix):
        self._start, self._length = matrix.indptr[:-1], np.diff(matrix.indptr)
        self._place, self._weight = matrix.indices, matrix.data
        self._across = matrix.shape[1] if matrix.format == "csr" else matrix.shape[0]

    def entries(self, lines: Integers) -> tuple[Integers, Integers, Floats]:
        """Of each entry of these lines: which of the lines it stands in, its place in it, and its weight."""
        lengths = self._length[lines]
        ends = np.cumsum(lengths)
        line = np.repeat(np.arange(len(lines)), lengths)
        at = np.arange(len(line)) + np.repeat(self._start[lines] - ends + lengths, lengths)
        return line, self._place[at], self._weight[at]

    def across(self, lines: Integers) -> Booleans:
        """Where one of these lines has an entry."""
        is_there = np.zeros(self._across, dtype=bool)
        is_there[self.entries(lines)[1]] = True
        return is_there


@dataclass(frozen=True)
class Changes:
    """What may be changed in the eyes of an attacker: how far `up` and `down` for each count, not at all where it is
    `fixed`. `room` is how far both ways together, as far as it matters; a relation has `slack`, an equation none, and
    `is_binding` when a change of that size can break it."""

    system: LinkedSystem
    rows: _Lines
    columns: _Lines
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
            rows=_Lines(system.relations),
            columns=_Lines(system.relations.tocsc()),
            slack=np.concatenate([np.zeros(system.equal.shape[0]), system.slack]),
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
            among = self._neighbours(near)
            for is_upwards in (self.up[count] >= self.system.width[count], self.up[count] < self.system.width[count]):
                found = self._both_ways(count, among, cost, is_upwards)
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
        self, count: int, among: _Neighbours, cost: Floats, is_upwards: bool
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
                found = self._solve(count, among, distance, cost)
                if found is None:
                    return None
                changes.append((among.counts, found))
                cost = cost.copy()
                cost[among.counts[abs(found) > TOLERANCE]] = 0.0
        return changes

    def _near(self, count: int, cost: Floats, relations: int, in_each: int) -> Integers:
        """The counts near this one that a change may touch: the cheapest of each relation, and what connects these."""
        is_near = np.zeros(len(cost), dtype=bool)
        is_near[count] = True
        is_open = self.is_binding.copy()
        fresh = np.array([count])
        for _ in range(relations):
            held = np.flatnonzero(self.columns.across(fresh) & is_open)
            is_open[held] = False
            row, counts, _ = self.rows.entries(held)
            may = ~self.fixed[counts] & ~is_near[counts]
            row, counts = row[may], counts[may]
            order = np.lexsort((counts, -self.room[counts], cost[counts], row))
            row, counts = row[order], counts[order]
            rank = np.arange(len(row)) - np.searchsorted(row, row)
            fresh = counts[rank < in_each]
            if not len(fresh):
                break
            is_near[fresh] = True
        # What stands in two of their relations closes a circle.
        held = np.flatnonzero(self.columns.across(np.flatnonzero(is_near)) & self.is_binding)
        times = np.bincount(self.rows.entries(held)[1], minlength=len(cost))
        is_near |= (times > 1) & ~self.fixed
        return np.flatnonzero(is_near)

    def _neighbours(self, near: Integers) -> _Neighbours:
        """The relations among these counts, as a problem as small as it can be: the solver's own way to make it small
        takes longer than to solve it."""
        held = np.flatnonzero(self.columns.across(near))
        is_equation = held < self.system.equal.shape[0]
        place_of = np.full(len(self.fixed), -1, dtype=np.int32)
        place_of[near] = np.arange(len(near))
        row, counts, weight = self.rows.entries(held)
        place = place_of[counts]
        is_in = place >= 0
        row, place, weight = row[is_in], place[is_in], weight[is_in]
        # What stands alone in an equation cannot change.
        is_free = np.ones(len(near), dtype=bool)
        while True:
            alone = is_equation & (np.bincount(row, minlength=len(held)) == 1)
            stuck = place[alone[row]]
            if not len(stuck):
                break
            is_free[stuck] = False
            is_in = is_free[place]
            row, place, weight = row[is_in], place[is_in], weight[is_in]
        # What no change can break need not be looked at.
        least = np.where(weight > 0, -weight * self.down[near][place], weight * self.up[near][place])
        slack = self.slack[held]
        can_break = is_equation | (np.bincount(row, least, len(held)) < -slack)
        is_row = can_break & (np.bincount(row, minlength=len(held)) > 0)
        is_in = is_row[row]
        return _Neighbours(
            near[is_free],
            (np.cumsum(is_row) - 1)[row[is_in]],
            (np.cumsum(is_free) - 1)[place[is_in]],
            weight[is_in],
            int((is_row & is_equation).sum()),
            slack[is_row & ~is_equation],
        )

    def _solve(self, count: int, among: _Neighbours, distance: float, cost: Floats) -> Floats | None:
        """The cheapest change of the counts `among` which it is looked for that moves the count by this distance."""
        number = len(among.counts)
        place = int(np.searchsorted(among.counts, count))
        if place == number or among.counts[place] != count:
            return None
        lows, highs = np.zeros(2 * number), np.concatenate([self.up[among.counts], self.down[among.counts]])
        towards, away = (place, place + number) if distance > 0 else (place + number, place)
        lows[towards] = highs[towards] = abs(distance)
        highs[away] = 0.0
        solver = Solver(lows, highs, among.ups_and_downs, among.equal_rows, among.slack)
        # A little for each touch of what is hidden anyway, so that a change is no longer than it must be.
        prices = cost[among.counts] + 0.001
        found = solver.maximise(-np.concatenate([prices, prices]))
        return None if found is None else found[:number] - found[number:]


@dataclass(frozen=True)
class _Neighbours:
    """Counts that a change may touch, and the relations among them: of each entry its row, the place of its count and
    its weight; the `equal_rows` first, then those with a `slack`."""

    counts: Integers
    row: Integers
    place: Integers
    weight: Floats
    equal_rows: int
    slack: Floats

    @cached_property
    def ups_and_downs(self) -> Rows:
        """The relations with one place for each count's going up and one for its going down."""
        order = np.argsort(np.concatenate([self.row, self.row]), kind="stable")
        lengths = 2 * np.bincount(self.row, minlength=self.equal_rows + len(self.slack))
        return Rows(
            np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32),
            np.concatenate([self.place, self.place + len(self.counts)])[order].astype(np.int32),
            np.concatenate([self.weight, -self.weight])[order],
        )


def _touched(changes: list[tuple[Integers, Floats]]) -> Integers:
    none = np.array([], dtype=np.int64)
    return np.unique(np.concatenate([none, *(counts[abs(change) > TOLERANCE] for counts, change in changes)]))
