"""When families asked, when they got an answer, and when a visit was planned and done.

Belongs here: the times of contacts at the agencies that note them, calls on the single line, and which referral came of
which call. Days of contacts stay as they are: times are put around them. Draws from streams of its own.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random

from dagster_project.demonstration.books import Book, Contact, ReferralEntry, Timing
from dagster_project.demonstration.streams import stream

LINE_AGENCY = "post_adoption"
NOTE_REQUESTS = (LINE_AGENCY, "child_protection")
NOTE_PLANS = (*NOTE_REQUESTS, "health_centre")
PLANNED_KINDS = ("home_visit", "meeting", "group")
SHARE_ON_THE_LINE, DAYS_FROM_CALL_TO_REFERRAL = 0.5, 30
RESPONSES = {"answered_live": 52, "call_back": 33, "no_number": 8, "not_needed": 5, "not_collected": 2}
SHARE_CALLED_BACK_SOON, SHARE_VISITED_SOON = 0.74, 0.8
SHARE_WITHOUT_TIME, SHARE_REQUEST_NOTED = 0.04, 0.9
COSTS = {0: 88, 10: 3, 25: 2, 60: 1, None: 6}


def note_times(book: Book, seed: int) -> None:
    """Write the times into the contacts of an agency that notes them."""
    if book.agency_id == LINE_AGENCY:
        mark_line_calls(book, seed)
    if book.agency_id in NOTE_PLANS:
        for contact in book.contacts:
            random = stream(seed, "timing", book.agency_id, contact.number)
            contact.timing = time_contact(random, book.agency_id, contact)


def mark_line_calls(book: Book, seed: int) -> None:
    """Which calls came in on the single line: half of them, and those of which a referral came."""
    for referral in book.referrals:
        calls = calls_before(book, referral) if referral.direction == "sent" else []
        if calls:
            referral.contact = calls[-1]
            calls[-1].kind = "line_call"
    for contact in book.contacts:
        chance = stream(seed, "line_call", contact.number).random()
        if contact.kind == "call" and chance < SHARE_ON_THE_LINE:
            contact.kind = "line_call"


def calls_before(book: Book, referral: ReferralEntry) -> list[Contact]:
    """Calls with the same family on the day of the referral or in the weeks before."""
    first = referral.made - timedelta(days=DAYS_FROM_CALL_TO_REFERRAL)
    return [
        contact
        for contact in book.contacts
        if contact.record.family is referral.record.family
        and contact.kind in ("call", "line_call")
        and contact.status == "delivered"
        and first <= contact.day <= referral.made
    ]


def time_contact(random: Random, agency_id: str, contact: Contact) -> Timing:
    """The times of one contact, as far as its agency and its kind have any."""
    moment = datetime.combine(contact.day, time(8, 30)) + timedelta(minutes=5 * random.randint(0, 96))
    cost = random.choices(list(COSTS), list(COSTS.values()))[0] if agency_id == LINE_AGENCY else None
    if contact.kind == "line_call":
        return replace(time_call(random, contact, moment), cost=cost)
    if contact.kind not in PLANNED_KINDS:
        return Timing(cost=cost)
    done = moment if contact.status == "delivered" else None
    planned = Timing(scheduled=moment, done=done if agency_id in NOTE_REQUESTS else None, cost=cost)
    is_requested = contact.kind == "home_visit" and agency_id in NOTE_REQUESTS
    return request_visit(random, contact, planned) if is_requested else planned


def time_call(random: Random, contact: Contact, moment: datetime) -> Timing:
    """A call on the line: answered live, or called back on the day of the contact."""
    needed = random.choices(list(RESPONSES), list(RESPONSES.values()))[0]
    if needed in ("no_number", "not_needed", "not_collected"):
        return Timing(requested=moment, response_needed=needed)
    if needed == "answered_live":
        return Timing(requested=day_or_moment(random, moment), response_needed=needed, first_response=moment)
    soon = random.random() < SHARE_CALLED_BACK_SOON
    minutes = random.randint(5, 24 * 12) * 5 if soon else random.randint(25 * 12, 80 * 12) * 5
    requested = moment - timedelta(minutes=minutes)
    # Families who were not reached in the end were mostly not reached at all.
    is_reached = contact.status == "delivered" or random.random() < 0.3
    return Timing(day_or_moment(random, requested), needed, moment if is_reached else None)


def day_or_moment(random: Random, moment: datetime) -> date:
    """Now and then only the day is noted."""
    return moment.date() if random.random() < SHARE_WITHOUT_TIME else moment


def request_visit(random: Random, contact: Contact, planned: Timing) -> Timing:
    """A home visit and its request: mostly within two days, longer where the family wished it."""
    assert planned.scheduled is not None
    by_family = contact.status == "cancelled_by_family" or random.random() < 0.1
    put_off_by = "family" if by_family else random.choices(["nobody", "agency", "not_collected", ""], [78, 12, 5, 5])[0]
    soon = random.random() < SHARE_VISITED_SOON and not by_family
    hours = random.randint(3, 48) if soon else random.randint(50, 240)
    requested = planned.scheduled - timedelta(hours=hours)
    if random.random() > SHARE_REQUEST_NOTED:
        return replace(planned, put_off_by=put_off_by)
    return replace(planned, requested=day_or_moment(random, requested), put_off_by=put_off_by)
