"""Complementary suppression: hide more, until no attacker can tell what is hidden.

Belongs here: in which order counts that are not safe are made so. Stays out: which counts are small (rules), how one is
made safe (changes), and the proof that it is enough (attack).

For a count that an attacker can narrow too far, the cheapest change to the true numbers is looked for that moves it far
enough and leaves all that stays told as it is: what the change touches is hidden. Hidden units cost nothing to touch,
so that one serves many. Hiding never makes anything less safe, so it ends.
"""

from __future__ import annotations

import numpy as np

from dagster_project.disclosure.attack import PUBLIC, attack, changes_possible, known_to
from dagster_project.disclosure.changes import Changes
from dagster_project.disclosure.linked_system import Booleans, LinkedSystem
from dagster_project.disclosure.worlds import TOLERANCE, Possible, Worlds

# After so many counts it is looked which others they made safe.
_LOOK_EVERY = 20


def hide_more(system: LinkedSystem, agencies: list[str], worlds: Worlds | None = None) -> Booleans:
    """Which units are shown in the end. What hiding cannot protect stays open: the attack tells.

    The `worlds` that are found on the way are kept for the attack.
    """
    worlds = worlds or Worlds(system)
    shown = system.unit_shown.copy()
    for attacker in (PUBLIC, *agencies):
        changes = Changes.for_attacker(system, attacker)
        waiting = attack(system, shown, attacker, worlds, is_exact=False).open_counts
        possible = Possible(worlds)
        own = known_to(system, np.zeros(len(shown), dtype=bool), attacker)
        for number, count in enumerate(waiting.tolist()):
            if number % _LOOK_EVERY == 0:
                spread = possible.spread(*changes_possible(system, own | system.told(shown), attacker))
            if spread[count] < system.width[count] - TOLERANCE:
                changes.hide_cheapest(count, shown, worlds)
    return shown
