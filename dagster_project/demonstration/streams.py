"""Streams of chance: each concern draws from its own, so that a change in one leaves the others as they were.

Belongs here: making a stream from a seed and a topic. What is drawn stays with those who draw.
"""

from __future__ import annotations

from random import Random


def stream(seed: int, *topic: object) -> Random:
    """The stream of a topic: the same seed and topic give the same draws everywhere."""
    return Random("/".join(str(part) for part in (seed, *topic)))  # noqa: S311 - chance, not secrets


def branch(random: Random) -> Random:
    """A stream that costs its parent one draw, however many are taken from it."""
    return Random(random.getrandbits(64))  # noqa: S311 - chance, not secrets
