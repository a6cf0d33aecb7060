"""Finding what we posted among an account's own posts, by its words: what the networks' look-ups have in common."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeVar

CLOCKS_DIFFER = timedelta(minutes=5)  # between this machine and a network, at the most that is plausible

P = TypeVar("P")


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
