"""The site: Evidence's static pages, built from published tables alone, swapped in one step, kept for each release.

Belongs here: installing npm's packages, running Evidence, making links relative, switching versions, keeping the sites
of releases. Stays out: what the pages say.
"""

from __future__ import annotations

import csv
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow.parquet as parquet

from dagster_project.settings import Settings
from dagster_project.whole_files import fingerprint, point_to

KEPT_VERSIONS = 2
STAMP = ".dorsale-version"
RELEASES = "releases"
# Sites of releases stand beside the pages of the list of releases, which are below /en/ and /fr/.
_LINK = re.compile(r'(?<=[ \n\t])(href|src)="/([^"/][^"]*|)"')
_LINK_TO_RELEASE = re.compile(rf'(href=")((?:\.\./)+){RELEASES}/')


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
    """Changes with the published tables, the pages and the releases that are kept."""
    digest = hashlib.sha256((published / "datapackage.json").read_bytes() + _pages_fingerprint(settings).encode())
    for folder in _kept_sites(settings):
        digest.update(folder.name.encode() + (folder / STAMP).read_bytes())
    return digest.hexdigest()[:16]


def built_version(settings: Settings) -> str | None:
    stamp = settings.site / STAMP
    return stamp.read_text() if stamp.exists() else None


def prepare_site(
    settings: Settings, published: Path, version: str, on_step: Callable[[str], None] = lambda name: None
) -> Path:
    """Build the site aside and return its folder; the present site is not touched.

    Links are relative: the folder works below any address of a plain file server. The site of each kept release lies
    in it at `releases/<name>/`; that of a release which is being made (a folder `release-<name>` of the publications,
    or one of the releases) lies there too, so that what it cites is at its address from the first moment.
    """
    target = _versions(settings) / version
    release_name = _release_name(settings, published)
    with _one_at_a_time(settings):
        _install(settings, on_step)
        list_of_releases = target.with_name(f".{version}-releases.csv")
        _write_releases(settings, published, release_name, list_of_releases)
        environment = {
            "DORSALE_PUBLISHED": str(published.resolve()),
            "DORSALE_RELEASES": str(list_of_releases.resolve()),
            "EVIDENCE_BUILD_DIR": str(target),
        }
        shutil.rmtree(target, ignore_errors=True)
        on_step("sources")
        _npm(settings, ["run", "sources"], environment)
        _build_pages(settings, environment, on_step)
        list_of_releases.unlink()
    _make_links_relative(target)
    (target / STAMP).write_text(version)
    for folder in _kept_sites(settings):
        _copy_linked(folder, target / RELEASES / folder.name)
    if release_name and not (target / RELEASES / release_name).exists():
        _copy_release(target, target / RELEASES / release_name)
    return target


def freeze_site(settings: Settings, folder: Path, release_name: str) -> None:
    """Keep the site of a release for good: every later site has it at `releases/<release_name>/`.

    `folder` is what `prepare_site` gave for that release, which is shown once it stands in its place. Hard links, where
    the disk allows them: a kept site takes no room while its version stands.
    """
    kept = settings.released_sites / release_name
    aside = kept.with_name(f".{release_name}.{os.getpid()}")
    shutil.rmtree(aside, ignore_errors=True)
    _copy_linked(folder / RELEASES / release_name, aside)
    shutil.rmtree(kept, ignore_errors=True)
    aside.rename(kept)


def switch_site(settings: Settings, folder: Path) -> None:
    """Make a prepared site the present one, in one atomic step, and forget older ones."""
    point_to(settings.site, folder)
    versions = sorted(
        (path for path in _versions(settings).iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime
    )
    for old in versions[:-KEPT_VERSIONS]:
        if old != folder:
            shutil.rmtree(old)


def _versions(settings: Settings) -> Path:
    return settings.site.with_name(f".{settings.site.name}-versions")


def _kept_sites(settings: Settings) -> list[Path]:
    """The frozen sites of releases that stand in their place; one that is being written begins with a dot."""
    frozen = [path.parent for path in settings.released_sites.glob(f"[!.]*/{STAMP}")]
    return sorted(path for path in frozen if (settings.releases / path.name).is_dir())


def _release_name(settings: Settings, published: Path) -> str | None:
    """The name of the release that a folder of tables is, or is about to be; None for a preview."""
    folder = published.resolve()
    if folder.parent == settings.releases.resolve():
        return folder.name
    return folder.name.removeprefix("release-") if folder.name.startswith("release-") else None


def _write_releases(settings: Settings, published: Path, release_name: str | None, target: Path) -> None:
    """The list of releases that have a site of their own, for the pages: name, day, reason."""
    tables = {folder.name: settings.releases / folder.name for folder in _kept_sites(settings)}
    if release_name:
        tables[release_name] = published
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["release_name", "release_date", "because", "is_this"])
        for name, folder in sorted(tables.items()):
            row = parquet.read_table(folder / "publication.parquet").to_pylist()[0]
            writer.writerow([name, row["published_date"], row["because"], str(name == release_name).lower()])


