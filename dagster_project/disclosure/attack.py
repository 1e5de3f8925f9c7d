"""The attack: what somebody who knows all that is told can compute of what is not, by linear programming (HiGHS).

Belongs here: the interval in which a hidden count must lie. Stays out: what to do about it (complementary).

An attacker knows every count that is told, that a small one is small, that none is negative, and every relation. What
the relations narrow one by one is open; what two known worlds prove safe is safe; for the rest worlds are looked for,
for many counts at once, and at last for each count alone, its least and its greatest value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from dagster_project.disclosure.linked_system import Booleans, Floats, Integers, LinkedSystem
from dagster_project.disclosure.narrowing import narrowed
from dagster_project.disclosure.worlds import MOST_CHANGE, TOLERANCE, Rows, Solver, Worlds

# The public, who knows what is told and no more.
PUBLIC = ""
ROUNDS = 12
# So few are soon asked about alone.
_FEW = 10
# Of more counts that hang together a world for many at once takes the solver too long.
_MOST_TOGETHER = 3000


@dataclass(frozen=True)
class Attack:
    """What an attacker finds: how many counts are to be protected, which it can narrow too far (`open_counts`), and how
    many values the narrowest of the others may still have at least (`fewest_values`)."""

    attacker: str
    protected: int
    open_counts: Integers
    fewest_values: float


def attack(
    system: LinkedSystem,
    unit_shown: Booleans,
    attacker: str = PUBLIC,
    worlds: Worlds | None = None,
    is_exact: bool = True,
    among: Integers | None = None,
) -> Attack:
    """Attack what is hidden when these units are shown, as the public or as an agency.

    `worlds` are those known already; what is found is kept there. Unless it `is_exact`, where very many counts hang
    together those not proven safe count as open too. With `among` no other counts are looked at.
    """
    worlds = worlds or Worlds(system)
    known = known_to(system, unit_shown, attacker)
    targets = targets_of(system, known, attacker)
    if among is not None:
        targets &= np.isin(np.arange(len(targets)), among)
    low, high = changes_possible(system, known, attacker)
    waiting = targets & (worlds.spread(low, high) < system.width - TOLERANCE)
    if waiting.any():
        closer_low, closer_high = narrowed(system, low, high)
        waiting &= closer_high - closer_low >= system.width - TOLERANCE
        for part in _connected_parts(system, known, waiting, low, high):
            if is_exact or len(part.counts) <= _MOST_TOGETHER:
                part.look(worlds)
    spread = worlds.spread(low, high)
    found = targets & (spread < system.width - TOLERANCE)
    # No more is said than that the goal is reached: how far it is passed would tell of the hidden counts.
    safe = np.minimum(spread, system.width)[targets & ~found]
    return Attack(attacker, int(targets.sum()), np.flatnonzero(found), float(safe.min() + 1) if len(safe) else np.inf)


def surely_open(system: LinkedSystem, unit_shown: Booleans) -> Integers:
    """Counts that the public can narrow too far by one relation after the other: a quick look, which may miss some."""
    known = known_to(system, unit_shown, PUBLIC)
    low, high = narrowed(system, *changes_possible(system, known, PUBLIC))
    return np.flatnonzero(targets_of(system, known, PUBLIC) & (high - low < system.width - TOLERANCE))


def changes_possible(system: LinkedSystem, known: Booleans, attacker: str) -> tuple[Floats, Floats]:
    """How far each count may lie below and above its true value for the attacker; not at all where it is known."""
    low = np.maximum(system.low - system.value, -MOST_CHANGE)
    high = np.minimum(most_possible(system, attacker) - system.value, MOST_CHANGE)
    return np.where(known, 0.0, low), np.where(known, 0.0, high)


def most_possible(system: LinkedSystem, attacker: str) -> Floats:
    """The most that each count may be for the attacker.

    The public is taken to presume that what is hidden is small, which is more than it can know. An agency sees its own
    part of a hidden sum, and knows that others are hidden that are not small.
    """
    return system.high if attacker == PUBLIC else np.full(len(system.value), np.inf)


def known_to(system: LinkedSystem, unit_shown: Booleans, attacker: str) -> Booleans:
    """The counts that the attacker knows: all that are told, and an agency's own."""
    known = system.told(unit_shown)
    if attacker != PUBLIC:
        known |= own_counts(system, attacker)
    return known


