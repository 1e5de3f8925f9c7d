"""What the backbone organisation itself writes down: of partners, meetings, the situation table and the networks.

Belongs here: one module a concern, and the book that holds them. How it looks in files stays in `agencies/backbone.py`.
Nothing here is about a person: situations come to the table without names.
"""

from __future__ import annotations

from dataclasses import dataclass

from dagster_project.demonstration.backbone.community import Community, describe_community
from dagster_project.demonstration.backbone.governance import Governance, hold_meetings
from dagster_project.demonstration.backbone.networks import Networks, ask_networks
from dagster_project.demonstration.backbone.partnership import Partnership, rate_partnerships
from dagster_project.demonstration.backbone.situation_table import SituationTable, hold_table

BACKBONE = "backbone"


@dataclass
class BackboneBook:
    """All that the backbone has written down."""

    governance: Governance
    community: Community
    partnership: Partnership
    networks: Networks
    table: SituationTable
    agency_id: str = BACKBONE


def build_backbone_book(scale: int, seed: int) -> BackboneBook:
    """The backbone's book. Each part draws from a stream of its own."""
    return BackboneBook(
        hold_meetings(seed),
        describe_community(scale, seed),
        rate_partnerships(seed),
        ask_networks(seed),
        hold_table(scale, seed),
    )
