"""A picture on a Mastodon server: uploaded, and perhaps still being processed when the answer comes.

Source: https://docs.joinmastodon.org/methods/media/. Pictures are ready at once since Mastodon 4.0; older and other
servers may take their time, and refuse a post with a picture that is not ready.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx

from distributor.channels import pictures
from distributor.channels.calls import Refused
from distributor.channels.mastodon.capabilities import CAPABILITIES
from distributor.channels.mastodon.server import Server, the_id
from distributor.channels.response_bodies import json_object
from distributor.domain.outcomes import Deferred
from distributor.domain.variants import Picture

MEDIA_ID = "media_id"  # in `Intent.kept`
READY_IN = timedelta(seconds=10)


class NotReady(Exception):
    """The picture is uploaded under this number, and the server still works on it."""

    def __init__(self, media_id: str) -> None:
        super().__init__(media_id)
        self.media_id = media_id


def attach(server: Server, picture: Picture, *, stored_id: str = "") -> str:
    """Return an uploaded picture's number; `stored_id` is that of an earlier upload.

    Raises NotReady and CallFailure.
    """
    if stored_id:
        try:
            response = server.get(f"/api/v1/media/{stored_id}")
        except Refused as error:
            if error.status != httpx.codes.NOT_FOUND:
                raise
        else:
            if response.status_code == httpx.codes.PARTIAL_CONTENT:
                raise NotReady(stored_id)
            return stored_id
    limits = CAPABILITIES.pictures
    assert limits is not None
    content = pictures.load(picture, limits)
    response = server.post(
        "/api/v2/media",
        files={"file": (content.name, content.content, content.type)},
        data={"description": content.alt[: limits.alt_text]},
    )
    media_id = the_id(json_object(response))
    if not media_id:
        raise Refused(response.status_code, message="no number")
    if response.status_code == httpx.codes.ACCEPTED:
        raise NotReady(media_id)
    return media_id


def not_ready(error: NotReady, now: datetime) -> Deferred:
    """Say that the picture takes a moment; the next attempt goes on with it."""
    reason = "The Mastodon server is still working on the picture; nothing was posted yet."
    return Deferred(reason, retry_at=now + READY_IN, code="picture", keep={MEDIA_ID: error.media_id})
