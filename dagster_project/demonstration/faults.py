"""The faults that the demonstration's files have on purpose.

Belongs here: each fault, the file it sits in, and what it is to show. Rows that a fault makes unusable are added to
the sound ones, so that no fault takes real rows away. Slips in what is written of a person stay in
`slips.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dagster_project.demonstration.spoiling import (
    Spoil,
    added,
    changed,
    closed_before_opened,
    lose_decimal_marks,
    one_cell_too_many,
    outcome_before_referral,
    repeat_row,
    two_rows_one_number,
)
from dagster_project.demonstration.tables import Table, Tables


@dataclass(frozen=True)
class RowFault:
    """A fault in the rows of one table of one month; `rule_id` is the finding it leads to."""

    fault_id: str
    agency_id: str
    month: date
    table: str
    rule_id: str
    spoil: Spoil


@dataclass(frozen=True)
class FileFault:
    """A fault of a whole file, or of its coming: `kind` is late, silent, nil, cut_short, resent or copied."""

    fault_id: str
    agency_id: str
    month: date
    kind: str
    table: str = ""


CALLED = datetime.combine(date(2025, 11, 18), time(14, 5))
ROW_FAULTS = (
    RowFault(
        "two_rows_one_number", "school_board", date(2025, 3, 1), "eleves", "conflicting_rows", two_rows_one_number,
    ),
    RowFault("same_row_twice", "school_board", date(2025, 4, 1), "suivis", "repeated_row", repeat_row),
    RowFault(
        "day_that_is_none", "school_board", date(2025, 3, 1), "suivis", "unreadable_value",
        added(No_de_suivi="S999901", Début="31/02/2025"),
    ),
    RowFault(
        "person_without_name", "school_board", date(2025, 6, 1), "eleves", "last_name_given",
        added(No_de_fiche="2499901", Nom=None),
    ),
    RowFault(
        "enrolment_of_nobody", "school_board", date(2025, 10, 1), "suivis", "person_unknown",
        added(No_de_suivi="S999902", No_de_fiche="2499999"),
    ),
    RowFault(
        "one_cell_too_many", "school_board", date(2025, 11, 1), "resultats", "too_many_cells_in_row", one_cell_too_many,
    ),
    RowFault(
        "programme_not_agreed", "school_board", date(2025, 12, 1), "suivis", "unmapped_code",
        added(No_de_suivi="S999903", Volet="ROBO"),
    ),
    RowFault(
        "closed_before_opened", "child_protection", date(2025, 5, 1), "Cases", "exit_date_not_before_entry",
        closed_before_opened,
    ),
    RowFault(
        "opened_in_the_future", "child_protection", date(2025, 6, 1), "Cases", "entry_date_not_in_future",
        added(Service_No="SV999902", Opened=date(2052, 6, 3), Closed=None),
    ),
    RowFault(
        "a_week_long_contact", "child_protection", date(2025, 9, 1), "Contacts", "duration_within_a_day",
        changed(1, Minutes=9990),
    ),
    RowFault(
        "kind_not_agreed", "child_protection", date(2025, 12, 1), "Contacts", "unmapped_code",
        changed(3, Kind="Video call"),
    ),
    RowFault(
        "contact_with_nobody", "health_centre", date(2025, 5, 1), "contacts", "person_unknown",
        added(Contact_no="599901", Client_no="399999"),
    ),
    RowFault(
        "contact_without_status", "health_centre", date(2025, 8, 1), "contacts", "required",
        added(Contact_no="599902", Status=None),
    ),
    RowFault(
        "agency_not_agreed", "health_centre", date(2026, 3, 1), "referrals", "unmapped_code",
        changed(1, Agency="BIBLIO"),
    ),
    RowFault(
        "score_that_is_no_number", "post_adoption", date(2025, 6, 1), "Outcomes", "unreadable_value",
        added(Date_completed=date(2025, 6, 29), Score="not done"),
    ),
    RowFault(
        "outcome_before_referral", "post_adoption", date(2025, 9, 1), "Referrals", "outcome_date_not_before_referral",
        outcome_before_referral,
    ),
    RowFault(
        "answer_before_call", "post_adoption", date(2025, 11, 1), "Contacts", "response_not_before_request",
        added(
            Contact_ID="C-99901", Contact_type="Line call", Mode="Phone", Requested_at=CALLED,
            Response="Call back", Answered_at=CALLED - timedelta(days=10), Scheduled_at=None, Done_at=None,
        ),
    ),
    RowFault(
        "fewer_than_no_places", "health_centre", date(2026, 1, 1), "Places", "places_not_negative",
        added(Service="SM-9", Free=-2),
    ),
    RowFault(
        "closed_before_presented", "backbone", date(2025, 10, 1), "Situations", "closed_date_not_before_presentation",
        added(No="S9901", Présentée_le=date(2025, 10, 21), Seuil="Atteint", Fermée_le=date(2025, 10, 2)),
    ),
    RowFault(
        "visit_on_no_day", "family_centre", date(2026, 2, 1), "Visites", "unreadable_value",
        added(Date_de_la_visite="31/02/2026"),
    ),
    RowFault(
        "born_in_1885", "police_victim_support", date(2025, 4, 1), "vs", "birth_date_after_1900",
        changed(1, DOB=date(1885, 3, 12)),
    ),
    RowFault(
        "client_deleted", "housing_agency", date(2025, 9, 1), "Client.csv", "",
        added(PersonalID="49999", DateDeleted="2025-09-12 10:00:00"),
    ),
)  # fmt: skip

FILE_FAULTS = (
    FileFault("school_closed_in_july", "school_board", date(2025, 7, 1), "nil"),
    FileFault("centre_closed_in_august", "family_centre", date(2025, 8, 1), "nil"),
    FileFault("police_silent", "police_victim_support", date(2026, 2, 1), "silent"),
    FileFault("late_by_weeks", "child_protection", date(2025, 10, 1), "late"),
    FileFault("workbook_cut_short", "post_adoption", date(2026, 1, 1), "cut_short"),
    FileFault("workbook_sent_again", "post_adoption", date(2026, 1, 1), "resent"),
    FileFault("scores_ten_times_too_high", "school_board", date(2026, 2, 1), "resent", "resultats"),
    FileFault("same_bytes_twice", "health_centre", date(2025, 11, 1), "copied", "contacts"),
)
RESENT_ROW_FAULT = RowFault(
    "scores_ten_times_too_high", "school_board", date(2026, 2, 1), "resultats", "period_resent", lose_decimal_marks
)


def file_fault(kind: str, agency_id: str, month: date) -> FileFault | None:
    """The fault of a kind that an agency's month has, if any."""
    found = [fault for fault in FILE_FAULTS if (fault.kind, fault.agency_id, fault.month) == (kind, agency_id, month)]
    return found[0] if found else None


def spoil_rows(agency_id: str, month: date, tables: Tables) -> Tables:
    """The tables with the month's faults; the sound ones stay as they are."""
    spoilt = {name: Table(table.header, [list(row) for row in table.rows]) for name, table in tables.items()}
    for fault in (*ROW_FAULTS, RESENT_ROW_FAULT):
        if (fault.agency_id, fault.month) == (agency_id, month):
            fault.spoil(spoilt[fault.table])
    return spoilt
