"""The demonstration's data beside persons: who sends what, how much of it, and what the document says of it."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from dagster_project.contracts import Expectations, load_expectations
from dagster_project.demonstration.backbone import BackboneBook, build_backbone_book
from dagster_project.demonstration.backbone.governance import CITED_THAT_IS_NONE
from dagster_project.demonstration.backbone.networks import QUESTIONS
from dagster_project.demonstration.backbone.register import REGISTER
from dagster_project.demonstration.bookkeeping import build_books
from dagster_project.demonstration.books import Book
from dagster_project.demonstration.ledgers.voices import QUESTIONS as FAMILY_QUESTIONS
from dagster_project.demonstration.partners import PARTNERS
from dagster_project.demonstration.writing import DEFAULT_SEED

PROJECT = Path(__file__).resolve().parents[2]
RAW = PROJECT / "data" / "raw"
DOCUMENT = PROJECT / "docs" / "demonstration.md"
ABOUT_PERSONS = {"persons", "enrolments", "contacts", "referrals", "outcomes"}
# How many entries an agency's ledger holds of a dataset, and the backbone's book.
LEDGER_COUNTS: dict[str, Callable[[Book], int]] = {
    "staffing": lambda book: len(book.ledger.staff),
    "vacancies": lambda book: len(book.ledger.vacancies),
    "service_places": lambda book: len(book.ledger.places),
    "consents": lambda book: len(book.ledger.answers),
    "benefits": lambda book: len(book.ledger.benefits),
    "follow_ups": lambda book: len(book.ledger.follow_ups),
    "action_plans": lambda book: len(book.ledger.plans),
    "family_voice": lambda book: len(book.ledger.voices) * len(FAMILY_QUESTIONS),
    "support_groups": lambda book: len(book.ledger.groups),
    "group_sessions": lambda book: len(book.ledger.sessions),
}
BACKBONE_COUNTS: dict[str, Callable[[BackboneBook], int]] = {
    "partners": lambda book: len(REGISTER),
    "meetings": lambda book: sum(len(meeting.present) for meeting in book.governance.meetings),
    "decisions": lambda book: len(book.governance.decisions),
    "backbone_activities": lambda book: len(book.governance.activities),
    "funding": lambda book: len(book.governance.funding),
    "populations": lambda book: len(book.community.populations),
    "community_conditions": lambda book: len(book.community.conditions),
    "community_resources": lambda book: len(book.community.resources),
    "partner_agreements": lambda book: len(book.partnership.agreements),
    "partnership_ratings": lambda book: len(book.partnership.ratings),
    "network_members": lambda book: len(book.networks.members),
    "network_survey": lambda book: len(book.networks.sheets) * len(QUESTIONS),
    "network_passages": lambda book: len(book.networks.passages),
    "table_sessions": lambda book: sum(len(session.present) for session in book.table.sessions),
    "situations": lambda book: len(book.table.situations),
    "situation_agencies": lambda book: sum(len(who) for one in book.table.situations for _, who in one.interventions),
    "situation_factors": lambda book: sum(len(one.factors) for one in book.table.situations),
    "situation_services": lambda book: sum(len(one.services) for one in book.table.situations),
    "systemic_gaps": lambda book: len(book.table.gaps),
}


@pytest.fixture(scope="module")
def expectations() -> Expectations:
    return load_expectations(PROJECT / "expectations")


@pytest.fixture(scope="module")
def books() -> dict[str, Book]:
    return build_books(1, DEFAULT_SEED)


@pytest.fixture(scope="module")
def backbone() -> BackboneBook:
    return build_backbone_book(1, DEFAULT_SEED)


def senders(expectations: Expectations, dataset: str) -> list[str]:
    return sorted(name for name, agreement in expectations.agreements.items() if dataset in agreement.datasets)


def test_every_dataset_is_sent_by_two_agencies_or_by_the_backbone(expectations: Expectations) -> None:
    assert set(expectations.contracts) == ABOUT_PERSONS | set(LEDGER_COUNTS) | set(BACKBONE_COUNTS)
    for dataset in LEDGER_COUNTS:
        assert len(senders(expectations, dataset)) > 1, dataset
    for dataset in BACKBONE_COUNTS:
        assert senders(expectations, dataset) == ["backbone"], dataset


def test_an_agency_keeps_what_its_agreement_says(expectations: Expectations) -> None:
    with_posts = {"staffing": "vacancies", "support_groups": "group_sessions"}
    for agency_id, partner in PARTNERS.items():
        kept = {*partner.keeps, *(with_posts[what] for what in partner.keeps if what in with_posts)}
        assert kept == set(expectations.agreements[agency_id].datasets) - ABOUT_PERSONS, agency_id


def test_the_document_states_who_sends_what_and_how_much(
    expectations: Expectations, books: dict[str, Book], backbone: BackboneBook
) -> None:
    expected = {
        dataset: (senders(expectations, dataset), sum(count(book) for book in books.values()))
        for dataset, count in LEDGER_COUNTS.items()
    }
    expected |= {dataset: (["backbone"], count(backbone)) for dataset, count in BACKBONE_COUNTS.items()}
    text = DOCUMENT.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z_]+)` \| ((?:`[a-z_]+`(?:, )?)+) \| (\d+) \|$", text, re.MULTILINE)
    stated = {name: (sorted(re.findall("[a-z_]+", who)), int(count)) for name, who, count in rows}
    assert stated == expected


def test_no_sheet_is_ever_empty(expectations: Expectations) -> None:
    for agency_id, agreement in expectations.agreements.items():
        for kind in agreement.files:
            for path in sorted((RAW / agency_id).glob("*")):
                is_cut = path.name == "post_adoption_2026-01.xlsx"
                if kind.kind == "workbook" and kind.period_start(path.name) and not is_cut:
                    workbook = CalamineWorkbook.from_path(path)
                    for extract in kind.extracts:
                        assert extract.sheet is not None
                        lines = workbook.get_sheet_by_name(extract.sheet).to_python(skip_empty_area=False)
                        least = kind.header_row + bool(kind.totals_label)
                        assert len(lines) > least, (path.name, extract.sheet)


def test_decisions_cite_indicators_that_exist_but_for_one(backbone: BackboneBook) -> None:
    with (PROJECT / "dbt" / "seeds" / "indicators.csv").open(encoding="utf-8", newline="") as opened:
        known = {row["indicator_id"] for row in csv.DictReader(opened)}
    cited = [indicator for decision in backbone.governance.decisions for indicator in decision.cited]
    assert CITED_THAT_IS_NONE not in known
    assert cited.count(CITED_THAT_IS_NONE) == 1
    steering = [decision for decision in backbone.governance.decisions if decision.body == "steering"]
    assert 0.3 < sum(bool(decision.cited) for decision in steering) / len(steering) < 0.7


def test_partners_are_the_agencies_and_others() -> None:
    partners = {one.partner_id for one in REGISTER}
    assert len(partners) == len(REGISTER) == 32
    assert set(PARTNERS) < partners
    assert sum("C" in one.traits for one in REGISTER) == 18
    assert sum("I" in one.traits for one in REGISTER) == 6
    assert {one.approver for one in REGISTER if "I" in one.traits} == {"indigenous_governance"}


def test_the_table_sees_every_kind_of_case(backbone: BackboneBook) -> None:
    situations = backbone.table.situations
    assert {one.threshold for one in situations} == {"met", "not_met", "pending"}
    assert all(not one.zone_id and not one.factors for one in situations if one.threshold != "met")
    met = [one for one in situations if one.threshold == "met"]
    assert {True, False} == {one.first_intervention is None for one in met} == {one.closed is None for one in met}
    moments = [(one.accepted, one.first_intervention) for one in met if one.accepted and one.first_intervention]
    hours = [(first - accepted) / timedelta(hours=1) for accepted, first in moments if isinstance(first, datetime)]
    assert len(hours) < len(moments)
    assert 48 in hours
    assert 0.6 < sum(hour <= 48 for hour in hours) / len(met) < 0.8


def test_a_network_of_the_first_wave_answers_with_fewer_than_five(backbone: BackboneBook) -> None:
    sheets = Counter((one.network, one.wave) for one in backbone.networks.sheets)
    assert [place for place, count in sheets.items() if count < 5] == [("lac_au_huard", "wave_1")]
    assert max(sheets.values()) <= 40


def test_pairs_that_send_referrals_exchange_some_and_rate_themselves_otherwise(
    books: dict[str, Book], backbone: BackboneBook
) -> None:
    exchanged = {
        frozenset((agency_id, entry.other_agency))
        for agency_id, book in books.items()
        for entry in book.referrals
        if entry.direction == "sent"
    }
    sending = [agency_id for agency_id, partner in PARTNERS.items() if partner.sends_referrals]
    assert all(frozenset((one, other)) in exchanged for one in sending for other in sending if one != other)
    rated = {frozenset((one.rater, one.rated)) for one in backbone.partnership.ratings}
    both = {(one.rater, one.rated) for one in backbone.partnership.ratings}
    assert any((one, other) in both and (other, one) not in both for one, other in both)
    assert frozenset(("school_board", "health_centre")) in rated


def test_calls_are_mostly_answered_within_a_day_and_visits_made_within_two(books: dict[str, Book]) -> None:
    calls, visits = [], []
    for contact in [*books["post_adoption"].contacts, *books["child_protection"].contacts]:
        timing = contact.timing
        if not isinstance(timing.requested, datetime):
            continue
        if timing.response_needed in ("answered_live", "call_back"):
            response = timing.first_response
            calls.append(response is not None and response - timing.requested <= timedelta(hours=24))
        elif contact.kind == "home_visit" and timing.put_off_by != "family":
            visits.append(timing.done is not None and timing.done - timing.requested <= timedelta(hours=48))
    assert 0.75 < sum(calls) / len(calls) < 0.88
    assert 0.65 < sum(visits) / len(visits) < 0.8


def test_stories_are_told_again_or_shared(books: dict[str, Book]) -> None:
    entries: dict[int, list[tuple[datetime, str, str]]] = {}
    for agency_id, book in books.items():
        for one in book.enrolments:
            day = datetime.combine(one.entry, datetime.min.time())
            entries.setdefault(one.record.family.number, []).append((day, agency_id, one.intake_kind))
    pairs = Counter(
        (kind, other_kind)
        for found in entries.values()
        for day, agency_id, kind in set(found)
        for other_day, other_agency, other_kind in set(found)
        if agency_id != other_agency and timedelta() <= other_day - day <= timedelta(days=90)
    )
    assert pairs["full", "full"] >= 10
    assert pairs["full", "shared"] >= 10
