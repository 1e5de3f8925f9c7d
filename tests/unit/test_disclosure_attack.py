"""What is hidden cannot be computed: not from totals, other tables, rates, bands, other years or earlier releases."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from dagster_project.disclosure.attack import PUBLIC, attack, known_to, most_possible, targets_of
from dagster_project.disclosure.complementary import hide_more
from dagster_project.disclosure.linked_system import LinkedSystem, link
from dagster_project.disclosure.protection import find_hiding
from dagster_project.disclosure.rules import PublicationError
from tests.unit.counted import count, counts, grid

QUARTER = {"interval_kind": "quarter", "interval_start": "2026-01-01", "interval_end": "2026-03-31"}


def month(number: int) -> dict[str, str]:
    year, index = 2025 + (number - 1) // 12, (number - 1) % 12 + 1
    last = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][index - 1]
    day = f"{year}-{index:02}"
    return {"interval_kind": "month", "interval_start": f"{day}-01", "interval_end": f"{day}-{last}"}


def open_before_and_after(
    rows: list[dict[str, Any]], earlier: list[list[dict[str, Any]]] | None = None, attacker: str = PUBLIC
) -> tuple[int, int]:
    """How many hidden counts can be told when only small ones are hidden, and when more are."""
    system = link(counts(*rows), [counts(*release) for release in earlier or []])
    agencies = sorted(system.known_by)
    before = attack(system, system.unit_shown, attacker)
    after = attack(system, hide_more(system, agencies), attacker)
    return len(before.open_counts), len(after.open_counts)


def exact_width(system: LinkedSystem, shown: np.ndarray[Any, Any], attacker: str, target: int) -> float:
    """How far apart a hidden count's least and greatest values are, by another way to the solver than the attack's."""
    known = known_to(system, shown, attacker)
    bounds = [
        (value, value) if is_known else (low, high if np.isfinite(high) else None)
        for value, is_known, low, high in zip(
            system.value, known, system.low, most_possible(system, attacker), strict=True
        )
    ]
    objective = np.zeros(len(system.value))
    ends = []
    for sign in (1, -1):
        objective[target] = sign
        found = linprog(
            objective, A_eq=system.equal if system.equal.shape[0] else None,
            b_eq=np.zeros(system.equal.shape[0]) if system.equal.shape[0] else None,
            A_ub=-system.at_least if system.at_least.shape[0] else None,
            b_ub=np.zeros(system.at_least.shape[0]) if system.at_least.shape[0] else None, bounds=bounds,
        )  # fmt: skip
        ends.append(np.inf if found.status == 3 else sign * found.fun)
    return float(abs(ends[1] - ends[0]))


def test_a_lone_hidden_part_is_the_total_less_the_others() -> None:
    zones = [count(value, zone_id=f"zone{n}") for n, value in enumerate((40, 50, 3))]
    assert open_before_and_after([*zones, count(93)]) == (1, 0)


def test_two_holes_in_each_row_are_not_enough() -> None:
    """Each zone hides two needs, and the totals give them back all the same."""
    rows = grid([[3, 4, 40, 40], [40, 5, 6, 40], [40, 40, 40, 40]])
    assert open_before_and_after(rows)[0] == 4
    assert open_before_and_after(rows)[1] == 0


def test_what_no_zone_has_is_a_group_like_any_other() -> None:
    """Of 96 families 93 live in a zone: the other three are told though no cell holds them."""
    zones = [count(value, zone_id=f"zone{n}") for n, value in enumerate((40, 53))]
    assert open_before_and_after([*zones, count(96)]) == (1, 0)


def test_what_two_agencies_have_in_common_is_told_by_their_sum() -> None:
    agencies = [count(60, agency_id="clinic"), count(45, agency_id="school")]
    assert open_before_and_after([*agencies, count(100)]) == (1, 0)
    assert open_before_and_after([*agencies, count(80)]) == (0, 0)


def test_a_share_tells_a_count_by_its_denominator() -> None:
    """The count is hidden to protect another; the share next to it is of the same families."""
    rows = []
    for zone, families, visited in (("a", 40, 20), ("b", 50, 25), ("c", 6, None), ("", 96, 48)):
        rows.append(count(families, zone_id=zone))
        if visited is not None:
            parts = {"numerator": visited, "denominator": families, "rest": families - visited}
            rows += [count(value, f"visited:{part}", zone_id=zone) for part, value in parts.items()]
    system = link(counts(*rows))
    shown = hide_more(system, [])
    assert not len(attack(system, shown).open_counts)
    hidden = {system.units[n].split("|")[0] for n in np.flatnonzero(system.unit_shown & ~shown)}
    assert hidden == {"families", "visited"}


@pytest.mark.parametrize("series", ["days_median:denominator", "visited:numerator"])
def test_hidden_means_medians_and_rates_are_protected_by_whom_they_are_of(series: str) -> None:
    agencies = [count(value, series, agency_id=name) for name, value in (("clinic", 30), ("school", 9), ("lodge", 60))]
    assert open_before_and_after([*agencies, count(99, series)]) == (1, 0)


def test_bands_of_others_tell_of_a_hidden_cell() -> None:
    """The count of the hidden zone lies between what the strict and the lenient totals leave for it."""
    rows = []
    for zone, low, value, high in (("a", 40, 42, 43), ("b", 50, 55, 56), ("c", 30, 34, 35), ("d", 6, 6, 7)):
        is_small = value <= 10
        rows.append(count(value, zone_id=zone, is_shown=not is_small and zone != "c"))
        ends = {"low": low, "high": high}
        no_group = {"hidden_from": 1, "hidden_to": 0, "unit": f"band {zone}", "is_shown": not is_small}
        rows += [count(end, f"families:{name}", zone_id=zone, **no_group) for name, end in ends.items()]
    rows.append(count(137))
    shown_band = {"hidden_from": 1, "hidden_to": 0, "unit": "band", "is_shown": True}
    rows += [count(126, "families:low", **shown_band), count(141, "families:high", **shown_band)]
    assert open_before_and_after(rows) == (1, 0)


def test_bounds_tell_the_most_that_a_missing_partner_can_have() -> None:
    """With the worst case of a month without the clinic, no month of the clinic can hold more."""
    clinic = [count(value, agency_id="clinic", **month(n)) for n, value in ((1, 8), (2, 9))]
    school = [count(30, agency_id="school", **month(n)) for n in (1, 2, 3)]
    totals = [count(38, **month(1)), count(39, **month(2)), count(30, **month(3))]
    bound = count(10, "families:missing", agency_id="clinic", hidden_from=1, hidden_to=0, is_shown=True, **month(3))
    assert open_before_and_after([*clinic, *school, *totals, bound])[1] == 0


def test_overlapping_years_tell_the_quarter_between_them() -> None:
    """A calendar year and a fiscal year share nine months; the months at their ends are all that differ."""
    months = [count(value, **month(n)) for n, value in enumerate((20, 3, 20, *([20] * 12)), 1)]
    years = [
        {"interval_kind": "calendar_year", "interval_start": "2025-01-01", "interval_end": "2025-12-31"},
        {"interval_kind": "fiscal_year", "interval_start": "2025-04-01", "interval_end": "2026-03-31"},
    ]
    totals = [count(223, **years[0]), count(240, **years[1])]
    assert open_before_and_after([*months, *totals]) == (1, 0)


def test_an_earlier_release_and_a_new_one_tell_together_what_neither_tells_alone() -> None:
    """In the first only the zones were shown; in the second the total is, and the hidden zone is still the same."""
    zones = [count(value, zone_id=f"zone{n}") for n, value in enumerate((40, 50, 3))]
    assert open_before_and_after(zones) == (0, 0)
    system = link(counts(*zones, count(93)), [counts(*zones)])
    shown = hide_more(system, [])
    assert not len(attack(system, shown).open_counts)
    assert [system.units[n].split("|")[6] for n in np.flatnonzero(system.unit_shown & ~shown)] == [""], (
        "the zones are told already: only the new total can be hidden"
    )


def test_what_two_releases_told_cannot_be_taken_back() -> None:
    zones = [count(value, zone_id=f"zone{n}") for n, value in enumerate((40, 50, 3))]
    with pytest.raises(PublicationError, match="families"):
        find_hiding(counts(*zones), [counts(*zones), counts(count(93))])


def in_each_month(series: str, values: tuple[float, ...], **place: Any) -> list[dict[str, Any]]:
    return [count(value, series, **place, **month(number)) for number, value in enumerate(values, 1)]


def test_those_who_stay_and_leave_tell_each_other() -> None:
    """In three months all are shown, so anybody sees that the two add up; the fourth month's leavers are few."""
    rows = [
        *in_each_month("active:numerator", (71, 93, 98, 52)),
        *in_each_month("stayers:numerator", (40, 50, 61, 47)),
        *in_each_month("leavers:numerator", (31, 43, 37, 5)),
    ]
    assert open_before_and_after(rows) == (1, 0)


