"""Pictures on LinkedIn: an upload is announced, sent, and named by its URN in the post.

Source: https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/images-api
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

import httpx

from distributor.channels.base import Credentials
from distributor.channels.linkedin import api, refusals
from distributor.channels.pictures import LoadedPicture
from distributor.channels.response_bodies import json_object, mapping
from distributor.domain.errors import AddressRefused
from distributor.domain.outcomes import Deferred, Outcome, Rejected, Unconfirmed

HOST = "linkedin.com"


class NotUploaded(Exception):
    """The picture is not there, and so the post was not made; `outcome` says so."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


def upload(client: httpx.Client, credentials: Credentials, picture: LoadedPicture, now: datetime) -> str:
    """Upload a picture in the author's name and return its URN. Raises NotUploaded."""
    payload = {"initializeUploadRequest": {"owner": credentials.values["author"]}}
    address = f"{api.root(credentials.endpoint)}/rest/images?action=initializeUpload"
    try:
        start = client.post(address, json=payload)
        if not start.is_success:
            raise _refusal(start, credentials, now)
        target, urn = _place(start)
        if not urn or not _is_linkedins(target, credentials):
            raise NotUploaded(Deferred("LinkedIn named no place for the picture; nothing was posted."))
        transfer = client.put(target, content=picture.content, headers={"Content-Type": picture.type})
        if not transfer.is_success:
            raise _refusal(transfer, credentials, now)
    except (AddressRefused, httpx.RequestError, httpx.InvalidURL):
        raise NotUploaded(Deferred("The picture could not be uploaded to LinkedIn; nothing was posted.")) from None
    return urn


def _place(response: httpx.Response) -> tuple[str, str]:
    value = mapping(json_object(response).get("value"))
    return str(value.get("uploadUrl") or ""), str(value.get("image") or "")


def _is_linkedins(url: str, credentials: Credentials) -> bool:
    """Whether the token may go there: the address comes from an answer."""
    if credentials.practice:
        return url.startswith(f"{credentials.endpoint}/")
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme == "https" and (host == HOST or host.endswith(f".{HOST}"))


def _refusal(response: httpx.Response, credentials: Credentials, now: datetime) -> NotUploaded:
    refusal = refusals.read(response, credentials.values.values())
    outcome = refusals.outcome(response, refusal, now, renewable=bool(credentials.values.get("refresh_token")))
    if isinstance(outcome, Unconfirmed):
        outcome = Deferred(f"LinkedIn could not take the picture now ({refusal.status}); nothing was posted.")
    elif isinstance(outcome, Rejected):
        outcome = Rejected(f"LinkedIn refused the picture, so nothing was posted: {refusal.message}", refusal.code)
    return NotUploaded(outcome)
