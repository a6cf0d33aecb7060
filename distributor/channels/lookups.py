"""Finding what we posted among an account's own posts, by its words: what the networks' look-ups have in common.

Words alone don't make a post an intent's own: two letters may say the same. So a look-up never takes what another
dispatch holds, nor what is older than the intent's first call (`Window`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TypeVar

from distributor.channels.base import Intent
from distributor.domain.variants import Variant

CLOCKS_DIFFER = timedelta(minutes=5)  # between this machine and a network, at the most that is plausible
# Once that is known by the answer's Date: between the servers of one network, and the whole seconds of its times.
SERVERS_DIFFER = timedelta(seconds=2)

_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Window:
    """Which of an account's posts may be an intent's own: those since its first call, by the network's clock, which no
    other dispatch holds.
    """

    since: datetime
    foreign_ids: frozenset[str]

    def may_be_own(self, post_id: str, made_at: datetime | None) -> bool:
        """Whether a post can be the intent's; `made_at` (aware) is None where the network does not say when."""
        return post_id not in self.foreign_ids and not self.is_older(made_at)

    def is_older(self, made_at: datetime | None) -> bool:
        """Whether a post was there before the intent's first call."""
        return made_at is not None and made_at < self.since


def window(intent: Intent, headers: Mapping[str, str], now: datetime) -> Window:
    """Return the window of an intent, by the clock that an answer's headers tell (Date, RFC 9110 §6.6.1).

    `now` is this machine's time (aware) as the answer comes. The closer the window is, the less an older post with the
    same words is taken for ours; and ours is never outside it, since Date is never later than its answer.
    """
    first_call = intent.first_tried_at + intent.clock_ahead
    try:
        server_time = parsedate_to_datetime(headers["date"])
    except (KeyError, ValueError):
        return Window(first_call - CLOCKS_DIFFER, intent.foreign_ids)
    server_time = server_time if server_time.tzinfo else server_time.replace(tzinfo=UTC)
    ahead = min(max(server_time - now, -CLOCKS_DIFFER), CLOCKS_DIFFER)
    return Window(first_call + ahead - SERVERS_DIFFER, intent.foreign_ids)


def search_start(intent: Intent) -> datetime:
    """Return since when to ask a network for posts, before its clock is known."""
    return intent.first_tried_at + intent.clock_ahead - CLOCKS_DIFFER


def alike(first: Variant, second: Variant) -> bool:
    """Whether a look-up could take one's posts for the other's: their first words, whatever networks do to these."""
    return bool(first.parts and second.parts) and _words(first.parts[0]) == _words(second.parts[0])


def _words(text: str) -> str:
    """Return a text without all that some network changes: links, marks of topics, white space, normal form."""
    return "".join(comparable(_ADDRESS.sub("", text)).replace("#", "").split())


def comparable(text: str) -> str:
    """Return a text so that what networks do to it does not matter: its normal form, and white space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def longest_thread(
    parts: Sequence[str],
    posts: Sequence[P],
    *,
    begins: Callable[[P], bool],
    follows: Callable[[P, Sequence[P]], bool],
    says: Callable[[P, str], bool],
) -> list[P]:
    """Return as many of the parts, from the first on, as hang together among the posts.

    `begins`: whether a post answers none; `follows`: whether it comes right after those; `says`: whether it is this
    part. Where several threads begin alike, the longest counts.
    """
    best: list[P] = []
    for post in posts:
        if begins(post) and says(post, parts[0]):
            best = max(best, _thread_of(post, parts, posts, follows, says), key=len)
    return best


def _thread_of(
    first: P,
    parts: Sequence[str],
    posts: Sequence[P],
    follows: Callable[[P, Sequence[P]], bool],
    says: Callable[[P, str], bool],
) -> list[P]:
    thread = [first]
    for part in parts[1:]:
        after = next((post for post in posts if follows(post, thread) and says(post, part)), None)
        if after is None:
            break
        thread.append(after)
    return thread
