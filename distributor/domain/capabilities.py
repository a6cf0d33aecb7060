"""What a channel can carry, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LengthUnit = Literal["weighted", "characters", "graphemes", "utf8-bytes", "utf16-units", "emoji-bytes"]


@dataclass(frozen=True, slots=True)
class Budget:
    """So many calls of one account in any span of so many seconds."""

    calls: int
    seconds: int


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """The pictures that a post takes: at most `most`, each of at most `max_bytes` and `max_side` pixels a side.

    `size` (width, height in pixels) is what the network shows best, and the size of the cards that are drawn for it.
    `by_url`: the network fetches it from a public address instead of taking an upload. `alt_text` is the longest
    alternative text in characters, 0 where the network takes none.
    """

    size: tuple[int, int] = (1200, 630)
    max_bytes: int = 5_000_000
    max_side: int = 4096
    types: tuple[str, ...] = ("image/jpeg", "image/png")
    most: int = 1
    by_url: bool = False
    alt_text: int = 0


@dataclass(frozen=True, slots=True)
class Capabilities:
    """One channel's limits and abilities.

    - `limit`: the longest text of one post in units of `counts`; None for no limit.
    - `link_length`: what a URL counts whatever its real length; None when it counts as text.
    - `bare_links`: an address without a scheme counts as one, too.
    - `short_mentions`: of “@mira@quay.example” only “@mira” counts.
    - `link_needed`: a post always carries the letter's link: no setting leaves it out.
    - `threads`: a text that is too long may become several posts.
    - `addressed`: goes to recipients from mailing lists, in batches, instead of one post to an account.
    - `bytes_limit`: a second limit, of UTF-8 bytes, where the network has one beside `limit`.
    - `pictures`: what may be attached to a post; None where a picture is shown by a link's card only, or not at all.
    - `lookup`: `find_existing` can see what was posted, so a lost answer can be settled without a person.
    - `idempotent`: the network itself takes the same intent only once.
    - `recall`: a post can be deleted there again.
    - `languages`: a post says its language.
    - `budgets`: what one account may do, all of them at once; nothing where the network's answers say it.
    - `unit`: what one dispatch makes there, as buttons name it.
    - `cost`: what a post costs there, as words for people; "" where it costs nothing or nobody can say.
    - `source`: where the limit comes from.
    """

    label: str
    limit: int | None = None
    counts: LengthUnit = "characters"
    link_length: int | None = None
    bare_links: bool = True
    short_mentions: bool = False
    links: bool = True
    link_needed: bool = False
    images: bool = False
    threads: bool = False
    alt_text: bool = False
    addressed: bool = False
    lookup: bool = False
    bytes_limit: int | None = None
    pictures: PictureLimits | None = None
    idempotent: bool = False
    recall: bool = False
    languages: bool = False
    budgets: tuple[Budget, ...] = ()
    unit: Literal["post", "page", "mail"] = "post"
    cost: str = ""
    source: str = ""