def own_counts(system: LinkedSystem, agency_id: str) -> Booleans:
    """The counts of the agency's own people, and of nobody else: its cells, and what they make up alone."""
    own = np.zeros(len(system.value), dtype=bool)
    own[system.known_by[agency_id]] = True
    wholes, parts = system.equal.maximum(0), (-system.equal).maximum(0)
    # In a whole, only others who count somebody make a difference.
    others = parts @ sparse.diags(np.where(system.value > 0, 1.0, 0.0))
    while True:
        has_others = np.asarray(others @ np.where(own, 0.0, 1.0)) > 0
        row_is_own = ~has_others & (np.asarray(others @ own.astype(np.float64)) > 0)
        more = own | (np.asarray(wholes.T @ row_is_own.astype(np.float64)) > 0)
        whole_is_own = np.asarray(wholes @ (more & (system.value > 0)).astype(np.float64)) > 0
        more |= np.asarray(parts.T @ whole_is_own.astype(np.float64)) > 0
        if (more == own).all():
            return own
        own = more


def targets_of(system: LinkedSystem, known: Booleans, attacker: str) -> Booleans:
    """The counts to protect from the attacker: all small ones but its own and those which were told before."""
    targets = (system.width > 0) & ~system.told(np.isinf(system.unit_cost) & system.unit_shown)
    if attacker != PUBLIC:
        targets &= ~own_counts(system, attacker)
    return targets


