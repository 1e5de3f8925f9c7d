"""Shared ids stay: whatever comes, goes, returns, is corrected or withdrawn, and in whatever order it comes.

Twice: for the rule by itself, which is quick, over any clusters of a few units; and for linkage as a whole, over builds
of made-up agencies. DORSALE_EXAMPLES=500 looks further.
"""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dagster_project.identity.stable_ids import LEDGER_COLUMNS, PERSONS, assign_ids
from dagster_project.settings import Settings
from tests.conftest import make_settings
from tests.unit.linkage_rows import AS_OF, Linked, Name, Row, day_of, expectations_for_tests, person, rare_name

EXAMPLES = int(os.environ.get("DORSALE_EXAMPLES", "0"))
UNITS = "abcdef"
Clusters = dict[str, int]
Ids = dict[str, str]


def looking_for(few: int) -> settings:
    """The same examples each time; no time limit, for machines differ."""
    return settings(
        max_examples=EXAMPLES or few,
        derandomize=not EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate, Phase.shrink) if EXAMPLES else (Phase.explicit, Phase.generate),
    )


@contextmanager
def own_settings() -> Iterator[Settings]:
    """Roots for one example: a fixture would be shared by all."""
    root = Path(tempfile.mkdtemp())
    try:
        yield make_settings(root)
    finally:
        shutil.rmtree(root)


@dataclass(frozen=True)
class Event:
    kind: str
    old_id: str
    new_id: str
    moved: frozenset[str]


@dataclass
class History:
    """Builds one after the other, each told by its clusters; who `withdrew` may not keep a contested id."""

    settings: Settings
    ids: Ids = field(default_factory=dict)
    last_known: Ids = field(default_factory=dict)
    clusters: Clusters = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)

    def build(self, clusters: Clusters, withdrew: frozenset[str] = frozenset()) -> Ids:
        rows = [(u, str(c), UNITS.index(u), u not in withdrew) for u, c in clusters.items()]
        with duckdb.connect() as connection:
            connection.execute("create table units (unit varchar, cluster varchar, age bigint, may_keep boolean)")
            if rows:
                connection.executemany("insert into units values (?, ?, ?, ?)", rows)
            connection.execute("alter table units add column reason varchar default 'records changed'")
            assign_ids(connection, self.settings, PERSONS, AS_OF + timedelta(days=self.segments()))
            ids: Ids = dict(connection.sql("select unit, shared_id from person_ids").fetchall())
            pairs = connection.sql("select count(*) from person_ids").fetchall()[0][0]
        assert pairs == len(ids) == len(clusters), "each unit has one id"
        events = self.ledger()
        self.events, before = events[len(self.events) :], self.last_known
        self.check(clusters, ids, before)
        self.events = events
        self.ids, self.clusters = ids, clusters
        self.last_known = {**before, **ids}
        return ids

    def check(self, clusters: Clusters, ids: Ids, before: Ids) -> None:
        """What must hold of every build."""
        told = {(unit, e.old_id, e.new_id) for e in self.events for unit in e.moved}
        assert told == {(u, before[u], i) for u, i in ids.items() if u in before and before[u] != i}, "the ledger"
        for unit, other in ((u, o) for u in clusters for o in clusters):
            assert (ids[unit] == ids[other]) == (clusters[unit] == clusters[other]), "a cluster has an id of its own"

    def ledger(self) -> list[Event]:
        names = ", ".join(column.split()[0] for column in LEDGER_COLUMNS.split(", "))
        assert {"kind", "old_id", "new_id", "moved"} <= set(names.split(", "))
        found = []
        for path in sorted((self.settings.journal / "person_ids_ledger").glob("*.parquet")):
            rows = duckdb.sql(f"select kind, old_id, new_id, moved from '{path}'").fetchall()
            found += [Event(kind, old, new, frozenset(moved)) for kind, old, new, moved in rows]
        return found

    def segments(self) -> int:
        return sum(1 for _ in self.settings.journal.rglob("*.parquet"))


