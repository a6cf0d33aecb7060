"""Clashes: what would go out on the same channel too close to something else. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

NEAR = timedelta(minutes=30)  # closer than that, one post pushes the other out of sight


@dataclass(frozen=True, slots=True)
class Appointment:
    """What goes out: `key` names it, `lane` is what it shares with what it can clash with, `at` is aware.

    `party` keeps together what belongs together (the dispatches of a letter): those never clash.
    """

    key: int
    lane: str
    party: str
    title: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Clash:
    """Two appointments of different parties in one lane, closer than they should be."""

    appointment: Appointment
    neighbour: Appointment

    @property
    def apart(self) -> timedelta:
        """How far apart they are."""
        return abs(self.appointment.at - self.neighbour.at)


def clashes(
    appointments: Iterable[Appointment], neighbours: Sequence[Appointment], *, near: timedelta = NEAR
) -> list[Clash]:
    """Return which appointments are closer than `near` to one of the neighbours, the closest first."""
    pairs = [
        Clash(appointment, neighbour)
        for appointment in appointments
        for neighbour in neighbours
        if neighbour.lane == appointment.lane
        and neighbour.party != appointment.party
        and neighbour.key != appointment.key
        and abs(neighbour.at - appointment.at) < near
    ]
    return sorted(
        pairs, key=lambda clash: (clash.apart, clash.appointment.at, clash.appointment.key, clash.neighbour.key)
    )
