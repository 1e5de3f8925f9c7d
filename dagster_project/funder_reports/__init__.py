"""A funder's own form, filled from what is published and from nothing else.

Belongs here: reading `data/published`, putting figures and the funder's words into its form, writing it. Stays out: the
maps of forms (contracts/funders.py) and every figure that is not public.
"""

from __future__ import annotations

from dagster_project.funder_reports.filling import Report, fill
from dagster_project.funder_reports.layout import form_rows
from dagster_project.funder_reports.published import NothingPublishedError, Publication, read_publication
from dagster_project.funder_reports.writing import report_csv, report_workbook

__all__ = [
    "NothingPublishedError",
    "Publication",
    "Report",
    "fill",
    "form_rows",
    "read_publication",
    "report_csv",
    "report_workbook",
]
