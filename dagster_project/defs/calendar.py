"""The calendar in Dagster's UI: a check for each agency, which warns of silence and lateness and stops no build."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg

from dagster_project.calendar_status import AgencyStatus, read_calendar
from dagster_project.contracts import load_expectations
from dagster_project.defs.resources import SETTINGS

SUBMISSIONS = dg.AssetKey(["marts", "fct_submissions"])
AGENCIES = sorted(load_expectations(SETTINGS.expectations).agreements)


@dg.multi_asset_check(
    name="calendar",
    specs=[
        dg.AssetCheckSpec(f"{agency_id}_{check}", asset=SUBMISSIONS, description=description)
        for agency_id in AGENCIES
        for check, description in (
            ("is_not_silent", "Of the latest period that is due, something came."),
            ("owes_nothing", "Everything that is due has come and could be used."),
        )
    ],
)
def calendar() -> Iterator[dg.AssetCheckResult]:
    """Who is silent, and who owes something, as `dorsale status` tells."""
    known = {status.agency_id: status for status in read_calendar(SETTINGS).agencies}
    for agency_id in AGENCIES:
        status = known.get(agency_id)
        yield _result(f"{agency_id}_is_not_silent", status is None or status.silent_since is None, _silence(status))
        yield _result(f"{agency_id}_owes_nothing", status is None or not (status.owed or status.held), _debts(status))


def _result(name: str, passed: bool, metadata: dict[str, str | int]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        check_name=name,
        asset_key=SUBMISSIONS,
        passed=passed,
        severity=dg.AssetCheckSeverity.WARN,
        metadata=metadata,
    )


def _silence(status: AgencyStatus | None) -> dict[str, str | int]:
    if status is None:
        return {}
    return {
        "silent_since": str(status.silent_since or "–"),
        "silent_periods": status.silent_periods,
        "last_received": str(status.last_received or "–"),
    }


def _debts(status: AgencyStatus | None) -> dict[str, str | int]:
    if status is None:
        return {}
    return {
        "missing": sum(dataset.missing for dataset in status.datasets),
        "sent_back": sum(dataset.rejected for dataset in status.datasets),
        "held": len(status.held),
        "late": sum(dataset.late for dataset in status.datasets),
    }


# An initiative without partners has nothing to watch.
defs = dg.Definitions(asset_checks=[calendar] if AGENCIES else [])
