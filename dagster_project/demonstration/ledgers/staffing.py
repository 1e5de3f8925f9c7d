"""Staff month by month: who leaves, which posts stand vacant and for how long.

Belongs here: heads, full-time equivalents, departures and vacancies of each programme.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from dagster_project.demonstration.ledgers.shapes import StaffMonth, Vacancy
from dagster_project.demonstration.months import LAST_DAY, all_months, month_end, month_of
from dagster_project.demonstration.partners import PARTNERS, Post
from dagster_project.demonstration.streams import stream

SHARE_NOT_COUNTED = 0.04


def keep_staff(agency_id: str, scale: int, seed: int) -> tuple[list[StaffMonth], list[Vacancy]]:
    """Staff of each month and the vacancies behind it."""
    months: list[StaffMonth] = []
    vacant: list[tuple[str, date, date | None]] = []
    partner = PARTNERS[agency_id]
    for program_id, post in partner.posts.items():
        random = stream(seed, "staffing", agency_id, program_id)
        left = departures(random, post, scale, partner.closed_month)
        # A vacancy of the year before, so that the first list is not empty.
        opened = [date(2024, 10, 1) + timedelta(days=random.randint(0, 80)), *left]
        posts = [(program_id, day, filled_after(random, day)) for day in opened]
        vacant += posts
        for month in all_months():
            if month != partner.closed_month:
                months.append(staff_month(random, post, scale, month, posts, left))
    vacancies = [Vacancy(number, *entry) for number, entry in enumerate(sorted(vacant, key=lambda v: v[1]), start=1)]
    return months, vacancies


def departures(random: Random, post: Post, scale: int, closed_month: date | None) -> list[date]:
    """The days on which somebody leaves; nobody leaves an agency in the month in which it is closed."""
    days = []
    for month in all_months():
        for _ in range(post.heads * scale):
            if random.random() < post.turnover / 12 and month != closed_month:
                days.append(month + timedelta(days=random.randint(0, 27)))
    return days


def filled_after(random: Random, opened: date) -> date | None:
    """The day on which the post is filled, if that has come."""
    filled = opened + timedelta(days=10 + int(random.gammavariate(2.2, 25)))
    return filled if filled <= LAST_DAY else None


def staff_month(
    random: Random, post: Post, scale: int, month: date, posts: list[tuple[str, date, date | None]], left: list[date]
) -> StaffMonth:
    """A programme at the end of a month: its posts less the vacant ones."""
    end = month_end(month)
    vacant = [entry for entry in posts if entry[1] <= end and (entry[2] is None or entry[2] > end)]
    heads = post.heads * scale - len(vacant)
    departed = sum(month_of(day) == month for day in left)
    fte = round(heads * post.fte_a_head, 1)
    is_counted = random.random() > SHARE_NOT_COUNTED
    return StaffMonth(
        posts[0][0], month, fte, round(fte * post.share_with_cases, 1), heads, departed if is_counted else None,
        len(vacant),
    )  # fmt: skip
