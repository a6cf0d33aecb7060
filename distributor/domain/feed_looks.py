"""When a watched feed is looked at again, and how many of its news go out before a person is asked. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

SHORTEST_MINUTES: Final = 1
LONGEST_MINUTES: Final = 24 * 60
USUAL_MINUTES: Final = 15
USUAL_NEWS: Final = 5  # letters in a day that go out by themselves; a newsroom that publishes more says so
NEWS_SPAN: Final = timedelta(hours=24)
LONGEST_PAUSE: Final = timedelta(days=1)
# A look comes before its interval is over, never after: so a letter waits for the interval at most. How much earlier
# differs from look to look, so that feeds of one server are not all asked in the same second.
EARLIEST: Final = 0.80
LATEST: Final = 0.95
# Some servers answer “unchanged” whatever happened. So a feed is read whole from time to time, whatever they say.
WHOLE_READING_SPAN: Final = timedelta(hours=6)


def next_look(
    now: datetime, *, interval: timedelta, failures: int, chance: float, not_before: datetime | None
) -> datetime:
    """Return when (aware) to look again after a look that ended at `now`.

    After `failures` in a row the interval doubles with each, up to a day or the interval itself where that is longer.
    `chance` from 0 to 1 is the jitter; `not_before` is what the server asked for (Retry-After), None for nothing.
    """
    longest = max(LONGEST_PAUSE, interval)
    pause: timedelta = interval * 2 ** min(failures, 16)
    at = now + min(pause, longest) * (EARLIEST + (LATEST - EARLIEST) * chance)
    return max(at, not_before) if not_before else at


def is_whole_due(now: datetime, *, read_at: datetime | None, interval: timedelta) -> bool:
    """Whether the next look has to have the whole feed, whatever changed: it was last read whole too long ago."""
    return read_at is None or now - read_at >= max(WHOLE_READING_SPAN, interval)


def brake(*, news: int, earlier: int, limit: int) -> str:
    """Return why so many news of one feed ask a person rather than go out, as a sentence; "" where they may go.

    `earlier` are those of the span before (`NEWS_SPAN`), `limit` how many may go out in it by themselves.
    """
    if news == 0 or news + earlier <= limit:
        return ""
    before = f" after {earlier} in the 24 hours before" if earlier else ""
    are = "1 new letter came" if news == 1 else f"{news} new letters came at once"
    return f"{are}{before}, and {limit} a day go out by themselves: approve what is meant."
