"""The `dorsale` command: thin; each command calls one module and prints.

Belongs here: a file of commands for each kind of person who types them. Stays out: work.
"""

from dagster_project.cli import builds, calendar, files, funders, operations, partners, persons, privacy, removal
from dagster_project.cli.app import app

__all__ = ["app", "builds", "calendar", "files", "funders", "operations", "partners", "persons", "privacy", "removal"]
