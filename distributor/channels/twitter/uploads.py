"""Putting a picture on X before the post that shows it: nothing is posted yet, so whatever fails is a clean outcome.

Source: https://docs.x.com/x-api/media/quickstart/media-upload-chunked, by the addresses of API v2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from distributor.channels.base import Credentials
from distributor.channels.pictures import LoadedPicture
from distributor.channels.response_bodies import mapping
from distributor.channels.twitter import refusals
from distributor.channels.twitter.client import Client
from distributor.domain.outcomes import Deferred, Outcome, Reconnect, Rejected

CHUNK = 1024 * 1024  # bytes; X takes up to 5 MB at once, and its examples send one
AGAIN_AFTER = timedelta(seconds=30)  # where X is still busy with a picture and does not say for how long


class NotUploaded(Exception):
    """The picture is not there. `outcome` says so for the whole post, of which nothing was made."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


def upload(x: Client, credentials: Credentials, picture: LoadedPicture, *, now: datetime) -> str:
    """Upload a picture with its alternative text and return its number, for `media_ids`. Raises NotUploaded."""
    try:
        media_id = _number(x.initialize(media_type=picture.type, size=len(picture.content)))
        for index, start in enumerate(range(0, len(picture.content), CHUNK)):
            x.append(media_id, index, picture.content[start : start + CHUNK])
        _await_upload(x, media_id, x.finalize(media_id), now)
        if picture.alt:
            x.describe(media_id, picture.alt)
    except refusals.failures() as error:
        raise NotUploaded(_outcome(error, credentials)) from None
    return media_id


def _await_upload(x: Client, media_id: str, response: object, now: datetime) -> None:
    """Go on when the picture is ready. X names a state for what it still works on, which is rare for pictures."""
    info = _processing_info(response)
    if info.get("state") in ("pending", "in_progress"):
        info = _processing_info(x.upload_status(media_id))
    state = info.get("state", "succeeded")
    if state == "failed":
        raise NotUploaded(Rejected("X could not read the picture, so nothing was posted: choose another one."))
    if state != "succeeded":
        # The next try uploads it anew: nothing of this one is remembered.
        seconds = info.get("check_after_secs")
        wait = timedelta(seconds=seconds) if isinstance(seconds, int) and 0 < seconds < 3600 else AGAIN_AFTER
        raise NotUploaded(Deferred("X is still busy with the picture, so nothing was posted yet.", now + wait))


def _outcome(error: Exception, credentials: Credentials) -> Outcome:
    """Say for a post what a failed upload means. A lost answer is none of a post's."""
    outcome = refusals.outcome(error, credentials)
    if isinstance(outcome, Reconnect):
        return outcome
    if isinstance(outcome, Deferred):
        limited = refusals.status(error) == refusals.TOO_MANY
        reason = "X takes no more pictures for now; nothing was posted." if limited else outcome.reason
        return replace(outcome, reason=reason, whole_account=False)  # posts without a picture have another limit
    if isinstance(outcome, Rejected) and refusals.status(error) == refusals.FORBIDDEN:
        reason = (
            "X does not let this account upload pictures, so nothing was posted: connect it again and allow "
            "“media.write”, or leave the picture out."
        )
        return Rejected(reason, outcome.code, "reconnect", outcome.raw)
    if isinstance(outcome, Rejected) and refusals.status(error) == refusals.PAYMENT_REQUIRED:
        return outcome
    if isinstance(outcome, Rejected):
        message = outcome.raw.get("message") or outcome.code
        reason = f"X refused the picture, so nothing was posted: {message} Choose another picture or leave it out."
        return Rejected(reason, outcome.code, "change", outcome.raw)
    raw_error = refusals.raw(error, credentials)
    return Deferred("X broke off while the picture was uploaded, so nothing was posted.", raw=raw_error)


def _number(response: object) -> str:
    media_id = _data(response).get("id")
    # It becomes part of an address.
    if not isinstance(media_id, str) or not (media_id.isascii() and media_id.isdecimal()):
        raise NotUploaded(Deferred("X answered without the picture’s number, so nothing was posted."))
    return media_id


def _processing_info(response: object) -> Mapping[str, Any]:
    return mapping(_data(response).get("processing_info"))


def _data(response: object) -> Mapping[str, Any]:
    return mapping(mapping(response).get("data"))
