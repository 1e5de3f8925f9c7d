"""The built site for every reader: axe's rules (WCAG 2.2 AA), in both languages, both themes, on a desk and a phone.

One page of each template is looked at here; `make test-every-page` looks at all, and keeps screenshots of the
templates. What the pages say stays out.
"""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, Page

from dagster_project.settings import PROJECT_ROOT

AXE = PROJECT_ROOT / "dashboards" / "node_modules" / "axe-core" / "axe.min.js"
SCREENSHOTS = os.environ.get("DORSALE_SCREENSHOTS", "")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What another theme or another width may break; the others look at the same elements
RULES_OF_LOOKS = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
LANGUAGES = ("en", "fr")
THEMES = ("light", "dark")
DESK, PHONE = 1280, 390
# One page of each template, and those whose charts and tables no other page has
TEMPLATES = [
    "",
    "practice/",
    "practice/collective_impact/",
    "practice/service_integration/",
    "practice/multi_sector_network/",
    "indicators/",
    "indicators/persons_served_count/",
    "indicators/family_voice_agree_pct/",
    "indicators/service_desert_pct/",
    "zones/",
    "flows/",
    "coverage/",
    "partners/",
    "partners/school_board/",
    "years/",
    "years/fiscal_year_april-2025-04-01/",
    "changes/",
    "releases/",
    "receipts/",
    "receipts/families_served_count/",
    "definitions/",
    "downloads/",
]
# What axe found, where: no text of the page, so that the answer stays short
FOUND = """async (rules) => {
    // A closed part of a page is read too
    document.querySelectorAll("details").forEach(details => { details.open = true })
    const { violations } = await axe.run(document, {
        runOnly: rules, resultTypes: ["violations"] })
    return violations.flatMap(rule => rule.nodes.slice(0, 3).map(node => `${rule.id} ${node.target.join(" ")} `
        + (node.any[0]?.message ?? node.all[0]?.message ?? node.none[0]?.message ?? "")))
}"""
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def pages_of(site: Path) -> list[str]:
    return sorted(page.relative_to(site).parent.as_posix() + "/" for page in site.glob("en/**/index.html"))


@pytest.fixture
def reader(browser: Browser) -> Iterator[Page]:
    """One page for all looks: opening a page costs more than looking at it."""
    page = browser.new_page()
    yield page
    page.close()


def problems_of(
    page: Page, address: str, paths: list[str], width: int, theme: str, rules: list[str], screenshots: str = ""
) -> dict[str, list[str]]:
    """What is wrong with each page as one reader meets it; nothing for a page without fault."""
    axe = AXE.read_text(encoding="utf-8")
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type in ("error", "warning") else None)
    page.on("request", lambda asked: found.append(asked.url) if not asked.url.startswith(address) else None)
    problems = {}
    for path in paths:
        found.clear()
        page.goto(urljoin(address, path))
        page.evaluate(axe)
        found.extend(page.evaluate(FOUND, rules))
        if page.locator("html").get_attribute("lang") != (path.split("/")[0] or "en"):
            found.append("another language than the address says")
        if page.evaluate(TOO_WIDE):
            found.append(f"wider than {width} pixels")
        if found:
            problems[path] = list(found)
        if screenshots:
            name = f"{path.strip('/').replace('/', '_')}_{width}_{theme}.png"
            page.screenshot(path=Path(screenshots) / name, full_page=True)
    return problems


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [DESK, PHONE])
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_template_is_for_everyone(reader: Page, address: str, language: str, width: int, theme: str) -> None:
    rules = RULES if (width, theme) == (DESK, "light") else RULES_OF_LOOKS
    paths = [f"{language}/{path}" for path in TEMPLATES]
    problems = problems_of(reader, address, paths, width, theme, rules, SCREENSHOTS)
    assert not problems, json.dumps(problems, indent=1)


@pytest.mark.every_page
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [DESK, PHONE])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_for_everyone(
    reader: Page, address: str, built_site: Path, language: str, width: int, theme: str
) -> None:
    paths = [path.replace("en/", f"{language}/", 1) for path in pages_of(built_site)]
    assert len(paths) > 150
    problems = problems_of(reader, address, ["", *paths], width, theme, RULES)
    assert not problems, json.dumps(problems, indent=1)


@pytest.mark.parametrize("path", TEMPLATES)
def test_a_page_may_be_enlarged_to_twice_its_size(reader: Page, address: str, path: str) -> None:
    """A window of 1280 pixels enlarged to 200 % has the room of 640."""
    reader.set_viewport_size({"width": 640, "height": 450})
    reader.goto(urljoin(address, f"fr/{path}"))
    assert not reader.evaluate(TOO_WIDE)


def test_the_keyboard_reaches_everything_and_shows_where_it_is(reader: Page, address: str) -> None:
    reader.goto(urljoin(address, "en/indicators/persons_served_count/"))
    reader.keyboard.press("Tab")
    assert reader.evaluate("document.activeElement.className") == "skip"
    reader.keyboard.press("Enter")
    assert reader.evaluate("location.hash") == "#content"
    wanted = reader.evaluate(
        "[...document.querySelectorAll('main a, main summary')].filter(one => one.checkVisibility()).length"
    )
    seen, chosen = 0, 0
    for _ in range(wanted + 60):
        reader.keyboard.press("Tab")
        focus = reader.evaluate(
            """() => {
                const one = document.activeElement, style = getComputedStyle(
                    one.matches("input") ? one.nextElementSibling : one)
                return [one.tagName, one.closest("main") !== null, style.outlineStyle !== "none" && style.outlineWidth]
            }"""
        )
        if not focus[1]:
            break
        assert focus[2] == "3px", focus
        seen += focus[0] in ("A", "SUMMARY")
        chosen += focus[0] == "INPUT"
    assert seen == wanted
    assert chosen == 1, "the choice of an interval is one stop, and its arrows choose"
    reader.locator("input[name=interval_kind]:checked").focus()
    before = reader.locator(".panel:visible").get_attribute("data-interval")
    reader.keyboard.press("ArrowRight")
    assert reader.locator(".panel:visible").get_attribute("data-interval") != before


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reporting_year_prints_on_one_sheet(reader: Page, address: str, language: str) -> None:
    reader.goto(urljoin(address, f"{language}/years/fiscal_year_april-2025-04-01/"))
    assert len(re.findall(rb"/Type\s*/Page\b", reader.pdf(format="A4", prefer_css_page_size=True))) == 1
    reader.emulate_media(media="print", color_scheme="dark")
    assert reader.locator("nav:visible").count() == 0
    assert reader.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--paper')") == "#fbfaf7"


def test_nothing_moves(reader: Page, address: str) -> None:
    reader.goto(urljoin(address, "en/"))
    moving = """[...document.querySelectorAll("*")].filter(one => {
        const style = getComputedStyle(one)
        return style.animationName !== "none" || parseFloat(style.transitionDuration) > 0
    }).length"""
    assert reader.evaluate(moving) == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_chart_has_a_name_and_a_table(reader: Page, address: str, language: str) -> None:
    charts = 0
    for path in TEMPLATES:
        reader.goto(urljoin(address, f"{language}/{path}"))
        unnamed = (
            "[...document.querySelectorAll('svg[role=img]')].filter(one => !one.querySelector('title')?.textContent)"
        )
        assert reader.evaluate(f"{unnamed}.length") == 0, path
        here = reader.locator("svg[role=img]").count()
        assert not here or reader.locator("main table").count(), f"{path}: a chart and no table"
        charts += here
    assert charts > 50
