"""What a post's variant holds beside its text."""

from __future__ import annotations

from dataclasses import dataclass

from distributor.channels.payloads import PostPayload


@dataclass(frozen=True, slots=True)
class MastodonPayload(PostPayload):
    """`visibility` is Mastodon's word for who sees it; `spoiler_text` is the content warning, "" for none.

    `sensitive`: the picture is hidden until it is clicked.
    """

    visibility: str = "public"
    sensitive: bool = False
    spoiler_text: str = ""
