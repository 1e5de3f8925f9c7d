"""Referrals between agencies: the sender's row, often the receiver's, and what came of them.

Belongs here: who refers whom to whom, when, and which side knows the outcome.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from dagster_project.demonstration.months import FIRST_DAY, LAST_DAY, working_day
from dagster_project.demonstration.partners import PARTNERS
from dagster_project.demonstration.stays import Stay

OUTSIDE = "outside"
SHARE_OF_LATER_STAYS_REFERRED = 0.78
OTHER_REFERRALS = {0: 56, 1: 34, 2: 10}
SHARE_NOTED_BY_RECEIVER = 0.88
SHARE_WITH_KEY = 0.55
SHARE_SENDER_HEARS, SHARE_SENDER_HEARS_ALONE = 0.5, 0.7
OTHER_OUTCOMES = {
    "family_declined": 22, "provider_refused": 12, "not_eligible": 13, "not_reached": 15, "waiting": 18, "": 10,
}  # fmt: skip
OUTSIDE_OUTCOMES = {"service_started": 38, "family_declined": 14, "not_reached": 8, "waiting": 10, "": 20}
RECEIVERS = {
    "school_board": 10, "child_protection": 12, "health_centre": 30, "post_adoption": 5, "housing_agency": 12,
    "family_centre": 14, "police_victim_support": 4, OUTSIDE: 13,
}  # fmt: skip


@dataclass
class Referral:
    """One referral as it really went."""

    stay: Stay
    receiver: str
    made: date
    outcome: str
    outcome_date: date | None
    key: str
    receiver_stay: Stay | None
    sender_hears: bool
    receiver_notes: bool
    receiver_delay: int


def plan_referrals(random: Random, stays: list[Stay]) -> list[Referral]:
    """All referrals of a family: those that led to a later stay, and others."""
    referrals: list[Referral] = []
    for stay in stays:
        if PARTNERS[stay.agency_id].sends_referrals:
            later = [other for other in stays if other.agency_id != stay.agency_id and other.entry > stay.entry]
            referrals.extend(referrals_that_led_on(random, stay, later))
            referrals.extend(other_referrals(random, stay, {other.agency_id for other in stays}))
    return referrals


def referrals_that_led_on(random: Random, stay: Stay, later: list[Stay]) -> list[Referral]:
    """Referrals whose receiver took the family in some days or weeks later."""
    found: list[Referral] = []
    for other in later:
        made = working_day(other.entry - timedelta(days=int(random.gammavariate(1.6, 16)) + 1))
        is_open = max(stay.entry, FIRST_DAY) <= made <= stay.last_day()
        if is_open and random.random() < SHARE_OF_LATER_STAYS_REFERRED:
            found.append(new_referral(random, stay, other.agency_id, made, "service_started", other.entry, other))
    return found


def other_referrals(random: Random, stay: Stay, known_to: set[str]) -> list[Referral]:
    """Referrals that did not lead to a partner's service, or went outside the initiative."""
    found: list[Referral] = []
    count = random.choices(list(OTHER_REFERRALS), list(OTHER_REFERRALS.values()))[0]
    start = max(stay.entry, FIRST_DAY)
    for _ in range(count):
        receiver = random.choices(list(RECEIVERS), list(RECEIVERS.values()))[0]
        if receiver in known_to:
            continue
        made = working_day(start + timedelta(days=random.randint(0, (stay.last_day() - start).days)))
        outcomes = OUTSIDE_OUTCOMES if receiver == OUTSIDE else OTHER_OUTCOMES
        outcome = random.choices(list(outcomes), list(outcomes.values()))[0]
        outcome_date = None
        if outcome not in ("", "waiting"):
            outcome_date = working_day(made + timedelta(days=3 + int(random.gammavariate(1.7, 14))))
        found.append(new_referral(random, stay, receiver, max(made, start), outcome, outcome_date, None))
    return found


def new_referral(
    random: Random,
    stay: Stay,
    receiver: str,
    made: date,
    outcome: str,
    outcome_date: date | None,
    receiver_stay: Stay | None,
) -> Referral:
    """One referral; an outcome after the last day is not known yet, and none precedes the referral."""
    if outcome_date is not None:
        outcome_date = max(outcome_date, made)
        if outcome_date > LAST_DAY:
            outcome, outcome_date = "waiting", None
    notes = receiver != OUTSIDE and PARTNERS[receiver].notes_received
    if notes and receiver_stay is None:
        notes = PARTNERS[receiver].registers_referred
    receiver_notes = notes and random.random() < SHARE_NOTED_BY_RECEIVER
    key = ""
    if receiver_notes and random.random() < SHARE_WITH_KEY:
        key = f"BF-{made:%y%m}-{stay.family.number:05d}{random.randint(0, 9)}"
    sender_hears = random.random() < (SHARE_SENDER_HEARS if receiver_notes else SHARE_SENDER_HEARS_ALONE)
    delay = random.choices([0, 1, 2], [80, 13, 7])[0]
    if made + timedelta(days=delay) > (outcome_date or LAST_DAY):
        delay = 0
    return Referral(
        stay, receiver, made, outcome, outcome_date, key, receiver_stay, sender_hears, receiver_notes, delay
    )
