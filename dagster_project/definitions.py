"""The door to Dagster: loads `defs/`, nothing else."""

import dagster as dg

from dagster_project.defs import calendar, identity, intake, published, schedules, validation, warehouse

defs = dg.Definitions.merge(
    *(module.defs for module in (intake, validation, identity, warehouse, calendar, published, schedules))
)
