"""When what readers did with a large mailing is added up anew: often while it is young, then ever more rarely. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

SHORTEST: Final = timedelta(minutes=1)
LONGEST: Final = timedelta(days=30)  # after its release: what comes later is hardly anything
SHARE: Final = 20  # of its age: after an hour it is added up every three minutes, after ten days every twelve hours


def is_due(released_at: datetime, tallied_at: datetime | None, now: datetime) -> bool:
    """Whether a mailing that went out at a moment, and was added up last at another, is to be added up (all aware)."""
    if tallied_at is None:
        return True
    return now - tallied_at >= max(SHORTEST, (tallied_at - released_at) / SHARE)