def _make_links_relative(folder: Path) -> None:
    """Evidence writes addresses from the root of a server."""
    for page in folder.rglob("*.html"):
        up = "../" * (len(page.relative_to(folder).parts) - 1) or "./"
        text = page.read_text(encoding="utf-8")
        page.write_text(_LINK.sub(rf'\1="{up}\2"', text), encoding="utf-8")
    for sheet in folder.rglob("*.css"):
        up = "../" * (len(sheet.relative_to(folder).parts) - 1)
        text = sheet.read_text(encoding="utf-8")
        sheet.write_text(re.sub(r"url\(/(?!/)", f"url({up}", text), encoding="utf-8")


def _copy_release(site: Path, target: Path) -> None:
    """A site as it will lie among the releases: without those below it, which then lie beside it."""
    _copy_linked(site, target, leave_out=site / RELEASES)
    for page in target.glob(f"*/{RELEASES}/index.html"):
        text = _LINK_TO_RELEASE.sub(r"\1\2../", page.read_text(encoding="utf-8"))
        # A hard link: the page of the site itself must stay as it is
        page.unlink()
        page.write_text(text, encoding="utf-8")


def _copy_linked(source: Path, target: Path, leave_out: Path | None = None) -> None:
    def link(one: str, other: str) -> None:
        try:
            os.link(one, other)
        except OSError:
            shutil.copy2(one, other)

    def left_out(folder: str, names: list[str]) -> set[str]:
        return {name for name in names if Path(folder) / name == leave_out}

    shutil.copytree(source, target, copy_function=link, ignore=left_out)


def _page_sources(settings: Settings) -> list[Path]:
    """What the pages are made of: tracked kinds of files, not what npm or Evidence put beside them."""
    parts = ("pages", "components", "queries", "sources", "patches")
    files = [path for part in parts for path in (settings.dashboards / part).rglob("*") if path.is_file()]
    for folder in (settings.dashboards, settings.dashboards / "static"):
        files.extend(path for path in folder.iterdir() if path.is_file())
    return sorted(files)


def _install(settings: Settings, on_step: Callable[[str], None]) -> None:
    """Install npm's packages when the lock or the patches changed."""
    wanted = fingerprint(settings.dashboards, "package*.json") + fingerprint(settings.dashboards / "patches")
    stamp = settings.dashboards / "node_modules" / STAMP
    if not stamp.exists() or stamp.read_text() != wanted:
        on_step("npm ci")
        _npm(settings, ["ci", "--no-audit", "--no-fund"], {})
        stamp.write_text(wanted)


def _build_pages(settings: Settings, environment: dict[str, str], on_step: Callable[[str], None]) -> None:
    """Bundle the pages and render them; only render them where the bundle is of these very pages.

    A table that the bundle does not know of makes rendering fail: then they are bundled again.
    """
    stamp = settings.dashboards / ".evidence" / "template" / ".svelte-kit" / STAMP
    wanted = _pages_fingerprint(settings)
    if stamp.exists() and stamp.read_text() == wanted:
        on_step("render")
        try:
            _npm(settings, ["run", "render"], environment)
        except SiteError:
            stamp.unlink()
        else:
            return
    on_step("build")
    _npm(settings, ["run", "build"], environment)
    stamp.write_text(wanted)


def _pages_fingerprint(settings: Settings) -> str:
    digest = hashlib.sha256()
    for path in _page_sources(settings):
        digest.update(path.relative_to(settings.dashboards).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


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
