"""What a post's variant holds beside its text."""

from __future__ import annotations

from dataclasses import dataclass

from distributor.channels.payloads import PostPayload
from distributor.domain.json_records import Sparse


@dataclass(frozen=True, slots=True)
class TwitterPayload(PostPayload):
    """The publication's settings, each "" where it has X's own way: who may reply, a community's number, prices."""

    reply_settings: Sparse[str] = ""
    community_id: Sparse[str] = ""
    price: Sparse[str] = ""
    price_with_url: Sparse[str] = ""
