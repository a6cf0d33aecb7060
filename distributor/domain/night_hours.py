"""Hours of the night in which a kind of message may not be sent, by law or by its network's rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from distributor.domain.planning import QuietHours, after_quiet


@dataclass(frozen=True, slots=True)
class NightHours:
    """From when until when nothing may be sent, on the clocks of one place, whoever sends from wherever."""

    hours: QuietHours
    zone: tzinfo


def next_allowed(moment: datetime, night: NightHours | None) -> datetime:
    """Return `moment` (aware), or the end of the night that it falls into; None forbids nothing."""
    return moment if night is None else after_quiet(moment, night.hours, night.zone)
