"""Every figure on every page against the published tables, in both languages, and its way to its receipt.

The built files are read, no browser is needed. A figure says which part of a published cell it is (`data-part`); it or
what it stands in says which cell (`data-cell`). What looks like a figure and does not say so fails. What pages look
like stays out.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from posixpath import normpath
from typing import Any
from urllib.parse import urlsplit

import duckdb
import pytest

from tests.integration.site_numbers import HIDDEN, numbers_in, written

LANGUAGES = ("en", "fr")
MISSING = {
    "en": {
        "not_received": "Not received",
        "not_collected": "Not collected",
        "not_applicable": "Not applicable",
        "no_cases": "No cases",
        "too_few": "Too few to measure",
    },
    "fr": {
        "not_received": "Non reçu",
        "not_collected": "Non recueilli",
        "not_applicable": "Sans objet",
        "no_cases": "Aucun cas",
        "too_few": "Trop peu pour mesurer",
    },
}
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
# Within these a figure must find its receipt: what is further away is not beside it
CONTAINERS = {"table", "section", "article", "dl", "main"}
LOOKS_LIKE_A_FIGURE = re.compile(r"[-−]?\d[\d\u00a0,.]*\u00a0?%?")
# A scale, a time, the number of a note or the mark of a state is no figure
NO_FIGURE = {"tick", "time", "story_number", "interval", "limit", "mark"}


@dataclass
class Element:
    """One element of a page with its parent, and the receipts to which it or what is inside it leads."""

    name: str
    attributes: dict[str, str | None]
    parent: "Element | None"
    text: str = ""
    receipts: set[str] = field(default_factory=set)
    # The published cell that it, or the nearest element around it that names one, stands for
    cell: str | None = None
    # The nearest element, itself or around it, that says which part of a cell it is
    figure: "Element | None" = None
    # Where a bare number would be a figure
    is_place_of_figures: bool = False

    def __post_init__(self) -> None:
        self.cell = self.attributes.get("data-cell") or (self.parent.cell if self.parent else None)
        if "data-part" in self.attributes:
            self.figure = self
        elif self.parent:
            self.figure = self.parent.figure
        is_place = self.name in ("td", "svg") or bool(self.classes & {"figure", "count", "number"})
        is_place = is_place or bool(self.parent and self.parent.is_place_of_figures)
        self.is_place_of_figures = is_place and self.name != "code" and not self.classes & NO_FIGURE

    def up(self) -> Iterator["Element"]:
        element: Element | None = self
        while element is not None:
            yield element
            element = element.parent

    @property
    def classes(self) -> set[str]:
        return set((self.attributes.get("class") or "").split())


class PageReader(HTMLParser):
    """A page's figures, links, anchors and whatever looks like a figure without saying which one it is."""

    def __init__(self, address: str) -> None:
        super().__init__(convert_charrefs=True)
        self.address = address
        self.open = Element("document", {}, None)
        self.figures: list[Element] = []
        self.links: list[tuple[str, str]] = []
        self.ids: set[str] = set()
        self.loose: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs), self.open)
        if identifier := element.attributes.get("id"):
            self.ids.add(identifier)
        if element.figure is element:
            self.figures.append(element)
        href = element.attributes.get("href")
        if tag == "a" and href and not href.startswith("mailto:"):
            path, anchor = resolved(self.address, href)
            self.links.append((path, anchor))
            if "/receipts/" in path or element.classes & {"receipt_link", "to_receipt"}:
                for above in element.up():
                    above.receipts.add(f"{path}#{anchor}")
        if tag not in VOID:
            self.open = element

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        while self.open.name != tag and self.open.parent is not None:
            self.open = self.open.parent
        self.open = self.open.parent or self.open

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        if self.open.figure:
            self.open.figure.text += data
        elif self.open.is_place_of_figures and LOOKS_LIKE_A_FIGURE.fullmatch(data.strip()):
            self.loose.append(data.strip())


