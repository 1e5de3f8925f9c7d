"""The attack: what somebody who knows all that is told can compute of what is not, by linear programming (HiGHS).

Belongs here: the interval in which a hidden count must lie. Stays out: what to do about it (complementary).

An attacker knows every count that is told, that a small one is small, that none is negative, and every relation. A
solution of these is a world in which all that is told is the same: two worlds that give a hidden count values far
enough apart prove that nobody can tell it. Worlds are looked for as changes to the true one, for many counts at once;
only what no such world was found for is asked about alone, its least and its greatest value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from dagster_project.disclosure.linked_system import Booleans, Floats, Integers, LinkedSystem

# The public, who knows what is told and no more.
PUBLIC = ""
# A change of more than this in any count is not looked for.
MOST_CHANGE = 100_000.0
ROUNDS = 12
_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Attack:
    """What an attacker finds: how many counts are to be protected, which it can narrow too far (`open_counts`), and how
    many values the narrowest of the others may still have at least (`fewest_values`)."""

    attacker: str
    protected: int
    open_counts: Integers
    fewest_values: float


def attack(system: LinkedSystem, unit_shown: Booleans, attacker: str = PUBLIC) -> Attack:
    """Attack what is hidden when these units are shown, as the public or as an agency."""
    known = known_to(system, unit_shown, attacker)
    targets = targets_of(system, known, attacker)
    spread = np.zeros(len(system.value))
    for part in _connected_parts(system, known, targets, most_possible(system, attacker)):
        spread[part.counts] = np.maximum(spread[part.counts], part.spread())
    found = targets & (spread < system.width - _TOLERANCE)
    # No more is said than that the goal is reached: how far it is passed would tell of the hidden counts.
    safe = np.minimum(spread, system.width)[targets & ~found]
    return Attack(attacker, int(targets.sum()), np.flatnonzero(found), float(safe.min() + 1) if len(safe) else np.inf)


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
    """Unknown counts that hang together, `value` and bounds in their order, and the relations among them."""

    counts: Integers
    low: Floats
    high: Floats
    goal: Floats
    equal: sparse.csr_matrix
    at_least: sparse.csr_matrix
    slack: Floats

    def spread(self) -> Floats:
        """How far apart two worlds were found for each count; exact where that is less than its goal."""
        solver = Solver(self.low, self.high, self.equal, self.at_least, self.slack, asked_often=True)
        least, most = np.zeros(len(self.counts)), np.zeros(len(self.counts))

        def look(objective: Floats) -> None:
            change = solver.maximise(objective)
            # The true counts are a world: no change at all is always one.
            assert change is not None
            np.minimum(least, change, out=least)
            np.maximum(most, change, out=most)

        random = np.random.default_rng(len(self.counts))
        signs = np.ones(len(self.counts))
        for number in range(ROUNDS):
            waiting = (self.goal > 0) & (most - least < self.goal - _TOLERANCE)
            if not waiting.any():
                return most - least
            before = int(waiting.sum())
            look(np.where(waiting, signs, 0.0))
            after = int(((self.goal > 0) & (most - least < self.goal - _TOLERANCE)).sum())
            if number > 1 and before - after < max(2, before // 20):
                break
            signs = -signs if number == 0 else random.choice([-1.0, 1.0], len(self.counts))
        for count in np.flatnonzero(self.goal > 0):
            for sign in (1.0, -1.0):
                if most[count] - least[count] < self.goal[count] - _TOLERANCE:
                    alone = np.zeros(len(self.counts))
                    alone[count] = sign
                    look(alone)
        return most - least


def _connected_parts(system: LinkedSystem, known: Booleans, targets: Booleans, most: Floats) -> Iterator[_Part]:
    """The unknown counts by what hangs together; parts without a target are left out."""
    unknown = np.flatnonzero(~known)
    equal = _rows_in_use(system.equal[:, unknown])
    at_least_rows = np.flatnonzero(np.diff(system.at_least[:, unknown].indptr))
    at_least = system.at_least[:, unknown][at_least_rows]
    slack = np.asarray(system.at_least @ system.value)[at_least_rows]
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
            np.maximum(system.low[counts] - system.value[counts], -MOST_CHANGE),
            np.minimum(most[counts] - system.value[counts], MOST_CHANGE),
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


class Solver:
    """Changes y to the true counts: `equal @ y = 0`, `at_least @ y >= -slack`, `low <= y <= high`."""

    def __init__(
        self,
        low: Floats,
        high: Floats,
        equal: sparse.csr_matrix,
        at_least: sparse.csr_matrix,
        slack: Floats,
        asked_often: bool = False,
    ):
        rows = sparse.vstack([equal, at_least], format="csr")
        problem = highspy.HighsLp()
        problem.num_col_, problem.num_row_ = rows.shape[1], rows.shape[0]
        problem.col_cost_ = np.zeros(rows.shape[1])
        problem.col_lower_, problem.col_upper_ = low, high
        problem.row_lower_ = np.concatenate([np.zeros(equal.shape[0]), -slack])
        problem.row_upper_ = np.concatenate([np.zeros(equal.shape[0]), np.full(at_least.shape[0], highspy.kHighsInf)])
        problem.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        problem.a_matrix_.start_ = rows.indptr
        problem.a_matrix_.index_ = rows.indices
        problem.a_matrix_.value_ = rows.data
        problem.sense_ = highspy.ObjSense.kMaximize
        self._columns = np.arange(rows.shape[1], dtype=np.int32)
        self._highs = highspy.Highs()  # type: ignore[no-untyped-call]
        self._highs.setOptionValue("output_flag", False)
        self._highs.setOptionValue("threads", 1)
        # Asked many questions, the last answer stays a world and primal simplex goes on from it: twenty times faster.
        self._highs.setOptionValue("simplex_strategy", 4 if asked_often else 1)
        self._highs.passModel(problem)

    def maximise(self, objective: Floats) -> Floats | None:
        """The change that is best by the objective, or None where there is none."""
        self._highs.changeColsCost(len(self._columns), self._columns, objective)
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return np.asarray(self._highs.getSolution().col_value)
