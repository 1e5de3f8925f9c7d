"""The built site served to a browser, and the published tables beside it.

Belongs here: the server, the browser, the tables. Stays out: assertions, and how the site is built
(`tests/conftest.py`).
"""

import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Browser, Page, sync_playwright


class SiteHandler(SimpleHTTPRequestHandler):
    """A plain file server that sends the headers of the site's own `_headers`, as its readers' server would."""

    def end_headers(self) -> None:
        for name, value in self.headers_of_site():
            self.send_header(name, value)
        super().end_headers()

    def headers_of_site(self) -> list[tuple[str, str]]:
        lines = (Path(self.directory) / "_headers").read_text(encoding="utf-8").splitlines()
        pairs = [tuple(line.strip().split(": ", 1)) for line in lines if line.startswith("  ")]
        # This server has no certificate
        return [pair for pair in pairs if pair[0] != "Strict-Transport-Security"]

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture(scope="module")
def address(built_site: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(SiteHandler, directory=str(built_site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The machine's own Chromium, else the one which Playwright installed."""
    names = ("chromium", "chromium-browser", "google-chrome")
    executable = next((path for name in names if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


@pytest.fixture(scope="module")
def tables(published: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published tables, and in `latest` the cells of the latest complete interval of each kind."""
    connection = duckdb.connect()
    for file in published.glob("*.parquet"):
        connection.execute(f"create view {file.stem} as from read_parquet('{file}')")
    connection.execute(
        """
        create view latest as
        from indicator_values
        where interval_end <= (select as_of from publication)
        qualify rank() over (partition by indicator_id, interval_kind order by interval_start desc) = 1
        """
    )
    yield connection
    connection.close()
