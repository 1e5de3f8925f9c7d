"""All families of the made-up region, with what makes them hard to tell apart.

Belongs here: how many families there are, and what links them or repeats a name: children of separated parents,
cousins and children named like somebody else. Twins, moves and changed names stay in `registry.py`; `traps.py` counts
them all.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

from dagster_project.demonstration.people import Family, Member
from dagster_project.demonstration.phones import family_phone
from dagster_project.demonstration.registry import Registry, choose_homes, days_before
from dagster_project.demonstration.streams import stream

FAMILIES_AT_SCALE_1 = 1120
SHARE_SEPARATED, SHARE_WITH_NAMED_COUSIN, SHARE_NAMED_AFTER_PARENT = 0.09, 0.02, 0.05


def separate_parents(registry: Registry, random: Random, family: Family, number: int) -> Family:
    """The other parent's family: the partner leaves, the children live in both."""
    leaving = next(member for member in family.members if member.role == "spouse_or_partner")
    family.members.remove(leaving)
    members = [Member(leaving.person, "head")]
    if random.random() < 0.3:
        birth = days_before(random, leaving.person.birth_date, -5, 5)
        members.append(Member(registry.new_person(random, leaving.person.last_name, birth, True), "spouse_or_partner"))
    return Family(number, members + family.children(), choose_homes(random), family_phone(number), False)


def name_cousins_alike(random: Random, first: Family, second: Family) -> None:
    """Give a child of the second family the name, sex and birth year of a child of the first."""
    model, cousin = first.children()[0].person, second.children()[-1].person
    birth = model.birth_date.replace(month=random.randint(1, 11), day=random.randint(2, 28))
    if birth == model.birth_date:
        birth += timedelta(days=3)
    twin_name = replace(cousin, first_name=model.first_name, last_name=model.last_name, sex=model.sex, birth_date=birth)
    second.members[-1] = Member(twin_name, "child")


def name_child_after_parent(family: Family) -> None:
    """Give the first child that can bear it the whole name of a parent of the same sex."""
    for adult in (member.person for member in family.members if member.role in ("head", "spouse_or_partner")):
        for place, member in enumerate(family.members):
            child = member.person
            can_bear = member.role == "child" and (child.sex, child.last_name) == (adult.sex, adult.last_name)
            if can_bear and not child.is_adopted:
                family.members[place] = Member(replace(child, first_name=adult.first_name), "child")
                return


def build_families(scale: int, seed: int) -> list[Family]:
    """All families, by number. The same scale and seed give the same families."""
    random, registry, naming = stream(seed, "population"), Registry(seed), stream(seed, "named_after_a_parent")
    families: list[Family] = []
    while len(families) < FAMILIES_AT_SCALE_1 * scale:
        family = registry.new_family(random, len(families) + 1)
        families.append(family)
        if naming.random() < SHARE_NAMED_AFTER_PARENT:
            name_child_after_parent(family)
        roles = [member.role for member in family.members]
        if "spouse_or_partner" in roles and "child" in roles and random.random() < SHARE_SEPARATED:
            families.append(separate_parents(registry, random, family, len(families) + 1))
        elif len(families) > 2 and random.random() < SHARE_WITH_NAMED_COUSIN:
            other = families[-3]
            if other.children() and family.members[-1].role == "child" and not family.is_adoptive:
                name_cousins_alike(random, other, family)
    return families