def members(clusters: Clusters) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for unit, cluster in clusters.items():
        found[cluster].add(unit)
    return found


@st.composite
def clusters(draw: st.DrawFn) -> Clusters:
    """Some of the units, in up to four clusters."""
    places = draw(st.lists(st.sampled_from([None, 0, 1, 2, 3]), min_size=len(UNITS), max_size=len(UNITS)))
    return {unit: place for unit, place in zip(UNITS, places, strict=True) if place is not None}


@looking_for(25)
@given(st.lists(clusters(), min_size=2, max_size=5), st.sets(st.sampled_from(UNITS), max_size=2))
def test_ids_and_ledger_hold_over_any_builds(builds: list[Clusters], withdrew: set[str]) -> None:
    with own_settings() as place:
        history = History(place)
        for n, build in enumerate(builds):
            gone = frozenset(withdrew) if n == len(builds) - 1 else frozenset()
            # Who withdrew is alone.
            alone = {unit: 10 + k if unit in gone else cluster for k, (unit, cluster) in enumerate(build.items())}
            history.build(alone, gone)


@looking_for(15)
@given(st.lists(clusters(), min_size=1, max_size=4))
def test_the_same_again_changes_nothing(builds: list[Clusters]) -> None:
    with own_settings() as place:
        history = History(place)
        for build in builds:
            history.build(build)
        before, segments = history.ids, history.segments()
        assert history.build(builds[-1]) == before
        assert history.segments() == segments


@looking_for(25)
@given(st.lists(clusters(), min_size=2, max_size=4))
def test_a_cluster_that_stays_keeps_its_id(builds: list[Clusters]) -> None:
    """One whose members were together and alone before, whatever happens to others; newcomers may have joined, members
    may be gone. Who returns from an absence may claim an id of old."""
    with own_settings() as place:
        history = History(place)
        for build in builds:
            before, old, known = history.clusters, history.ids, history.last_known
            ids = history.build(build)
            returned = (set(build) & set(known)) - set(before)
            contested = {known[unit] for unit in returned}
            for now in members(build).values():
                stayed = now & set(before)
                together = {before[unit] for unit in stayed}
                if len(together) != 1 or now & returned:
                    continue
                elsewhere = {u for u in build if u not in now and before.get(u) in together}
                [id_before] = {old[unit] for unit in stayed}
                if not elsewhere and id_before not in contested:
                    assert {ids[unit] for unit in now} == {id_before}


@looking_for(25)
@given(st.lists(clusters(), min_size=2, max_size=4))
def test_no_id_is_given_up_while_one_who_bore_it_gets_a_new_one(builds: list[Clusters]) -> None:
    with own_settings() as place:
        history = History(place)
        for build in builds:
            ever, last = set(history.last_known.values()), dict(history.last_known)
            ids = history.build(build)
            for unit, shared in ids.items():
                is_new = shared not in ever and unit in last
                assert not (is_new and last[unit] not in set(ids.values())), "an id that need not change"


@looking_for(20)
@given(clusters(), st.sets(st.sampled_from(UNITS)), st.sets(st.sampled_from(UNITS)))
def test_what_was_dropped_comes_back_under_its_old_id(build: Clusters, first: set[str], second: set[str]) -> None:
    with own_settings() as place:
        history = History(place)
        before = history.build(build)
        for gone in (first, second):
            kept = history.build({unit: cluster for unit, cluster in build.items() if unit not in gone})
            assert kept == {unit: before[unit] for unit in kept}
        assert history.build(build) == before


@looking_for(20)
@given(clusters())
def test_a_merge_or_split_that_is_undone_brings_back_the_old_ids(build: Clusters) -> None:
    with own_settings() as place:
        history = History(place)
        before = history.build(build)
        for pairs in (dict.fromkeys(build, 0), {unit: n for n, unit in enumerate(build)}):
            history.build(pairs)
            assert history.build(build) == before


# Linkage as a whole.
AGENCIES = ("clinic", "school", "shelter")
FAMILIES, IN_A_FAMILY = 3, 3
EXPECTATIONS = expectations_for_tests()


