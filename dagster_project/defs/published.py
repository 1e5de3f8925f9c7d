"""Stage published: the public tables, and the site that shows them."""

from __future__ import annotations

import dagster as dg

from dagster_project import __version__, site
from dagster_project.defs.resources import SETTINGS, stage
from dagster_project.publication import publish_preview
from dagster_project.whole_files import fingerprint

MARTS = (
    "fct_indicator_values", "fct_indicator_signals", "fct_referral_flows", "fct_submissions", "fct_submission_extracts",
    "fct_data_quality", "dim_indicators", "dim_agencies", "dim_partners_named", "dim_programs", "dim_zones",
    "dim_dates", "dim_labels", "dim_rules", "dim_build",
)  # fmt: skip
SEEDS = ("disclosure_rules", "publication_detail", "parameters", "notes", "integration_stages")


def code_version() -> str:
    """Version and fingerprint of what makes the numbers: the package and the dbt project."""
    code = fingerprint(SETTINGS.project / "dagster_project", "**/*.py")
    models = fingerprint(SETTINGS.dbt, "[ms]*/**/*.[sc]*")
    return f"{__version__}+{code[:6]}{models[:6]}"


@dg.asset(
    key=["published", "indicator_values"],
    deps=[*(["marts", name] for name in MARTS), *(["seeds", name] for name in SEEDS)],
    group_name="published",
    kinds={"parquet"},
)
def indicator_values() -> dg.MaterializeResult[None]:
    """The public tables: cells that passed disclosure control, as Parquet and CSV, with receipts."""
    with stage("publish") as progress:
        tally = publish_preview(SETTINGS, code_version())
        progress.counts = f"{tally.indicators} indicators, {tally.cells} cells, {tally.cells_hidden} hidden" + (
            "" if tally.is_new else "; unchanged"
        )
    return dg.MaterializeResult(
        metadata={"indicators": tally.indicators, "cells": tally.cells, "cells_hidden": tally.cells_hidden}
    )


@dg.asset(key=["published", "site"], deps=[indicator_values], group_name="published", kinds={"evidence"})
def site_pages() -> dg.MaterializeResult[None]:
    """The static site, built from the public tables alone."""
    with stage("site") as progress:
        is_new = site.build_site(SETTINGS, SETTINGS.published, progress.advance)
        progress.counts = "built" if is_new else "unchanged"
    return dg.MaterializeResult(metadata={"built": is_new})


defs = dg.Definitions(assets=[indicator_values, site_pages])
