"""Commands for the privacy officer.

Belongs here: arguments, messages, exit codes. Stays out: work.
"""

from __future__ import annotations

from dagster_project.cli.app import app, build_day, expectations_of, fail, relative
from dagster_project.progress import console
from dagster_project.settings import Settings
from dagster_project.whole_files import write_whole


@app.command()
def privacy() -> None:
    """Write the inventory of what is held of whom, why and on what basis, with the proof of the release."""
    from dagster_project.privacy_inventory import inventory_page, read_inventory

    settings = Settings.from_environment()
    expected = expectations_of(settings)
    try:
        inventory = read_inventory(settings, expected, build_day(settings, expected))
    except ValueError:
        fail("The proof beside what is published is no JSON: run make build again.")
    for language in ("en", "fr"):
        path = settings.privacy / f"privacy-inventory.{language}.md"
        write_whole(path, inventory_page(inventory, language).encode())
        console.print(f"Inventory {relative(settings, path)}", highlight=False, soft_wrap=True)
    if inventory.proof is None:
        console.print("There is no proof of the release yet.", highlight=False, soft_wrap=True)
