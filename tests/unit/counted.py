"""Counts for tests of disclosure control: small tables of people, as counts of the linked system.

Belongs here: making counts. Stays out: attacking and hiding them.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from dagster_project.disclosure.counts import PLACE

SMALL = (1, 10)
_FIELDS = {
    "value": pa.float64(),
    "is_shown": pa.bool_(),
    "hidden_from": pa.int64(),
    "hidden_to": pa.int64(),
    "protected_values": pa.int64(),
    "is_guarded": pa.bool_(),
    "cost": pa.float64(),
}
SCHEMA = pa.schema(
    [
        ("unit", pa.string()),
        ("series", pa.string()),
        *((name, pa.string()) for name in PLACE),
        *_FIELDS.items(),
        ("known_by", pa.string()),
    ]
)
JANUARY = {"interval_kind": "month", "interval_start": "2026-01-01", "interval_end": "2026-01-31"}


def count(value: float, series: str = "families:numerator", **other: Any) -> dict[str, Any]:
    """One count, of January and of all unless said otherwise; hidden when it is small."""
    place = {**dict.fromkeys(PLACE, ""), **JANUARY, **{name: other.pop(name) for name in PLACE if name in other}}
    agency = place["agency_id"]
    return {
        "unit": "|".join([series.partition(":")[0], *place.values()]),
        "series": series,
        **place,
        "value": float(value),
        "is_shown": not SMALL[0] <= value <= SMALL[1],
        "hidden_from": SMALL[0],
        "hidden_to": SMALL[1],
        "protected_values": 5,
        "is_guarded": False,
        "cost": 1.0,
        "known_by": agency,
        **other,
    }


def counts(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=SCHEMA)


def grid(values: list[list[float]], series: str = "families:numerator") -> list[dict[str, Any]]:
    """Zones by needs with all their totals, as a table in the site has them."""
    rows = []
    for zone, line in enumerate([*values, [sum(column) for column in zip(*values, strict=True)]]):
        for need, value in enumerate([*line, sum(line)]):
            rows.append(
                count(
                    value,
                    series,
                    zone_id="" if zone == len(values) else f"zone{zone}",
                    breakdown_kind="" if need == len(line) else "need",
                    breakdown_code="" if need == len(line) else f"need{need}",
                )
            )
    return rows