def true_rows(rng: random.Random, newcomers: bool) -> dict[Name, Row]:
    """What three agencies tell of three families of three; half of it is known to an agency."""
    rows: dict[Name, Row] = {}
    for n in range(FAMILIES + newcomers):
        last = rare_name(f"family {n}").split()[1]
        at = {
            "address": f"{n + 3} rue {rare_name(n).split()[1]}",
            "postal_code": f"G{n}B 2C{n}",
            "phone": f"418 6{n}2 38{n}1",
        }
        for k in range(IN_A_FAMILY):
            born = date(1975, 1, 1) + timedelta(days=day_of(f"{n} {k}") // 6 + (11_000 if k else 0))
            first = rare_name(f"person {n} {k}").split()[0]
            for agency in AGENCIES:
                if rng.random() < 0.6:
                    household = {"household_id_agency": f"h{n}", "relationship_to_head": "child" if k else "head"}
                    parent = {"parent_first_name": rare_name(f"person {n} 0").split()[0], "parent_last_name": last}
                    told = parent if agency == "school" else household
                    number = f"{n}{k}"
                    rows[agency, number] = person(agency, number, f"{first} {last}", birth_date=born, **at, **told,
                                                  month=3 if n == FAMILIES else 1)  # fmt: skip
    return rows


def with_slips(rows: dict[Name, Row], rng: random.Random) -> dict[Name, Row]:
    """The same rows; some names are misspelt, some days are wrong."""
    found = {}
    for name, row in rows.items():
        wrong = rng.random()
        if wrong < 0.15:
            found[name] = row | {"first_name": row["first_name"][::-1].title()}
        elif wrong < 0.3:
            found[name] = row | {"last_name": row["last_name"][:3] + row["last_name"][4:]}
        elif wrong < 0.4:
            found[name] = row | {"birth_date": row["birth_date"] + timedelta(days=1)}
        else:
            found[name] = row
    return found


def link(place: Settings, rows: dict[Name, Row], rng: random.Random, received: Sequence[int] = (1, 2, 3)) -> Linked:
    """Rows in any order; `received` is the order in which the agencies' files came."""
    sent = [row | {"_receipt_order": received[AGENCIES.index(row["_agency_id"])]} for row in rows.values()]
    rng.shuffle(sent)
    return Linked(place, EXPECTATIONS, sent)


def families_of(linked: Linked, among: set[Name]) -> dict[frozenset[Name], str]:
    """The families by those `among` who are in them, but for those that only these cannot tell apart."""
    found = [
        (frozenset(linked.members(family) & among), family)
        for family in {row[0] for row in linked.rows("family_members")}
    ]
    groups = [group for group, _ in found]
    return {group: family for group, family in found if group and groups.count(group) == 1}


def written(place: Settings) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(place.identity.iterdir())}


@looking_for(2)
@given(st.integers(0, 10_000))
def test_ids_of_whole_builds_stay(seed: int) -> None:
    """Slips, then corrections; a newcomers' family; an agency whose files are gone for a build; withdrawals."""
    rng = random.Random(seed)  # noqa: S311
    with own_settings() as place:
        sent = with_slips(true_rows(rng, newcomers=False), rng)
        first = link(place, sent, rng)
        assert set(first.shared) == set(sent), "each agency's person once"
        outputs, segments = written(place), sorted(place.journal.rglob("*"))

        again = link(place, sent, rng)
        assert written(place) == outputs, "the same again, in another order, is the same to the byte"
        assert sorted(place.journal.rglob("*")) == segments

        absent = rng.choice(AGENCIES)
        without = link(place, {name: row for name, row in sent.items() if name[0] != absent}, rng)
        assert_only_needed_changes(again, without)
        back = link(place, sent, rng)
        assert back.shared == first.shared
        assert written(place) == outputs

        more = {**true_rows(random.Random(seed), newcomers=True), **sent}  # noqa: S311
        grown = link(place, more, rng)
        assert_only_needed_changes(back, grown)
        corrected = {**more, **true_rows(random.Random(seed), newcomers=False)}  # noqa: S311
        right = link(place, corrected, rng)
        assert_only_needed_changes(grown, right)

        gone = rng.choice(sorted(corrected))
        withdrawn = link(place, {**corrected, gone: corrected[gone] | {"consent_to_link": "withdrawn"}}, rng)
        assert withdrawn.group(gone) == {gone}
        others = right.group(gone) - {gone}
        assert all(withdrawn.shared[name] == right.shared[name] for name in others)