def test_those_who_leave_are_told_where_they_are_few_everywhere() -> None:
    stayed, left = [30 + 3 * n for n in range(14)], [1 + n % 7 for n in range(14)]
    rows = [
        *in_each_month("active:numerator", tuple(a + b for a, b in zip(stayed, left, strict=True))),
        *in_each_month("stayers:numerator", tuple(stayed)),
        *in_each_month("leavers:numerator", tuple(left)),
    ]
    assert open_before_and_after(rows) == (14, 0)


def test_a_denominator_that_is_another_counts_breakdown_tells_it() -> None:
    """A share is of those who may be matched, who are a breakdown of all: where it is shown, so is who may not."""
    breakdown = {"breakdown_kind": "linkability"}
    rows = [
        *in_each_month("families:numerator", (61, 73, 88, 52)),
        *in_each_month("families:numerator", (40, 50, 61, 47), **breakdown, breakdown_code="linkable"),
        *in_each_month("families:numerator", (21, 23, 27, 5), **breakdown, breakdown_code="not_linkable"),
    ]
    rows[7]["is_shown"] = False
    share = in_each_month("in_two:denominator", (40, 50, 61, 47))
    assert open_before_and_after(rows) == (0, 0)
    assert open_before_and_after([*rows, *share]) == (1, 0)


