"""Kinds of message that a network has rules for: when one may go out, and whether it may at all.

Some networks let a newsroom write to people only in certain kinds of message: in one whose words were approved before,
in one that is advertising and keeps the night hours, and so on. These rules decide a plan before anything is asked of
the network.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from distributor.domain.night_hours import NightHours, next_allowed

APPROVED = "approved"


@dataclass(frozen=True, slots=True)
class MessageKind:
    """One kind of message.

    - `label`: as people call it. `night`: when none may be sent; None for never forbidden.
    - `template`: its words were approved by the network before. `advertising`: it may hold advertising.
    - `ended_on`: the first day on which the network takes none any more, and `instead`, what to use then.
    """

    label: str
    night: NightHours | None = None
    template: bool = False
    advertising: bool = True
    ended_on: date | None = None
    instead: str = ""


def not_before(kind: MessageKind, moment: datetime) -> datetime:
    """Return the first time from `moment` (aware) on at which this kind may be sent."""
    return next_allowed(moment, kind.night)


def refusal(kind: MessageKind, *, template: str, status: str | None = None) -> str:
    """Say why a message of this kind can't go out; "" when it can.

    `template` is the number of its approved words, "" where none is named. `status` is what the network says about
    them (`APPROVED`, or anything else), None where it was not asked yet.
    """
    if kind.ended_on is not None:
        return f"{kind.label} was ended by its network on {kind.ended_on:%Y-%m-%d}: use {kind.instead} instead."
    if not kind.template:
        return ""
    if not template:
        return f"{kind.label} needs a template that was approved before: name its number in the channel’s options."
    if status is not None and status != APPROVED:
        return f"The template {template} is {status or 'not known'}: {kind.label} goes out with an approved one only."
    return ""
