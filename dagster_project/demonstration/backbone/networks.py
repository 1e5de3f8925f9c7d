"""The six youth networks in two waves: members, a survey without names, and coded passages of interviews.

Belongs here: what is counted and asked in a network. Each wave asks whoever is there: two waves are no panel.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from dagster_project.demonstration.backbone.waves import asked_on
from dagster_project.demonstration.streams import stream

EXPECTED_SECTORS = {
    "anse_aux_bouleaux": ("education", "daycare", "community", "health", "social_services"),
    "pointe_au_phare": ("education", "daycare", "community", "health", "social_services"),
    "vieux_faubourg": ("education", "daycare", "community", "health", "social_services", "municipal"),
    "val_aux_cerfs": ("education", "daycare", "community", "health", "social_services"),
    "coteau_vert": ("education", "daycare", "community", "health", "social_services"),
    "lac_au_huard": ("education", "community", "health", "social_services", "indigenous_services"),
}
# Sectors that are expected in a network and absent: in wave 1, in wave 2.
ABSENT = {"val_aux_cerfs": (("daycare",), ()), "lac_au_huard": (("health",), ("health", "social_services"))}
OTHER_SECTORS = ("youth", "police", "family_support", "municipal", "justice")
QUESTIONS = ("decisions_together", "voices_heard", "partners_diverse", "action_built_together")
ANSWERS = ("strongly_agree", "agree", "neutral", "disagree", "strongly_disagree")
ANSWER_WEIGHTS = {"wave_1": (16, 36, 24, 16, 8), "wave_2": (23, 41, 20, 11, 5)}
SHARE_UNANSWERED = 0.05
SHEETS, FEW_SHEETS, NETWORK_WITH_FEW = (15, 40), (3, 4), "lac_au_huard"
PASSAGES = (30, 60)
FACTORS = ("facilitator", "barrier", "neither")
FACTOR_WEIGHTS = {
    "partner_diversity": (44, 38, 18),
    "power_relations": (28, 52, 20),
    "co_construction": (46, 34, 20),
}


@dataclass(frozen=True)
class Membership:
    """An organisation that is a member of a network in a wave."""

    network: str
    wave: str
    organisation: str
    sector: str
    day: date


@dataclass(frozen=True)
class AnswerSheet:
    """One respondent's answers, without a name."""

    number: int
    network: str
    wave: str
    sector: str
    answers: tuple[str, ...]
    day: date


@dataclass(frozen=True)
class Passage:
    """A coded passage; its text stays with the researchers."""

    number: int
    network: str
    wave: str
    theme: str
    factor: str
    day: date


@dataclass
class Networks:
    """All that is known of the networks."""

    members: list[Membership]
    sheets: list[AnswerSheet]
    passages: list[Passage]


def ask_networks(seed: int) -> Networks:
    """Both waves of all networks."""
    found = Networks([], [], [])
    for place, network in enumerate(EXPECTED_SECTORS):
        random = stream(seed, "network", network)
        organisations = gather(random, network)
        for wave in ANSWER_WEIGHTS:
            day = asked_on(wave, (place + 1) / (len(EXPECTED_SECTORS) + 1))
            if wave == "wave_2":
                organisations = change_members(random, network, organisations)
            found.members += [Membership(network, wave, name, sector, day) for name, sector in organisations.items()]
            found.sheets += ask_members(random, network, wave, organisations, day)
            found.passages += code_passages(random, network, wave, day)
    found.sheets = [
        AnswerSheet(number, sheet.network, sheet.wave, sheet.sector, sheet.answers, sheet.day)
        for number, sheet in enumerate(sorted(found.sheets, key=lambda sheet: sheet.day), start=1)
    ]
    found.passages = [
        Passage(number, passage.network, passage.wave, passage.theme, passage.factor, passage.day)
        for number, passage in enumerate(sorted(found.passages, key=lambda passage: passage.day), start=1)
    ]
    return found


def gather(random: Random, network: str) -> dict[str, str]:
    """The first wave's organisations with their sectors: one or two of each expected sector, and others."""
    absent = ABSENT.get(network, ((), ()))[0]
    expected = [sector for sector in EXPECTED_SECTORS[network] if sector not in absent]
    extra = random.choices([*expected, *OTHER_SECTORS], k=random.randint(4, 8))
    return {f"{network}_{number:02d}": sector for number, sector in enumerate([*expected, *extra], start=1)}


def change_members(random: Random, network: str, organisations: dict[str, str]) -> dict[str, str]:
    """The second wave's: one to three have left, up to three have come."""
    absent = ABSENT.get(network, ((), ()))[1]
    leaving = random.sample(list(organisations), random.randint(1, 3))
    kept = {name: sector for name, sector in organisations.items() if name not in leaving and sector not in absent}
    come = [sector for sector in EXPECTED_SECTORS[network] if sector not in (*kept.values(), *absent)]
    come += random.choices(OTHER_SECTORS, k=random.randint(1, 3))
    first = len(organisations) + 1
    return kept | {f"{network}_{number:02d}": sector for number, sector in enumerate(come, start=first)}


def ask_members(random: Random, network: str, wave: str, organisations: dict[str, str], day: date) -> list[AnswerSheet]:
    """The answer sheets of a network; in one network too few people answer in the first wave."""
    is_few = network == NETWORK_WITH_FEW and wave == "wave_1"
    sheets = []
    for _ in range(random.randint(*(FEW_SHEETS if is_few else SHEETS))):
        sector = random.choice(list(organisations.values())) if random.random() > 0.06 else ""
        answers = random.choices(ANSWERS, ANSWER_WEIGHTS[wave], k=len(QUESTIONS))
        given = tuple("no_answer" if random.random() < SHARE_UNANSWERED else answer for answer in answers)
        sheets.append(AnswerSheet(0, network, wave, sector, given, day))
    return sheets


def code_passages(random: Random, network: str, wave: str, day: date) -> list[Passage]:
    """The coded passages of a network, over the three themes."""
    passages = []
    for _ in range(random.randint(*PASSAGES)):
        theme = random.choice(list(FACTOR_WEIGHTS))
        facilitator, barrier, neither = FACTOR_WEIGHTS[theme]
        weights = (facilitator + (8 if wave == "wave_2" else 0), barrier, neither)
        passages.append(Passage(0, network, wave, theme, random.choices(FACTORS, weights)[0], day))
    return passages
