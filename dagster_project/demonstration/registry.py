"""Makes families one after another: names, ages, homes.

Belongs here: how a single family is drawn. What links families (separated parents, same-named cousins) stays in
`population.py`. Names are drawn from Faker's lists; nobody is real.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from faker import Faker

from dagster_project.demonstration.months import FIRST_DAY, LAST_DAY
from dagster_project.demonstration.people import DAYS_IN_YEAR, Family, Member, Person
from dagster_project.demonstration.phones import family_phone
from dagster_project.demonstration.region import Home, choose_home
from dagster_project.demonstration.streams import stream

YOUNGEST_BIRTH = date(2025, 12, 1)
SHARE_OF_TWINS, SHARE_OF_TWINS_OF_ONE_SEX = 0.04, 0.65
SHARE_WITH_COMPOUND_FIRST_NAME = 0.06
COMPOUND_BEGINNINGS = {"female": ("Marie", "Anne"), "male": ("Jean", "Pierre")}


class Naming:
    """First and last names from Faker, three families out of four French-speaking."""

    def __init__(self, seed: int) -> None:
        self._french, self._english = Faker("fr_CA"), Faker("en_CA")
        self._french.seed_instance(seed)
        self._english.seed_instance(seed + 1)
        self._compounds = stream(seed, "compound_first_names")

    def first_name(self, sex: str, french: bool) -> str:
        """A first name of the language and sex."""
        fake = self._french if french else self._english
        name = str(fake.first_name_female() if sex == "female" else fake.first_name_male())
        beginnings = COMPOUND_BEGINNINGS.get(sex, (name,))
        if french and name not in beginnings and self._compounds.random() < SHARE_WITH_COMPOUND_FIRST_NAME:
            name = f"{self._compounds.choice(beginnings)}-{name}"
        return name

    def last_name(self, french: bool) -> str:
        """A last name of the language."""
        return str((self._french if french else self._english).last_name())


class Registry:
    """Makes families one after another, with consecutive person numbers."""

    def __init__(self, seed: int) -> None:
        self._naming = Naming(seed)
        self._health_digits = stream(seed, "health_numbers")
        self._person_count = 0

    def new_person(self, random: Random, last_name: str, birth_date: date, french: bool, sex: str = "") -> Person:
        """A person with the next number."""
        self._person_count += 1
        sex = sex or random.choices(["female", "male", "other"], [49.6, 49.6, 0.8])[0]
        first_name, digits = self._naming.first_name(sex, french), f"{self._health_digits.randrange(10**8):08d}"
        return Person(self._person_count, first_name, last_name, birth_date, sex, health_digits=digits)

    def new_family(self, random: Random, number: int) -> Family:
        """A family: a head, often a partner, none to four children."""
        french = random.random() < 0.75
        last_names = [self._naming.last_name(french), self._naming.last_name(french)]
        child_count = random.choices([0, 1, 2, 3, 4], [8, 36, 34, 16, 6])[0]
        births = [days_before(random, YOUNGEST_BIRTH, 0, 17.5) for _ in range(child_count)]
        if child_count > 1 and random.random() < SHARE_OF_TWINS:
            births[1] = births[0]
        adults = self._new_adults(random, last_names, min(births, default=None), french)
        is_adoptive = child_count > 0 and random.random() < 0.09
        children = self._new_children(random, last_names, births, french, is_adoptive)
        return Family(number, adults + children, choose_homes(random), family_phone(number), is_adoptive)

    def _new_adults(
        self, random: Random, last_names: list[str], oldest_child: date | None, french: bool
    ) -> list[Member]:
        before = oldest_child or date(2006, 1, 1)
        youngest, oldest = (19, 39) if oldest_child else (0, 45)
        head_sex = random.choices(["female", "male"], [76, 24])[0]
        head = self.new_person(random, last_names[0], days_before(random, before, youngest, oldest), french, head_sex)
        if head_sex == "female" and random.random() < 0.05:
            head = replace(head, former_last_name=self._naming.last_name(french))
        adults = [Member(head, "head")]
        if random.random() < (0.55 if oldest_child else 0.3):
            partner_sex = "male" if head_sex == "female" else "female"
            birth = days_before(random, before, youngest, oldest)
            adults.append(
                Member(self.new_person(random, last_names[1], birth, french, partner_sex), "spouse_or_partner")
            )
        if random.random() < 0.04:
            birth = days_before(random, head.birth_date, 20, 32)
            adults.append(Member(self.new_person(random, last_names[0], birth, french), "other_relative"))
        return adults

    def _new_children(
        self, random: Random, last_names: list[str], births: list[date], french: bool, is_adoptive: bool
    ) -> list[Member]:
        names = [last_names[0], last_names[1], f"{last_names[0]}-{last_names[1]}"]
        last_name = random.choices(names, [45, 40, 15])[0]
        children: list[Person] = []
        for birth in births:
            is_twin = bool(children) and birth == children[0].birth_date
            sex = children[0].sex if is_twin and random.random() < SHARE_OF_TWINS_OF_ONE_SEX else ""
            child = self.new_person(random, last_name, birth, french, sex)
            while child.first_name in [other.first_name for other in children]:
                child = replace(child, first_name=self._naming.first_name(child.sex, french))
            children.append(child)
        if is_adoptive:
            former = self._naming.last_name(french)
            children[0] = replace(children[0], former_last_name=former, is_adopted=True)
        return [Member(child, "child") for child in children]


def days_before(random: Random, day: date, least_years: float, most_years: float) -> date:
    """A day between so many years before another."""
    return day - timedelta(days=int(random.uniform(least_years, most_years) * DAYS_IN_YEAR))


def choose_homes(random: Random) -> list[Home]:
    """One home, or two when the family moves during the demonstration; half of the movers stay in their zone."""
    first = choose_home(random, date(2020, 1, 1))
    if random.random() > 0.13:
        return [first]
    since = FIRST_DAY + timedelta(days=random.randint(20, (LAST_DAY - FIRST_DAY).days - 20))
    return [first, choose_home(random, since, first.zone_id if random.random() < 0.5 else None)]