@dataclass(frozen=True)
class _Part:
    """Unknown counts that hang together, how far they may change, and the relations among them."""

    counts: Integers
    low: Floats
    high: Floats
    goal: Floats
    equal: sparse.csr_matrix
    at_least: sparse.csr_matrix
    slack: Floats

    def look(self, worlds: Worlds) -> None:
        """Look for worlds that are as far apart as each count's goal, or as they can be."""
        if len(self.counts) > _MOST_TOGETHER:
            for target in np.flatnonzero(self.goal > 0).tolist():
                self._look_around(target, worlds)
            return
        solver = Solver(
            self.low,
            self.high,
            Rows.of(self.equal, self.at_least),
            self.equal.shape[0],
            self.slack,
            asked_often=True,
        )
        least, most = np.zeros(len(self.counts)), np.zeros(len(self.counts))

        def look(objective: Floats) -> None:
            change = solver.maximise(objective)
            # The true counts are a world: no change at all is always one.
            assert change is not None
            worlds.keep(self.counts, change)
            np.minimum(least, change, out=least)
            np.maximum(most, change, out=most)

        random = np.random.default_rng(len(self.counts))
        signs = np.ones(len(self.counts))
        for number in range(ROUNDS if (self.goal > 0).sum() > _FEW else 0):
            waiting = (self.goal > 0) & (most - least < self.goal - TOLERANCE)
            if not waiting.any():
                return
            before = int(waiting.sum())
            look(np.where(waiting, signs, 0.0))
            after = int(((self.goal > 0) & (most - least < self.goal - TOLERANCE)).sum())
            if number > 1 and before - after < max(2, before // 20):
                break
            signs = -signs if number == 0 else random.choice([-1.0, 1.0], len(self.counts))
        for count in np.flatnonzero(self.goal > 0):
            for sign in (1.0, -1.0):
                if most[count] - least[count] < self.goal[count] - TOLERANCE:
                    alone = np.zeros(len(self.counts))
                    alone[count] = sign
                    look(alone)

    def _look_around(self, count: int, worlds: Worlds) -> None:
        """Look for worlds for one count of very many, in a circle about it that grows until it tells.

        If nothing outside of the circle is held by any relation and the count still cannot move far enough, it is open;
        if nothing outside moves and the count can, it is safe. The circle that takes in all tells for certain.
        """
        relations = sparse.vstack([self.equal, self.at_least], format="csr")
        is_near = np.zeros(len(self.counts), dtype=bool)
        is_near[count] = True
        while True:
            touches = np.asarray(abs(relations) @ is_near.astype(np.float64)) > 0
            wider = is_near | (np.asarray(abs(relations).T @ touches.astype(np.float64)) > 0)
            is_all = bool((wider == is_near).all())
            near = np.flatnonzero(wider)
            place = int(np.searchsorted(near, count))
            if not is_all and self._spread(near, place, np.flatnonzero(touches))[0] < self.goal[count] - TOLERANCE:
                return
            held = np.flatnonzero(np.asarray(abs(relations) @ wider.astype(np.float64)) > 0)
            spread, changes = self._spread(near, place, held)
            if is_all or spread >= self.goal[count] - TOLERANCE:
                for change in changes:
                    worlds.keep(self.counts[near], change)
                return
            is_near = wider

    def _spread(self, near: Integers, place: int, relations: Integers) -> tuple[float, list[Floats]]:
        """How far the count at a place can move when only these counts change and only these relations hold."""
        equal_rows = self.equal.shape[0]
        equations, bounds = relations[relations < equal_rows], relations[relations >= equal_rows] - equal_rows
        rows = Rows.of(self.equal[equations][:, near], self.at_least[bounds][:, near])
        solver = Solver(self.low[near], self.high[near], rows, len(equations), self.slack[bounds], asked_often=True)
        changes = []
        for sign in (1.0, -1.0):
            alone = np.zeros(len(near))
            alone[place] = sign
            change = solver.maximise(alone)
            # The true counts are a world: no change at all is always one.
            assert change is not None
            changes.append(change)
        return float(changes[0][place] - changes[1][place]), changes


def _connected_parts(
    system: LinkedSystem, known: Booleans, targets: Booleans, low: Floats, high: Floats
) -> Iterator[_Part]:
    """The unknown counts by what hangs together; parts without a target are left out."""
    unknown = np.flatnonzero(~known)
    equal = _rows_in_use(system.equal[:, unknown])
    at_least_rows = np.flatnonzero(np.diff(system.at_least[:, unknown].indptr))
    at_least = system.at_least[:, unknown][at_least_rows]
    slack = system.slack[at_least_rows]
    both = sparse.vstack([equal, at_least], format="csr")
    _, labels = connected_components(abs(both).T @ abs(both), directed=False)
    wanted = set(labels[targets[unknown]].tolist())
    order = np.argsort(labels, kind="stable")
    starts = np.searchsorted(labels[order], np.arange(labels.max(initial=-1) + 2))
    row_label_equal = _label_of_rows(equal, labels)
    row_label_at_least = _label_of_rows(at_least, labels)
    order_equal, order_at_least = (
        np.argsort(row_label_equal, kind="stable"),
        np.argsort(row_label_at_least, kind="stable"),
    )
    for label in sorted(wanted):
        columns = order[starts[label] : starts[label + 1]]
        rows = _slice_of(order_equal, row_label_equal, label)
        more_rows = _slice_of(order_at_least, row_label_at_least, label)
        counts = unknown[columns]
        yield _Part(
            counts,
            low[counts],
            high[counts],
            np.where(targets[counts], system.width[counts], 0.0),
            equal[rows][:, columns],
            at_least[more_rows][:, columns],
            slack[more_rows],
        )


def _rows_in_use(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    return matrix[np.flatnonzero(np.diff(matrix.indptr))]


def _label_of_rows(matrix: sparse.csr_matrix, labels: Integers) -> Integers:
    return np.asarray(labels[matrix.indices[matrix.indptr[:-1]]], dtype=np.int64)


def _slice_of(order: Integers, labels: Integers, label: int) -> Integers:
    ordered = labels[order]
    return order[np.searchsorted(ordered, label) : np.searchsorted(ordered, label, side="right")]
