"""Worlds: changes to the true numbers that leave every relation as it is, looked for and kept.

Belongs here: finding a change by linear programming (HiGHS), and keeping those found as proofs for every attacker.
Stays out: who the attacker is (attack) and what to hide (complementary).

What is told is the same in every world that an attacker cannot rule out. Two that give a count values far enough apart
prove that it cannot be told; the true numbers, no change at all, are always one of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from dagster_project.disclosure.linked_system import Floats, Integers, LinkedSystem

# A change of more than this in any count is not looked for.
MOST_CHANGE = 100_000.0
TOLERANCE = 1e-6
# To make small problems smaller first (presolve) costs more than it saves.
_OPTIONS: dict[str, bool | int | str] = {"output_flag": False, "threads": 1, "presolve": "off"}


class Worlds:
    """Changes to the counts of a system, each checked against every relation when it is kept."""

    def __init__(self, system: LinkedSystem):
        self._system = system
        self._relations = system.relations.tocsc()
        self._kept = sparse.csr_matrix((0, len(system.value)))
        self._new: list[tuple[Integers, Floats]] = []

    def keep(self, counts: Integers, change: Floats) -> None:
        """Keep a change of these counts, all others staying as they are."""
        touched = np.flatnonzero(abs(change) > TOLERANCE)
        self._new.append((counts[touched], change[touched]))

    def spread(self, low: Floats, high: Floats) -> Floats:
        """How far apart each count's values are in those worlds whose changes all lie from `low` to `high`."""
        return Possible(self).spread(low, high)

    def all_kept(self) -> sparse.csr_matrix:
        """The changes that were kept, one in a row, each one whole."""
        if self._new:
            self._kept = sparse.vstack([self._kept, self._checked(self._taken_apart())], format="csr")
            self._new = []
        return self._kept

    def _taken_apart(self) -> sparse.csr_matrix:
        """The new changes, each in the parts that no relation connects: a small one is possible for more attackers."""
        numbers = np.repeat(np.arange(len(self._new)), [len(counts) for counts, _ in self._new])
        counts = np.concatenate([counts for counts, _ in self._new])
        changes = np.concatenate([change for _, change in self._new])
        starts = self._relations.indptr[counts]
        lengths = self._relations.indptr[counts + 1] - starts
        entry = np.repeat(np.arange(len(counts)), lengths)
        place = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths) + np.repeat(starts, lengths)
        _, relation = np.unique(
            numbers[entry] * np.int64(self._relations.shape[0]) + self._relations.indices[place], return_inverse=True
        )
        number = len(counts) + (int(relation.max()) + 1 if len(relation) else 0)
        links = sparse.csr_matrix((np.ones(len(entry)), (entry, len(counts) + relation)), (number, number))
        _, labels = connected_components(links, directed=False)
        parts, part_of = np.unique(labels[: len(counts)], return_inverse=True)
        return sparse.csr_matrix((changes, (part_of, counts)), (len(parts), len(self._system.value)))

    def _checked(self, changes: sparse.csr_matrix) -> sparse.csr_matrix:
        """Those under which every relation holds."""
        moved = (self._system.equal @ changes.T).tocoo()
        less = (self._system.at_least @ changes.T).tocoo()
        holds = np.ones(changes.shape[0], dtype=bool)
        holds[moved.col[abs(moved.data) > TOLERANCE]] = False
        holds[less.col[less.data < -self._system.slack[less.row] - TOLERANCE]] = False
        return changes[np.flatnonzero(holds)]


class Possible:
    """The worlds that an attacker cannot rule out, looked at again and again while more is hidden from it."""

    def __init__(self, worlds: Worlds):
        self._worlds = worlds
        self._looked_at = 0
        self._not_yet = np.array([], dtype=np.int64)
        number = worlds.all_kept().shape[1]
        self._least, self._most = np.zeros(number), np.zeros(number)

    def spread(self, low: Floats, high: Floats) -> Floats:
        """How far apart each count's values are in those worlds whose changes all lie from `low` to `high`, or did
        when it was asked before: neither end may have come closer since."""
        kept = self._worlds.all_kept()
        asked = np.concatenate([self._not_yet, np.arange(self._looked_at, kept.shape[0])])
        self._looked_at = kept.shape[0]
        entries = kept[asked].tocoo()
        is_out = (entries.data < low[entries.col] - TOLERANCE) | (entries.data > high[entries.col] + TOLERANCE)
        is_possible = np.ones(len(asked), dtype=bool)
        is_possible[entries.row[is_out]] = False
        self._not_yet = asked[~is_possible]
        used = is_possible[entries.row]
        np.minimum.at(self._least, entries.col[used], entries.data[used])
        np.maximum.at(self._most, entries.col[used], entries.data[used])
        return self._most - self._least


@dataclass(frozen=True)
class Rows:
    """Rows of a sparse matrix, as the solver takes them: where each starts, and of each entry its column and weight."""

    start: Integers
    place: Integers
    weight: Floats

    @classmethod
    def of(cls, *matrices: sparse.csr_matrix) -> Rows:
        """The rows of matrices, one below the other."""
        below = sparse.vstack(matrices, format="csr")
        return cls(below.indptr, below.indices, below.data)


class Solver:
    """Changes y to the true counts: `equal @ y = 0`, `at_least @ y >= -slack`, `low <= y <= high`."""

    def __init__(
        self,
        low: Floats,
        high: Floats,
        relations: Rows,
        equal_rows: int,
        slack: Floats,
        asked_often: bool = False,
    ):
        """`relations` are the rows of both kinds, the `equal_rows` first."""
        rows = len(relations.start) - 1
        self._columns = np.arange(len(low), dtype=np.int32)
        self._highs = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in _OPTIONS.items():
            self._highs.setOptionValue(option, value)
        # Asked many questions, the last answer stays a world and primal simplex goes on from it: twenty times faster.
        self._highs.setOptionValue("simplex_strategy", 4 if asked_often else 1)
        # As arrays: a problem object would turn each number into a Python one first.
        self._highs.passModel(
            len(low),
            rows,
            len(relations.place),
            int(highspy.MatrixFormat.kRowwise),
            int(highspy.ObjSense.kMaximize),
            0.0,
            np.zeros(len(low)),
            low,
            high,
            np.concatenate([np.zeros(equal_rows), -slack]),
            np.concatenate([np.zeros(equal_rows), np.full(rows - equal_rows, highspy.kHighsInf)]),
            relations.start[:-1],
            relations.place,
            relations.weight,
            np.zeros(len(low), dtype=np.int32),
        )

    def maximise(self, objective: Floats) -> Floats | None:
        """The change that is best by the objective, or None where there is none."""
        self._highs.changeColsCost(len(self._columns), self._columns, objective)
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return np.asarray(self._highs.getSolution().col_value)
