"""What a post's variant holds beside its text."""

from __future__ import annotations

from dataclasses import dataclass

from distributor.channels.payloads import PostPayload

EVERYONE = "everyone"


@dataclass(frozen=True, slots=True)
class ThreadsPayload(PostPayload):
    """`reply_control` is Threads' word for who may reply."""

    reply_control: str = EVERYONE
