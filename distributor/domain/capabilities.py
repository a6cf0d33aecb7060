"""What a channel can carry, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Counting = Literal["weighted", "characters", "graphemes", "utf8-bytes", "utf16-units"]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """One channel's limits and abilities.

    - `limit`: the longest text of one post in units of `counts`; None for no limit.
    - `link_length`: what a URL counts whatever its real length; None when it counts as text.
    - `threads`: a text that is too long may become several posts.
    - `addressed`: goes to recipients from mailing lists, in batches, instead of one post to an account.
    - `lookup`: `find_existing` can see what was posted, so a lost answer can be settled without a person.
    - `source`: where the limit comes from.
    """

    label: str
    limit: int | None = None
    counts: Counting = "characters"
    link_length: int | None = None
    links: bool = True
    images: bool = False
    threads: bool = False
    alt_text: bool = False
    addressed: bool = False
    lookup: bool = False
    source: str = ""
