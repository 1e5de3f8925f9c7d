"""Sites of releases: each stays at its address in every later site, and links lead from one to the other.

What npm and Evidence make stays out: a page of a few links stands for it.
"""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from dagster_project import site
from dagster_project.settings import Settings

DOOR = '<link href="/_app/look.css"><a href="/en/">English</a>'
LIST = """<a href="/">door</a> <a href="/releases/2026-04-01/en/">April</a> <a href="/en/releases/">here</a>
<a href="#top">up</a>"""


@dataclass
class Evidence:
    """An Evidence that writes two pages and a sheet of styles, and remembers what it was asked for."""

    asked: list[str] = field(default_factory=list)
    can_render: bool = True

    def __call__(self, settings: Settings, arguments: list[str], environment: dict[str, str]) -> None:
        script = arguments[-1]
        self.asked.append(script)
        if script == "sources":
            return
        if script == "render" and not self.can_render:
            raise site.SiteError("a table of which the bundle knows nothing")
        (settings.dashboards / ".evidence" / "template" / ".svelte-kit").mkdir(parents=True, exist_ok=True)
        folder = Path(environment["EVIDENCE_BUILD_DIR"])
        for path, text in (("index.html", DOOR), ("en/releases/index.html", LIST)):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text + Path(environment["DORSALE_RELEASES"]).read_text(encoding="utf-8"))
        (folder / "_app").mkdir(exist_ok=True)
        (folder / "_app" / "look.css").write_text("a { src: url(/_app/letters.woff2) }")


@pytest.fixture
def evidence(monkeypatch: pytest.MonkeyPatch) -> Evidence:
    evidence = Evidence()
    monkeypatch.setattr(site, "_npm", evidence)
    monkeypatch.setattr(site, "_install", lambda settings, on_step: None)
    return evidence


@pytest.fixture
def settings(tmp_path: Path, evidence: Evidence) -> Settings:
    """Roots and pages of their own."""
    (tmp_path / "dashboards" / "static").mkdir(parents=True)
    (tmp_path / "dashboards" / "package.json").write_text("{}")
    (tmp_path / "dashboards" / "pages").mkdir()
    roots = Settings.from_environment()
    return replace(roots, project=tmp_path, data=tmp_path / "data", site=tmp_path / "site")


def release(settings: Settings, name: str) -> Path:
    """Tables of a release, its site built and kept, as `dorsale release` does."""
    tables = settings.releases / name
    tables.mkdir(parents=True)
    row = {"published_date": name, "because": f"The figures of {name}"}
    parquet.write_table(pa.Table.from_pylist([row]), tables / "publication.parquet")
    (tables / "datapackage.json").write_text(name)
    folder = site.prepare_site(settings, tables, site.site_version(settings, tables))
    site.switch_site(settings, folder)
    site.freeze_site(settings, folder, name)
    return folder


def links_of(page: Path) -> list[Path]:
    """The files to which a page's links lead."""
    links = re.findall(r'href="([^"#]+)"', page.read_text(encoding="utf-8"))
    targets = [(page.parent / link).resolve() for link in links]
    return [target / "index.html" if target.suffix == "" else target for target in targets]


def test_a_release_is_at_its_address_from_the_first_moment(settings: Settings) -> None:
    release(settings, "2026-04-01")
    assert (settings.site / "releases" / "2026-04-01" / "index.html").exists()
    assert not (settings.site / "releases" / "2026-04-01" / "releases").exists()


def test_every_later_site_has_the_earlier_releases_as_they_were(settings: Settings) -> None:
    release(settings, "2026-04-01")
    before = (settings.site / "releases" / "2026-04-01" / "index.html").read_bytes()
    release(settings, "2026-07-01")
    release(settings, "2026-10-01")
    kept = sorted(path.name for path in (settings.site / "releases").iterdir())
    assert kept == ["2026-04-01", "2026-07-01", "2026-10-01"]
    assert (settings.site / "releases" / "2026-04-01" / "index.html").read_bytes() == before
    listed = (settings.site / "en" / "releases" / "index.html").read_text(encoding="utf-8")
    assert "2026-07-01,2026-07-01,The figures of 2026-07-01,false" in listed
    assert "2026-10-01,2026-10-01,The figures of 2026-10-01,true" in listed


def test_links_lead_to_files_wherever_the_folder_stands(settings: Settings) -> None:
    release(settings, "2026-04-01")
    release(settings, "2026-07-01")
    root = settings.site.resolve()
    april = root / "releases" / "2026-04-01"
    july = root / "releases" / "2026-07-01"
    assert links_of(root / "index.html")[0] == root / "_app" / "look.css"
    assert links_of(july / "index.html")[0] == july / "_app" / "look.css"
    # Among the releases the others lie beside a release, not below it
    assert links_of(root / "en" / "releases" / "index.html")[1] == april / "en" / "index.html"
    assert links_of(july / "en" / "releases" / "index.html")[1] == april / "en" / "index.html"
    assert links_of(july / "en" / "releases" / "index.html")[0] == july / "index.html"
    assert 'href="#top"' in (root / "en" / "releases" / "index.html").read_text(encoding="utf-8")
    assert (root / "_app" / "look.css").read_text(encoding="utf-8") == "a { src: url(../_app/letters.woff2) }"


def test_a_preview_has_no_address_among_the_releases(settings: Settings) -> None:
    release(settings, "2026-04-01")
    preview = settings.publications / "preview-abc"
    preview.mkdir(parents=True)
    (preview / "datapackage.json").write_text("preview")
    folder = site.prepare_site(settings, preview, site.site_version(settings, preview))
    assert [path.name for path in (folder / "releases").iterdir()] == ["2026-04-01"]


def test_a_kept_site_takes_no_room_of_its_own(settings: Settings) -> None:
    folder = release(settings, "2026-04-01")
    kept = settings.released_sites / "2026-04-01" / "_app" / "look.css"
    assert kept.stat().st_ino == (folder / "_app" / "look.css").stat().st_ino


def test_another_kept_release_is_another_version_of_the_site(settings: Settings) -> None:
    preview = settings.publications / "preview-abc"
    preview.mkdir(parents=True)
    (preview / "datapackage.json").write_text("preview")
    before = site.site_version(settings, preview)
    release(settings, "2026-04-01")
    assert site.site_version(settings, preview) != before


def test_new_data_are_rendered_and_changed_pages_bundled(settings: Settings, evidence: Evidence) -> None:
    release(settings, "2026-04-01")
    release(settings, "2026-07-01")
    (settings.dashboards / "pages" / "new.md").write_text("another page")
    release(settings, "2026-10-01")
    assert evidence.asked == ["sources", "build", "sources", "render", "sources", "build"]


def test_pages_are_bundled_again_where_rendering_fails(settings: Settings, evidence: Evidence) -> None:
    release(settings, "2026-04-01")
    evidence.can_render = False
    release(settings, "2026-07-01")
    assert evidence.asked == ["sources", "build", "sources", "render", "build"]
    assert (settings.site / "index.html").exists()
