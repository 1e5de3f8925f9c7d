"""The built site as a visitor meets it: in a browser, in both languages, against the published tables.

How the site is built and served stays out: the fixtures `built_site` (the folder which holds index.html), `published`
(the folder of published Parquet files) and those of `conftest.py` bring it.
"""

from pathlib import Path
from urllib.parse import urljoin, urlsplit

import duckdb
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.integration.site_numbers import HIDDEN, written

LANGUAGES = {"en": "fr", "fr": "en"}
PREVIEW = {"en": "Preview — not published", "fr": "Aperçu — non publié"}
PRACTICES = [
    "common",
    "collective_impact",
    "post_adoption_support",
    "family_network",
    "integrated_care",
    "service_integration",
    "multi_sector_network",
    "situation_table",
]
SECTIONS = [
    "",
    "practice/",
    *(f"practice/{system}/" for system in PRACTICES),
    "indicators/",
    "indicators/{indicator_id}/",
    # One that is never totalled, one by zone and need, one of waves and networks
    "indicators/family_voice_agree_pct/",
    "indicators/service_desert_pct/",
    "indicators/facilitators_share_pct/",
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
    "receipts/{indicator_id}/",
    "definitions/",
    "downloads/",
]
ALL_TOGETHER = "agency_id is null and program_id is null and zone_id is null and breakdown_kind is null"
# By quarter, or else by the year that ends last.
ON_ITS_CARD = f"""interval_kind = (
    select k.interval_kind from latest as k where k.indicator_id = indicators.indicator_id
      and k.interval_kind <> 'month' and {ALL_TOGETHER}
    order by k.interval_kind = 'quarter' desc, k.interval_end desc limit 1
)"""


@pytest.fixture(scope="module")
def indicator_id(tables: duckdb.DuckDBPyConnection) -> str:
    """The first headline indicator."""
    return str(tables.execute("from indicators select indicator_id order by headline_order").fetchall()[0][0])


def shown(value: float | None, kind: str, decimals: int, suppression: str, language: str) -> str | None:
    """The text of a cell as its language writes it; None for a missing cell, which is told in words."""
    if suppression == "hidden":
        return HIDDEN
    if value is None:
        return None
    text = written(value, decimals, language)
    return text + {"en": "%", "fr": "\u00a0%"}[language] if kind == "share" else text


def band(value_low: float | None, value_high: float | None, language: str, words: bool = True) -> str | None:
    """The text of a linkage band, with its words or as a table has it; None where there is none, or of one number."""
    if value_low is None or value_high is None or value_low == value_high:
        return None
    low, high = (str(shown(value, "count", 0, "shown", language)) for value in (value_low, value_high))
    if not words:
        return {"en": f"{low} to {high}", "fr": f"{low} à {high}"}[language]
    return {
        "en": f"{low} to {high}, depending on how strictly records are matched",
        "fr": f"de {low} à {high}, selon la rigueur du jumelage des dossiers",
    }[language]


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_page_opens_without_error_or_foreign_request(
    page: Page, address: str, indicator_id: str, tables: duckdb.DuckDBPyConnection, language: str, section: str
) -> None:
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("requestfailed", lambda request: problems.append(f"failed: {request.url}"))
    page.on(
        "request",
        lambda request: problems.append(f"asked: {request.url}") if not request.url.startswith(address) else None,
    )
    response = page.goto(urljoin(address, f"{language}/{section.format(indicator_id=indicator_id)}"))
    assert response is not None
    assert response.ok
    assert problems == []
    expect(page.locator("h1")).to_have_count(1)
    expect(page.locator("html")).to_have_attribute("lang", language)
    is_preview = tables.execute("select kind = 'preview' from publication").fetchone() == (True,)
    expect(page.get_by_text(PREVIEW[language]).first).to_be_visible(visible=is_preview)


@pytest.mark.parametrize("section", SECTIONS)
def test_language_switch_keeps_the_page(page: Page, address: str, indicator_id: str, section: str) -> None:
    path = section.format(indicator_id=indicator_id)
    page.goto(urljoin(address, f"en/{path}"))
    for language, name in (("fr", "Français"), ("en", "English")):
        page.get_by_role("link", name=name).click()
        expect(page).to_have_url(urljoin(address, f"{language}/{path}"))
        expect(page.locator("html")).to_have_attribute("lang", language)


