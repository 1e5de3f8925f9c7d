"""Support groups and their sessions: head counts, no names.

Belongs here: when a group meets, how many come, and whether a parent champion leads it together with the staff.
"""

from __future__ import annotations

from datetime import date, timedelta

from dagster_project.demonstration.ledgers.shapes import Group, Session
from dagster_project.demonstration.months import FIRST_DAY, LAST_DAY, month_of
from dagster_project.demonstration.partners import PARTNERS
from dagster_project.demonstration.streams import stream

# Agency: (zone, opened, closed, days between sessions, share led by a champion, last day on which it really met).
GROUPS: dict[str, tuple[tuple[str, date, date | None, int, float, date], ...]] = {
    "family_centre": (
        ("old_town", date(2023, 9, 12), None, 7, 0.8, LAST_DAY),
        ("south_hills", date(2024, 2, 5), None, 14, 0.3, LAST_DAY),
        ("north_shore", date(2024, 10, 9), date(2025, 12, 10), 14, 0.5, date(2025, 12, 10)),
        # Still registered, but nobody has met since February: the register alone would count it as active.
        ("river_valley", date(2025, 3, 6), None, 14, 0.6, date(2026, 2, 19)),
        ("far_lakes", date(2025, 11, 4), None, 28, 0.9, LAST_DAY),
    ),
    "post_adoption": (
        ("old_town", date(2022, 5, 11), None, 14, 0.7, LAST_DAY),
        ("south_hills", date(2024, 9, 17), None, 21, 0.5, LAST_DAY),
        ("", date(2025, 9, 3), None, 14, 0.9, LAST_DAY),
    ),
}
SHARE_CANCELLED = 0.08


def meet_in_groups(agency_id: str, seed: int) -> tuple[list[Group], list[Session]]:
    """The agency's groups and all their sessions since the first day."""
    groups: list[Group] = []
    sessions: list[Session] = []
    for zone, opened, closed, interval, champion, last in GROUPS[agency_id]:
        group = Group(len(groups) + 1, zone, opened, closed)
        groups.append(group)
        random = stream(seed, "groups", agency_id, group.number)
        day = opened
        while day <= last:
            came, led = (random.randint(3, 12), random.randint(0, 8)), random.random()
            is_held = random.random() > SHARE_CANCELLED and month_of(day) != PARTNERS[agency_id].closed_month
            if day >= FIRST_DAY and is_held:
                word = "yes" if led < champion else "no" if led < 0.96 else "not_collected"
                sessions.append(Session(group, day, *came, word))
            day += timedelta(days=interval)
    return groups, sorted(sessions, key=lambda session: (session.day, session.group.number))