def test_the_only_agency_of_a_sector_is_the_sector() -> None:
    by_sector = {"breakdown_kind": "sector", "breakdown_code": "police"}
    police, by_sector_rows = (21, 33, 47, 52), in_each_month("sent:numerator", (21, 33, 47, 52), **by_sector)
    by_sector_rows[3]["is_shown"] = False
    units = in_each_month("sent:numerator", (8, 9, 12, 5), agency_id="police", program_id="victims")
    units += in_each_month("sent:numerator", (13, 24, 35, 47), agency_id="police", program_id="patrol")
    units[3]["is_shown"] = units[7]["is_shown"] = False
    agency = in_each_month("sent:numerator", police, agency_id="police")
    agency[3]["is_shown"] = False
    assert open_before_and_after([*units, *agency, *by_sector_rows]) == (2, 0)
    by_sector_rows[3]["is_shown"] = agency[3]["is_shown"] = True
    system = link(counts(*units, *agency, *by_sector_rows))
    assert len(system.value) == 12, "a sector's count is its only agency's"


def test_what_is_never_more_than_another_and_often_as_much_is_within_it() -> None:
    """Of referrals those that can be judged are as many in most months: where all are few, so are these."""
    rows = [
        *in_each_month("made:numerator", (21, 33, 47, 52, 4)),
        *in_each_month("matured:numerator", (21, 33, 47, 40, 3)),
    ]
    system = link(counts(*rows))
    assert system.at_least.shape[0] >= 1
    narrow = [count(value, "matured:numerator", agency_id=name, **month(5)) for name, value in (("a", 0), ("b", 3))]
    assert open_before_and_after([*rows, *narrow])[1] == 0


