"""The built site on any server: below a sub-path, under its own strict headers, and light."""

import gzip
import threading
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.integration.conftest import SiteHandler

MOST_BYTES = 150_000
INDICATOR = "indicators/persons_served_count/"


class BelowAFolder(SiteHandler):
    """The same files at /reports/family-compass/, and nothing anywhere else."""

    PREFIX = "/reports/family-compass"

    def translate_path(self, path: str) -> str:
        inside = path.removeprefix(self.PREFIX) if path.startswith(self.PREFIX) else "/nowhere"
        return super().translate_path(inside)


def test_it_works_below_a_folder_of_a_server(page: Page, built_site: Path) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(BelowAFolder, directory=str(built_site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}{BelowAFolder.PREFIX}/"
    failed: list[str] = []
    # Nothing new (304) is no failure: a browser asks again for what it kept.
    page.on("response", lambda response: failed.append(response.url) if response.status >= 400 else None)
    page.goto(address)
    page.get_by_role("link", name="Français").click()
    expect(page).to_have_url(f"{address}fr/")
    page.get_by_role("link", name="Indicateurs", exact=True).click()
    expect(page).to_have_url(f"{address}fr/indicators/")
    page.locator("tr[data-indicator=persons_served_count] a.to_receipt").click()
    expect(page.locator("tr:target")).to_have_count(1)
    page.get_by_role("link", name="English").click()
    expect(page).to_have_url(f"{address}en/receipts/persons_served_count/")
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily").startswith('"Source Serif 4')
    assert failed == []
    server.shutdown()
    server.server_close()


def test_the_policy_of_the_pages_is_that_of_the_headers(page: Page, address: str) -> None:
    response = page.goto(urljoin(address, "en/"))
    assert response is not None
    header = response.headers["content-security-policy"]
    of_page = page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
    # Who may put the site in a frame can only be said by a header
    assert header == f"{of_page}; frame-ancestors 'none'"
    assert header.startswith("default-src 'none'")
    assert "unsafe" not in header


def test_no_page_has_a_script_or_a_style_of_its_own(built_site: Path) -> None:
    pages = list(built_site.rglob("*.html"))
    assert len(pages) > 300
    for file in pages:
        text = file.read_text(encoding="utf-8")
        assert "<script" not in text, file
        assert "<style" not in text, file
        assert " style=" not in text, file
    assert not list(built_site.rglob("*.js"))


@pytest.mark.parametrize("path", ["", INDICATOR])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_first_view_is_light(browser: Browser, address: str, language: str, path: str) -> None:
    """What comes over the wire: text as servers send it, pressed; a letterform's file as it is."""
    phone = browser.new_page(viewport={"width": 390, "height": 844})
    sizes: dict[str, int] = {}

    def weigh(response: object) -> None:
        body = response.body()  # type: ignore[attr-defined]
        url = response.url  # type: ignore[attr-defined]
        sizes[url] = len(body if url.endswith("woff2") else gzip.compress(body, 6))

    phone.on("requestfinished", lambda request: weigh(request.response()))
    phone.goto(urljoin(address, f"{language}/{path}"), wait_until="networkidle")
    phone.close()
    assert len(sizes) >= 3
    assert sum(sizes.values()) < MOST_BYTES, sizes