def resolved(address: str, href: str) -> tuple[str, str]:
    """The path from the root of the site, and the anchor, to which a link of a page leads."""
    parts = urlsplit(href)
    assert not parts.scheme, f"{href} leads to another host"
    assert not parts.path.startswith("/"), f"{href} works at the root of a server only"
    path = normpath(f"{address}{parts.path}") if parts.path else address
    return (path + "/" if parts.path.endswith("/") or not parts.path else path).replace("//", "/"), parts.fragment


@pytest.fixture(scope="module")
def pages(built_site: Path) -> dict[str, PageReader]:
    """Every page by its address from the root of the site, but for those of earlier releases."""
    read = {}
    for file in sorted(built_site.rglob("index.html")):
        folder = file.relative_to(built_site).parent.as_posix()
        if folder.startswith("releases/"):
            continue
        address = "./" if folder == "." else f"{folder}/"
        read[normpath(address) + "/"] = reader = PageReader(normpath(address) + "/")
        reader.feed(file.read_text(encoding="utf-8"))
    return read


@pytest.fixture(scope="module")
def cells(published: Path) -> dict[str, dict[str, Any]]:
    """The published cells by their key, each with what its parts are."""
    connection = duckdb.connect()
    for file in published.glob("*.parquet"):
        connection.execute(f"create view {file.stem} as from read_parquet('{file}')")

    def rows(sql: str) -> list[dict[str, Any]]:
        result = connection.execute(sql)
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    found: dict[str, dict[str, Any]] = {}
    for row in rows(
        "select v.*, measure_kind, decimals from indicator_values as v join indicators using (indicator_id)"
    ):
        key = ("indicator_id", "interval_kind", "interval_start", "agency_id", "program_id", "zone_id")
        names = (*key, "breakdown_kind", "breakdown_code")
        found["|".join("" if row[name] is None else str(row[name]) for name in names)] = row
    for row in rows("from referral_flows"):
        names = ("interval_kind", "interval_start", "sender_sector", "receiver_sector")
        found["|".join(["referral_flows", *(str(row[name]) for name in names)])] = {
            **row, "value": row["referrals_count"], "measure_kind": "count", "decimals": 0,
        }  # fmt: skip
    [publication] = rows("from publication")
    for name in (
        "families_count",
        "agencies_count",
        "submissions_count",
        "indicators_count",
        "cells_count",
        "cells_hidden",
    ):
        value = publication[name]
        found[f"publication|{name.removesuffix('_count')}"] = {
            "value": value,
            "suppression": "hidden" if value is None else "shown",
            "value_low": publication.get(f"{name}_low"),
            "value_high": publication.get(f"{name}_high"),
        }
    for row in rows("from receipts"):
        submissions = [one for one in row["submission_hashes"].split(";") if one]
        found[f"receipts|{row['receipt_id']}"] = {**row, "submissions": len(submissions)}
    states = "count(*) filter (state in ('accepted', 'nil')) as submissions_received, count(*) as submissions_expected"
    for row in rows(
        f"select agency_id, date_trunc('month', period_start) as m, {states} from submissions group by all"
    ):
        found[f"submissions|{row['agency_id']}|{row['m']:%Y-%m-%d}"] = row
    on_time = """count(*) filter (is_on_time) as on_time,
        count(*) filter (is_on_time is not null or state = 'missing') as judged"""
    for row in rows(f"select agency_id, {on_time} from submissions group by all"):
        found[f"submissions|{row['agency_id']}"] = row
    for row in rows("""select agency_id, dataset, rule_id, severity, count(distinct period_start) as months,
            sum(findings_count)::int as findings, count(*) filter (suppression = 'hidden') as hidden
            from data_quality group by all"""):
        key = "|".join(row[name] or "" for name in ("agency_id", "dataset", "rule_id", "severity"))
        found[f"data_quality|{key}"] = row
    for row in rows("from changes"):
        found[f"changes|{row['indicator_id']}|{row['interval_kind']}|{row['release_date'] or ''}"] = row
    for row in rows("from restatements"):
        names = ("indicator_id", "interval_kind", "interval_start", "agency_id", "reason", "release_date")
        found["|".join(["restatements", *("" if row[name] is None else str(row[name]) for name in names)])] = row
    for (table,) in connection.execute("select table_name from information_schema.tables").fetchall():
        [(count,)] = connection.execute(f"select count(*) from {table}").fetchall()
        found[f"rows|{table}"] = {"value": count, "suppression": "shown"}
    return found