def assert_only_needed_changes(before: Linked, after: Linked) -> None:
    """Who is with the same as before, but for those gone and for newcomers, keeps the ids of person and family."""
    both = set(before.shared) & set(after.shared)
    events = {(old_id, new_id) for old_id, new_id in after.journal("person_ids_ledger", "old_id, new_id")}
    for name in both:
        old, new = before.shared[name], after.shared[name]
        assert old == new or (old, new) in events, "each change is in the ledger"
        if before.group(name) & both == after.group(name) & both:
            assert old == new, "a person"
    old_families, new_families = families_of(before, both), families_of(after, both)
    for group in old_families.keys() & new_families.keys():
        assert old_families[group] == new_families[group], "a family"


@pytest.mark.parametrize("seed", [1, 2])
def test_ids_of_a_first_build_do_not_depend_on_order(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311
    sent = with_slips(true_rows(rng, newcomers=True), rng)
    found = []
    for received in ((1, 2, 3), (3, 1, 2)):
        with own_settings() as place:
            linked = link(place, sent, rng, received)
            found.append((linked.shared, sorted(linked.rows("family_members"))))
    assert found[0] == found[1]


def family_ids(linked: Linked, *names: Name) -> set[str]:
    return {family for name in names for family in linked.families(name)}


def marie(agency: str, **other: Any) -> dict[Name, Row]:
    return {(agency, "1"): person(agency, "1", "Marie Boulianne", **other)}


def test_a_person_alone_keeps_the_family_id_when_the_first_agency_is_gone_for_a_build() -> None:
    rng = random.Random(1)  # noqa: S311
    with own_settings() as place:
        both = {**marie("clinic"), **marie("school")}
        before = family_ids(link(place, both, rng), ("school", "1"))
        assert family_ids(link(place, marie("school"), rng), ("school", "1")) == before
        assert family_ids(link(place, both, rng), ("school", "1")) == before


def test_a_family_without_a_household_keeps_its_id_when_its_first_member_is_gone_for_a_build() -> None:
    rng = random.Random(1)  # noqa: S311
    phone = "418 555 2368"
    with own_settings() as place:
        children = {("school", f"{n}"): person("school", f"{n}", phone=phone) for n in (2, 3)}
        both = {**marie("clinic", phone=phone), **children}
        before = family_ids(link(place, both, rng), *both)
        assert len(before) == 1
        assert family_ids(link(place, children, rng), *children) == before
        assert family_ids(link(place, both, rng), *both) == before


def test_a_family_keeps_its_id_when_its_household_is_numbered_anew() -> None:
    rng = random.Random(1)  # noqa: S311
    with own_settings() as place:
        before = family_ids(link(place, in_household("h1"), rng), ("clinic", "1"))
        assert family_ids(link(place, in_household("h2"), rng), ("clinic", "1")) == before


def test_a_person_alone_keeps_the_family_id_when_a_household_is_first_told_of() -> None:
    rng = random.Random(1)  # noqa: S311
    with own_settings() as place:
        before = family_ids(link(place, marie("clinic"), rng), ("clinic", "1"))
        assert family_ids(link(place, in_household("h1"), rng), ("clinic", "1")) == before


def in_household(number: str) -> dict[Name, Row]:
    head = marie("clinic", household_id_agency=number, relationship_to_head="head")
    child = person("clinic", "2", household_id_agency=number, relationship_to_head="child")
    return {**head, ("clinic", "2"): child}