def test_where_there_is_nobody_there_is_no_household() -> None:
    """Two kinds of household are hidden; that nobody lives in the one tells how many the other are."""
    kinds = {"breakdown_kind": "household"}
    rows: list[dict[str, Any]] = []
    for number in range(1, 25):
        nobody, persons = number % 2 == 0, 20 + number
        rows += [
            count(0 if nobody else persons, "persons:numerator", agency_id="clinic", **month(number)),
            count(0 if nobody else persons // 2, "households:numerator", agency_id="clinic", **month(number)),
        ]
    last = {**kinds, **month(25)}
    rows += [
        count(0, "persons:numerator", **last, breakdown_code="children"),
        count(0, "households:numerator", **last, breakdown_code="children", is_shown=False),
        count(4, "households:numerator", **last, breakdown_code="unknown"),
        count(30, "households:numerator", **last, breakdown_code="adults"),
        count(34, "households:numerator", **month(25)),
    ]
    assert open_before_and_after(rows) == (1, 0)


def test_months_make_their_quarter_whatever_intervals_other_tables_have() -> None:
    """Another table's fortnights stand in no way: each series has its own months."""
    months = [count(value, **month(13 + n)) for n, value in enumerate((20, 3, 30))]
    fortnights = [
        count(
            40, "visits:numerator", interval_kind="period", interval_start=f"2026-0{n}-01", interval_end=f"2026-0{n}-20"
        )
        for n in (1, 2, 3)
    ]
    assert open_before_and_after([*months, count(53, **QUARTER), *fortnights]) == (1, 0)


@pytest.mark.parametrize("joined", [True, False], ids=["joins", "leaves"])
def test_a_partner_that_joins_or_leaves_is_not_told_by_the_change_of_the_total(joined: bool) -> None:
    """The others' counts are hidden, but they are the same in both releases: the difference is the partner's."""
    others = [count(value, agency_id=name, is_shown=False) for name, value in (("clinic", 40), ("school", 33))]
    without, with_lodge = [*others, count(73)], [*others, count(4, agency_id="lodge"), count(77)]
    now, earlier = (with_lodge, without) if joined else (without, with_lodge)
    system = link(counts(*now), [counts(*earlier)])
    assert len(attack(system, system.unit_shown).open_counts) == 1
    assert not len(attack(system, hide_more(system, [])).open_counts)


def test_an_agency_knows_its_own_part_of_a_hidden_pair() -> None:
    """The school's count is hidden to protect the clinic's, and the school can subtract it."""
    agencies = [count(6, agency_id="clinic"), count(40, agency_id="school"), count(50, agency_id="lodge")]
    rows = [*agencies, count(96, cost=100.0)]
    system = link(counts(*rows))
    for_public = hide_more(system, [])
    assert not len(attack(system, for_public).open_counts)
    assert sum(len(attack(system, for_public, agency).open_counts) for agency in system.known_by) == 1
    for_all = hide_more(system, sorted(system.known_by))
    assert not sum(len(attack(system, for_all, agency).open_counts) for agency in system.known_by)


def test_an_agency_may_know_what_is_of_its_own_people_alone() -> None:
    """Where nobody else counts anybody, the region's small count is the clinic's own."""
    rows = [count(6, agency_id="clinic"), count(0, agency_id="school"), count(6), count(6, zone_id="a")]
    system = link(counts(*rows))
    found = attack(system, system.unit_shown, "clinic")
    assert (found.protected, len(found.open_counts)) == (0, 0)


def test_headlines_are_not_hidden_and_a_coarser_way_is_offered() -> None:
    """The only other part is hidden already, so the total of the year would have to be."""
    year = {"interval_kind": "year", "interval_start": "2026-01-01", "interval_end": "2026-12-31"}
    zones = [count(value, zone_id=f"zone{n}", **year) for n, value in enumerate((4, 0))]
    first = [count(100, **year, unit="headline", cost=1000.0), count(104, **year, series="all:numerator")]
    months = [count(value, zone_id="", **month(n)) for n, value in ((13, 50), (14, 46), (15, 4))]
    with pytest.raises(PublicationError, match=r"headline.*families.*(can be published with|No coarser)"):
        find_hiding(counts(*zones, *first, *[{**row, "cost": float("inf")} for row in months[:2]], months[2]), [])


values = st.integers(min_value=0, max_value=30)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(values, min_size=3, max_size=4), min_size=2, max_size=4).filter(
        lambda g: len({*map(len, g)}) == 1
    )
)
def test_after_hiding_more_no_count_is_narrow_by_another_solver(table: list[list[int]]) -> None:
    system = link(counts(*grid([[float(value) for value in line] for line in table])))
    shown = hide_more(system, [])
    targets = np.flatnonzero(targets_of(system, known_to(system, shown, PUBLIC), PUBLIC))
    found = set(attack(system, shown).open_counts.tolist())
    for target in targets:
        is_wide = exact_width(system, shown, PUBLIC, int(target)) >= system.width[target] - 1e-6
        assert is_wide == (int(target) not in found)
    assert not found


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(values, min_size=3, max_size=4), min_size=2, max_size=4).filter(
        lambda g: len({*map(len, g)}) == 1
    )
)
def test_where_very_many_hang_together_each_is_judged_alike(table: list[list[int]]) -> None:
    system = link(counts(*grid([[float(value) for value in line] for line in table])))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dagster_project.disclosure.attack._MOST_TOGETHER", 0)
        for shown in (system.unit_shown, np.zeros(len(system.units), dtype=bool)):
            found = set(attack(system, shown).open_counts.tolist())
            for target in np.flatnonzero(targets_of(system, known_to(system, shown, PUBLIC), PUBLIC)):
                is_wide = exact_width(system, shown, PUBLIC, int(target)) >= system.width[target] - 1e-6
                assert is_wide == (int(target) not in found)


