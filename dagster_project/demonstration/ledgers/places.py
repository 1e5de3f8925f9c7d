"""Places that services have free for a need in a zone, at the end of each month.

Belongs here: which service answers which need where. Housing, income and safety are answered by none of them, and the
far lakes have next to nothing: these are the deserts that the indicators should find.
"""

from __future__ import annotations

from dagster_project.demonstration.ledgers.shapes import Places
from dagster_project.demonstration.months import all_months
from dagster_project.demonstration.partners import PARTNERS
from dagster_project.demonstration.streams import stream

TOWN, ROADS = ("old_town", "south_hills"), ("north_shore", "river_valley")
EVERYWHERE = (*TOWN, *ROADS, "far_lakes")
# Agency: (service, need, zones, places in all, share of months without a free place).
SERVICES: dict[str, tuple[tuple[str, str, tuple[str, ...], int, float], ...]] = {
    "health_centre": (
        ("PE-1", "parenting_support", (*TOWN, "north_shore"), 12, 0.1),
        ("PE-1", "attachment", TOWN, 8, 0.3),
        ("SM-1", "child_mental_health", (*TOWN, "river_valley"), 10, 0.55),
        ("SM-2", "parent_wellbeing", TOWN, 14, 0.2),
        ("SM-2", "behaviour_home", TOWN, 6, 0.4),
    ),
    "family_centre": (
        ("Ateliers", "parenting_support", (*TOWN, *ROADS), 16, 0.05),
        ("Ateliers", "behaviour_home", TOWN, 8, 0.25),
        ("Halte-répit", "respite", TOWN, 10, 0.35),
    ),
    "school_board": (
        ("Orthopédagogie", "learning", EVERYWHERE, 20, 0.1),
        ("Éducation spécialisée", "behaviour_school", (*TOWN, *ROADS), 14, 0.3),
    ),
}


def keep_places(agency_id: str, scale: int, seed: int) -> list[Places]:
    """Places of all services in all months."""
    found: list[Places] = []
    for service, need, zones, places, share_full in SERVICES[agency_id]:
        for zone in zones:
            random = stream(seed, "places", agency_id, service, need, zone)
            for month in all_months():
                free = 0 if random.random() < share_full else random.randint(1, max(1, places * scale // 3))
                if month != PARTNERS[agency_id].closed_month:
                    found.append(Places(service, need, zone, month, places * scale, free))
    return found
