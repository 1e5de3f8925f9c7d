"""Traps of linkage: persons who look like one and are two, and persons who look like two and are one.

Each trap stands alone in its run, and once more in a crowd: few persons make it easy to join too many, many make
it hard to join enough. Nothing is mocked: the rows go through `link_persons` as accepted rows do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dagster_project.contracts import Expectations
from dagster_project.settings import Settings
from tests.conftest import make_settings
from tests.unit.linkage_rows import Linked, Name, Row, expectations_for_tests, person, rare_name

BYSTANDERS = 2_500


@dataclass(frozen=True)
class Trap:
    """Rows by (agency, number), and the groups of those who are one person: everybody else is alone."""

    name: str
    rows: list[Row]
    same: list[set[Name]]


def home(n: int) -> Row:
    """What persons of one home have in common: the n-th home lies far from all others."""
    postal = f"G{n % 10}{'ABCEGHJK'[n % 8]} {n // 8 % 10}{'LMNPRSTV'[n // 3 % 8]}{n // 10 % 10}"
    street = rare_name(f"street {n}").split()[1]
    return {
        "address": f"{11 + 7 * n} rue {street}",
        "postal_code": postal,
        "city": rare_name(f"city {n}").split()[0],
        "phone": f"418 {200 + 37 * n % 700} {1000 + 797 * n % 9000}",
    }


def one(agency: str, number: str, names: str, born: str | None, at: Row | None = None, **other: Any) -> Row:
    birth_date = date.fromisoformat(born) if born else None
    return person(agency, number, names, birth_date=birth_date, **(at or {}), **other)


def household(number: str, relationship: str = "child") -> Row:
    return {"household_id_agency": number, "relationship_to_head": relationship}


C, S, H, A = "clinic", "school", "shelter", "adoption"
BOY: Row = {"sex": "male"}

TWO_PERSONS = [
    Trap(
        "twin sisters in one household of one agency",
        [
            one(C, "a1", "Rosalie Tremblay", "2012-03-04", home(1), **household("h1")),
            one(C, "a2", "Florence Tremblay", "2012-03-04", home(1), **household("h1")),
        ],
        [],
    ),
    Trap(
        "twin sisters, each known to one of two agencies",
        [one(C, "b1", "Emma Gagnon", "2013-06-11", home(2)), one(S, "b2", "Alice Gagnon", "2013-06-11", home(2))],
        [],
    ),
    Trap(
        "twin brothers, both known to both agencies",
        [
            one(C, "c1", "Louis Morissette", "2011-01-23", home(3), **BOY),
            one(C, "c2", "Victor Morissette", "2011-01-23", home(3), **BOY),
            one(S, "c3", "Louis Morissette", "2011-01-23", home(3), **BOY),
            one(S, "c4", "Victor Morissette", "2011-01-23", home(3), **BOY),
        ],
        [{(C, "c1"), (S, "c3")}, {(C, "c2"), (S, "c4")}],
    ),
    Trap(
        "twin sisters whose names begin alike, each known to one of two agencies",
        [one(C, "d1", "Emma Lepage", "2014-09-02", home(4)), one(S, "d2", "Emily Lepage", "2014-09-02", home(4))],
        [],
    ),
    Trap(
        "twin sisters with compound names",
        [
            one(C, "e1", "Marie-Eve Caron", "2010-12-24", home(5)),
            one(S, "e2", "Marie-Claude Caron", "2010-12-24", home(5)),
        ],
        [],
    ),
    Trap(
        "grown-up twin sisters in one home, each known to one of two agencies",
        [
            one(C, "f1", "Odette Bilodeau", "1968-07-19", home(6)),
            one(H, "f2", "Ginette Bilodeau", "1968-07-19", home(6)),
        ],
        [],
    ),
    Trap(
        "twins told apart by one letter, both known to both agencies, in households",
        [
            one(C, "g1", "Jade Savard", "2012-05-30", home(7), **household("h7")),
            one(C, "g2", "Jane Savard", "2012-05-30", home(7), **household("h7")),
            one(S, "g3", "Jade Savard", "2012-05-30", home(7), **household("m7")),
            one(S, "g4", "Jane Savard", "2012-05-30", home(7), **household("m7")),
        ],
        [{(C, "g1"), (S, "g3")}, {(C, "g2"), (S, "g4")}],
    ),
    Trap(
        "twins told apart by one letter, of whom the other agency knows one",
        [
            one(C, "h1", "Jade Ouellet", "2013-08-08", home(8), **household("h8")),
            one(C, "h2", "Jane Ouellet", "2013-08-08", home(8), **household("h8")),
            one(S, "h3", "Jane Ouellet", "2013-08-08", home(8)),
        ],
        [{(C, "h2"), (S, "h3")}],
    ),
    Trap(
        "twins told apart by one letter, both known to both agencies, which number no households",
        [
            one(C, "i1", "Jade Poulin", "2012-10-15", home(9)),
            one(C, "i2", "Jane Poulin", "2012-10-15", home(9)),
            one(S, "i3", "Jade Poulin", "2012-10-15", home(9)),
            one(S, "i4", "Jane Poulin", "2012-10-15", home(9)),
        ],
        [{(C, "i1"), (S, "i3")}, {(C, "i2"), (S, "i4")}],
    ),
    Trap(
        "sisters eleven months apart at one address",
        [
            one(C, "j1", "Camille Lachance", "2014-02-10", home(10)),
            one(S, "j2", "Maude Lachance", "2015-01-10", home(10)),
        ],
        [],
    ),
    Trap(
        "sisters a year apart to the day, whose names begin alike",
        [one(C, "k1", "Emma Rancourt", "2014-02-10", home(11)), one(S, "k2", "Emy Rancourt", "2015-02-10", home(11))],
        [],
    ),
    Trap(
        "brothers with compound names, a year apart",
        [
            one(C, "l1", "Jean-Marc Doyon", "2009-04-18", home(12), **BOY),
            one(S, "l2", "Jean-Paul Doyon", "2010-03-21", home(12), **BOY),
        ],
        [],
    ),
    Trap(
        "brothers with names one letter apart, two years apart",
        [
            one(C, "m1", "Jason Veilleux", "2009-04-18", home(13), **BOY),
            one(S, "m2", "Mason Veilleux", "2011-11-05", home(13), **BOY),
        ],
        [],
    ),
    Trap(
        "father and son of one name at one address",
        [
            one(C, "n1", "Jean Bouchard", "1975-03-12", home(14), **BOY),
            one(S, "n2", "Jean Bouchard", "2006-09-20", home(14), **BOY),
        ],
        [],
    ),
    Trap(
        "mother and daughter of one name, listed in one household by both agencies",
        [
            one(C, "o1", "Anne Thibault", "1982-05-06", home(15), **household("h15", "head")),
            one(C, "o2", "Anne Thibault", "2011-08-27", home(15), **household("h15")),
            one(S, "o3", "Anne Thibault", "1982-05-06", home(15), **household("m15", "head")),
            one(S, "o4", "Anne Thibault", "2011-08-27", home(15), **household("m15")),
        ],
        [{(C, "o1"), (S, "o3")}, {(C, "o2"), (S, "o4")}],
    ),
    Trap(
        "father and grown-up son of one name at one address",
        [
            one(C, "p1", "Roger Cloutier", "1948-11-30", home(16), **BOY),
            one(H, "p2", "Roger Cloutier", "1974-02-17", home(16), **BOY),
        ],
        [],
    ),
    Trap(
        "cousins of one name and birth year in different homes",
        [
            one(C, "q1", "Marc Gauthier", "2010-02-14", home(17), **BOY),
            one(S, "q2", "Marc Gauthier", "2010-10-03", home(18), **BOY),
        ],
        [],
    ),
    Trap(
        "cousins of one name and birth month in different homes of one place",
        [
            one(C, "r1", "Luc Cormier", "2010-06-02", home(19), **BOY),
            one(S, "r2", "Luc Cormier", "2010-06-27", home(20) | {"city": home(19)["city"]}, **BOY),
        ],
        [],
    ),
    Trap(
        "two persons of one birthday in one postal code",
        [
            one(C, "s1", "Francine Drolet", "1971-12-01", home(21)),
            one(H, "s2", "Fanie Drouin", "1971-12-01", {"postal_code": home(21)["postal_code"]}),
        ],
        [],
    ),
    Trap(
        "spouses of one birthday",
        [
            one(C, "t1", "Denise Hamel", "1980-04-09", home(22)),
            one(H, "t2", "Denis Hamel", "1980-04-09", home(22), **BOY),
        ],
        [],
    ),
    Trap(
        "residents of one shelter, of whom only the first names are alike",
        [
            one(H, "sa1", "Christina Rivard", "1958-01-31", home(24)),
            one(H, "sa2", "Christine Hamelin", "1976-07-14", home(24)),
            one(C, "sa3", "Martina Fuller", "1986-09-11", home(24)),
            one(C, "sa4", "Martine Rheault", "1969-11-10", home(24)),
        ],
        [],
    ),
    Trap(
        "grown-up sisters in one home, of names that begin alike",
        [
            one(C, "sb1", "Danielle Giroux", "1958-01-31", home(25)),
            one(H, "sb2", "Daniella Giroux", "1961-07-14", home(25)),
        ],
        [],
    ),
    Trap(
        "namesakes of whom no birth date and no address is known",
        [one(C, "u1", "Sylvie Martin", None), one(H, "u2", "Sylvie Martin", None)],
        [],
    ),
    Trap(
        "persons of one shelter address and telephone, with one last name and birth date",
        [one(H, "v1", "Mona Samson", "1990-01-01", home(23)), one(C, "v2", "Lise Samson", "1990-01-01", home(23))],
        [],
    ),
]

ONE_PERSON = [
    Trap(
        "at two addresses",
        [
            one(C, "aa1", "Sophie Lavoie", "1987-06-21", home(40)),
            one(H, "aa2", "Sophie Lavoie", "1987-06-21", home(41)),
        ],
        [{(C, "aa1"), (H, "aa2")}],
    ),
    Trap(
        "a child at two addresses",
        [
            one(C, "ab1", "Milan Ducharme", "2015-02-03", home(42), **household("h42")),
            one(S, "ab2", "Milan Ducharme", "2015-02-03", home(43), **household("m43")),
        ],
        [{(C, "ab1"), (S, "ab2")}],
    ),
    Trap(
        "another last name after adoption",
        [
            one(A, "ac1", "Noah Fortin", "2014-10-28", home(44), **BOY),
            one(S, "ac2", "Noah Bergeron", "2014-10-28", home(44), **BOY),
        ],
        [{(A, "ac1"), (S, "ac2")}],
    ),
    Trap(
        "a married name beside the own one, and another home",
        [
            one(C, "ad1", "Julie Pelletier", "1991-03-15", home(45)),
            one(H, "ad2", "Julie Pelletier-Morin", "1991-03-15", home(46)),
        ],
        [{(C, "ad1"), (H, "ad2")}],
    ),
    Trap(
        "a married name in place of the own one, in the same home",
        [one(C, "ae1", "Nadia Ferland", "1990-08-04", home(47)), one(H, "ae2", "Nadia Bisson", "1990-08-04", home(47))],
        [{(C, "ae1"), (H, "ae2")}],
    ),
    Trap(
        "first and last name swapped",
        [
            one(C, "af1", "Thomas Girard", "2012-02-29", home(48), **BOY),
            one(S, "af2", "Girard Thomas", "2012-02-29", **BOY),
        ],
        [{(C, "af1"), (S, "af2")}],
    ),
    Trap(
        "day and month swapped",
        [
            one(C, "ag1", "Coralie Turgeon", "2011-03-08", home(49)),
            one(S, "ag2", "Coralie Turgeon", "2011-08-03", home(49)),
        ],
        [{(C, "ag1"), (S, "ag2")}],
    ),
    Trap(
        "day and month swapped, elsewhere no address",
        [one(C, "ah1", "Ophélie Gravel", "2010-04-11", home(50)), one(S, "ah2", "Ophélie Gravel", "2010-11-04")],
        [{(C, "ah1"), (S, "ah2")}],
    ),
    Trap(
        "one digit of the birth date off",
        [
            one(C, "ai1", "Gabriel Nadeau", "2009-05-16", home(51), **BOY),
            one(S, "ai2", "Gabriel Nadeau", "2009-05-18", home(51), **BOY),
        ],
        [{(C, "ai1"), (S, "ai2")}],
    ),
    Trap(
        "born on 1 January for want of a better day",
        [
            one(C, "aj1", "Raymond Paquin", "1952-09-13", home(52), **BOY),
            one(H, "aj2", "Raymond Paquin", "1952-01-01", home(52), **BOY),
        ],
        [{(C, "aj1"), (H, "aj2")}],
    ),
    Trap(
        "a French short form",
        [
            one(C, "ak1", "Alexandre Fournier", "2008-07-07", home(53), **BOY),
            one(S, "ak2", "Alex Fournier", "2008-07-07", home(53), **BOY),
        ],
        [{(C, "ak1"), (S, "ak2")}],
    ),
    Trap(
        "an English short form",
        [
            one(C, "al1", "William Parker", "1979-01-26", home(54), **BOY),
            one(H, "al2", "Bill Parker", "1979-01-26", home(54), **BOY),
        ],
        [{(C, "al1"), (H, "al2")}],
    ),
    Trap(
        "an English short form without a letter in common",
        [
            one(C, "am1", "Margaret Wilson", "1969-11-02", home(55)),
            one(H, "am2", "Peggy Wilson", "1969-11-02", home(55)),
        ],
        [{(C, "am1"), (H, "am2")}],
    ),
    Trap(
        "a compound name of which one part is used",
        [
            one(C, "an1", "Anne-Marie Vachon", "1983-02-12", home(56)),
            one(H, "an2", "Anne Vachon", "1983-02-12", home(56)),
        ],
        [{(C, "an1"), (H, "an2")}],
    ),
    Trap(
        "a compound name written together",
        [
            one(C, "ao1", "Jean-François St-Hilaire", "1986-10-10", home(57), **BOY),
            one(H, "ao2", "JEANFRANCOIS SAINT HILAIRE", "1986-10-10", home(58), **BOY),
        ],
        [{(C, "ao1"), (H, "ao2")}],
    ),
    Trap(
        "particles left out",
        [
            one(C, "ap1", "Lucia de la Cruz", "1994-12-05", home(59)),
            one(H, "ap2", "Lucia Cruz", "1994-12-05", home(60)),
        ],
        [{(C, "ap1"), (H, "ap2")}],
    ),
    Trap(
        "particles written together",
        [
            one(C, "aq1", "Pieter van den Berg", "1973-04-27", home(61), **BOY),
            one(H, "aq2", "Pieter Vandenberg", "1973-04-27", home(61), **BOY),
        ],
        [{(C, "aq1"), (H, "aq2")}],
    ),
    Trap(
        "accents lost",
        [
            one(C, "ar1", "Éloïse Bélanger-Côté", "2007-09-09", home(62)),
            one(S, "ar2", "ELOISE BELANGER COTE", "2007-09-09", home(63)),
        ],
        [{(C, "ar1"), (S, "ar2")}],
    ),
    Trap(
        "a slip in each name",
        [
            one(C, "as1", "Stéphanie Deschênes", "1992-05-05", home(64)),
            one(H, "as2", "Stephany Deschene", "1992-05-05", home(64)),
        ],
        [{(C, "as1"), (H, "as2")}],
    ),
    Trap(
        "another sex by mistake",
        [
            one(C, "at1", "Dominique Lessard", "1985-03-31", home(65)),
            one(H, "at2", "Dominique Lessard", "1985-03-31", home(65), **BOY),
        ],
        [{(C, "at1"), (H, "at2")}],
    ),
    Trap(
        "known twice to one agency",
        [
            one(C, "au1", "Kevin Boutin", "2004-04-14", home(66), **BOY),
            one(C, "au2", "Kevin Boutin", "2004-04-14", home(66), **BOY),
        ],
        [{(C, "au1"), (C, "au2")}],
    ),
]
# A third record is like the one and like the other: it may be with either, but never both with it.
CHAINS = [
    Trap(
        "a record without a birth date between father and son of one name",
        [
            one(C, "ba1", "Yvan Labbé", "1975-03-12", home(80), **BOY),
            one(S, "ba2", "Yvan Labbé", "2006-09-20", home(80), **BOY),
            one(H, "ba3", "Yvan Labbé", None, home(80), **BOY),
        ],
        [],
    ),
    Trap(
        "a record without a birth date between father and son, whom one agency lists in a household",
        [
            one(C, "bb1", "Normand Roussel", "1975-03-12", home(81), **BOY, **household("h81", "head")),
            one(C, "bb2", "Normand Roussel", "2006-09-20", home(81), **BOY, **household("h81")),
            one(H, "bb3", "Normand Roussel", None, home(81), **BOY),
        ],
        [],
    ),
    Trap(
        "a record of the year alone between cousins of one name",
        [
            one(C, "bc1", "Yanick Guay", "2010-02-14", home(82), **BOY),
            one(S, "bc2", "Yanick Guay", "2010-10-03", home(83), **BOY),
            one(H, "bc3", "Yanick Guay", "2010-01-01", **BOY),
        ],
        [],
    ),
    Trap(
        "a record with both first names between twin sisters",
        [
            one(C, "bd1", "Rose Asselin", "2013-03-03", home(84)),
            one(S, "bd2", "Lily Asselin", "2013-03-03", home(84)),
            one(H, "bd3", "Rose-Lily Asselin", "2013-03-03", home(84)),
        ],
        [],
    ),
]


@pytest.fixture(scope="module")
def expectations() -> Expectations:
    return expectations_for_tests()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(tmp_path)


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory, expectations: Expectations) -> Linked:
    """All traps in one run among persons who have nothing to do with them."""
    bystanders = [person(H, f"z{n}", **home(200 + n)) for n in range(BYSTANDERS)]
    rows = [row for trap in (*TWO_PERSONS, *ONE_PERSON, *CHAINS) for row in trap.rows]
    return Linked(make_settings(tmp_path_factory.mktemp("crowd")), expectations, [*bystanders, *rows])


def ids_of(traps: list[Trap]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("trap", traps, ids=[trap.name for trap in traps])


def names(trap: Trap) -> list[Name]:
    return [(row["_agency_id"], row["person_id_agency"]) for row in trap.rows]


def wanted(trap: Trap) -> set[frozenset[Name]]:
    grouped = {name for group in trap.same for name in group}
    return {frozenset(group) for group in trap.same} | {frozenset({n}) for n in names(trap) if n not in grouped}


def found(linked: Linked, trap: Trap) -> set[frozenset[Name]]:
    return {frozenset(linked.group(name)) for name in names(trap)}


@ids_of([*TWO_PERSONS, *ONE_PERSON])
def test_a_trap_holds_alone(settings: Settings, expectations: Expectations, trap: Trap) -> None:
    linked = Linked(settings, expectations, trap.rows)
    assert found(linked, trap) == wanted(trap)


@ids_of([*TWO_PERSONS, *ONE_PERSON])
def test_a_trap_holds_in_a_crowd(crowd: Linked, trap: Trap) -> None:
    assert found(crowd, trap) == wanted(trap)


@ids_of(CHAINS)
def test_a_chain_joins_nobody_alone(settings: Settings, expectations: Expectations, trap: Trap) -> None:
    linked = Linked(settings, expectations, trap.rows)
    one_end, other_end, _ = names(trap)
    assert linked.shared[one_end] != linked.shared[other_end]


@ids_of(CHAINS)
def test_a_chain_joins_nobody_in_a_crowd(crowd: Linked, trap: Trap) -> None:
    one_end, other_end, _ = names(trap)
    assert crowd.shared[one_end] != crowd.shared[other_end]


def test_bystanders_stay_alone(crowd: Linked) -> None:
    others = [group for group in crowd.groups() if any(number.startswith("z") for _, number in group)]
    assert [group for group in others if len(group) > 1] == []
