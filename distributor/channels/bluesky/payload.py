"""What a post's variant holds beside its text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from distributor.channels.payloads import PostPayload
from distributor.domain.json_records import Sparse

Show = Literal["card", "picture"]
CARD: Show = "card"
PICTURE: Show = "picture"


@dataclass(frozen=True, slots=True)
class CardWords:
    """What the card of the letter's link says."""

    title: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class BlueskyPayload(PostPayload):
    """`show` says what the post shows; `card` is what the card says, None where none is shown."""

    show: Show = CARD
    card: Sparse[CardWords | None] = None