def test_the_door_offers_both_languages(page: Page, address: str) -> None:
    for name, language in (("English", "en"), ("Français", "fr")):
        page.goto(address)
        page.get_by_role("link", name=name).click()
        expect(page).to_have_url(urljoin(address, f"{language}/"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_headline_figures_are_the_published_ones(
    page: Page, address: str, tables: duckdb.DuckDBPyConnection, language: str
) -> None:
    headlines = tables.execute(
        f"""
        select indicator_id, title_en, title_fr, measure_kind, decimals, value, suppression
        from latest join indicators using (indicator_id)
        where headline_order is not null and {ON_ITS_CARD} and {ALL_TOGETHER}
        order by headline_order
        """
    ).fetchall()
    assert len(headlines) == 6
    assert all(row[-1] == "shown" for row in headlines), "the headline view has figures"
    page.goto(urljoin(address, f"{language}/"))
    for indicator, title_en, title_fr, kind, decimals, value, suppression in headlines:
        card = page.locator(f"[data-indicator={indicator}]")
        expect(card.get_by_role("heading")).to_have_text(title_en if language == "en" else title_fr)
        text = shown(value, kind, decimals, suppression, language)
        if text is None:
            expect(card.locator(".figure .absent")).to_be_visible()
        else:
            expect(card.locator(".figure .number, .figure .hidden")).to_have_text(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_agency_figures_are_the_published_ones(
    page: Page, address: str, indicator_id: str, tables: duckdb.DuckDBPyConnection, language: str
) -> None:
    cells = tables.execute(
        """
        select agency_id, measure_kind, decimals, value, suppression
        from latest join indicators using (indicator_id)
        where
            indicator_id = ? and interval_kind = 'quarter'
            and agency_id is not null and program_id is null and zone_id is null and breakdown_kind is null
        """,
        [indicator_id],
    ).fetchall()
    assert cells
    page.goto(urljoin(address, f"{language}/indicators/{indicator_id}/"))
    table = page.locator("[data-interval=quarter] [data-slice=agency]")
    expect(table.locator("tbody tr")).to_have_count(len(cells))
    for agency, kind, decimals, value, suppression in cells:
        row = table.locator(f"[data-code={agency}]")
        text = shown(value, kind, decimals, suppression, language)
        if text is None:
            expect(row.locator(".absent")).to_be_visible()
        else:
            expect(row.locator(".measure .cell")).to_have_text(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_bands_stand_in_plain_words_beside_their_figures(
    page: Page, address: str, tables: duckdb.DuckDBPyConnection, language: str
) -> None:
    headlines = tables.execute(
        f"""
        select indicator_id, value_low, value_high from latest join indicators using (indicator_id)
        where headline_order is not null and {ON_ITS_CARD} and {ALL_TOGETHER} order by headline_order
        """
    ).fetchall()
    bands = {indicator: band(low, high, language) for indicator, low, high in headlines}
    assert any(bands.values()), "no headline has a band: nothing to look at"
    page.goto(urljoin(address, f"{language}/"))
    for indicator, text in bands.items():
        found = page.locator(f"[data-indicator={indicator}] .band")
        expect(found).to_have_text([text] if text else [])
    low, high = tables.execute("select families_count_low, families_count_high from publication").fetchall()[0]
    text = band(low, high, language)
    expect(page.locator(".facts .band")).to_have_text([text] if text else [])
    indicator = next(indicator for indicator, text in bands.items() if text)
    page.goto(urljoin(address, f"{language}/indicators/{indicator}/"))
    expect(page.locator("[data-interval=quarter] .series .band").first).to_have_text(str(bands[indicator]))
    assert "confiden" not in page.locator("main").inner_text().lower(), "what the matching changes, no more"
    cells = tables.execute(
        """
        select agency_id, value_low, value_high from latest
        where
            indicator_id = ? and interval_kind = 'quarter'
            and agency_id is not null and program_id is null and zone_id is null and breakdown_kind is null
        """,
        [indicator],
    ).fetchall()
    table = page.locator("[data-interval=quarter] [data-slice=agency]")
    of_agencies = {agency: band(low, high, language, words=False) for agency, low, high in cells}
    for agency, text in of_agencies.items():
        found = table.locator(f"[data-code={agency}] .range")
        expect(found).to_have_text([text or ""] if any(of_agencies.values()) else [])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("indicator", ["persons_served_count", "families_served_count"])
def test_those_not_linked_are_told_in_a_sentence(
    page: Page, address: str, tables: duckdb.DuckDBPyConnection, indicator: str, language: str
) -> None:
    [(value, suppression)] = tables.execute(
        """
        select value, suppression from latest
        where
            indicator_id = ? and interval_kind = 'calendar_year' and agency_id is null
            and breakdown_kind = 'linkability' and breakdown_code = 'not_linkable'
        """,
        [indicator],
    ).fetchall()
    page.goto(urljoin(address, f"{language}/indicators/{indicator}/"))
    sentence = page.locator("[data-interval=calendar_year] .series .apart")
    if suppression == "hidden":
        expect(sentence).to_contain_text({"en": "hidden to protect", "fr": "masqué pour protéger"}[language])
    elif value:
        expect(sentence).to_contain_text(str(shown(value, "count", 0, suppression, language)))
        expect(sentence).to_contain_text({"en": "counted apart", "fr": "comptées à part"}[language])
    else:
        expect(sentence).to_contain_text({"en": "may be linked", "fr": "peuvent être jumelées"}[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_definitions_explain_the_band_and_who_is_not_linked(page: Page, address: str, language: str) -> None:
    page.goto(urljoin(address, f"{language}/definitions/"))
    section = page.locator("#matching")
    expect(section).to_contain_text({"en": "depending on how strictly", "fr": "selon la rigueur"}[language])
    expect(section).to_contain_text({"en": "did not consent to linking", "fr": "pas consenti au jumelage"}[language])
    expect(section.locator(".apart li")).to_have_count(2)


@pytest.mark.parametrize("language", LANGUAGES)
def test_definitions_list_every_indicator_with_formula_data_limits_and_version(
    page: Page, address: str, tables: duckdb.DuckDBPyConnection, language: str
) -> None:
    indicators = tables.execute(
        f"""
        select indicator_id, numerator_{language}, denominator_{language}, limits_{language}, version
        from indicators order by indicator_id
        """
    ).fetchall()
    assert len(indicators) >= 65
    page.goto(urljoin(address, f"{language}/definitions/"))
    listed = page.locator("article.measure_definition").evaluate_all(
        """articles => Object.fromEntries(articles.map(article => [article.id, Object.fromEntries(
            ["formula", "datasets", "limits", "version"].map(part => [
                part, (article.querySelector("." + part)?.textContent ?? "").replaceAll(/\\s+/g, " ").trim()
            ])
        )]))"""
    )
    assert sorted(listed) == [indicator for indicator, *_ in indicators]
    for indicator, numerator, denominator, limits, version in indicators:
        parts = listed[indicator]
        assert numerator in parts["formula"], indicator
        assert (denominator or "") in parts["formula"], indicator
        assert parts["limits"] == limits, indicator
        assert parts["datasets"], indicator
        assert parts["version"].startswith(f"Version {version} ("), indicator
    section = page.locator("#measures")
    expect(section).to_contain_text({"en": "24 and 48 hours", "fr": "24 et de 48 heures"}[language])
    expect(section).to_contain_text({"en": "our reading of an unclear", "fr": "notre lecture d’une source"}[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_indicator_has_its_page(
    page: Page, address: str, tables: duckdb.DuckDBPyConnection, language: str
) -> None:
    page.goto(urljoin(address, f"{language}/indicators/"))
    linked = page.locator("tr[data-indicator] th a").evaluate_all("links => links.map(link => link.href)")
    indicators = tables.execute(f"select indicator_id, title_{language} from indicators").fetchall()
    assert sorted(Path(urlsplit(link).path).name for link in linked) == sorted(indicator for indicator, _ in indicators)
    for indicator, title in indicators:
        response = page.request.get(urljoin(address, f"{language}/indicators/{indicator}/"))
        assert response.ok, indicator
        assert f"<h1>{title}</h1>" in response.text().replace("\u00a0", " "), indicator


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("system", PRACTICES)
def test_a_way_of_working_shows_its_measures_as_published(
    page: Page, address: str, tables: duckdb.DuckDBPyConnection, system: str, language: str
) -> None:
    measures = tables.execute(
        f"""
        select indicators.indicator_id, help_{language}, measure_kind, decimals, value, suppression
        from indicators left join (from latest where interval_kind = 'quarter' and {ALL_TOGETHER}) as cells
            on indicators.indicator_id = cells.indicator_id
        where system = ? and beside is null
        """,
        [system],
    ).fetchall()
    page.goto(urljoin(address, f"{language}/practice/{system}/"))
    expect(page.locator("article.practice_indicator")).to_have_count(len(measures))
    for indicator, help_text, kind, decimals, value, suppression in measures:
        article = page.locator(f"article[data-indicator={indicator}]")
        expect(article.locator(".help")).to_have_text(help_text)
        text = shown(value, kind, decimals, suppression or "", language)
        if text is not None:
            expect(article.locator(".figure .number, .figure .hidden")).to_have_text(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_companions_stand_beside_their_measure(
    page: Page, address: str, tables: duckdb.DuckDBPyConnection, language: str
) -> None:
    companions = tables.execute(
        """
        select i.indicator_id, i.beside, main.system
        from indicators as i join indicators as main on i.beside = main.indicator_id
        """
    ).fetchall()
    assert len(companions) == 6
    for companion, main, system in companions:
        page.goto(urljoin(address, f"{language}/practice/{system}/"))
        beside = page.locator(f"article[data-indicator={main}] [data-companion={companion}]")
        expect(beside.locator(".cell")).to_have_count(1)
        page.goto(urljoin(address, f"{language}/indicators/{main}/"))
        expect(page.locator(f"[data-companion={companion}]").first).to_be_attached()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_each_way_of_working_shows_besides(
    page: Page, address: str, tables: duckdb.DuckDBPyConnection, language: str
) -> None:
    page.goto(urljoin(address, f"{language}/practice/collective_impact/"))
    [(year,)] = tables.execute(
        """
        select interval_kind from referral_flows join intervals using (interval_kind, interval_start)
        where interval_kind <> 'quarter' order by intervals.interval_end desc, kind_order limit 1
        """
    ).fetchall()
    flows = tables.execute(
        """
        select sender_sector, receiver_sector, referrals_count, suppression from referral_flows where interval_kind = ?
        qualify rank() over (order by interval_end desc) = 1
        """,
        [year],
    ).fetchall()
    for sender, receiver, count, suppression in flows:
        cell = page.locator(f"#flows tr[data-code={sender}] td[data-column={receiver}]")
        expect(cell).to_have_text(str(shown(count, "count", 0, suppression, language)))

    page.goto(urljoin(address, f"{language}/practice/service_integration/"))
    form = tables.execute(
        f"select dimension_code, stage_order, description_{language} from integration_stages"
    ).fetchall()
    for dimension, stage, description in form:
        cell = page.locator(f"#form tr[data-code={dimension}] td").nth(stage - 1)
        expect(cell).to_have_text(description or "")
    expect(page.locator("#declared")).to_contain_text({"en": "is private", "fr": "est confidentielle"}[language])
    expect(page.locator("#declared tbody tr")).to_have_count(2)
    expect(page.locator("article[data-indicator=pairs_at_stage_pct] .stack")).to_have_count(2)

    page.goto(urljoin(address, f"{language}/practice/multi_sector_network/"))
    expect(page.locator(".waves")).to_contain_text({"en": "not a panel", "fr": "et non un panel"}[language])
    networks = page.locator("article[data-indicator=decisions_shared_pct] table.cross")
    expect(networks.locator("tbody tr")).to_have_count(6)
    expect(networks.locator("thead th")).to_have_count(4)
    themes = page.locator("article[data-indicator=facilitators_share_pct] table.cross").first
    expect(themes.locator("tbody tr")).to_have_count(3)

    page.goto(urljoin(address, f"{language}/practice/integrated_care/"))
    assert page.locator("article[data-indicator=service_desert_pct] table.cross tbody tr").count() > 5
    page.goto(urljoin(address, f"{language}/practice/common/"))
    expect(page.locator("article[data-indicator=family_voice_agree_pct] tbody tr")).to_have_count(3)
    expect(page.locator("article[data-indicator=community_condition_value] tbody tr")).to_have_count(6)
    page.goto(urljoin(address, f"{language}/practice/situation_table/"))
    assert page.locator("article[data-indicator=risk_factor_prevalence_pct] tbody tr").count() > 20


@pytest.mark.parametrize("language", LANGUAGES)
def test_signals_and_stories_stand_with_their_curve(
    page: Page, address: str, tables: duckdb.DuckDBPyConnection, language: str
) -> None:
    [(indicator,)] = tables.execute(
        """
        select indicator_id from signals where agency_id is null and zone_id is null and signal <> 'none'
        order by indicator_id limit 1
        """
    ).fetchall()
    page.goto(urljoin(address, f"{language}/indicators/{indicator}/"))
    expect(page.locator(".aims .signal")).to_contain_text({"en": "chance", "fr": "hasard"}[language])
    expect(page.locator("[data-interval=month] rect.chance")).to_have_count(1)
    expect(page.locator("[data-interval=quarter] rect.chance")).to_have_count(0)
    for indicator, kind, note in tables.execute(
        f"select indicator_id, interval_kind, note_{language} from notes"
    ).fetchall():
        page.goto(urljoin(address, f"{language}/indicators/{indicator}/"))
        expect(page.locator(f"[data-interval={kind}] .stories")).to_contain_text(note)


@pytest.mark.parametrize("language", LANGUAGES)
def test_hidden_figures_show_the_symbol_in_the_chosen_interval(
    page: Page, address: str, tables: duckdb.DuckDBPyConnection, language: str
) -> None:
    cells = tables.execute(
        """
        select
            indicator_id,
            interval_kind,
            coalesce(
                breakdown_kind,
                case when program_id is not null then 'program' when zone_id is not null then 'zone' else 'agency' end
            ),
            coalesce(breakdown_code, program_id, zone_id, agency_id)
        from latest
        where
            suppression = 'hidden'
            and (breakdown_kind is not null)::int + (coalesce(program_id, agency_id) is not null)::int
            + (zone_id is not null)::int = 1
        order by interval_kind = 'quarter', 1, 2, 3, 4
        limit 1
        """
    ).fetchall()
    assert cells, "nothing is hidden in the latest intervals: nothing to look at"
    indicator, kind, group, code = cells[0]
    page.goto(urljoin(address, f"{language}/indicators/{indicator}/"))
    page.locator(f"label[for=interval_{kind}]").click()
    panel = page.locator(f"[data-interval={kind}]")
    expect(panel.locator(f"[data-slice={group}] [data-code='{code}'] .measure")).to_have_text(HIDDEN)
    explanation = {"en": "Hidden to protect privacy", "fr": "Donnée masquée pour protéger la vie privée"}
    expect(panel.get_by_text(explanation[language]).first).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_download_arrives(page: Page, address: str, published: Path, language: str) -> None:
    page.goto(urljoin(address, f"{language}/downloads/"))
    links = page.locator("main a[download]").evaluate_all("links => links.map(link => link.href)")
    offered = {Path(urlsplit(link).path).name for link in links}
    assert {file.name for file in published.glob("*.parquet")} <= offered
    for link in links:
        response = page.request.get(link)
        assert response.ok, link
        assert response.body() == (published / Path(urlsplit(link).path).name).read_bytes()


@pytest.mark.parametrize("section", SECTIONS)
def test_pages_fit_a_phone(browser: Browser, address: str, indicator_id: str, section: str) -> None:
    phone = browser.new_page(viewport={"width": 390, "height": 844})
    phone.goto(urljoin(address, f"fr/{section.format(indicator_id=indicator_id)}"))
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.close()
