"""The site: Evidence's static pages, built from published tables alone, swapped in one step.

Belongs here: installing npm's packages, running Evidence, switching versions. Stays out: what the pages say.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dagster_project.settings import Settings
from dagster_project.whole_files import fingerprint, point_to

KEPT_VERSIONS = 2
STAMP = ".dorsale-version"


class SiteError(Exception):
    """npm or Evidence failed; the message holds the end of what it printed (public tables only)."""


def build_site(settings: Settings, published: Path, on_step: Callable[[str], None] = lambda name: None) -> bool:
    """Build the site of a published folder and switch to it; False when the site is already of this content."""
    version = site_version(settings, published)
    if built_version(settings) == version:
        return False
    folder = prepare_site(settings, published, version, on_step)
    switch_site(settings, folder)
    return True


def site_version(settings: Settings, published: Path) -> str:
    """Changes with the published tables and with the pages."""
    digest = hashlib.sha256((published / "datapackage.json").read_bytes())
    for path in _page_sources(settings):
        digest.update(path.relative_to(settings.dashboards).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def built_version(settings: Settings) -> str | None:
    stamp = settings.site / STAMP
    return stamp.read_text() if stamp.exists() else None


def prepare_site(
    settings: Settings, published: Path, version: str, on_step: Callable[[str], None] = lambda name: None
) -> Path:
    """Build the site aside and return its folder; the present site is not touched."""
    target = _versions(settings) / version
    with _one_at_a_time(settings):
        _install(settings, on_step)
        environment = {"DORSALE_PUBLISHED": str(published.resolve()), "EVIDENCE_BUILD_DIR": str(target)}
        shutil.rmtree(target, ignore_errors=True)
        for script in ("sources", "build"):
            on_step(script)
            _npm(settings, ["run", script], environment)
    (target / STAMP).write_text(version)
    return target


def switch_site(settings: Settings, folder: Path) -> None:
    """Make a prepared site the present one, in one atomic step, and forget older ones."""
    point_to(settings.site, folder)
    versions = sorted(_versions(settings).iterdir(), key=lambda path: path.stat().st_mtime)
    for old in versions[:-KEPT_VERSIONS]:
        if old != folder:
            shutil.rmtree(old)


def _versions(settings: Settings) -> Path:
    return settings.site.with_name(f".{settings.site.name}-versions")


def _page_sources(settings: Settings) -> list[Path]:
    """What the pages are made of: tracked kinds of files, not what npm or Evidence put beside them."""
    parts = ("pages", "components", "queries", "sources", "patches")
    files = [path for part in parts for path in (settings.dashboards / part).rglob("*") if path.is_file()]
    return sorted([*files, *(path for path in settings.dashboards.iterdir() if path.is_file())])


def _install(settings: Settings, on_step: Callable[[str], None]) -> None:
    """Install npm's packages when the lock or the patches changed."""
    wanted = fingerprint(settings.dashboards, "package*.json") + fingerprint(settings.dashboards / "patches")
    stamp = settings.dashboards / "node_modules" / STAMP
    if not stamp.exists() or stamp.read_text() != wanted:
        on_step("npm ci")
        _npm(settings, ["ci", "--no-audit", "--no-fund"], {})
        stamp.write_text(wanted)


def _npm(settings: Settings, arguments: list[str], environment: dict[str, str]) -> None:
    """Run the pinned npm of the virtual environment, never the machine's own."""
    tools = Path(sys.executable).parent
    path = os.pathsep.join([str(tools), os.environ.get("PATH", "")])
    done = subprocess.run(  # noqa: S603 - our own scripts, no shell
        [str(tools / "npm"), *arguments],
        cwd=settings.dashboards,
        env={**os.environ, "PATH": path, "NO_COLOR": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SiteError(f"npm {' '.join(arguments)} failed:\n{(done.stdout + done.stderr)[-4000:]}")


@contextmanager
def _one_at_a_time(settings: Settings) -> Iterator[None]:
    """Evidence works inside its own folder: two builds at once would mix their pages."""
    with (settings.dashboards / "package.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
