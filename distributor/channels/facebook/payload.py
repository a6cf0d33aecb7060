"""What a post's variant holds beside its text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from distributor.channels.payloads import PostPayload


@dataclass(frozen=True, slots=True)
class FacebookPayload(PostPayload):
    """`kind` is how it is posted; `comment` is the page's own first comment, "" for none."""

    kind: Literal["link", "photo"] = "link"
    comment: str = ""