def is_shown(row: dict[str, Any]) -> bool:
    return row.get("suppression") != "hidden" and row.get("value") is not None


def value_text(row: dict[str, Any], language: str) -> str:
    """What stands in a cell: the number, the hidden symbol or the reason why there is none."""
    if row.get("suppression") == "hidden":
        return HIDDEN
    if row.get("value") is None:
        return MISSING[language][row["missing_reason"]]
    text = written(row["value"], row.get("decimals") or 0, language)
    return text + {"en": "%", "fr": "\u00a0%"}[language] if row.get("measure_kind") == "share" else text


def differs(text: str, part: str, row: dict[str, Any], language: str) -> str | None:
    """What should have been there, or None when the text is as published."""
    text = re.sub(r"[ \n\t]+", " ", text).strip(" \n\t")
    if part == "value":
        wanted = value_text(row, language)
        return None if text == wanted else wanted
    if part == "named":
        wanted = f" · {value_text(row, language)}"
        return None if text.endswith(wanted) else wanted
    if part == "mark":
        wanted = HIDDEN if row["suppression"] == "hidden" else "–"
        return None if text == wanted else wanted
    if part == "findings":
        shown = [written(row["findings"], 1, language)] if row["findings"] else []
        wanted = " + ".join([*shown, *([HIDDEN] if row["hidden"] else [])])
        return None if text == wanted else wanted
    whole: list[tuple[Any, int]]
    if part in ("band", "bounds"):
        low, high = ("value_low", "value_high") if part == "band" else ("bound_low", "bound_high")
        has_range = is_shown(row) and row[low] is not None and row[low] < row[high]
        decimals = 1 if part == "band" else row["decimals"]
        whole = [(row[low], decimals), (row[high], decimals)] if has_range else []
    elif part == "coverage":
        due = row["submissions_expected"]
        whole = [(row["submissions_received"], 1), (due, 1)]
    elif part == "on_time":
        whole = [(row["on_time"], 1), (row["judged"], 1)]
    elif part == "told":
        whole = [(row["value"], 1)] if is_shown(row) and row["value"] else []
    elif part in ("numerator", "denominator"):
        whole = [(row[part], 1)] if is_shown(row) and row[part] is not None else []
    else:
        whole = [(row[part], 1)]
    wanted_numbers = [written(value, decimals, language) for value, decimals in whole]
    return None if numbers_in(text, language) == wanted_numbers else " ".join(wanted_numbers) or "nothing"


def template_of(address: str) -> str:
    """The template of a page: its place, without what is only the name of one indicator, partner, year or practice."""
    parts = address.split("/")[1:-1]
    return "/".join([*parts[:1], *("*" for _ in parts[1:])])


def test_the_comparison_finds_a_wrong_figure() -> None:
    share = {"value": 45.0, "suppression": "shown", "measure_kind": "share", "decimals": 0}
    assert differs("45%", "value", share, "en") is None
    assert differs("45\u00a0%", "value", share, "fr") is None
    assert differs("46%", "value", share, "en") == "45%"
    assert differs("45%", "value", {**share, "suppression": "hidden"}, "en") == HIDDEN
    assert differs("0%", "value", {**share, "value": None, "missing_reason": "not_received"}, "en") == "Not received"
    counts = {"submissions_received": 1, "submissions_expected": 2}
    assert differs("1 of 3 submissions received", "coverage", counts, "en") == "1 2"


