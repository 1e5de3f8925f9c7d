"""Commands that remove on request: a file that never should have come, a person who is to be forgotten.

Belongs here: arguments, messages, exit codes. Stays out: work.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from dagster_project.cli.app import alone, app, expectations_of, fail, relative
from dagster_project.progress import console
from dagster_project.settings import Settings

if TYPE_CHECKING:
    from dagster_project.contracts import Expectations
    from dagster_project.removal.certificates import Certificate
    from dagster_project.tombstones import Tombstone

Because = Annotated[str, typer.Option(help="Why; no names. It stays in the journal and on the certificate.")]


@app.command()
def purge(
    submission: Annotated[str, typer.Argument(help="The submission's id, or its first 8 letters at least.")],
    because: Because,
) -> None:
    """Delete a file that never should have come, and all that was made of it."""
    from dagster_project.removal.requests import request_purge

    _remove(
        because, lambda settings, expected, day: request_purge(settings, expected, submission, because.strip(), day)
    )


@app.command()
def forget(
    person: Annotated[str, typer.Argument(help="A shared id (p_...), or agency_id:number for one agency's number.")],
    because: Because,
) -> None:
    """Take a person's rows out of every archived file and all that was made of them, now and in files to come."""
    from dagster_project.removal.requests import request_forget

    _remove(because, lambda settings, expected, day: request_forget(settings, expected, person, because.strip(), day))


def _remove(because: str, request: Callable[[Settings, Expectations, date], Tombstone]) -> None:
    from dagster_project.build_receipts import note_kept
    from dagster_project.removal.completing import complete_removals
    from dagster_project.removal.forgetting import UnforgettableError
    from dagster_project.removal.requests import RemovalError

    if not because.strip():
        fail("Say why it is removed; no names.")
    settings = Settings.from_environment()
    expected = expectations_of(settings)
    today = datetime.now(UTC).date()
    try:
        with alone(settings, "removal"):
            # What broke off before comes first.
            _tell(settings, complete_removals(settings, expected, today))
            request(settings, expected, today)
            _tell(settings, complete_removals(settings, expected, today))
            note_kept(settings)
    except (RemovalError, UnforgettableError) as error:
        fail(str(error))
    console.print("Run make build to count without it.")


def _tell(settings: Settings, certificates: list[Certificate]) -> None:
    from dagster_project.removal.certificates import certificate_path

    for certificate in certificates:
        counts = ", ".join(f"{count} {name}" for name, count in certificate.removed.items() if count)
        console.print(f"Removed ({certificate.kind}): {counts}.", highlight=False)
        if certificate.still_in_drop_folder:
            count = len(certificate.still_in_drop_folder)
            console.print(f"The drop folder still holds it in {count} files: delete them there.", style="yellow")
        if certificate.releases:
            told = ", ".join(certificate.releases)
            console.print(f"Releases that counted it, as safe counts, and stay as they were told: {told}")
        if certificate.not_read:
            told = f"{len(certificate.not_read)} files of these agencies could not be read and may hold the person."
            console.print(told, style="yellow", soft_wrap=True)
        path = relative(settings, certificate_path(settings, certificate).with_suffix(".md"))
        console.print(f"Certificate  {path}  (private)", highlight=False, soft_wrap=True)
    if certificates:
        console.print("Backups hold it until they expire; after restoring one, the certificate says what to do.")
