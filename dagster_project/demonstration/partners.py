"""The seven partners as facts: whom they serve, how often they see them, what they send.

Belongs here: numbers that shape the demonstration. How a partner writes its files stays in `agencies/`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

HOUSING_EXIT_WEIGHTS = {
    "10": 20, "20": 14, "11": 4, "22": 9, "23": 4, "12": 8, "13": 6, "1": 7, "2": 5, "16": 3, "4": 2, "7": 2, "15": 3,
    "24": 1, "17": 2, "8": 3, "9": 1, "30": 3, "99": 3,
}  # fmt: skip


@dataclass(frozen=True)
class Instrument:
    """A scale and how scores behave: (mean, spread) of the first score and of the change."""

    instrument_id: str
    first: tuple[float, float]
    change: tuple[float, float]
    limits: tuple[float, float]
    roles: tuple[str, ...]
    has_halves: bool = False


SDQ = Instrument("sdq_total", (19, 5), (-3.6, 3.5), (0, 40), ("child",), has_halves=True)
PARENTING_STRESS = Instrument("parenting_stress", (96, 16), (-9, 10), (36, 180), ("head", "spouse_or_partner"))
FAMILY_FUNCTIONING = Instrument("family_functioning", (10, 3), (2.4, 2.4), (0, 20), ("head",))


@dataclass(frozen=True)
class Post:
    """A programme's staff: heads when no post is vacant, FTE a head, the share of it that carries cases, and the share
    of heads that leaves in a year."""

    heads: int
    fte_a_head: float
    share_with_cases: float
    turnover: float


@dataclass(frozen=True)
class Partner:
    """One partner agency.

    `share` and the numbers of programmes and kinds are weights of chance; where children younger than `young_until`
    have a programme of their own, it is the first. `sends_referrals`: it sends its own rows of the referrals it makes;
    `notes_received`: also of those it gets; `registers_referred`: it opens a file on a family that was only ever
    referred to it. `sends`: what it sends of a person besides names, birth date and sex. `needs_consent`: only those
    who said yes may be matched; else all but those who said no or took it back. `keeps`: what it keeps beside its books
    on persons; `posts`: its staff by programme.
    """

    agency_id: str
    share: float
    programs: dict[str, float]
    mean_days: int
    contacts_a_month: float = 0
    contact_kinds: dict[str, float] = field(default_factory=dict)
    instruments: dict[str, Instrument] = field(default_factory=dict)
    young_until: float = 0
    closed_month: date | None = None
    sends_referrals: bool = False
    notes_received: bool = False
    registers_referred: bool = False
    enrols: bool = True
    sends: tuple[str, ...] = ()
    needs_consent: bool = False
    keeps: tuple[str, ...] = ()
    posts: dict[str, Post] = field(default_factory=dict)


PARTNERS = {
    partner.agency_id: partner
    for partner in (
        Partner(
            agency_id="school_board",
            sends=("postal_code", "address", "town", "phone", "household"),
            share=0.30,
            programs={"school_transition": 1, "school_support": 1},
            young_until=7.5,
            mean_days=260,
            instruments={"school_support": SDQ, "school_transition": SDQ},
            closed_month=date(2025, 7, 1),
            sends_referrals=True,
            keeps=("service_places", "action_plans"),
        ),
        Partner(
            agency_id="child_protection",
            sends=("zone", "phone_of_heads", "health_number", "household"),
            share=0.20,
            programs={"family_assessment": 0.45, "family_preservation": 0.55},
            mean_days=210,
            contacts_a_month=0.95,
            contact_kinds={"home_visit": 45, "meeting": 28, "call": 27},
            sends_referrals=True,
            notes_received=True,
            registers_referred=True,
            keeps=("staffing", "benefits", "follow_ups"),
            posts={"family_assessment": Post(24, 0.94, 0.85, 0.26), "family_preservation": Post(31, 0.92, 0.88, 0.31)},
        ),
        Partner(
            agency_id="health_centre",
            sends=("postal_code", "phone", "health_number", "household", "consent"),
            needs_consent=True,
            share=0.28,
            programs={"early_years": 1, "family_mental_health": 1},
            young_until=7,
            mean_days=230,
            contacts_a_month=0.95,
            contact_kinds={"meeting": 50, "home_visit": 20, "call": 20, "group": 10},
            sends_referrals=True,
            notes_received=True,
            keeps=("staffing", "service_places", "consents", "benefits", "action_plans", "family_voice"),
            posts={"early_years": Post(18, 0.86, 0.75, 0.17), "family_mental_health": Post(14, 0.9, 0.82, 0.22)},
        ),
        Partner(
            agency_id="post_adoption",
            sends=("postal_code", "address", "town", "phone", "household", "consent"),
            share=0.02,
            programs={"post_adoption_support": 0.7, "adoption_family_coaching": 0.3},
            mean_days=300,
            contacts_a_month=1.15,
            contact_kinds={"call": 38, "home_visit": 22, "meeting": 27, "message": 9, "group": 4},
            instruments={
                "post_adoption_support": PARENTING_STRESS,
                "adoption_family_coaching": FAMILY_FUNCTIONING,
            },
            sends_referrals=True,
            notes_received=True,
            registers_referred=True,
            keeps=("staffing", "consents", "follow_ups", "family_voice", "support_groups"),
            posts={"post_adoption_support": Post(5, 0.94, 0.9, 0.2), "adoption_family_coaching": Post(2, 0.9, 1, 0.2)},
        ),
        Partner(
            agency_id="housing_agency",
            sends=("household",),
            share=0.14,
            programs={"transitional_housing": 0.6, "rapid_rehousing": 0.4},
            mean_days=200,
        ),
        Partner(
            agency_id="family_centre",
            sends=("postal_code", "household"),
            share=0.16,
            programs={"parent_child_workshops": 0.65, "respite_drop_in": 0.35},
            mean_days=220,
            contacts_a_month=1.6,
            contact_kinds={"group": 70, "meeting": 30},
            closed_month=date(2025, 8, 1),
            keeps=("staffing", "service_places", "family_voice", "support_groups"),
            posts={"parent_child_workshops": Post(13, 0.7, 0.6, 0.24), "respite_drop_in": Post(6, 0.65, 0.5, 0.2)},
        ),
        Partner(
            agency_id="police_victim_support",
            sends=("zone", "phone", "parent"),
            share=0.14,
            programs={"victim_support": 1.0},
            mean_days=70,
            contacts_a_month=1.9,
            contact_kinds={"call": 60, "meeting": 30, "message": 10},
            sends_referrals=True,
            enrols=False,
        ),
    )
}
