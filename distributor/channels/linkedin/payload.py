"""What a post's variant holds beside its text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from distributor.channels.payloads import PostPayload

Show = Literal["card", "picture"]
CARD: Show = "card"
PICTURE: Show = "picture"
Visibility = Literal["PUBLIC", "CONNECTIONS"]
PUBLIC: Visibility = "PUBLIC"
CONNECTIONS: Visibility = "CONNECTIONS"


@dataclass(frozen=True, slots=True)
class LinkedInPayload(PostPayload):
    """`show` says what the post shows; `title` and `description` are the card's; `visibility` is LinkedIn's word."""

    show: Show = CARD
    title: str = ""
    description: str = ""
    visibility: Visibility = PUBLIC