def test_every_figure_is_the_published_one(pages: dict[str, PageReader], cells: dict[str, dict[str, Any]]) -> None:
    compared: Counter[tuple[str, str]] = Counter()
    wrong = []
    for address, page in pages.items():
        language = "fr" if address.startswith("fr/") else "en"
        for figure in page.figures:
            key, part = str(figure.cell), str(figure.attributes["data-part"])
            row = cells.get(key)
            if key.startswith("submissions|") and row is None:
                row = {"submissions_received": None}
                expected = None if not figure.text.strip() else "nothing: nothing was expected"
            else:
                expected = "a published cell" if row is None else differs(figure.text, part, row, language)
            if expected is not None:
                wrong.append(f"{address} {key} {part}: {figure.text!r} instead of {expected!r}")
            compared[language, template_of(address)] += 1
    assert not wrong, "\n".join([f"{len(wrong)} of {compared.total()}", *wrong[:30]])
    assert compared.total() > 50_000
    templates = {template_of(address) for address in pages if address != "./"}
    without = {"practice", "years", "definitions", "changes", "releases", "receipts", "downloads"}
    for language in LANGUAGES:
        assert {template for of, template in compared if of == language} >= templates - without


def test_nothing_looks_like_a_figure_without_being_one(pages: dict[str, PageReader]) -> None:
    loose = {address: page.loose[:5] for address, page in pages.items() if page.loose}
    assert not loose


def test_every_figure_has_its_receipt_beside_it(pages: dict[str, PageReader]) -> None:
    lost = []
    for address, page in pages.items():
        for figure in page.figures:
            key = str(figure.cell)
            indicator, is_cell = key.split("|")[0], key.count("|") == 7
            near = set()
            for above in figure.up():
                near |= above.receipts
                if (near and not is_cell) or any(f"/receipts/{indicator}/" in receipt for receipt in near):
                    break
                if above.name in CONTAINERS and above.name not in ("table", "dl"):
                    lost.append(f"{address} {key}")
                    break
    assert not lost, "\n".join([str(len(lost)), *lost[:20]])


def test_every_link_leads_somewhere(pages: dict[str, PageReader], built_site: Path) -> None:
    broken, receipts = [], 0
    for address, page in pages.items():
        for path, anchor in page.links:
            target = pages.get(normpath(path) + "/")
            if target is None and not (built_site / path).exists():
                broken.append(f"{address}: {path}")
            elif target is not None and anchor and anchor not in target.ids:
                broken.append(f"{address}: {path}#{anchor}")
            receipts += "/receipts/" in path
    assert not broken, "\n".join([str(len(broken)), *broken[:20]])
    assert receipts > 5_000


def test_every_page_is_reached_by_its_links(pages: dict[str, PageReader]) -> None:
    seen, ahead = {"./"}, ["./"]
    while ahead:
        for path, _ in pages[ahead.pop()].links:
            address = normpath(path) + "/"
            if address in pages and address not in seen:
                seen.add(address)
                ahead.append(address)
    assert seen == set(pages)


def test_the_languages_have_the_same_pages_with_the_same_figures(pages: dict[str, PageReader]) -> None:
    def marks(language: str) -> dict[str, Counter[tuple[str | None, str | None]]]:
        return {
            address[3:]: Counter((one.cell, one.attributes["data-part"]) for one in page.figures)
            for address, page in pages.items()
            if address.startswith(f"{language}/")
        }

    assert marks("en") == marks("fr")


def test_a_receipt_says_what_its_figure_was_made_of(pages: dict[str, PageReader], published: Path) -> None:
    receipts = duckdb.sql(
        f"""
        select indicator_id, receipt_id from '{published}/receipts.parquet'
        where interval_end <= (select as_of from '{published}/publication.parquet')
        """
    ).fetchall()
    assert len(receipts) > 1_000
    for language in LANGUAGES:
        missing = [
            receipt for indicator, receipt in receipts if receipt not in pages[f"{language}/receipts/{indicator}/"].ids
        ]
        assert not missing