def fewest_hidden(system: LinkedSystem) -> int:
    """The least number of further units that protects all, by trying every choice."""
    open_units = np.flatnonzero(system.unit_shown)
    for number in range(len(open_units) + 1):
        for chosen in combinations(open_units, number):
            shown = system.unit_shown.copy()
            shown[list(chosen)] = False
            if not len(attack(system, shown).open_counts):
                return number
    raise AssertionError("hiding all is always enough")


def test_little_more_is_hidden_than_must_be() -> None:
    """Over small tables, at most one and a half times the hidden cells of the best choice there is."""
    random = np.random.default_rng(7)
    ours = best = 0
    for _ in range(25):
        table = random.choice([2, 4, 7, 12, 15, 20, 25, 40], (2, 3)).astype(float).tolist()
        system = link(counts(*grid(table)))
        small = int((~system.unit_shown).sum())
        ours += small + int((system.unit_shown & ~hide_more(system, [])).sum())
        best += small + fewest_hidden(system)
    assert ours <= 1.5 * best


def test_the_same_counts_in_another_order_are_hidden_alike() -> None:
    rows = grid([[3.0, 4, 40, 40], [40, 5, 6, 40], [40, 40, 40, 40]])
    hidden = find_hiding(counts(*rows), []).hidden_units
    assert find_hiding(counts(*rows[::-1]), []).hidden_units == hidden
    assert hidden


def test_what_the_latest_release_hid_is_hidden_first() -> None:
    """Two zones could protect the third; which it was in the release stays so, though the other now costs less."""
    zones = [
        count(value, zone_id=f"zone{n}", cost=cost) for n, (value, cost) in enumerate(((40, 1.0), (50, 2.0), (3, 1.0)))
    ]
    first = find_hiding(counts(*zones, count(93, cost=9.0)), []).hidden_units
    assert [unit.split("|")[6] for unit in first] == ["zone0", "zone2"]
    released = counts(*[{**row, "is_shown": row["unit"] not in first} for row in (*zones, count(93, cost=9.0))])
    zones[1]["cost"] = 0.5
    assert find_hiding(counts(*zones, count(93, cost=9.0)), [released]).hidden_units == first


def test_the_proof_holds_counts_of_cells_and_no_value() -> None:
    zones = [count(value, zone_id=f"zone{n}") for n, value in enumerate((4321, 5321, 3))]
    proof = find_hiding(counts(*zones, count(9645)), []).proof
    assert proof["open_before_hiding_more"] == 1
    assert (proof["open_to_the_public"], proof["open_to_an_agency"]) == (0, 0)
    assert proof["fewest_possible_values"] == 5
    assert not {4321, 5321, 9645} & set(proof.values())


def test_nothing_small_hides_nothing() -> None:
    zones = [count(value, zone_id=f"zone{n}") for n, value in enumerate((40, 50))]
    assert find_hiding(pa.concat_tables([counts(*zones), counts(count(90))]), []).hidden_units == []
